"""What a page may rely on, of the real lane and of the fake alike."""

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.lane import Lane
from bigmodel_studio.protocol import Cancelled, Done, Event, Failed, Generate, Generated, Request, Token
from tests.faults.lanes import Heard, script, scripted_spec, until_end, until_speaks
from tests.faults.scripted_engine import SCRIPTS

AnyLane = Lane | FakeLane


def scripted_handler(request: Request) -> Iterator[Event]:
    assert isinstance(request, Generate)
    name, *arguments = request.prompt.split()
    return SCRIPTS[name](*arguments)


MAKERS: dict[str, Callable[[], AnyLane]] = {
    "real": lambda: Lane(scripted_spec()),
    "fake": lambda: FakeLane(scripted_handler),
}


@pytest.fixture(params=MAKERS)
def lane(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[AnyLane]:
    lane = MAKERS[request.param]()
    yield lane
    lane.close()


def test_events_then_one_end(qtbot: QtBot, lane: AnyLane) -> None:
    heard = Heard(lane.submit(script("steps", 3, 0)))
    assert heard.events == []
    assert heard.job.running
    end = until_end(qtbot, heard.job)
    assert [event.id for event in heard.events if isinstance(event, Token)] == [0, 1, 2]
    assert isinstance(end, Done)
    assert isinstance(end.result, Generated)
    assert heard.ends == [end]
    assert not heard.job.running


def test_jobs_run_one_at_a_time_in_order(qtbot: QtBot, lane: AnyLane) -> None:
    order: list[str] = []
    jobs = [lane.submit(script("steps", 2, 0)) for _ in range(2)]
    for name, job in zip("ab", jobs, strict=True):
        job.happened.connect(lambda event, name=name: order.append(name))
        job.ended.connect(lambda end, name=name: order.append(name.upper()))
    assert lane.jobs == jobs
    until_end(qtbot, jobs[1])
    assert order == list("aaAbbB")
    assert lane.jobs == []


def test_a_cancelled_job_is_silent_but_for_its_end(qtbot: QtBot, lane: AnyLane) -> None:
    heard = until_speaks(qtbot, lane.submit(script("steps", 100_000, 0.001)))
    said = len(heard.events)
    heard.job.cancel()
    heard.job.cancel()
    assert heard.ends == []
    assert isinstance(until_end(qtbot, heard.job), Cancelled)
    assert len(heard.events) == said
    assert len(heard.ends) == 1
    heard.job.cancel()
    until_end(qtbot, lane.submit(script("say", "after it")))
    assert len(heard.ends) == 1


def test_cancel_of_a_job_that_waits(qtbot: QtBot, lane: AnyLane) -> None:
    first, second = lane.submit(script("steps", 100_000, 0.001)), lane.submit(script("raises"))
    until_speaks(qtbot, first)
    second.cancel()
    assert until_end(qtbot, second) == Cancelled()
    assert first.running


@pytest.mark.parametrize(("told", "code"), [("refuses", "run-unknown"), ("raises", "internal")])
def test_a_task_that_raises_ends_as_failed(qtbot: QtBot, lane: AnyLane, told: str, code: str) -> None:
    end = until_end(qtbot, lane.submit(script(told)))
    assert isinstance(end, Failed)
    assert end.problem.code == code
    assert isinstance(until_end(qtbot, lane.submit(script("say", "still here"))), Done)


def test_states(qtbot: QtBot, lane: AnyLane) -> None:
    states: list[str] = []
    lane.state_changed.connect(states.append)
    until_end(qtbot, lane.submit(script("say", "hello")))
    lane.close()
    assert [state for state in states if state != "starting"] == ["busy", "ready", "closed"]


def test_a_request_from_inside_an_end(qtbot: QtBot, lane: AnyLane) -> None:
    """A page that asks the next thing as soon as it has its answer."""
    ends: list[object] = []

    def ask_again(end: object) -> None:
        ends.append(end)
        if len(ends) < 3:
            lane.submit(script("say", len(ends))).ended.connect(ask_again)

    lane.submit(script("say", 0)).ended.connect(ask_again)
    qtbot.waitUntil(lambda: len(ends) == 3, timeout=30_000)
    assert [end.result.text for end in ends if isinstance(end, Done) and isinstance(end.result, Generated)] == [*"012"]
