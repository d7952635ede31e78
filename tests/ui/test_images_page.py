"""The Images page: what is dropped is asked about in that order, and what comes back is what is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QBuffer, QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Classify, Done, Event, Label, ModelRef, Prediction, Problem, Progress, Request
from bigmodel_studio.ui.pages.images.page import ImagesPage
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenPictures, UseModel
from bigmodel_studio.ui.window.studio import Studio


def _png() -> bytes:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#2cc295"))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # it takes a str; the stub says bytes
    return bytes(buffer.data().data())


def _answer(image: str) -> Prediction:
    name = Path(image).name
    if name == "notes.jpg":
        return Prediction(image=image, error=Problem(code="picture-format", arguments={"formats": "PNG and JPEG"}))
    labels = (Label(f"埃及猫 of {name}", 0.947), Label("x" * 90, 0.021))
    return Prediction(image=image, predictions=labels, width=1280, height=960, seconds=0.011, preview=_png())


def _classify(request: Request) -> Iterator[Event]:
    assert isinstance(request, Classify)
    yield Progress(what="loading")
    for number, image in enumerate(request.images):
        yield Progress(what="classifying", done=number, total=len(request.images))
        yield _answer(image)
    yield Done()


class Lanes:
    """A page on a fake lane whose handler a test can change."""

    def __init__(self, qtbot: QtBot, home: Path, *, models: bool = True) -> None:
        self.lane = FakeLane(_classify)
        self.library = LibraryWatcher()
        self.runs = RunWatcher()
        self.problems: list[Problem] = []
        self.opened: list[Destination] = []
        self.studio = Studio(settings=SettingsStore(), interactive=self.lane, library=self.library, runs=self.runs)
        self.studio.problem_reported.connect(self.problems.append)
        self.studio.wanted.connect(self.opened.append)
        self.page = ImagesPage(self.studio)
        qtbot.addWidget(self.page)
        self.page.resize(1280, 720)
        self.page.show()
        self.library._on_read([_record("net"), _record("other")] if models else [])

    def close(self) -> None:
        self.page.shut()
        self.lane.close()
        self.library.close()
        self.runs.close()

    def requests(self) -> list[Classify]:
        return [request for request in self.lane.requests if isinstance(request, Classify)]


def _record(name: str) -> ModelRecord:
    return ModelRecord(
        id=name, kind="image-classifier", source="builtin", path="/nowhere", parameters=3_539_138, bytes=14_156_552,
        dtype="float32", name=name, architecture="MobileNetV2", ref=ModelRef(source="builtin", id=name),
    )  # fmt: skip


@pytest.fixture
def lanes(qtbot: QtBot, home: Path) -> Iterator[Lanes]:
    made = Lanes(qtbot, home)
    yield made
    made.close()


def _files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_bytes(b"not for the window to open")
    return [folder / name for name in names]


def _drop(page: ImagesPage, data: QMimeData) -> None:
    where = page.drop.rect().center()
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    page.drop.dropEvent(event)


def _urls(paths: list[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _settled(qtbot: QtBot, lanes: Lanes) -> None:
    qtbot.waitUntil(lambda: not lanes.lane.jobs, timeout=5000)


def test_a_drop_is_recognised_in_its_order_and_a_bad_file_spoils_nothing(
    qtbot: QtBot, lanes: Lanes, tmp_path: Path
) -> None:
    page = lanes.page
    _drop(page, _urls(_files(tmp_path, "cat.jpg", "notes.jpg", "an dog 狗.png")))
    _settled(qtbot, lanes)
    assert [Path(image).name for image in lanes.requests()[0].images] == ["cat.jpg", "notes.jpg", "an dog 狗.png"]
    assert lanes.requests()[0].preview_px > 0
    assert page.result.name.text() == "cat.jpg"
    assert page.result.bars.texts() == ["埃及猫 of cat.jpg 94.7%", f"{'x' * 90} 2.1%"]
    assert page.result.facts.text() == "1,280 × 960 · 11 ms"
    assert page.view.has_picture
    assert page.result.unreadable.texts() == ["notes.jpg: Unsupported image format."]
    assert "notes.jpg" in page.foot.summary.text()
    assert not page.foot.bar.isVisible()


def test_the_strip_walks_to_the_unreadable_one_and_says_why(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    page = lanes.page
    page.add_paths(_files(tmp_path, "cat.jpg", "notes.jpg"))
    _settled(qtbot, lanes)
    page.strip.setFocus()
    qtbot.keyClick(page.strip, Qt.Key.Key_Right)
    assert page.result.name.text() == "notes.jpg"
    assert page.result.sentence.text() == "Unsupported image format."
    assert page.result.hint.text() == "Supported: PNG and JPEG."
    assert not page.view.has_picture
    assert not page.result.bars.isVisible()


def test_a_folder_gives_its_pictures_and_an_empty_one_is_refused(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "none").mkdir()
    _files(tmp_path / "in", "b.png", "a.png", "c.txt")
    lanes.page.open(OpenPictures((tmp_path / "in", tmp_path / "none")))
    _settled(qtbot, lanes)
    assert [Path(image).name for image in lanes.requests()[0].images] == ["a.png", "b.png"]
    assert [problem.code for problem in lanes.problems] == ["pictures-none"]


def test_a_pasted_picture_is_kept_and_recognised(qtbot: QtBot, lanes: Lanes, home: Path) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("#B42318"))
    QGuiApplication.clipboard().setImage(image)
    lanes.page.activateWindow()
    lanes.page.paste()
    _settled(qtbot, lanes)
    sent = Path(lanes.requests()[0].images[0])
    assert sent.parent == home / "cache" / "pasted"
    assert QImage(str(sent)).pixelColor(0, 0) == QColor("#B42318")
    QGuiApplication.clipboard().clear()
    lanes.page.paste()
    assert [problem.code for problem in lanes.problems] == ["paste-nothing"]


def test_cancel_keeps_what_is_there_and_the_rest_can_be_asked_again(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    def stuck(request: Request) -> Iterator[Event]:
        assert isinstance(request, Classify)
        yield _answer(request.images[0])
        while True:
            yield Progress(what="classifying", done=1, total=3)

    lanes.lane.handler = stuck
    page = lanes.page
    page.add_paths(_files(tmp_path, "a.png", "b.png", "c.png"))
    qtbot.waitUntil(lambda: page.foot.bar.value() == 1)
    assert page.foot.bar.isVisible()
    assert page.foot.bar.maximum() == 3
    qtbot.mouseClick(page.foot.cancel, Qt.MouseButton.LeftButton)
    _settled(qtbot, lanes)
    qtbot.waitUntil(page.foot.again.isVisible)
    assert [page.items.words(item) for item in page.items.items()] == ["埃及猫 of a.png 94.7%", "stopped", "stopped"]
    lanes.lane.handler = _classify
    qtbot.mouseClick(page.foot.again, Qt.MouseButton.LeftButton)
    _settled(qtbot, lanes)
    assert [Path(image).name for image in lanes.requests()[1].images] == ["b.png", "c.png"]
    assert page.items.words(page.items.items()[2]) == "埃及猫 of c.png 94.7%"
    assert not page.foot.again.isVisible()


def test_a_failure_is_said_with_its_way_out(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    def failing(request: Request) -> Iterator[Event]:
        yield Progress(what="loading")
        raise StudioError("out-of-memory", device="cpu")

    lanes.lane.handler = failing
    lanes.page.add_paths(_files(tmp_path, "a.png"))
    _settled(qtbot, lanes)
    assert lanes.page.foot.failure.isVisible()
    assert lanes.page.foot.failure.text() == ("Out of memory on cpu. Unload other models, or choose a smaller one.")
    assert lanes.page.foot.again.isVisible()


def test_another_model_is_asked_about_all_pictures_and_remembered(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    lanes.page.add_paths(_files(tmp_path, "a.png", "b.png"))
    _settled(qtbot, lanes)
    other = ModelRef(source="builtin", id="other")
    lanes.page.open(UseModel("images", other))
    _settled(qtbot, lanes)
    assert lanes.requests()[1].model == other
    assert len(lanes.requests()[1].images) == 2
    assert lanes.studio.settings.values.session.models["images"] == other


def test_removing_one_while_others_are_recognised_keeps_answers_where_they_belong(
    qtbot: QtBot, lanes: Lanes, tmp_path: Path
) -> None:
    page = lanes.page
    page.add_paths(_files(tmp_path, "a.png", "b.png", "c.png"))
    page.remove_current()
    _settled(qtbot, lanes)
    assert [page.items.words(item) for item in page.items.items()] == ["埃及猫 of b.png 94.7%", "埃及猫 of c.png 94.7%"]


def test_clear_empties_the_page_and_late_answers_do_not_come_back(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    lanes.page.add_paths(_files(tmp_path, "a.png", "b.png"))
    qtbot.mouseClick(lanes.page.clear_button, Qt.MouseButton.LeftButton)
    _settled(qtbot, lanes)
    assert lanes.page.items.items() == []
    assert lanes.page.empty.isVisible()
    assert lanes.page.empty.title.text() == "Drop pictures here"


def test_without_a_model_the_page_says_how_to_get_one_and_keeps_what_is_dropped(
    qtbot: QtBot, home: Path, tmp_path: Path
) -> None:
    lanes = Lanes(qtbot, home, models=False)
    try:
        assert "No image classifier" in lanes.page.empty.title.text()
        lanes.page.add_paths(_files(tmp_path, "a.png"))
        assert lanes.requests() == []
        assert lanes.page.view.words == "Choose a model above to classify this picture."
        lanes.library._on_read([_record("net")])
        _settled(qtbot, lanes)
        assert lanes.page.items.words(lanes.page.items.items()[0]) == "埃及猫 of a.png 94.7%"
    finally:
        lanes.close()


def test_a_dropped_model_goes_where_models_are(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "resnet"}')
    _drop(lanes.page, _urls([folder]))
    qtbot.waitUntil(lambda: bool(lanes.opened), timeout=5000)
    assert lanes.opened == [OpenModel(ModelRef(source="local", id=str(folder)))]
    assert lanes.page.items.items() == []


def test_a_drop_of_nothing_usable_says_so(lanes: Lanes) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/cat.jpg")])
    _drop(lanes.page, data)
    assert [problem.code for problem in lanes.problems] == ["open-not-local"]


def test_it_says_which_classes_its_model_knows_and_offers_samples(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    config = {"model_type": "resnet", "id2label": {str(n): f"kind {n}" for n in range(14)}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    lanes.page.picker._library._on_read([msgspec.structs.replace(_record("net"), path=str(tmp_path))])
    knows = lanes.page.knows
    qtbot.waitUntil(lambda: knows.isVisible(), timeout=5000)
    assert knows.text().startswith("Knows 14 classes: kind 0, kind 1, kind 2, ")
    assert knows.text().endswith("kind 11…")
    assert knows.toolTip().endswith("kind 12, kind 13")
    qtbot.mouseClick(lanes.page.empty.other, Qt.MouseButton.LeftButton)
    _settled(qtbot, lanes)
    assert [item.path.name for item in lanes.page.items.items()] == ["airplane.png", "automobile.png", "ship.png"]
    assert all(item.prediction for item in lanes.page.items.items())


def test_a_text_that_is_pasted_is_no_picture_and_a_broken_one_is_asked_about_once(
    qtbot: QtBot, lanes: Lanes, tmp_path: Path
) -> None:
    QGuiApplication.clipboard().setMimeData(_urls(_files(tmp_path, "notes.txt", "cat.jpg", "notes.jpg")))
    qtbot.keyClick(lanes.page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    _settled(qtbot, lanes)
    assert [problem.code for problem in lanes.problems] == ["pictures-other"]
    assert [item.path.name for item in lanes.page.items.items()] == ["cat.jpg", "notes.jpg"]
    lanes.page.picker.choose(ModelRef(source="local", id="/models/another"))
    _settled(qtbot, lanes)
    assert [Path(image).name for image in lanes.requests()[-1].images] == ["cat.jpg"]
    assert lanes.page.items.items()[1].unreadable


def test_a_model_that_is_refused_leaves_the_one_that_worked(qtbot: QtBot, lanes: Lanes, tmp_path: Path) -> None:
    def net_alone(request: Request) -> Iterator[Event]:
        assert isinstance(request, Classify)
        yield Progress(what="loading")
        if request.model.id != "net":
            raise StudioError("config-broken", name="other")
        yield from _classify(request)

    lanes.lane.handler = net_alone
    page = lanes.page
    _drop(page, _urls(_files(tmp_path, "cat.jpg")))
    _settled(qtbot, lanes)
    page.picker.menu().aboutToShow.emit()
    next(action for action in page.picker.menu().actions() if action.text().startswith("other")).trigger()
    qtbot.waitUntil(lambda: bool(lanes.problems), timeout=5000)
    _settled(qtbot, lanes)
    assert [problem.code for problem in lanes.problems] == ["config-broken"]
    assert page.picker.ref() == ModelRef(source="builtin", id="net")
    assert page.result.bars.texts()[0] == "埃及猫 of cat.jpg 94.7%"
    assert not page.foot.failure.isVisible()
