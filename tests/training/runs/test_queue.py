"""The queue with real runs and a real keeper: it goes on whoever is killed, and leaves nobody behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec, write_spec
from bigmodel_studio.core.system import locks, paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from tests.processes import kill as kill_process
from tests.training.conftest import ENDLESS, wait_for

pytestmark = pytest.mark.timeout(1200)
MakeRun = Callable[..., RunFolder]
LINUX = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")


@pytest.fixture(autouse=True)
def everything_is_ended(home: Path) -> Iterator[None]:
    """Whatever becomes of a test, its endless runs are stopped and its keeper goes."""
    yield
    for run in run_queue.waiting():
        run_queue.remove(run)
    for path in paths.runs().iterdir():
        run = RunFolder(path)
        if run.at_work() and (pid := run.status().pid):
            kill_process(pid)
            launch.exit_status(pid, wait_s=10)
    wait_for(lambda: keeper() is None and not locks.is_locked(run_queue.keeper_lock()), 20)
    launch.reap()


def keeper() -> psutil.Process | None:
    """This home's keeper, found by its command and its home."""
    for process in psutil.process_iter():
        try:
            home = process.environ().get("BIGMODEL_STUDIO_HOME")
            if run_queue.KEEPER_MODULE in process.cmdline() and home == str(paths.home()):
                return process if process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            continue
    return None


def no_keeper_is_left() -> bool:
    """Kills keepers for as long as there is one: a second may have been started and stand behind the first."""
    found = keeper()
    if found is not None:
        found.kill()
    return found is None and not locks.is_locked(run_queue.keeper_lock())


def why(run: RunFolder) -> str | None:
    waits = run.status().waits
    return waits.code if waits is not None else None


def kill(run: RunFolder) -> None:
    pid = run.status().pid
    assert pid is not None
    kill_process(pid)
    launch.exit_status(pid, wait_s=10)


WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from bigmodel_studio.app import Application
from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import parse_spec
app = Application([], lane=FakeLane(lambda request: iter(())))
app.window.show_page("train")
making, made = app.window.pages["train"].making, []
making.made.connect(made.append)
for path in map(Path, sys.argv[1:]):
    making.start(resolve_spec(parse_spec(path.read_text(), path.parent)))
while len(made) < len(sys.argv) - 1:
    QCoreApplication.processEvents()
print("submitted", flush=True)
app.run()
"""


@pytest.mark.slow
@LINUX
def test_window_run_and_keeper_are_killed_in_turn_and_each_run_has_its_turn(spec: RunSpec, tmp_path: Path) -> None:
    """The window that filled the queue, then the run at work, then the keeper; the run that ends wakes another."""
    files = []
    for name, schedule in (("first", ENDLESS), ("second", ENDLESS), ("third", {"steps": 3})):
        files.append(tmp_path / f"{name}.toml")
        changed = msgspec.structs.replace(spec.schedule, **schedule)
        files[-1].write_text(write_spec(msgspec.structs.replace(spec, name=name, schedule=changed)), "utf-8")
    command = [sys.executable, "-c", WINDOW, *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=launch._environment()) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == b"submitted\n"
        window.kill()
    first, second, third = (RunFolder(paths.runs() / file.stem) for file in files)
    assert [run.state_now() for run in (second, third)] == ["queued", "queued"]
    assert (why(second), why(third)) == ("waits-for-runs", "waits-behind")
    assert (first.at_work(), second.at_work()) == (True, False)
    wait_for(lambda: keeper() is not None)
    wait_for(lambda: first.status().step > 0)
    assert second.metrics() == []
    kill(first)
    wait_for(lambda: first.state_now() == "interrupted")

    wait_for(lambda: second.status().step > 0, 400)
    assert third.state_now() == "queued"
    wait_for(lambda: locks.is_locked(run_queue.keeper_lock()))
    wait_for(no_keeper_is_left)
    second.ask("stop")
    wait_for(lambda: second.state_now() == "stopped", 100)
    wait_for(lambda: third.state_now() == "finished", 400)
    assert second.metrics()[-1]["time"] < third.metrics()[0]["time"], "they did not go one after the other"
    wait_for(lambda: keeper() is None, 20)


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_two_run_at_once_where_the_settings_let_them_and_a_paused_one_leaves_its_turn(make_run: MakeRun) -> None:
    SettingsStore().change(runs_at_once=2)
    first, second, third = (make_run(name=name, schedule=ENDLESS) for name in ("first", "second", "third"))
    for run in (first, second):
        assert run_queue.submit(run) is not None
    assert run_queue.submit(third) is None
    wait_for(lambda: first.status().step > 0 and second.status().step > 0)
    assert (first.state_now(), second.state_now(), why(third)) == ("running", "running", "waits-for-runs")
    second.ask("pause")
    wait_for(lambda: third.status().step > 0, 400)
    assert [run.state_now() for run in (first, second, third)] == ["running", "paused", "running"]


def test_the_order_is_changed_a_run_is_taken_out_and_one_is_started_now(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_queue, "rooms", lambda: (Room("cpu", 10**9, 1),))
    monkeypatch.setattr(run_queue, "_keep_if_needed", lambda book: None)
    started: list[tuple[str, bool]] = []
    monkeypatch.setattr(launch, "start_run", lambda run, resume=False: started.append((run.name, resume)))
    a, b, c = (make_run(name=name) for name in "abc")
    for run in (a, b, c):
        assert run_queue.submit(run) is None
    assert (why(a), why(b), why(c)) == ("waits-for-memory", "waits-behind", "waits-behind")
    run_queue.move_up(c)
    assert [run.name for run in run_queue.waiting()] == ["a", "c", "b"]
    run_queue.move_up(c)
    run_queue.move_up(c)
    assert [run.name for run in run_queue.waiting()] == ["c", "a", "b"]
    run_queue.remove(a)
    assert (a.state_now(), [run.name for run in run_queue.waiting()]) == ("stopped", ["c", "b"])
    with pytest.raises(StudioError, match="is not queued"):
        run_queue.start_now(a)
    run_queue.start_now(b)
    assert run_queue.submit(a, resume=True) is None
    run_queue.start_now(a)
    assert started == [("b", False), ("a", True)]


def test_a_run_that_can_never_fit_is_refused_and_says_so(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_queue, "rooms", lambda: (Room("cpu", 1000, 1000),))
    run = make_run()
    spec = run.spec()
    assert spec is not None
    with pytest.raises(StudioError, match="needs at least"):
        run_queue.check_room(spec)
    with pytest.raises(StudioError, match="needs at least"):
        run_queue.submit(run)
    assert (run.state_now(), run_queue.waiting()) == ("failed", [])


def test_who_is_killed_in_the_middle_of_a_start_takes_nobodys_place(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(launch, "start_detached", killed)
    run = make_run()
    with pytest.raises(KeyboardInterrupt):
        run_queue.submit(run)
    assert (run.state_now(), run_queue.waiting()[0].name) == ("queued", run.name)


def test_a_keeper_costs_little_and_loads_neither_torch_nor_qt(home: Path) -> None:
    code = (
        "import sys, psutil; from bigmodel_studio.core.runs import queue_keeper; queue_keeper.main();"
        "heavy = sorted({'torch', 'PySide6', 'numpy', 'transformers'} & set(sys.modules));"
        "print(heavy, psutil.Process().memory_info().rss)"
    )
    said = subprocess.run([sys.executable, "-c", code], env=launch._environment(), capture_output=True, check=True)
    modules, _, held = said.stdout.decode().rpartition(" ")
    assert modules == "[]"
    assert int(held) < 60e6  # nobody waited, so it ended
