"""GGUF models in the window: listed, described, planned, and offered where they can be run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.models import gguf_models, library
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import resolve
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.local import LocalView
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.window.studio import Studio
from tests.gguf_files import llama


@pytest.fixture
def view(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalView]:
    monkeypatch.setattr(paths, "starters", lambda: tmp_path / "no-starters")
    monkeypatch.setattr(gguf_models, "LM_STUDIO_FOLDERS", (str(tmp_path / "lm"),))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    library.remember(llama(tmp_path / "mine.gguf"))
    library.remember(llama(tmp_path / "strange.gguf", **{"llama.expert_count": 8}))
    llama(tmp_path / "lm" / "some" / "repo" / "theirs.gguf")
    session = Session(threads=1)
    lane = FakeLane(lambda request: resolve(request)(request, session))
    watcher, runs = LibraryWatcher(), RunWatcher()
    studio = Studio(settings=SettingsStore(), interactive=lane, library=watcher, runs=runs)
    with qtbot.waitSignal(watcher.changed):
        watcher.refresh()
    page = ModelsPage(studio)
    qtbot.addWidget(page)
    page.resize(1280, 720)
    page.show()
    made = page.view("local")
    assert isinstance(made, LocalView)
    yield made
    page.shut()
    lane.close()
    watcher.close()
    runs.close()


def choose(qtbot: QtBot, view: LocalView, name: str) -> None:
    row = next(row for row in range(view.rows.rowCount()) if view.rows.index(row, 0).data() == name)
    where = view.table.visualRect(view.rows.index(row, 0)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_one_is_described_planned_and_used_but_not_trained(qtbot: QtBot, view: LocalView) -> None:
    choose(qtbot, view, "mine")
    details = view.details
    assert not details.problem.isVisible()
    assert details.use.isVisible()
    assert details.load.isVisible()
    assert not details.tune.isVisible()
    qtbot.waitUntil(lambda: details.fact_texts().get("Context") == "512 tokens", timeout=10_000)
    assert details.fact_texts()["Parameters"] == "1,268,992"
    assert details.fact_texts()["Attention"] == "Grouped-query"
    assert "Q4_K_M" in details.fact_texts()["Weights"]
    details.tabs.choose("structure")
    assert details.tree.model().index(0, 0).data() == "token_embd"
    details.tabs.choose("plan")
    assert not details.plan.measure.isVisible()  # what is measured is a folder
    view.grab()


def test_one_that_cannot_be_run_says_why(qtbot: QtBot, view: LocalView) -> None:
    choose(qtbot, view, "strange")
    details = view.details
    assert "mixture of experts" in details.problem.text()
    assert not any(button.isVisible() for button in (details.use, details.load, details.tune))
    qtbot.waitUntil(lambda: details.fact_texts().get("Context") == "512 tokens", timeout=10_000)


def test_what_others_keep_cannot_be_taken_off_the_list(qtbot: QtBot, view: LocalView) -> None:
    choose(qtbot, view, "theirs")
    assert not view.details.remove.isVisible()
    assert "LM Studio" in view.details.stays.text()
    choose(qtbot, view, "mine")
    assert view.details.remove.isVisible()
    assert not view.details.stays.isVisible()


def test_its_folder_is_opened_not_itself(
    qtbot: QtBot, view: LocalView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []

    def note(url: QUrl) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    choose(qtbot, view, "mine")
    qtbot.mouseClick(view.details.open, Qt.MouseButton.LeftButton)
    assert opened == [QUrl.fromLocalFile(str(tmp_path))]


def offered(picker: ModelPicker) -> dict[str, bool]:
    """What the menu shows of models (precisions are a group), and whether it can be chosen."""
    menu = picker.menu()
    menu.aboutToShow.emit()
    models = [action for action in menu.actions() if action.data() is not None and action.actionGroup() is None]
    return {action.text().split("\t")[0]: action.isEnabled() for action in models}


def test_a_picker_offers_those_that_run_and_none_to_train(qtbot: QtBot, view: LocalView) -> None:
    picker = ModelPicker(view.studio.library, ("causal-lm",))
    qtbot.addWidget(picker)
    picker.choose_first()
    record = picker.record()
    assert record is not None
    assert record.name == "mine"
    assert offered(picker) == {"mine": True, "strange": False, "theirs": True}
    to_train = ModelPicker(view.studio.library, ("causal-lm",), to_train=True)
    qtbot.addWidget(to_train)
    to_train.choose_first()
    assert to_train.ref() is None
    assert not any(offered(to_train).values())
