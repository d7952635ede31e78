"""A classifier's run on the Train page: its pictures as it learns, its classes, and the form that begins one."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.data.picture_listing import look
from bigmodel_studio.core.models import library, shape
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import make_spec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Done, Event, ModelRef, Picture, Preview, Problem, Request
from bigmodel_studio.ui.pages.train.data import folder_field
from bigmodel_studio.ui.pages.train.data.data_field import DataField
from bigmodel_studio.ui.pages.train.form import picture_subject
from bigmodel_studio.ui.pages.train.form.new_run import NewRun
from bigmodel_studio.ui.pages.train.form.picture_subject import PictureSubject
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.window.destinations import UseModel
from tests.threads import elsewhere, threads_of
from tests.ui.train.test_page import Bench, checkpoint, make_run

LEFT = Qt.MouseButton.LeftButton


def made_previews(request: Request) -> Iterator[Event]:
    """The lane's answer: a red picture a file, but for those whose name says that they are damaged."""
    assert isinstance(request, Preview)
    stream = io.BytesIO()
    Image.new("RGB", (40, 20), (255, 0, 0)).save(stream, "PNG")
    for image in request.images:
        if "damaged" in image:
            yield Picture(image=image, error=Problem(code="picture-damaged"))
        else:
            yield Picture(image=image, preview=stream.getvalue(), width=400, height=200)
    yield Done()


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    made.studio.measure = FakeLane(made_previews)
    yield made
    made.close()


def make_classifier_run(name: str = "pets") -> RunFolder:
    run = make_run(name, last={"loss": 0.2, "accuracy": 0.75}, baselines={"class-frequencies": 0.69})
    spec = make_spec({"name": name, "objective": "classify-images", "data": {"train": ["/pets"]}})
    (run.path / "spec.toml").write_text(write_spec(spec))
    lines = [
        {"step": step, "loss": 1.0 / step, "images_per_s": 12.0} | ({"accuracy": step / 8} if step % 4 == 0 else {})
        for step in range(1, 9)
    ]
    (run.path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    samples = [_sample(4, "dog", 0.6), _sample(8, "cat", 0.9)]
    (run.path / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    return run


def _sample(step: int, said: str, probability: float) -> dict[str, Any]:
    top = [{"label": said, "probability": probability}, {"label": "newt", "probability": 0.05}]
    files = {"/pets/cat/tom.jpg": "cat", "/pets/dog/damaged.jpg": "dog"}
    scores = [("cat", 4, 1.0, 0.8, ""), ("dog", 4, 0.5, None, "cat")]
    return {
        "step": step,
        "predictions": [{"image": file, "expected": is_, **top[0], "top": top} for file, is_ in files.items()],
        "classes": [
            dict(zip(("label", "pictures", "recall", "precision", "taken_for"), score, strict=True)) for score in scores
        ],
    }


def _shown(qtbot: QtBot, bench: Bench, name: str) -> None:
    qtbot.waitUntil(lambda: bench.page.runs.row_of(name) is not None, timeout=5000)
    bench.page.choose(name)
    qtbot.waitUntil(lambda: bench.page.story.pictures.predictions.rowCount() > 0, timeout=5000)


def test_pictures_are_shown_with_what_they_were_taken_for_at_each_step(qtbot: QtBot, bench: Bench) -> None:
    checkpoint(make_classifier_run(), 8)
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    table = story.pictures
    assert story.currentWidget() is table
    assert not story.isTabVisible(story.indexOf(story.samples))
    model = table.predictions
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [model.headerData(row, down) for row in range(2)] == ["8", "4"]
    assert [model.headerData(column, across) for column in range(2)] == ["cat", "dog"]
    said = [[model.index(row, column).data() for column in range(2)] for row in range(2)]
    assert said == [["✓ cat 90%", "✗ cat 90%"], ["✗ dog 60%", "✓ dog 60%"]]
    assert "newt 5%" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)

    thumbnails = bench.page.thumbnails
    qtbot.waitUntil(lambda: thumbnails.picture("/pets/cat/tom.jpg") is not None, timeout=5000)
    header = table.horizontalHeader()
    place = header.sectionViewportPosition(0) + header.sectionSize(0) // 2
    painted = header.viewport().grab().toImage().pixelColor(place, 38)
    assert (painted.red(), painted.green()) == (255, 0)
    qtbot.waitUntil(lambda: thumbnails.reason("/pets/dog/damaged.jpg") != "", timeout=5000)
    assert "truncated" in model.headerData(1, across, Qt.ItemDataRole.ToolTipRole)
    bench.page.grab()  # the cells, too, are painted

    qtbot.waitUntil(lambda: "accuracy" in bench.page.curves.minis, timeout=5000)
    assert bench.page.curves.minis["accuracy"].text() == "100.0%"
    assert bench.page.run_actions.use_button.text() == "Use in Images"
    qtbot.mouseClick(bench.page.run_actions.use_button, LEFT)
    assert bench.opened == [UseModel("images", ModelRef(source="run", id="pets"))]


def test_classes_are_listed_worst_first_and_sorted_by_a_click(qtbot: QtBot, bench: Bench) -> None:
    make_classifier_run()
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    bar = story.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(story.indexOf(story.classes)).center())
    assert story.classes.isVisible()
    model = story.classes.model()

    def column(number: int) -> list[str]:
        return [str(model.index(row, number).data()) for row in range(model.rowCount())]

    assert column(0) == ["dog", "cat"]
    assert column(2) == ["50.0%", "100.0%"]
    assert column(3) == ["–", "80.0%"]
    assert column(4) == ["cat", ""]
    header = story.classes.horizontalHeader()
    click = header.rect().center()
    click.setX(header.sectionViewportPosition(0) + 10)
    qtbot.mouseClick(header.viewport(), LEFT, pos=click)
    assert column(0) == ["cat", "dog"]
    story.classes.grab()


def test_the_tabs_are_those_of_the_run_that_is_shown_and_the_log_stays_chosen(qtbot: QtBot, bench: Bench) -> None:
    make_classifier_run()
    make_run("tales")
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    bench.page.choose("tales")
    qtbot.waitUntil(lambda: story.model.rowCount() == 1, timeout=5000)
    assert story.currentWidget() is story.samples
    assert not story.isTabVisible(story.indexOf(story.pictures))
    assert not story.isTabVisible(story.indexOf(story.classes))
    story.setCurrentWidget(story.log)
    _shown(qtbot, bench, "pets")
    assert story.currentWidget() is story.log


# ---------------------------------------------------------------------------------------------- the form


def _pictures(folder: Path, labels: tuple[str, ...] = ("cat", "dog"), each: int = 3) -> Path:
    for label in labels:
        (folder / label).mkdir(parents=True)
        for number in range(each):
            Image.new("RGB", (9, 9)).save(folder / label / f"{number}.png")
    return folder


def _drop(field: DataField, folder: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    field.dropEvent(
        QDropEvent(field.rect().center(), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    )


def _choose_pictures(qtbot: QtBot, bench: Bench) -> NewRun:
    qtbot.mouseClick(bench.page.new_button, LEFT)
    form = bench.page.form
    button = form.choices["classify-images"]
    qtbot.mouseClick(button, LEFT, pos=QPoint(10, button.height() // 2))
    assert form.subject is form.of(PictureSubject)
    return form


def test_a_classifier_from_scratch_is_filled_in_with_clicks_and_started(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[RunFolder] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: started.append(run))
    form = _choose_pictures(qtbot, bench)
    fields = form.of(PictureSubject)
    assert fields.isVisible()
    assert not form.of(TextSubject).isVisible()
    assert form.name.text() == "pictures"
    assert not form.start_button.isEnabled()
    assert fields.errors["data.train"].isVisible()
    pets = _pictures(tmp_path / "pets")
    _drop(fields.train, pets)
    assert form.name.text() == "pets"
    assert form.schedule.batch.value() == 32
    expected = shape.resnet_parameters(depths=(2, 2, 2), widths=(32, 64, 128), labels=2)
    qtbot.waitUntil(lambda: form.cost.text() == f"{numbers.exact(expected)} parameters", timeout=5000)
    assert "32 pictures per step" in form.cost_more.text()

    fields.depths.setText("1, x")
    qtbot.waitUntil(fields.errors["model.depths"].isVisible, timeout=2000)
    fields.depths.setText("1 1")
    qtbot.waitUntil(lambda: "as many numbers" in fields.errors["model.depths"].text(), timeout=2000)
    fields.widths.setText("8, 16")
    fields.image_size.setValue(4)
    qtbot.waitUntil(fields.errors["model.image_size"].isVisible, timeout=2000)
    fields.image_size.setValue(32)
    qtbot.mouseClick(fields.flip, LEFT, pos=QPoint(10, fields.flip.height() // 2))
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    qtbot.mouseClick(form.start_button, LEFT)
    qtbot.waitUntil(lambda: len(started) == 1, timeout=5000)
    spec = started[0].spec()
    assert spec is not None
    assert spec.name == "pets"
    assert (spec.objective, spec.model.architecture, spec.model.base) == ("classify-images", "resnet", "scratch")
    assert (spec.model.depths, spec.model.widths, spec.model.image_size) == ((1, 1), (8, 16), 32)
    assert (spec.data.train, spec.data.evaluation, spec.data.flip) == ((str(pets),), 0.15, False)


def test_a_folder_with_a_training_and_a_test_part_is_taken_apart(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = _choose_pictures(qtbot, bench)
    for part in ("train", "test"):
        _pictures(tmp_path / "zoo" / part)
    _drop(form.of(PictureSubject).train, tmp_path / "zoo")
    assert form.name.text() == "zoo"
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    spec = form.spec()
    assert spec.data.train == (str(tmp_path / "zoo" / "train"),)
    assert spec.data.evaluation == (str(tmp_path / "zoo" / "test"),)
    assert not form.of(PictureSubject).share.isEnabled()


@pytest.mark.parametrize(
    ("labels", "field", "said"),
    [
        (("cat",), "data.train", "All examples have one class (cat)"),
        ((), "data.train", "contains no folders of pictures"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_with_the_reason(
    qtbot: QtBot, bench: Bench, tmp_path: Path, labels: tuple[str, ...], field: str, said: str
) -> None:
    form = _choose_pictures(qtbot, bench)
    (tmp_path / "pets").mkdir()
    _drop(form.of(PictureSubject).train, _pictures(tmp_path / "pets", labels))
    qtbot.waitUntil(lambda: said in form.of(PictureSubject).errors[field].text(), timeout=5000)
    assert not form.start_button.isEnabled()


def test_classes_to_evaluate_on_that_are_not_learnt_are_refused(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = _choose_pictures(qtbot, bench)
    _drop(form.of(PictureSubject).train, _pictures(tmp_path / "pets"))
    _drop(form.of(PictureSubject).evaluation, _pictures(tmp_path / "held", ("cat", "newt")))
    said = form.of(PictureSubject).errors["data.evaluation"]
    qtbot.waitUntil(lambda: "missing from training: newt" in said.text(), timeout=5000)
    assert not form.start_button.isEnabled()


def test_a_table_of_paths_is_dropped_or_chosen_and_its_columns_may_be_named(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = _choose_pictures(qtbot, bench)
    fields = form.of(PictureSubject)
    assert not fields.path_column.isVisible()
    folder = _pictures(tmp_path / "pets")
    files = sorted(folder.rglob("*.png"))
    table = tmp_path / "pets.csv"
    table.write_text("path,label\n" + "".join(f"{file.relative_to(tmp_path)},{file.parent.name}\n" for file in files))
    _drop(fields.train, table)
    qtbot.waitUntil(lambda: fields.train.count == 6, timeout=5000)
    assert (form.name.text(), fields.train.classes) == ("pets", ("cat", "dog"))
    assert fields.train.amount_shown(table) == "2 classes, 6 pictures"
    qtbot.waitUntil(form.start_button.isEnabled, timeout=5000)
    assert fields.path_column.isVisible()

    table.write_text("where,kind\n" + "".join(f"{file},{file.parent.name}\n" for file in files) + "gone.png,cat\n")
    fields.path_column.setText("where")
    fields.label_column.setText("kind")
    qtbot.waitUntil(lambda: "pets.csv, line 8: there is no file" in fields.errors["data.train"].text(), timeout=2000)
    assert not form.start_button.isEnabled()
    (tmp_path / "gone.png").write_bytes(files[0].read_bytes())
    fields.train.set_files([])
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(table)], ""))
    qtbot.mouseClick(fields.train.add_table, LEFT)
    qtbot.waitUntil(lambda: fields.train.count == 7, timeout=5000)
    _drop(fields.evaluation, table)
    qtbot.waitUntil(lambda: fields.evaluation.count == 7, timeout=5000)
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    data = form.spec().data
    assert (data.train, data.evaluation) == ((str(table),), (str(table),))
    assert (data.text_column, data.label_column) == ("where", "kind")


def test_fine_tuning_counts_the_new_last_layer_and_can_train_it_alone(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = threads_of(monkeypatch, picture_subject, "read_head")
    form = _choose_pictures(qtbot, bench)
    fields = form.of(PictureSubject)
    _drop(fields.train, _pictures(tmp_path / "pets", ("ant", "bee", "cow")))
    qtbot.mouseClick(fields.fine, LEFT, pos=QPoint(10, fields.fine.height() // 2))
    qtbot.waitUntil(lambda: not form.start_button.isEnabled(), timeout=2000)
    assert fields.errors["model.base"].text() == "Base model must be an image classifier."
    assert (form.schedule.rate.text(), form.schedule.steps.value()) == ("1e-4", 100)
    record = library.record(library.parse_model("starter-resnet"))
    bench.library._on_read([record])
    fields.picker.choose(record.ref)
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    expected = shape.resnet_parameters(depths=(2, 2, 2), widths=(64, 128, 256), labels=3)
    qtbot.waitUntil(lambda: form.cost.text() == f"{numbers.exact(expected)} parameters", timeout=5000)
    assert elsewhere(reading)
    fields.methods.choose("frozen")
    qtbot.waitUntil(lambda: "771 of them trained" in form.cost.text(), timeout=2000)
    assert form.schedule.rate.text() == "1e-3"
    spec = form.spec()
    assert (spec.method.kind, spec.model.base) == ("frozen", "starter-resnet")


def test_what_was_changed_by_hand_stays_when_the_subject_changes(qtbot: QtBot, bench: Bench) -> None:
    form = _choose_pictures(qtbot, bench)
    form.schedule.steps.setValue(77)
    form.name.setText("mine")
    text = form.choices["causal-lm"]
    qtbot.mouseClick(text, LEFT, pos=QPoint(10, text.height() // 2))
    assert (form.schedule.steps.value(), form.name.text(), form.schedule.batch.value()) == (77, "mine", 16)
    assert form.spec().objective == "causal-lm"


def test_a_folder_is_counted_off_the_windows_thread(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, threads = threading.Event(), []

    def slow(given: list[str], *rest: Any) -> Any:
        threads.append(threading.current_thread())
        go_on.wait()
        return look(given, *rest)

    monkeypatch.setattr(folder_field, "look", slow)
    form = _choose_pictures(qtbot, bench)
    fields = form.of(PictureSubject)
    pets = _pictures(tmp_path / "pets")
    _drop(fields.train, pets)
    qtbot.waitUntil(lambda: bool(threads), timeout=5000)
    assert fields.train.amount_shown(pets) == "Counting…"
    assert form.name.text() == "pets"
    go_on.set()
    qtbot.waitUntil(lambda: fields.train.amount_shown(pets) == "2 classes, 6 pictures", timeout=5000)
    assert threading.main_thread() not in threads
