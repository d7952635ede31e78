"""The ledger's decisions: pure functions over values, so that they are asked about many machines at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.memory.ledger import (
    MARGIN_SHARE,
    WHOLE_SHARE,
    Reservation,
    Waiting,
    decide,
    decide_all,
    free_bytes,
)
from bigmodel_studio.core.memory.need import Need, Part
from bigmodel_studio.core.text.messages import sentence

GB = 10**9
DEVICES = ("cpu", "cuda:0")


def need(device: str = "cpu", *, sure: int = 0, guessed: int = 0) -> Need:
    return Need(device, (Part("weights", sure, "counted"), Part("activations", guessed, "estimated")))


amounts = st.integers(0, 40 * GB)
needs = st.builds(
    lambda device, sure, guessed: (need(device, sure=sure, guessed=guessed),),
    st.sampled_from(DEVICES),
    amounts,
    amounts,
)


def room_of(device: str) -> st.SearchStrategy[Room]:
    return st.tuples(st.integers(1, 40 * GB), st.floats(0, 1)).map(
        lambda drawn: Room(device, drawn[0], int(drawn[0] * drawn[1]))
    )


rooms = st.tuples(*map(room_of, DEVICES))
holdings = st.lists(
    st.builds(
        Reservation,
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["run", "lane"]),
        st.sampled_from(DEVICES),
        amounts,
        amounts,
        st.booleans(),
    ),
    max_size=4,
)


@given(needs, rooms, holdings, st.integers(1, 4))
def test_nobody_is_let_in_who_does_not_fit_and_everybody_else_is(
    wanted: tuple[Need, ...], there: tuple[Room, ...], book: list[Reservation], at_once: int
) -> None:
    verdict = decide(wanted, there, book, at_once)
    (one,) = wanted
    room = next(room for room in there if room.device == one.device)
    promised = sum(each.promised_bytes for each in book if each.device == one.device)
    computing = sum(each.computes for each in book if each.device == one.device)
    left = room.free_bytes - promised - int(MARGIN_SHARE * room.total_bytes)
    fits = min(one.bytes, int(WHOLE_SHARE * room.total_bytes)) <= left
    if one.sure_bytes > room.total_bytes:
        assert verdict.action == "refuse"
    else:
        assert verdict.action == ("admit" if fits and computing < at_once else "queue")
    assert (verdict.why is None) == (verdict.action == "admit")
    if verdict.why is not None:
        assert "{" not in sentence(verdict.why), "an argument is missing"


@given(st.lists(needs, max_size=6), rooms, holdings, st.integers(1, 4))
def test_the_queue_is_just_and_never_promises_more_than_there_is(
    queue: list[tuple[Need, ...]], there: tuple[Room, ...], book: list[Reservation], at_once: int
) -> None:
    waiting = [Waiting(f"run-{number}", each) for number, each in enumerate(queue)]
    verdicts = decide_all(waiting, there, book, at_once)
    assert len(verdicts) == len(queue)
    for device in DEVICES:
        actions = [
            verdict.action for run, verdict in zip(waiting, verdicts, strict=True)
            if run.needs[0].device == device and verdict.action != "refuse"
        ]  # fmt: skip
        assert actions == sorted(actions), "somebody passed one who waits"
        admitted = [
            run for run, verdict in zip(waiting, verdicts, strict=True)
            if run.needs[0].device == device and verdict.action == "admit"
        ]  # fmt: skip
        computing = sum(each.computes for each in book if each.device == device)
        assert not admitted or computing + len(admitted) <= at_once
        room = next(room for room in there if room.device == device)
        taken = sum(min(run.needs[0].bytes, int(WHOLE_SHARE * room.total_bytes)) for run in admitted)
        assert not admitted or taken <= free_bytes(room, book)


@given(st.lists(needs, max_size=6), rooms, holdings, st.integers(1, 4))
def test_when_a_run_ends_who_was_let_in_before_still_is(
    queue: list[tuple[Need, ...]], there: tuple[Room, ...], book: list[Reservation], at_once: int
) -> None:
    waiting = [Waiting(f"run-{number}", each) for number, each in enumerate(queue)]
    before = decide_all(waiting, there, book, at_once)
    after = decide_all(waiting, there, book[1:], at_once)
    for old, new in zip(before, after, strict=True):
        assert not (old.action == "admit" and new.action != "admit")


def test_why_somebody_waits_is_said_with_the_figures() -> None:
    room = Room("cpu", 8 * GB, 3 * GB)
    verdict = decide((need(sure=3 * GB, guessed=GB // 10),), [room], [], 1)
    assert verdict.why is not None
    assert sentence(verdict.why) == "Waiting for memory on cpu: 3.1 GB needed, 2.8 GB free."
    verdict = decide((need(sure=9 * GB),), [room], [], 1)
    assert verdict.why is not None
    assert sentence(verdict.why) == "Training needs at least 9.0 GB on cpu, which has 8.0 GB."


def test_what_a_run_will_still_take_is_not_given_to_another() -> None:
    room = Room("cpu", 10 * GB, 6 * GB)
    young = Reservation("young", "run", "cpu", GB, promised_bytes=4 * GB, computes=True)
    assert decide((need(sure=2 * GB),), [room], [young], 2).action == "queue"
    grown = young._replace(used_bytes=5 * GB, promised_bytes=0)
    assert decide((need(sure=2 * GB),), [room], [grown], 2).action == "admit"


def test_a_paused_run_leaves_its_turn_to_another_but_not_its_memory() -> None:
    room = Room("cpu", 10 * GB, 2 * GB)
    paused = Reservation("paused", "run", "cpu", 7 * GB)
    assert decide((need(sure=GB),), [room], [paused], 1).action == "admit"
    assert decide((need(sure=3 * GB),), [room], [paused], 1).action == "queue"


def test_runs_on_different_devices_do_not_wait_for_each_other() -> None:
    there = [Room("cpu", 10 * GB, 9 * GB), Room("cuda:0", 80 * GB, 79 * GB)]
    busy = [Reservation("busy", "run", "cuda:0", GB, computes=True)]
    queue = [Waiting("card", (need("cuda:0", sure=GB), need(sure=GB))), Waiting("processor", (need(sure=GB),))]
    assert [verdict.action for verdict in decide_all(queue, there, busy, 1)] == ["queue", "admit"]


def test_a_device_that_was_not_measured_is_not_judged() -> None:
    assert decide((need("mps", sure=900 * GB),), [Room("cpu", GB, GB)], [], 1).action == "admit"
