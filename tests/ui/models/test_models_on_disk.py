"""The Models page in the window: the Hub's cache, loading and giving back, removing with undo, fine-tuning."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QPushButton

from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    Description,
    Done,
    Event,
    Load,
    Loaded,
    ModelFacts,
    ModelRef,
    Progress,
    Request,
    Unload,
)
from bigmodel_studio.ui.pages.models.delete_dialog import DeleteForGood
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.table import RECORD
from bigmodel_studio.ui.pages.models.views.local import LocalView
from bigmodel_studio.ui.pages.train.page import TrainPage
from tests.hub_caches import cached, config, model_files, weights
from tests.ui.shell import Shell
from tests.work import calls

LONG = "organisation-of-many/" + "a-model-with-a-name-of-sixty-characters"


def _facts(ref: ModelRef) -> ModelFacts:
    return ModelFacts(
        model=ref,
        name=ref.id,
        kind="causal-lm",
        architecture="GPT2LMHeadModel",
        parameters=28,
        weight_bytes=112,
        dtype="float32",
        device="cpu",
    )


def _engine(request: Request) -> Iterator[Event]:
    if isinstance(request, Load):
        yield Progress(what="loading")
        if "broken" in request.model.id:
            raise StudioError("config-no-type")
        yield Loaded(facts=_facts(request.model))
        yield Done(result=_facts(request.model))
    elif isinstance(request, Unload):
        yield Done()
    else:
        yield Done(
            result=Description(
                id="x",
                architecture="x",
                kind="causal-lm",
                parameters=28,
                trainable_parameters=28,
                dtype="float32",
                context_length=8,
                layers=(),
            )
        )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(paths, "starters", lambda: tmp_path / "no-starters")
    cached(tmp_path / "hub", LONG)
    cached(tmp_path / "hub", "org/second")
    cached(tmp_path / "hub", "org/unfinished", {"config.json": config()})
    (tmp_path / "hub" / "models--org--unfinished" / "blobs" / "0.incomplete").write_bytes(b"x")
    return tmp_path / "hub"


class Models:
    """The page in the window, and hands on it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        shell.lane.handler = _engine
        shell.window.show_page("models")
        page = shell.window.current_page
        assert isinstance(page, ModelsPage)
        view = page.view("local")
        assert isinstance(view, LocalView)
        self.page = view
        shell.library.refresh()
        shell.wait(lambda: view.model.rowCount() > 0)
        shell.wait(lambda: not shell.lane.jobs)  # Chat has loaded its first, org/second

    def names(self) -> list[str]:
        return [self.page.rows.index(row, 0).data() for row in range(self.page.rows.rowCount())]

    def choose(self, name: str) -> ModelRecord:
        row = self.names().index(name)
        at = self.page.table.visualRect(self.page.rows.index(row, 0)).center()
        self.shell.qtbot.mouseClick(self.page.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        record = self.page.details.record
        assert record is not None
        assert record.name == name
        return record

    def press(self, button: QPushButton) -> None:
        assert button.isVisible()
        self.shell.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def said(self) -> str:
        return self.shell.window.banner.sentence.text()


@pytest.fixture
def models(cache: Path, shell: Shell) -> Models:
    return Models(shell)


def test_the_cache_is_listed_with_sizes_and_what_is_wrong(models: Models) -> None:
    assert models.names() == ["org/second", "org/unfinished", LONG]
    assert "3" in models.page.total.text()
    record = models.choose(LONG)
    assert models.page.details.fact_texts()["Revision"] == record.revision[:12]
    models.choose("org/unfinished")
    assert "incomplete" in models.page.details.problem.text()
    buttons = (models.page.details.use, models.page.details.load, models.page.details.tune)
    assert not any(button.isVisible() for button in buttons)
    assert models.page.details.remove.isVisible()


def test_what_is_not_whole_can_be_fetched_to_its_end(models: Models) -> None:
    models.choose("org/second")
    assert not models.page.details.fetch.isVisible()
    models.choose("org/unfinished")
    models.shell.studio.set_offline(True)
    models.press(models.page.details.fetch)
    assert "offline" in models.said()
    models.shell.studio.set_offline(False)
    models.press(models.page.details.fetch)
    assert [item.id for item in models.shell.studio.downloads.items()] == ["org/unfinished"]
    models.shell.wait(lambda: not models.shell.studio.downloads.items())


def test_what_is_not_whole_is_not_offered_in_chat(models: Models) -> None:
    models.shell.window.show_page("chat")
    picker = models.shell.window.current_page.picker  # type: ignore[union-attr]
    picker.menu().aboutToShow.emit()
    ready = {action.data().id: action.isEnabled() for action in picker.menu().actions() if action.data() is not None}
    assert ready == {LONG: True, "org/second": True, "org/unfinished": False}


def test_load_and_unload(models: Models) -> None:
    record = models.choose(LONG)
    details = models.page.details
    models.press(details.load)
    assert details.load.text() == "Stop loading"
    models.shell.wait(lambda: details.load.text() == "Unload")
    assert models.shell.studio.is_loaded(record.ref)
    models.choose("org/second")
    assert details.load.text() == "Load"
    models.choose(LONG)
    models.press(details.load)
    models.shell.wait(lambda: details.load.text() == "Load")
    assert models.shell.studio.facts is None


def test_loading_can_be_stopped(models: Models) -> None:
    record = models.choose(LONG)
    models.press(models.page.details.load)
    models.press(models.page.details.load)
    assert models.page.details.load.text() == "Load"
    models.shell.wait(lambda: not models.shell.lane.jobs)
    assert not models.shell.studio.is_loaded(record.ref)


def test_a_model_that_cannot_be_loaded_says_why(models: Models, cache: Path) -> None:
    cached(cache, "org/broken")
    models.shell.library.refresh()
    models.shell.wait(lambda: "org/broken" in models.names())
    models.choose("org/broken")
    models.press(models.page.details.load)
    models.shell.wait(lambda: "no model type" in models.said())
    assert models.page.details.load.text() == "Load"


def test_remove_and_undo(models: Models, cache: Path) -> None:
    before = models.choose(LONG)
    models.press(models.page.details.remove)
    toast = models.shell.window.toast
    assert toast.name.text() == LONG
    assert f"{before.disk_bytes} B" in toast.words.text()
    models.shell.wait(lambda: LONG not in models.names())
    assert models.page.details.record is not None
    assert models.page.details.record.name == "org/unfinished"
    models.press(toast.button)
    models.shell.wait(lambda: LONG in models.names())
    assert library.record(before.ref) == before


def test_a_loaded_model_stays_until_it_is_unloaded(models: Models, cache: Path) -> None:
    models.choose("org/second")
    details = models.page.details
    assert details.load.text() == "Unload"
    models.press(details.remove)
    assert "is loaded" in models.said()
    assert (cache / "models--org--second").is_dir()
    models.press(details.load)
    models.shell.wait(lambda: details.load.text() == "Load")
    models.press(details.remove)
    assert not (cache / "models--org--second").exists()


def test_delete_key_removes_and_ctrl_z_brings_back(models: Models, cache: Path) -> None:
    models.choose("org/unfinished")
    models.shell.qtbot.keyClick(models.page.table, Qt.Key.Key_Delete)
    assert not (cache / "models--org--unfinished").exists()
    models.shell.qtbot.keyClick(models.page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (cache / "models--org--unfinished").is_dir()


def test_another_disk_is_asked_about_once(models: Models, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    folder = cache / "models--org--unfinished"
    models.choose("org/unfinished")
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", other_disk)
        for answer in ("keep", "delete"):
            models.press(models.page.details.remove)
            (asked,) = models.page.findChildren(DeleteForGood)
            assert folder.is_dir()
            models.press(getattr(asked, answer))
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            assert folder.is_dir() or answer == "delete"
    models.shell.wait(lambda: "org/unfinished" not in models.names())
    assert not folder.exists()
    assert Trash().items() == []
    models.shell.studio.removals.close()


def test_a_folder_leaves_the_list_and_comes_back(models: Models, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, data in model_files().items():
        (folder / name).write_bytes(data)
    library.remember(folder)
    models.shell.library.refresh()
    models.shell.wait(lambda: "mine" in models.names())
    models.choose("mine")
    models.press(models.page.details.remove)
    models.shell.wait(lambda: "mine" not in models.names())
    assert (folder / "config.json").is_file()
    assert "files are unchanged" in models.shell.window.toast.words.text()
    models.press(models.shell.window.toast.button)
    models.shell.wait(lambda: "mine" in models.names())


def test_bundled_models_say_why_they_stay(models: Models, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bundled = tmp_path / "bundled" / "starter"
    bundled.mkdir(parents=True)
    for name, data in model_files().items():
        (bundled / name).write_bytes(data)
    monkeypatch.setattr(paths, "starters", lambda: bundled.parent)
    models.shell.library.refresh()
    models.shell.wait(lambda: "starter" in models.names())
    models.choose("starter")
    assert not models.page.details.remove.isVisible()
    assert "is part of the application" in models.page.details.stays.text()
    models.shell.qtbot.keyClick(models.page.table, Qt.Key.Key_Delete)
    assert "is part of the application" in models.said()


def test_fine_tune_opens_the_form_with_the_model(models: Models) -> None:
    models.choose("org/second")
    models.press(models.page.details.tune)
    train = models.shell.window.current_page
    assert isinstance(train, TrainPage)
    assert train.form.subject.objective == "causal-lm"
    assert train.form.subject.fine.isChecked()
    assert train.form.subject.base == "org/second"


def test_open_folder_shows_it_or_says_that_nothing_can(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    record = models.choose("org/second")
    opened: list[str] = []

    def no_program(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", no_program)
    models.press(models.page.details.open)
    assert opened == [record.path]
    assert "No file manager" in models.said()


def test_columns_go_where_there_is_no_room(models: Models) -> None:
    table = models.page.table
    models.shell.window.resize(1600, 800)
    assert not any(table.isColumnHidden(column) for column in range(7))
    models.shell.window.resize(800, 560)
    assert table.columnWidth(0) >= 180
    assert any(table.isColumnHidden(column) for column in range(7))
    assert not table.isColumnHidden(3)


def test_sorting_by_size_and_last_use(models: Models, cache: Path) -> None:
    cached(cache, "org/large", {"config.json": config(), "model.safetensors": weights({"a": (5000,)})})
    models.shell.library.refresh()
    models.shell.wait(lambda: "org/large" in models.names())
    models.page.table.sortByColumn(3, Qt.SortOrder.DescendingOrder)
    models.shell.wait(lambda: models.names()[0] == "org/large")
    second = library.record(ModelRef(source="hub", id="org/second"))
    for blob in (cache / "models--org--second" / "blobs").iterdir():
        os.utime(blob, (1000, 1000))
    assert library.record(second.ref).last_used == 1000
    models.shell.library.refresh()
    models.page.table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    models.shell.wait(lambda: models.names()[0] == "org/second")
    assert models.page.rows.index(0, 6).data() == "more than a year ago"
    assert models.page.rows.index(0, 0).data(RECORD).last_used == 1000


def test_three_hundred_models_do_not_hold_the_window_up(models: Models, cache: Path) -> None:
    for number in range(300):
        cached(cache, f"org/model-{number:03d}")
    models.shell.library.refresh()
    models.shell.wait(lambda: models.page.model.rowCount() == 303)
    # On the window's own thread: reading the folders is another's.
    assert calls(models.shell.library.changed.emit) < 303 * 100
    models.choose("org/model-000")


def test_what_downloads_left_is_shown_and_cleaned_with_one_press(
    cache: Path, monkeypatch: pytest.MonkeyPatch, models: Models
) -> None:
    shell, view = models.shell, models.page
    assert not view.clean_button.isVisible()  # what has just been written may be gone on with
    monkeypatch.setattr(hub_leftovers, "QUIET_S", -1.0)
    part = cache / "models--org--second" / "blobs" / f"{'b' * 64}.incomplete"
    part.write_bytes(b"x" * 3000)
    shell.library.refresh()
    shell.wait(view.clean_button.isVisible)
    shell.wait(lambda: view.leftovers.text().endswith("3.1 kB"))  # and what never became a model
    assert "org/second" in view.clean_button.toolTip()
    shell.qtbot.mouseClick(view.clean_button, Qt.MouseButton.LeftButton)
    shell.wait(lambda: not part.exists() and not shell.library.leftovers)
    assert not view.leftovers.isVisible()
    assert library.record(ModelRef(source="hub", id="org/second")).problem is None
    shell.wait(lambda: [removed.name for removed in shell.studio.removals.last] == ["org/unfinished"])
    shell.studio.removals.undo()
    assert (cache / "models--org--unfinished").is_dir()
