"""Runs of runs on the Train page: forks below their parents, notes and tags, runs of others, and a smaller one more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.memory.retry import memory_advice
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.notes import Note, note_of, write_note
from bigmodel_studio.core.runs.run_folder import Parent, RunFolder, dump_status
from bigmodel_studio.core.specs.spec import write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.logger import RunLogger
from bigmodel_studio.protocol import Done, Event, ExportScript, Request
from bigmodel_studio.ui.pages.train.form import fork_dialog
from bigmodel_studio.ui.pages.train.form.fork_dialog import ForkDialog
from bigmodel_studio.ui.window.destinations import OpenEventFiles
from tests.core.runs.test_tensorboard import WRITTEN
from tests.ui.train.test_page import Bench, checkpoint, make_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.close()


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: names.append(run.name))
    return names


def with_text(run: RunFolder, folder: Path) -> RunFolder:
    """The run, its data made real."""
    text = folder / "input.txt"
    text.write_text("Once upon a time.\n" * 50)
    spec = (run.path / "spec.toml").read_text().replace("/texts/input.txt", str(text))
    (run.path / "spec.toml").write_text(spec)
    return run


def shown(qtbot: QtBot, bench: Bench, name: str) -> None:
    qtbot.waitUntil(lambda: bench.page.runs.row_of(name) is not None, timeout=5000)
    bench.page.choose(name)


def rows(bench: Bench) -> list[str]:
    page = bench.page
    return [run.name for row, run in enumerate(page.runs.runs) if not page.list.isRowHidden(row)]


def test_forks_stand_below_their_parent_and_say_where_they_come_from(qtbot: QtBot, bench: Bench) -> None:
    now = time.time()
    make_run("first", started=now - 400)
    make_run("second", started=now - 300)
    make_run("fork", started=now - 200, parent=Parent("first", 4))
    make_run("fork-of-fork", started=now - 100, parent=Parent("fork", 8))
    make_run("orphan", started=now - 350, parent=Parent("gone", 4))
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 5, timeout=5000)
    tree = [(run.name, run.depth) for run in bench.page.runs.runs]
    assert tree == [("second", 0), ("orphan", 0), ("first", 0), ("fork", 1), ("fork-of-fork", 2)]
    shown(qtbot, bench, "fork")
    assert bench.page.facts.values["Origin"].text() == "first@4"
    assert bench.page.facts.values["Origin"].toolTip() == "forked from first at step 4"
    bench.page.grab()  # the branches are painted


def test_fork_asks_for_a_step_and_changes_and_makes_a_run_of_them(
    qtbot: QtBot, bench: Bench, tmp_path: Path, submitted: list[str]
) -> None:
    run = with_text(make_run("tales"), tmp_path)
    page = bench.page
    shown(qtbot, bench, "tales")
    assert not page.run_actions.fork_button.isEnabled(), "there is no checkpoint yet"
    for step in (4, 8):
        checkpoint(run, step)
    qtbot.waitUntil(page.run_actions.fork_button.isEnabled, timeout=5000)
    qtbot.mouseClick(page.run_actions.fork_button, LEFT)
    dialog = page.findChild(ForkDialog)
    assert dialog is not None
    assert (dialog.at.currentText(), dialog.steps.value()) == ("step 8", 16), "the run was at its end"
    qtbot.waitUntil(dialog.fork_button.isEnabled, timeout=5000)
    dialog.rate.setText("fast")
    qtbot.waitUntil(lambda: not dialog.fork_button.isEnabled(), timeout=5000)
    assert dialog.parts.errors["optimizer.learning_rate"].isVisible()
    dialog.rate.setText("3e-4")
    dialog.other.setPlainText("model.width = 64")
    (run.path / "spec.toml").rename(tmp_path / "spec.toml")  # the dialog has it already
    qtbot.waitUntil(lambda: "model.width can't change" in dialog.error.text(), timeout=5000)
    (tmp_path / "spec.toml").rename(run.path / "spec.toml")
    dialog.other.setPlainText("optimizer.weight_decay = 0.5\n")
    dialog.at.setCurrentIndex(0)
    dialog.name.setText("slower")
    qtbot.waitUntil(dialog.fork_button.isEnabled, timeout=5000)
    qtbot.mouseClick(dialog.fork_button, LEFT)
    qtbot.waitUntil(lambda: submitted == ["slower"], timeout=5000)
    made = RunFolder(paths.runs() / "slower")
    spec = made.spec()
    assert spec is not None
    assert (spec.optimizer.learning_rate, spec.optimizer.weight_decay, spec.schedule.steps) == (3e-4, 0.5, 16)
    assert (made.status().parent, made.checkpoints()) == (Parent("tales", 4), [4])
    qtbot.waitUntil(lambda: (shown := page.current()) is not None and shown.name == "slower", timeout=5000)


def test_a_fork_that_cannot_be_written_is_told_in_the_dialog(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint(run := with_text(make_run("tales"), tmp_path), 4)

    def full(*_: object) -> RunFolder:
        raise OSError(28, "No space left on device", "/runs/tales")

    monkeypatch.setattr(fork_dialog, "fork", full)
    spec = run.spec()
    assert spec is not None
    dialog = ForkDialog(run, spec)
    qtbot.addWidget(dialog)
    dialog.start()
    qtbot.waitUntil(lambda: "No space left on device" in dialog.error.text(), timeout=5000)
    dialog.reject()


def test_out_of_memory_offers_a_smaller_run_on_from_the_last_checkpoint(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = with_text(make_run("large"), tmp_path)
    spec = run.spec()
    assert spec is not None
    write_atomic(run.path / "spec.toml", write_spec(spec).replace("steps = 8", "steps = 20").encode())
    checkpoint(run, 4)
    status = {name: getattr(run.status(), name) for name in run.status().__struct_fields__}
    problem = memory_advice(spec, "cpu")
    failed = type(run.status())(**{**status, "state": "failed", "problem": problem})
    write_atomic(run.path / "status.json", dump_status(failed))
    names: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: names.append(run.name))
    shown(qtbot, bench, "large")
    strip = bench.page.strip
    qtbot.waitUntil(strip.isVisible, timeout=5000)
    assert "A batch of 8 with gradient accumulation of 2" in strip.reason.text()
    qtbot.mouseClick(strip.buttons["smaller"], LEFT)
    qtbot.waitUntil(lambda: names == ["large-2"], timeout=5000)
    made = RunFolder(paths.runs() / "large-2").spec()
    assert made is not None
    assert (made.schedule.batch, made.schedule.accumulate, made.schedule.update) == (8, 2, spec.schedule.update)
    assert RunFolder(paths.runs() / "large-2").status().parent == Parent("large", 4)
    assert bench.problems == []


def test_notes_and_tags_are_kept_and_runs_are_found_by_them(qtbot: QtBot, bench: Bench) -> None:
    now = time.time()
    make_run("first", started=now - 100)
    make_run("second", started=now)
    page = bench.page
    shown(qtbot, bench, "first")
    assert page.column.search.isVisible()
    note = page.facts.note
    qtbot.keyClicks(note.tags, "baseline #paper")
    note.text.setPlainText("The warm-up is too short.")
    qtbot.waitUntil(lambda: note_of("first") != Note(), timeout=5000)
    assert note_of("first") == Note(text="The warm-up is too short.", tags=("baseline", "paper"))
    page.choose("second")
    assert (note.tags.text(), note.text.toPlainText()) == ("", "")
    qtbot.keyClicks(page.column.search, "paper short")
    assert rows(bench) == ["first"]
    write_note("second", tags=["paper", "short"])
    page.column.refilter()
    assert rows(bench) == ["second", "first"]
    page.column.search.setText("nobody")
    assert rows(bench) == []
    assert page.column.none.isVisible()
    page.column.search.clear()
    note.text.setPlainText("typed, and at once another run is chosen")
    page.choose("first")
    assert note_of("second").text == "typed, and at once another run is chosen"


def test_a_run_of_another_program_is_watched_and_nothing_else(qtbot: QtBot, bench: Bench) -> None:
    page = bench.page
    with RunLogger("mine", steps=10) as log:
        log(1, loss=2.0)
        log(2, loss=1.5)
        shown(qtbot, bench, "mine")
        qtbot.waitUntil(lambda: len(page.curves.series.get("loss", ())) == 2, timeout=5000)
        log(3, loss=1.0)
        qtbot.waitUntil(lambda: page.curves.series["loss"].last == 1.0, timeout=5000)
        assert page.facts.values["State"].text() == "running"
        assert page.facts.values["Origin"].text() == "RunLogger"
        assert not page.facts.values["Learning rate"].isVisible()
        buttons = (
            page.run_actions.stop_button,
            page.run_actions.pause_button,
            page.run_actions.save_button,
            page.run_actions.resume_button,
            page.run_actions.fork_button,
        )
        assert not any(button.isEnabled() for button in buttons)
    qtbot.waitUntil(lambda: page.facts.values["State"].text() == "finished", timeout=5000)
    assert not page.run_actions.resume_button.isEnabled()


def test_event_files_that_are_dropped_become_a_run_that_is_shown(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    logs = tmp_path / "experiment"
    logs.mkdir()
    (logs / "events.out.tfevents.1.host").write_bytes(WRITTEN)
    bench.page.open(OpenEventFiles((logs,)))
    qtbot.waitUntil(lambda: (run := bench.page.current()) is not None and run.name == "experiment", timeout=5000)
    qtbot.waitUntil(lambda: len(bench.page.curves.series.get("loss", ())) == 3, timeout=5000)
    assert bench.page.facts.values["Origin"].text() == "TensorBoard"
    bench.page.export.menu.aboutToShow.emit()
    assert not bench.page.export.script.isEnabled()
    assert bench.page.export.script.toolTip().startswith("Another program wrote this run")
    (tmp_path / "empty.tfevents").write_bytes(b"")
    bench.page.open(OpenEventFiles((tmp_path / "empty.tfevents",)))
    qtbot.waitUntil(lambda: [problem.code for problem in bench.problems] == ["events-none"], timeout=5000)


def test_a_run_is_exported_as_a_script_by_an_engine(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_run("tales")
    shown(qtbot, bench, "tales")
    page = bench.page
    asked: list[Request] = []

    def exports(request: Request) -> Iterator[Event]:
        asked.append(request)
        yield Done()

    lane = FakeLane(exports)
    monkeypatch.setattr(bench.studio, "measure", lane)
    page.export.menu.aboutToShow.emit()
    assert page.export.script.isEnabled()
    assert "it reproduces the run's losses" in page.export.script.toolTip()
    page.export.save_script(tmp_path / "out")
    assert page.curves.export.text() == "Exporting…"
    page.export.menu.aboutToShow.emit()
    assert (page.export.script.isEnabled(), page.export.script.toolTip()) == (False, "Exporting a script…")
    qtbot.waitUntil(lambda: page.curves.export.text() == "Export", timeout=5000)
    assert asked == [ExportScript(run="tales", folder=str(tmp_path / "out"))]
    assert page.curves.read_out.text() == f"The script is in {tmp_path / 'out'}"
    lane.close()
