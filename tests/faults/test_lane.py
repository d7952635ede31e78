"""Everything that an engine can do wrong, in a real child process: each ends as a typed end, the window goes on, the
lane comes back and answers, and (the guard of ``tests/conftest.py``) nothing is left running."""

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.lane import Lane
from bigmodel_studio.core.system import process
from bigmodel_studio.core.text import messages
from bigmodel_studio.protocol import PROTOCOL_VERSION, Cancelled, Done, Failed, Generated, Progress, Token
from tests.faults.lanes import PATIENCE_MS, Heard, MakeLane, script, until_end, until_speaks
from tests.processes import kill


def text_of(end: object) -> str:
    assert isinstance(end, Done | Cancelled), end
    assert isinstance(end.result, Generated)
    return end.result.text


def answers(qtbot: QtBot, lane: Lane) -> bool:
    """Whether the lane does what it is for."""
    return text_of(until_end(qtbot, lane.submit(script("say", "here again")))) == "here again"


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


# -------------------------------------------------------------------------------------- the ordinary


def test_events_come_in_order_and_the_end_comes_once(qtbot: QtBot, lane: Lane) -> None:
    heard = Heard(lane.submit(script("flood", 3000)))
    assert text_of(until_end(qtbot, heard.job)) == "flooded"
    assert [event.id for event in heard.events if isinstance(event, Token)] == list(range(3000))
    assert len(heard.ends) == 1


def test_requests_wait_for_each_other(qtbot: QtBot, lane: Lane) -> None:
    ended: list[str] = []
    for name in ("one", "two", "three"):
        lane.submit(script("say", name)).ended.connect(lambda end: ended.append(text_of(end)))
    qtbot.waitUntil(lambda: len(ended) == 3, timeout=PATIENCE_MS)
    assert ended == ["one", "two", "three"]


def test_the_states_that_a_status_bar_shows(qtbot: QtBot, lane: Lane) -> None:
    states: list[str] = []
    lane.state_changed.connect(states.append)
    assert lane.pid is None
    until_end(qtbot, lane.submit(script("say", "hello")))
    lane.close()
    assert states == ["starting", "busy", "ready", "closed"]
    assert lane.pid is None


def test_progress_is_throttled_and_its_last_word_is_not_lost(qtbot: QtBot, lane: Lane) -> None:
    heard = Heard(lane.submit(script("progress", 2000)))
    until_end(qtbot, heard.job)
    said = [event.done for event in heard.events if isinstance(event, Progress)]
    assert said[-1] == 2000
    assert len(said) < 500


def test_the_engine_is_this_windows_child_less_urgent_and_offline(qtbot: QtBot, make_lane: MakeLane) -> None:
    lane = make_lane(environment={"HF_HUB_OFFLINE": "1"})
    pid, parent, niceness, offline = text_of(until_end(qtbot, lane.submit(script("pid")))).split()
    assert (int(pid), int(parent), offline) == (lane.pid, os.getpid(), "1")
    assert int(niceness) > psutil.Process().nice()


# -------------------------------------------------------------------------------------- tasks that fail


@pytest.mark.parametrize(
    ("told", "code", "says"),
    [
        ("raises", "internal", "a bug of ours"),
        ("refuses", "run-unknown", "no such run"),
        ("endless", "internal", "without a result"),
        ("unsendable", "internal", "object"),
    ],
)
def test_a_task_that_fails_costs_its_job_only(qtbot: QtBot, lane: Lane, told: str, code: str, says: str) -> None:
    end = until_end(qtbot, lane.submit(script(told)))
    assert isinstance(end, Failed)
    assert end.problem.code == code
    assert says in messages.sentence(end.problem)
    assert not end.engine_lost
    pid = lane.pid
    assert answers(qtbot, lane)
    assert lane.pid == pid, "the engine need not have been started again"
    if code == "internal":
        assert end.id in lane.log_path.read_text("utf-8"), "the log has the details under the id"


# -------------------------------------------------------------------------------------- engines that die


@pytest.mark.parametrize(
    ("told", "how"),
    [("segfault", "killed by signal 11"), ("leaves 3", "exit code 3"), ("leaves 0", "exit code 0")],
)
def test_a_dead_engine_fails_the_running_job_and_comes_back(qtbot: QtBot, lane: Lane, told: str, how: str) -> None:
    heard = Heard(lane.submit(script(told)))
    end = until_end(qtbot, heard.job)
    assert isinstance(end, Failed)
    assert (end.problem.code, end.engine_lost) == ("engine-lost", True)
    assert how in messages.sentence(end.problem)
    assert len(heard.events) == 1, "what it said before it died has arrived"
    assert answers(qtbot, lane)


def test_a_segfault_leaves_a_stack_in_the_log(qtbot: QtBot, lane: Lane) -> None:
    until_end(qtbot, lane.submit(script("segfault")))
    assert "Fatal Python error: Segmentation fault" in lane.log_path.read_text("utf-8")


def test_kill_minus_nine_while_it_runs_and_while_it_rests(qtbot: QtBot, lane: Lane) -> None:
    job = lane.submit(script("sleeps"))
    until_speaks(qtbot, job)
    assert lane.pid is not None
    kill(lane.pid)
    end = until_end(qtbot, job)
    assert isinstance(end, Failed)
    assert "signal 9" in messages.sentence(end.problem)
    assert answers(qtbot, lane)
    states: list[str] = []
    lane.state_changed.connect(states.append)
    kill(lane.pid)
    qtbot.waitUntil(lambda: states[-1:] == ["ready"], timeout=PATIENCE_MS)
    assert states == ["lost", "starting", "ready"]
    assert answers(qtbot, lane)


def test_jobs_that_waited_are_given_to_the_next_engine(qtbot: QtBot, lane: Lane) -> None:
    first, *others = [lane.submit(script(*words)) for words in (["segfault"], ["say", "two"], ["say", "three"])]
    assert isinstance(until_end(qtbot, first), Failed)
    assert [text_of(until_end(qtbot, job)) for job in others] == ["two", "three"]


def test_an_engine_that_keeps_dying_is_given_up_until_the_next_request(qtbot: QtBot, lane: Lane) -> None:
    jobs = [lane.submit(script("segfault")) for _ in range(4)]
    ends = [until_end(qtbot, job) for job in jobs]
    assert [end.problem.code for end in ends if isinstance(end, Failed)] == ["engine-lost"] * 3 + ["engine-broken"]
    assert lane.state == "broken"
    assert lane.pid is None
    assert lane.problem is not None
    assert "3 times" in messages.sentence(lane.problem)
    assert answers(qtbot, lane)
    assert lane.problem is None


def test_what_an_engine_started_goes_with_it(qtbot: QtBot, lane: Lane) -> None:
    heard = until_speaks(qtbot, lane.submit(script("grandchild")))
    first = heard.events[0]
    assert isinstance(first, Token)
    assert not has_ended(int(first.text))
    assert isinstance(until_end(qtbot, heard.job), Failed)
    qtbot.waitUntil(lambda: has_ended(int(first.text)), timeout=PATIENCE_MS)
    assert answers(qtbot, lane)


# -------------------------------------------------------------------------------------- engines that babble


@pytest.mark.parametrize("told", ["broken_frame", "empty_frame", "wrong_frame", "huge_length", "lying_array"])
def test_a_frame_that_is_nonsense_ends_the_engine(qtbot: QtBot, lane: Lane, told: str) -> None:
    before = psutil.Process().memory_info().rss
    end = until_end(qtbot, lane.submit(script(told)))
    assert isinstance(end, Failed)
    assert (end.problem.code, end.engine_lost) == ("engine-frame", True)
    assert psutil.Process().memory_info().rss - before < 200 * 2**20, "nothing is allocated on its word"
    assert answers(qtbot, lane)


@pytest.mark.parametrize("told", ["half_frame", "closes"])
def test_a_channel_that_breaks_off_is_a_lost_engine(qtbot: QtBot, lane: Lane, told: str) -> None:
    end = until_end(qtbot, lane.submit(script(told)))
    assert isinstance(end, Failed)
    assert end.problem.code == "engine-lost"
    assert end.problem.arguments["how"] == {"half_frame": "exit code 7", "closes": "it closed its channel"}[told]
    assert answers(qtbot, lane)


def test_events_for_unknown_jobs_are_passed_over(qtbot: QtBot, lane: Lane, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        heard = Heard(lane.submit(script("strangers")))
        assert text_of(until_end(qtbot, heard.job)) == "mine"
    assert heard.events == []
    assert "999999" in caplog.text
    assert answers(qtbot, lane)


def test_events_after_the_end_are_dropped(qtbot: QtBot, lane: Lane) -> None:
    heard = Heard(lane.submit(script("echoes", 1)))
    assert answers(qtbot, lane)
    assert [text_of(end) for end in heard.ends] == ["first"]
    assert heard.events == []


def test_prints_never_touch_the_channel(qtbot: QtBot, lane: Lane) -> None:
    heard = Heard(lane.submit(script("prints", 4)))
    assert text_of(until_end(qtbot, heard.job)) == "printed"
    assert len(heard.events) == 4
    log = lane.log_path
    assert "raw" in log.read_text("utf-8")
    # The engine looks once a second: its log is moved aside before it fills the disk.
    qtbot.waitUntil(lambda: log.stat().st_size < process.LOG_LIMIT_BYTES, timeout=10_000)
    assert log.with_name(log.name + ".1").stat().st_size <= process.LOG_LIMIT_BYTES


def test_there_is_nothing_to_read_from_stdin(qtbot: QtBot, lane: Lane) -> None:
    assert text_of(until_end(qtbot, lane.submit(script("reads")))) == "read ''"


# -------------------------------------------------------------------------------------- engines that fail to start


@pytest.mark.parametrize(
    ("mode", "code", "says"),
    [
        ("version", "engine-version", f"version {PROTOCOL_VERSION + 1}, the application {PROTOCOL_VERSION}"),
        ("hang", "engine-start", "did not answer within 2 s"),
        ("die", "engine-start", "the scripted reason"),
        ("babble", "engine-frame", "invalid message"),
    ],
)
def test_an_engine_that_does_not_greet(qtbot: QtBot, make_lane: MakeLane, mode: str, code: str, says: str) -> None:
    lane = make_lane(mode, start_timeout_s=2.0 if mode == "hang" else 60.0)
    jobs = [lane.submit(script("say", "never")) for _ in range(2)]
    for job in jobs:
        end = until_end(qtbot, job)
        assert isinstance(end, Failed)
        assert end.problem.code == code
        assert says in messages.sentence(end.problem)
    assert (lane.state, lane.pid) == ("broken", None)
    assert isinstance(until_end(qtbot, lane.submit(script("say", "never"))), Failed), "it tries again, and says so"


def test_a_command_that_does_not_exist(qtbot: QtBot, make_lane: MakeLane, tmp_path: Path) -> None:
    lane = make_lane(command=(str(tmp_path / "no-such-python"),))
    heard = Heard(lane.submit(script("say", "never")))
    assert heard.ends == [], "never inside submit"
    end = until_end(qtbot, heard.job)
    assert isinstance(end, Failed)
    assert end.problem.code == "engine-start"


def test_a_lane_is_started_on_the_main_thread(make_lane: MakeLane) -> None:
    """For on Linux a child's parent-death signal comes when the thread that forked it ends."""
    lane, raised = make_lane(), []

    def start() -> None:
        try:
            process.start_child(lane.spec.command, {}, lane.log_path)
        except RuntimeError as error:
            raised.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(raised) == 1


# -------------------------------------------------------------------------------------- cancel


def test_cancel_takes_effect_between_two_steps(qtbot: QtBot, make_lane: MakeLane) -> None:
    """The task itself says how far it came."""
    lane = make_lane(cancel_timeout_s=120.0)
    heard = until_speaks(qtbot, lane.submit(script("steps", 1_000_000, 0.001)))
    said = len(heard.events)
    heard.job.cancel()
    end = until_end(qtbot, heard.job)
    assert isinstance(end, Cancelled)
    assert not end.forced
    assert said <= int(text_of(end).split()[1]) < 1_000_000
    assert len(heard.events) == said, "silent after cancel"


def test_cancel_of_a_waiting_job_is_answered_at_once(qtbot: QtBot, lane: Lane) -> None:
    running = lane.submit(script("sleeps"))
    waiting = lane.submit(script("say", "never"))
    until_speaks(qtbot, running)
    waiting.cancel()
    assert until_end(qtbot, waiting) == Cancelled()
    assert running.running


def test_cancel_before_the_engine_is_there(qtbot: QtBot, lane: Lane) -> None:
    heard = Heard(lane.submit(script("segfault")))
    heard.job.cancel()
    assert heard.ends == [], "never inside cancel"
    assert until_end(qtbot, heard.job) == Cancelled()
    assert answers(qtbot, lane)


@pytest.mark.parametrize("told", ["busy", "sleeps", "stubborn"])
def test_a_cancel_that_is_not_obeyed_ends_the_engine(qtbot: QtBot, make_lane: MakeLane, told: str) -> None:
    lane = make_lane(cancel_timeout_s=0.5)
    job, waiting = lane.submit(script(told)), lane.submit(script("say", "after it"))
    until_speaks(qtbot, job)
    pid = lane.pid
    job.cancel()
    assert until_end(qtbot, job) == Cancelled(forced=True)
    assert text_of(until_end(qtbot, waiting)) == "after it"
    assert lane.pid != pid


def test_many_forced_cancels_are_no_crashes(qtbot: QtBot, make_lane: MakeLane) -> None:
    lane = make_lane(cancel_timeout_s=0.1)
    for _ in range(4):
        job = lane.submit(script("sleeps"))
        until_speaks(qtbot, job)
        job.cancel()
        assert until_end(qtbot, job) == Cancelled(forced=True)
    assert answers(qtbot, lane)


def test_the_patience_of_the_product_is_five_seconds(lane: Lane) -> None:
    assert lane.spec.cancel_timeout_s == 5.0


# -------------------------------------------------------------------------------------- restart, close, exit


def test_restart_gives_a_new_engine_and_keeps_what_waits(qtbot: QtBot, lane: Lane) -> None:
    running, waiting = lane.submit(script("busy")), lane.submit(script("say", "kept"))
    until_speaks(qtbot, running)
    pid = lane.pid
    lane.restart()
    assert until_end(qtbot, running) == Cancelled(forced=True)
    assert text_of(until_end(qtbot, waiting)) == "kept"
    assert lane.pid != pid


@pytest.mark.parametrize("told", ["steps 100000 0.001", "flood 10000000", "busy"])
def test_close_while_it_speaks(qtbot: QtBot, make_lane: MakeLane, told: str) -> None:
    lane = make_lane(cancel_timeout_s=3600.0)  # nobody waits for a job to obey when all is closed
    heard = until_speaks(qtbot, lane.submit(script(told)))
    pid = lane.pid
    lane.close()
    assert pid is not None
    assert has_ended(pid)
    assert heard.ends == [Cancelled(forced=True)]
    late = lane.submit(script("say", "late"))
    assert isinstance(until_end(qtbot, late), Failed)


def test_thirty_starts_and_closes(qtbot: QtBot, make_lane: MakeLane) -> None:
    """Closed at any moment of its start: some before it greets, some after, some at work."""
    for number in range(30):
        lane = make_lane()
        lane.submit(script("steps", 1000, 0.01))
        qtbot.wait(number * 10)
        lane.close()
        lane.deleteLater()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lane-")]


WINDOW = """
import sys
from PySide6.QtCore import QCoreApplication
from bigmodel_studio.client.lane import Lane
from tests.faults.lanes import script, scripted_spec
app = QCoreApplication([])
lane = Lane(scripted_spec())
job = lane.submit(script(*sys.argv[1].split()))
job.happened.connect(lambda event: print(lane.pid, flush=True))
if sys.argv[2] == "leave":
    job.happened.connect(lambda event: app.quit())
app.exec()
lane.close()
"""


def start_window(told: str, then: str, repository: Path) -> tuple[subprocess.Popen[str], int]:
    """A window's process that owns a lane, and the lane's process, which is at work."""
    command = [sys.executable, "-c", WINDOW, told, then]
    window = subprocess.Popen(
        command, cwd=repository, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert window.stdout is not None
    return window, int(window.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
@pytest.mark.parametrize("told", ["busy", "sleeps", "steps 100000 0.01"])
def test_a_lane_ends_when_its_window_was_killed(qtbot: QtBot, repository: Path, told: str) -> None:
    window, pid = start_window(told, "stay", repository)
    assert not has_ended(pid)
    window.kill()
    window.communicate()
    qtbot.waitUntil(lambda: has_ended(pid), timeout=PATIENCE_MS)


def test_a_window_with_a_lane_exits_without_a_word(repository: Path) -> None:
    window, pid = start_window("steps 100000 0.001", "leave", repository)
    _, errors = window.communicate(timeout=60)
    assert (window.returncode, errors) == (0, "")
    assert has_ended(pid)
