"""The Models page: what is listed, what is said of a model, and what its buttons do."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.models import library
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Describe, Description, Done, Event, Layer, Request
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.local import LocalView
from bigmodel_studio.ui.window.destinations import OpenOnHub, UseModel
from bigmodel_studio.ui.window.studio import Studio

TENSORS = {"transformer.wte.weight": [6, 4], "transformer.ln_f.weight": [4]}


def _folder(root: Path, name: str, architecture: str = "GPT2LMHeadModel") -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture], "model_type": "gpt2"}))
    header, offset = {}, 0
    for tensor, shape in TENSORS.items():
        size = 4
        for length in shape:
            size *= length
        header[tensor] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    encoded = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(encoded)) + encoded + bytes(offset))
    return folder


def _describe(request: Request) -> Iterator[Event]:
    assert isinstance(request, Describe)
    if "odd" in request.model.id:
        raise StudioError("model-unknown", model=request.model.id, near="")
    child = Layer(name="wte", type="Embedding", parameters=24, shape=(6, 4))
    yield Done(
        result=Description(
            id=request.model.id,
            architecture="GPT2LMHeadModel",
            kind="causal-lm",
            parameters=28,
            trainable_parameters=28,
            dtype="float32",
            context_length=1024,
            vocabulary=6,
            flops_per_token=56,
            layers=(Layer(name="transformer", type="GPT2Model", parameters=28, children=(child,)),),
        )
    )


@pytest.fixture
def lane() -> Iterator[FakeLane]:
    made = FakeLane(_describe)
    yield made
    made.close()


@pytest.fixture
def host(qtbot: QtBot, tmp_path: Path, lane: FakeLane, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelsPage]:
    monkeypatch.setattr(paths, "starters", lambda: tmp_path / "no-starters")
    for folder in (_folder(tmp_path, "writer"), _folder(tmp_path, "seer", "ResNetForImageClassification")):
        library.remember(folder)
    damaged = _folder(tmp_path, "damaged")
    library.remember(damaged)
    (damaged / "model.safetensors").write_bytes(b"")
    watcher, runs = LibraryWatcher(), RunWatcher()
    studio = Studio(settings=SettingsStore(), interactive=lane, library=watcher, runs=runs)
    with qtbot.waitSignal(watcher.changed):
        watcher.refresh()
    made = ModelsPage(studio)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    yield made
    made.shut()
    watcher.close()
    runs.close()


@pytest.fixture
def page(host: ModelsPage) -> LocalView:
    view = host.view("local")
    assert isinstance(view, LocalView)
    return view


def _choose(qtbot: QtBot, page: LocalView, name: str) -> None:
    for row in range(page.rows.rowCount()):
        index = page.rows.index(row, 0)
        if index.data() == name:
            where = page.table.visualRect(index).center()
            qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
            return
    raise AssertionError(f"{name} is not in the table")


def test_facts_and_structure_of_the_chosen_model(qtbot: QtBot, page: LocalView, lane: FakeLane) -> None:
    _choose(qtbot, page, "writer")
    assert page.details.fact_texts()["Parameters"] == "28"
    qtbot.waitUntil(lambda: page.details.fact_texts().get("Context") == "1,024 tokens")
    root = page.details.tree.model().index(0, 0)
    assert root.data() == "transformer"
    assert page.details.tree.model().index(0, 0, root).data() == "wte"
    assert page.details.tree.model().index(0, 2, root).data() == "24"


def test_walking_through_the_table_asks_only_for_where_one_stays(qtbot: QtBot, page: LocalView, lane: FakeLane) -> None:
    page._ask_timer.setInterval(60_000)  # one stays nowhere for so long, however busy the machine is
    _choose(qtbot, page, "seer")
    _choose(qtbot, page, "writer")
    page._ask_timer.setInterval(0)
    qtbot.waitUntil(lambda: "Context" in page.details.fact_texts())
    asked = {Path(request.model.id).name for request in lane.requests if isinstance(request, Describe)}
    assert asked == {"writer"}


def test_a_damaged_folder_says_what_is_wrong_and_offers_no_use(qtbot: QtBot, page: LocalView) -> None:
    _choose(qtbot, page, "damaged")
    assert page.details.problem.isVisible()
    assert "model.safetensors" in page.details.problem.text()
    assert not page.details.use.isVisible()


@pytest.mark.parametrize(("name", "where", "text"), [("writer", "chat", "Chat"), ("seer", "images", "Images")])
def test_use_goes_to_the_page_for_its_kind(qtbot: QtBot, page: LocalView, name: str, where: str, text: str) -> None:
    _choose(qtbot, page, name)
    assert text in page.details.use.text()
    with qtbot.waitSignal(page.studio.wanted) as wanted:
        qtbot.mouseClick(page.details.use, Qt.MouseButton.LeftButton)
    assert wanted.args is not None
    (opened,) = wanted.args
    assert isinstance(opened, UseModel)
    assert opened.page == where
    assert Path(opened.model.id).name == name


def test_search_narrows_and_says_when_nothing_is_left(qtbot: QtBot, host: ModelsPage, page: LocalView) -> None:
    qtbot.keyClicks(host.search, "resnet")
    assert [page.rows.index(row, 0).data() for row in range(page.rows.rowCount())] == ["seer"]
    qtbot.keyClicks(host.search, "zzz")
    assert page.empty.isVisible()
    assert "resnetzzz" in page.empty.words.text()
    assert page.empty.title.text() == "Not on this computer", "the Hub was not asked, so nobody knows what it has"
    with qtbot.waitSignal(page.studio.wanted) as wanted:
        qtbot.mouseClick(page.empty.button, Qt.MouseButton.LeftButton)
    assert wanted.args == [OpenOnHub(words="resnetzzz")]
    qtbot.mouseClick(page.empty.other, Qt.MouseButton.LeftButton)
    assert page.rows.rowCount() == 3


def test_what_cannot_be_described_says_why(qtbot: QtBot, page: LocalView, tmp_path: Path) -> None:
    library.remember(_folder(tmp_path, "odd"))
    page.studio.library.refresh()
    qtbot.waitUntil(lambda: page.model.rowCount() == 4)
    _choose(qtbot, page, "odd")
    qtbot.waitUntil(lambda: page.details.state.isVisible() and "odd" in page.details.state.text())
