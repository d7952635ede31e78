"""The window's eyes on run folders: what a page is told, on which thread, and that long runs do not hold it up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.run_watcher import UNDER_WAY, RunWatcher
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunStatus, dump_status
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec, write_spec
from bigmodel_studio.core.system import paths

PATIENCE_MS = 30_000


class Ear(QObject):
    """Hears everything a watcher says, and on which thread."""

    def __init__(self, watcher: RunWatcher) -> None:
        super().__init__()
        self.runs: list[RunSummary] = []
        self.bundled: set[str] = set()
        self.series: dict[str, dict[int, float | None]] = {}
        self.samples: list[dict[str, Any]] = []
        self.threads: set[int] = set()
        watcher.runs_changed.connect(self.on_runs)
        watcher.points.connect(self.on_points)
        watcher.reset.connect(self.on_reset)
        watcher.samples_changed.connect(self.on_samples)

    @Slot(object)
    def on_runs(self, runs: list[RunSummary]) -> None:
        self.runs = [run for run in runs if not run.bundled]
        self.bundled = {run.name for run in runs} - {run.name for run in self.runs}
        self.threads.add(threading.get_ident())

    @Slot(str, object)
    def on_points(self, name: str, columns: dict[str, tuple[list[int], list[float | None]]]) -> None:
        self.threads.add(threading.get_ident())
        self.series.setdefault(name, {}).update(zip(*columns["loss"], strict=True))

    @Slot(str, int)
    def on_reset(self, name: str, kept: int) -> None:
        kept_points = {step: value for step, value in self.series.get(name, {}).items() if step <= kept}
        self.series[name] = kept_points

    @Slot(str, object)
    def on_samples(self, name: str, samples: list[dict[str, Any]]) -> None:
        self.samples = samples


@pytest.fixture
def watcher(qtbot: QtBot) -> Iterator[RunWatcher]:
    made = RunWatcher()
    yield made
    made.close()


def make_run(name: str, records: list[dict[str, Any]], state: Any = "finished", **status: Any) -> Path:
    folder = paths.runs() / name
    folder.mkdir()
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "metrics.jsonl").write_text(lines)
    (folder / "status.json").write_bytes(dump_status(RunStatus(state=state, **status)))
    (folder / "spec.toml").write_text(write_spec(RunSpec(name=name, data=DataSpec(train=("/x.txt",)))))
    return folder


def look_at_everything(qtbot: QtBot, watcher: RunWatcher, ear: Ear) -> None:
    """Have the watcher look at every run, and hear all that it has to say of them.

    A turn lists the runs before it reads what they gained: once a second new run is listed, the turn that listed the
    first is over, and what it said came before.
    """
    for _ in range(2):
        name = f"looked-{len(ear.runs)}"
        make_run(name, [])
        watcher.refresh()
        qtbot.waitUntil(lambda name=name: any(run.name == name for run in ear.runs), timeout=PATIENCE_MS)  # type: ignore[misc]


def test_runs_points_and_samples_are_told_on_the_windows_thread(qtbot: QtBot, watcher: RunWatcher) -> None:
    ear = Ear(watcher)
    folder = make_run("one", [{"step": 1, "time": 0.0, "loss": 3.0}], step=1, started=5.0, last={"loss": 3.0})
    (folder / "samples.jsonl").write_text('{"step": 1, "prompt": "a", "text": "b"}\n')
    watcher.watch("one")
    qtbot.waitUntil(lambda: bool(ear.series.get("one") and ear.samples and ear.runs), timeout=PATIENCE_MS)
    assert ear.series["one"] == {1: 3.0}
    assert [(run.name, run.state, run.loss) for run in ear.runs] == [("one", "finished", 3.0)]
    assert ear.bundled == {path.parent.name for path in paths.starter_runs().glob("*/spec.toml")}
    assert ear.samples[0]["text"] == "b"
    assert ear.threads == {threading.get_ident()}


def test_a_torn_line_waits_and_a_resume_takes_back_what_came_after_it(qtbot: QtBot, watcher: RunWatcher) -> None:
    ear = Ear(watcher)
    folder = make_run("one", [{"step": step, "loss": float(step)} for step in (1, 2, 3)])
    watcher.watch("one")
    qtbot.waitUntil(lambda: len(ear.series.get("one", {})) == 3, timeout=PATIENCE_MS)
    with open(folder / "metrics.jsonl", "a") as stream:
        stream.write('{"step": 4, "lo')
        stream.flush()
        look_at_everything(qtbot, watcher, ear)
        assert len(ear.series["one"]) == 3
        stream.write('ss": null}\nnot json\n{"event": "resume", "step": 1}\n{"step": 2, "loss": 20.0}\n')
    watcher.refresh()
    qtbot.waitUntil(lambda: ear.series["one"] == {1: 1.0, 2: 20.0}, timeout=PATIENCE_MS)


def test_watching_twice_begins_again_and_unwatching_is_silent(qtbot: QtBot, watcher: RunWatcher) -> None:
    ear = Ear(watcher)
    folder = make_run("one", [{"step": 1, "loss": 1.0}])
    watcher.watch("one")
    qtbot.waitUntil(lambda: len(ear.series.get("one", {})) == 1, timeout=PATIENCE_MS)
    ear.series["one"] = {99: 0.0}
    watcher.watch("one")
    qtbot.waitUntil(lambda: ear.series["one"] == {1: 1.0}, timeout=PATIENCE_MS)
    watcher.unwatch("one")
    with open(folder / "metrics.jsonl", "a") as stream:
        stream.write('{"step": 2, "loss": 2.0}\n')
    look_at_everything(qtbot, watcher, ear)
    assert ear.series["one"] == {1: 1.0}


def test_a_run_whose_process_is_gone_is_interrupted_and_a_removed_one_leaves(qtbot: QtBot, watcher: RunWatcher) -> None:
    import shutil

    ear = Ear(watcher)
    folder = make_run("one", [], state="running", pid=2**22 + 1)
    watcher.refresh()
    qtbot.waitUntil(lambda: [run.state for run in ear.runs] == ["interrupted"], timeout=PATIENCE_MS)
    shutil.rmtree(folder)
    watcher.refresh()
    qtbot.waitUntil(lambda: ear.runs == [], timeout=PATIENCE_MS)


def test_many_long_runs_come_in_small_messages_few_of_them_at_once(
    qtbot: QtBot, watcher: RunWatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the window is never held up. (``benchmarks/curves.py`` and ``event_loop.py`` measure for how long.)"""
    count, points = 20, 20_000
    records = [{"step": step, "time": 1e9 + step, "loss": 2.0, "gradient_norm": 1.0} for step in range(1, points + 1)]
    text = "".join(json.dumps(record) + "\n" for record in records)
    for number in range(count):
        (make_run(f"run-{number}", []) / "metrics.jsonl").write_text(text)
    sizes: list[int] = []
    waiting, most = [0], [0]
    say = watcher._poller._say

    def counted(emit: Callable[[RunWatcher], None]) -> None:
        def delivered(to: RunWatcher) -> None:
            waiting[0] -= 1
            emit(to)

        say(delivered)
        waiting[0] += 1
        most[0] = max(most[0], waiting[0])

    monkeypatch.setattr(watcher._poller, "_say", counted)

    class Counter(QObject):
        @Slot(str, object)
        def on_points(self, name: str, columns: dict[str, tuple[list[int], list[float | None]]]) -> None:
            sizes.append(len(columns["loss"][0]))

    counter = Counter()
    watcher.points.connect(counter.on_points)
    for number in range(count):
        watcher.watch(f"run-{number}")
    qtbot.waitUntil(lambda: sum(sizes) == count * points, timeout=120_000)
    assert max(sizes) <= 4_000
    assert most[0] <= UNDER_WAY
