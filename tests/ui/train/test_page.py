"""The Train page: runs on disk are what it shows, and what it asks of a run is in the run's folder."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import Rank, RunFolder, RunStatus, dump_status
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, RunSpec, ScheduleSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import MemoryParts, ModelRef, Problem
from bigmodel_studio.ui.pages.train.form import making
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.pages.train.runs import story
from bigmodel_studio.ui.window.destinations import Destination, UseModel
from bigmodel_studio.ui.window.studio import Studio
from tests.threads import elsewhere, threads_of

LEFT = Qt.MouseButton.LeftButton


def make_run(name: str, **status: Any) -> RunFolder:
    """A run's folder with eight points, two of them evaluations."""
    folder = paths.runs() / name
    folder.mkdir()
    lines = [{"step": step, "time": 0.0, "loss": 5.0 - step / 4, "learning_rate": 1e-3} for step in range(1, 9)]
    for line in lines[3::4]:
        line["evaluation_loss"] = line["loss"] + 0.1
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "samples.jsonl").write_text('{"step": 4, "prompt": "ROMEO:", "text": " 你好 the night"}\n')
    (folder / "log.txt").write_text("read 1,000 tokens\nstep 8: loss 3.00\n")
    given: dict[str, Any] = {
        "state": "finished", "step": 8, "steps": 8, "started": time.time() - 60, "updated": time.time(),
        "parameters": 1_234_567, "device": "cpu", "last": {"loss": 3.0}, "baselines": {"unigram": 5.5},
    }  # fmt: skip
    (folder / "status.json").write_bytes(dump_status(RunStatus(**{**given, **status})))
    spec = RunSpec(name=name, data=DataSpec(train=("/texts/input.txt",)), schedule=ScheduleSpec(steps=8))
    (folder / "spec.toml").write_text(write_spec(spec))
    return RunFolder(folder)


def checkpoint(run: RunFolder, step: int) -> None:
    folder = run.checkpoints_path / f"step-{step:06d}"
    folder.mkdir(parents=True)
    (folder / "MANIFEST.json").write_text("{}")


def live() -> dict[str, Any]:
    process = psutil.Process()
    return {"state": "running", "pid": process.pid, "process_started": process.create_time()}


class Bench:
    """A page on real run folders."""

    def __init__(self, qtbot: QtBot) -> None:
        self.library = LibraryWatcher()
        self.watcher = RunWatcher()
        self.problems: list[Problem] = []
        self.opened: list[Destination] = []
        self.studio = Studio(
            settings=SettingsStore(),
            interactive=FakeLane(lambda request: iter(())),
            library=self.library,
            runs=self.watcher,
        )
        self.studio.problem_reported.connect(self.problems.append)
        self.studio.wanted.connect(self.opened.append)
        self.page = TrainPage(self.studio)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 720)
        self.page.show()

    def close(self) -> None:
        self.page.shut()
        self.watcher.close()
        self.library.close()


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.close()


def _shown(qtbot: QtBot, bench: Bench, name: str, points: int = 8) -> None:
    qtbot.waitUntil(lambda: bench.page.runs.row_of(name) is not None, timeout=5000)
    bench.page.choose(name)
    qtbot.waitUntil(lambda: len(bench.page.curves.series.get("loss", ())) == points, timeout=5000)


def test_an_empty_page_says_what_to_do_first(qtbot: QtBot, bench: Bench) -> None:
    page = bench.page
    assert page.empty.isVisible()
    assert not page.run_actions.stop_button.isEnabled()
    assert not page.run_actions.resume_button.isEnabled()
    qtbot.mouseClick(page.empty.button, LEFT)
    assert page.form.isVisible()
    qtbot.mouseClick(page.form.leave_button, LEFT)
    assert page.empty.isVisible()


def test_a_run_is_shown_with_its_curves_samples_facts_and_log(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = threads_of(monkeypatch, story, "_end_of")
    checkpoint(make_run("shakespeare"), 8)
    page = bench.page
    _shown(qtbot, bench, "shakespeare")
    qtbot.waitUntil(lambda: page.story.model.rowCount() == 1, timeout=5000)
    assert page.story.model.index(0).data() == "4\nROMEO:\n你好 the night"
    assert list(page.curves.series["evaluation_loss"].steps) == [4, 8]
    qtbot.waitUntil(lambda: "learning_rate" in page.curves.minis, timeout=2000)
    assert page.curves.minis["learning_rate"].text() == "0.00100"
    assert page.facts.values["Parameters"].text() == "1,234,567"
    assert page.facts.values["State"].text() == "finished"
    assert page.facts.values["Data"].text() == "input.txt"
    assert page.facts.values["Model"].text() == "4 layers, width 128, 4 heads"
    page.story.setCurrentWidget(page.story.log)
    qtbot.waitUntil(lambda: "step 8: loss 3.00" in page.story.log.toPlainText(), timeout=5000)
    assert elsewhere(reading)
    assert page.run_actions.use_button.isEnabled()
    qtbot.mouseClick(page.run_actions.use_button, LEFT)
    assert bench.opened == [UseModel("chat", ModelRef(source="run", id="shakespeare"))]


def test_points_come_while_it_runs_and_a_resume_takes_some_back(qtbot: QtBot, bench: Bench) -> None:
    run = make_run("live", **live())
    page = bench.page
    _shown(qtbot, bench, "live")
    assert page.run_actions.stop_button.isEnabled()
    assert not page.run_actions.resume_button.isEnabled()
    with open(run.path / "metrics.jsonl", "a") as stream:
        stream.write('{"step": 9, "time": 0, "loss": 1.5}\n{"step": 10, "time": 0, "loss": null}\n')
    qtbot.waitUntil(lambda: len(page.curves.series["loss"]) == 10, timeout=5000)
    assert page.curves.series["loss"].last is None
    with open(run.path / "metrics.jsonl", "a") as stream:
        stream.write('{"event": "resume", "step": 4}\n{"step": 5, "time": 0, "loss": 2.5}\n')
    qtbot.waitUntil(lambda: page.curves.series["loss"].last == 2.5, timeout=5000)
    assert list(page.curves.series["loss"].steps) == [1, 2, 3, 4, 5]


def test_stop_asks_the_run_to_save_and_end(qtbot: QtBot, bench: Bench) -> None:
    run = make_run("live", **live())
    _shown(qtbot, bench, "live")
    qtbot.mouseClick(bench.page.run_actions.stop_button, LEFT)
    asked = run.path / "control.json"
    qtbot.waitUntil(asked.exists, timeout=5000)
    control = json.loads(asked.read_text())
    assert (control["want"], control["save"]) == ("stop", True)


def test_an_interrupted_run_says_so_and_is_resumed(qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_run("gone", **{**live(), "process_started": 1.0})
    checkpoint(run, 4)
    page = bench.page
    _shown(qtbot, bench, "gone")
    assert page.facts.values["State"].text() == "interrupted"
    assert "last checkpoint" in page.facts.message.text()
    assert not page.run_actions.stop_button.isEnabled()
    started: list[tuple[Path, bool]] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append((run.path, resume)))
    qtbot.mouseClick(page.run_actions.resume_button, LEFT)
    qtbot.waitUntil(lambda: started == [(run.path, True)], timeout=5000)


def test_the_list_keeps_the_chosen_run_when_others_come(qtbot: QtBot, bench: Bench) -> None:
    make_run("first", started=time.time() - 100)
    _shown(qtbot, bench, "first")
    make_run("second")
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 2, timeout=5000)
    current = bench.page.current()
    assert current is not None
    assert current.name == "first"
    assert bench.page.list.currentIndex().data() == "first"
    qtbot.keyClick(bench.page.list, Qt.Key.Key_Up)
    current = bench.page.current()
    assert current is not None
    assert current.name == "second"


# ---------------------------------------------------------------------------------------------- the form


def test_the_form_says_at_the_field_what_is_wrong_and_what_the_model_costs(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    form = bench.page.form
    bench.page.new_item()
    form.of(TextSubject).data.add_files([_text(tmp_path)])
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    expected = shape.gpt_parameters(vocabulary=1024, context=128, width=128, layers=4)
    assert form.cost.text() == f"{numbers.exact(expected)} parameters"
    form.of(TextSubject).heads.setValue(3)
    qtbot.waitUntil(lambda: not form.start_button.isEnabled(), timeout=2000)
    assert form.of(TextSubject).errors["model.width"].isVisible()
    assert form.of(TextSubject).errors["model.width"].text() == "Width must be a multiple of Heads (3)."
    form.of(TextSubject).heads.setValue(4)
    form.schedule.rate.setText("fast")
    qtbot.waitUntil(form.errors["optimizer.learning_rate"].isVisible, timeout=2000)
    assert not form.of(TextSubject).errors["model.width"].isVisible()
    form.schedule.rate.setText("3e-4")
    form.of(TextSubject).vocabulary.setValue(100)
    qtbot.waitUntil(form.of(TextSubject).errors["model.tokenizer"].isVisible, timeout=2000)
    form.of(TextSubject).vocabulary.setValue(300)
    form.name.setText("a/b")
    qtbot.waitUntil(form.errors["name"].isVisible, timeout=2000)


def test_the_wheel_scrolls_the_form_and_turns_only_what_has_the_focus(qtbot: QtBot, bench: Bench) -> None:
    page = bench.page
    with qtbot.waitActive(page):
        page.activateWindow()
    page.new_item()
    form = page.form
    area = form.findChild(QScrollArea)
    assert area is not None
    bar = area.verticalScrollBar()
    batch, steps = form.schedule.batch.value(), form.schedule.steps.value()
    assert not _turn(form.schedule.batch), "it goes on to what scrolls the form"
    assert form.schedule.batch.value() == batch
    form.schedule.steps.setFocus()
    assert _turn(form.schedule.steps)
    assert form.schedule.steps.value() == steps - 1
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    page.new_item()
    assert bar.value() == 0, "it begins at the top again"


def _turn(field: QWidget) -> bool:
    """One notch of the wheel over it, towards the user; whether the field took it."""
    at, none = QPointF(field.rect().center()), Qt.MouseButton.NoButton
    wheel = QWheelEvent(
        at, field.mapToGlobal(at), QPoint(), QPoint(0, -120), none, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QGuiApplication.sendEvent(field, wheel)
    return wheel.isAccepted()


def test_what_is_typed_is_not_disturbed_by_runs_that_come(qtbot: QtBot, bench: Bench) -> None:
    make_run("first", started=time.time() - 100)
    page = bench.page
    qtbot.waitUntil(lambda: len(page.runs.runs) == 1, timeout=5000)
    with qtbot.waitActive(page):
        page.activateWindow()
    page.new_item()
    assert page.form.name.hasFocus()
    make_run("second")
    qtbot.waitUntil(lambda: len(page.runs.runs) == 2, timeout=5000)
    assert page.form.name.hasFocus()
    assert page.form.isVisible()


def test_a_text_that_is_gone_is_refused(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = bench.page.form
    bench.page.new_item()
    form.of(TextSubject).data.add_files([tmp_path / "gone.txt"])
    said = form.of(TextSubject).errors["data.train"]
    qtbot.waitUntil(lambda: "gone.txt" in said.text(), timeout=5000)
    assert not form.start_button.isEnabled()


def test_start_makes_the_folder_as_the_form_says_and_shows_the_run(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run.name))
    page, form = bench.page, bench.page.form
    qtbot.mouseClick(page.new_button, LEFT)
    text = _text(tmp_path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(text))])
    form.of(TextSubject).data.dropEvent(
        QDropEvent(
            form.of(TextSubject).data.rect().center(),
            Qt.DropAction.CopyAction,
            data,
            LEFT,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    assert form.name.text() == "tales"
    form.schedule.steps.setValue(7)
    form.of(TextSubject).layers.setValue(2)
    form.of(TextSubject).prompts.setPlainText("Once\n\n你好")
    with qtbot.waitActive(page):
        page.activateWindow()
    form.of(TextSubject).prompts.setFocus()
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    qtbot.keyClick(form.of(TextSubject).prompts, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: started == ["tales"], timeout=2000)  # the button is seen going down first
    spec = RunFolder(paths.runs() / "tales").spec()
    assert spec is not None
    assert spec.data.train == (str(text),)
    assert (spec.schedule.steps, spec.model.layers, spec.model.tokenizer) == (7, 2, "train:1024")
    assert spec.samples.prompts == ("Once", "你好")
    qtbot.waitUntil(lambda: page.current() is not None, timeout=5000)
    current = page.current()
    assert current is not None
    assert current.name == "tales"
    assert not form.isVisible()


def test_how_it_is_computed_is_in_the_spec_and_a_sweep_makes_a_run_for_each_combination(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run.name))
    page, form = bench.page, bench.page.form
    page.new_item()
    form.of(TextSubject).data.add_files([_text(tmp_path)])
    assert form.spec().launch == LaunchSpec()
    form.how.accumulate.setValue(4)
    form.how.patience.setValue(3)
    form.how.keep.setValue(2)
    form.how.dtype.setCurrentText("bfloat16")
    qtbot.mouseClick(form.how.recompute, LEFT, pos=QPoint(8, form.how.recompute.height() // 2))
    spec = form.spec()
    assert (spec.schedule.accumulate, spec.schedule.patience, spec.schedule.keep) == (4, 3, 2)
    assert (spec.launch.dtype, spec.launch.checkpointing) == ("bfloat16", True)
    form.how.sweep.setPlainText("seed = -1")
    qtbot.waitUntil(lambda: not form.start_button.isEnabled(), timeout=2000)
    form.how.sweep.setPlainText("optimizer.learning_rate = 1e-3, 3e-4\nseed = 1, 2")
    qtbot.waitUntil(lambda: form.start_button.text() == "Start 4 runs", timeout=2000)
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    qtbot.mouseClick(form.start_button, LEFT)
    qtbot.waitUntil(lambda: len(started) == 4, timeout=5000)
    assert started[0] == "tales-learning_rate=0.001-seed=1"
    qtbot.waitUntil(lambda: len(page.story.comparison.table.compared.runs) == 4, timeout=5000)
    assert page.story.comparison.table.compared.fields == ["seed", "optimizer.learning_rate"]
    assert bench.problems == []


def test_fine_tuning_takes_a_model_and_a_smaller_rate(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = bench.page.form
    bench.page.new_item()
    form.of(TextSubject).data.add_files([_text(tmp_path)])
    qtbot.mouseClick(form.of(TextSubject).fine, LEFT)
    assert not form.start_button.isEnabled()
    assert form.of(TextSubject).errors["model.base"].text() == "Base model must be a language model."
    folder = tmp_path / "net"
    folder.mkdir()
    ref = ModelRef(source="local", id=str(folder))
    record = ModelRecord(
        id=str(folder), kind="causal-lm", source="local", path=str(folder), parameters=42, bytes=168,
        dtype="float32", name="net", architecture="GPT2LMHeadModel", ref=ref,
    )  # fmt: skip
    bench.library._on_read([record])
    form.of(TextSubject).picker.choose(ref)
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    assert form.spec().model.base == str(folder)
    assert form.spec().optimizer.learning_rate == 1e-4
    assert form.cost.text() == "42 parameters"


def test_a_disk_that_is_full_is_said(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(resolved: ResolvedSpec) -> RunFolder:
        raise OSError(28, "No space left on device", "/runs/tales")

    monkeypatch.setattr(making, "create_run", full)
    bench.page.new_item()
    bench.page.form.of(TextSubject).data.add_files([_text(tmp_path)])
    qtbot.waitUntil(bench.page.form.start_button.isEnabled, timeout=5000)
    qtbot.mouseClick(bench.page.form.start_button, LEFT)
    qtbot.waitUntil(lambda: [problem.code for problem in bench.problems] == ["disk-write"], timeout=5000)
    assert bench.page.form.isVisible()


def _text(folder: Path) -> Path:
    path = folder / "tales.txt"
    path.write_text("Once upon a time.\n" * 50)
    return path


def test_the_processes_of_a_run_are_shown_with_the_command_for_more(qtbot: QtBot, bench: Bench) -> None:
    ranks = tuple(
        Rank(rank=rank, host="here", pid=100 + rank, seconds_per_step=0.25, memory=MemoryParts(weights_bytes=4_000_000))
        for rank in (0, 1)
    )
    run = make_run("both", **live(), ranks=ranks)
    given = run.spec()
    assert given is not None
    spec = msgspec.structs.replace(given, launch=LaunchSpec(processes=2, strategy="fsdp"))
    (run.path / "spec.toml").write_text(write_spec(spec))
    _shown(qtbot, bench, "both")
    panel = bench.page.facts.ranks
    assert panel.isVisible()
    assert panel.title.text() == "2 processes, the model is sharded"
    assert [name.text() for name, _ in panel.rows] == ["0", "1"]
    assert (
        "4.0 MB reserved · 250 ms per step · process 101 on here"
        in panel.rows[1][1].toolTip() + panel.rows[1][1].text()
    )
    qtbot.mouseClick(panel.copy, LEFT)
    assert QGuiApplication.clipboard().text().startswith("torchrun --nnodes=2 --nproc-per-node=2 ")


def test_a_full_disk_without_a_path_names_the_folder_of_the_runs(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(resolved: ResolvedSpec) -> RunFolder:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "create_run", full)
    bench.page.new_item()
    bench.page.form.of(TextSubject).data.add_files([_text(tmp_path)])
    qtbot.waitUntil(bench.page.form.start_button.isEnabled, timeout=5000)
    qtbot.mouseClick(bench.page.form.start_button, LEFT)
    qtbot.waitUntil(lambda: bool(bench.problems), timeout=5000)
    assert bench.problems[0].arguments["path"] == str(paths.runs())


def test_escape_leaves_the_form_and_a_new_one_forgets_the_name_and_the_steps(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(resolved: ResolvedSpec) -> RunFolder:
        return make_run(resolved.spec.name)

    monkeypatch.setattr(making, "create_run", made)
    monkeypatch.setattr(run_queue, "submit", lambda run: None)
    bench.page.new_item()
    form = bench.page.form
    form.of(TextSubject).data.add_files([_text(tmp_path)])
    usual = form.schedule.steps.value()
    form.name.selectAll()
    qtbot.keyClicks(form.name, "mine")
    form.schedule.steps.setValue(77)
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    qtbot.mouseClick(form.start_button, LEFT)
    qtbot.waitUntil(lambda: not form.isVisible(), timeout=5000)
    qtbot.mouseClick(bench.page.new_button, LEFT)
    assert (form.name.text(), form.schedule.steps.value()) == ("tales", usual)
    assert form.of(TextSubject).data.files
    qtbot.keyClick(form.name, Qt.Key.Key_Escape)
    assert not form.isVisible()


def test_pausing_keeps_the_focus_on_the_button_that_takes_its_place(qtbot: QtBot, bench: Bench) -> None:
    run = make_run("tales", **live())
    _shown(qtbot, bench, "tales")
    actions = bench.page.run_actions
    qtbot.waitUntil(actions.pause_button.isVisible, timeout=5000)
    bench.page.activateWindow()
    actions.pause_button.setFocus()
    where = actions.stop_button.x(), actions.save_button.x()
    (run.path / "status.json").write_bytes(dump_status(msgspec.structs.replace(run.status(), state="paused")))
    bench.watcher.refresh()
    qtbot.waitUntil(actions.resume_button.isVisible, timeout=5000)
    assert actions.resume_button.hasFocus()
    assert (actions.stop_button.x(), actions.save_button.x()) == where
