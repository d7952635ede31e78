"""The adviser on the Models page: what is ranked and why, what its buttons do, and models tried side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.advice import advice_candidates
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import resolve
from bigmodel_studio.protocol import (
    Done,
    Event,
    Example,
    MeasureSpeed,
    ModelRef,
    Picture,
    Preview,
    Problem,
    Progress,
    Request,
    Speed,
    Tried,
    Try,
)
from bigmodel_studio.ui.pages.models.advisor.ranking import AdviceCard
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.advisor import AdvisorView
from bigmodel_studio.ui.window.destinations import Destination, OpenAdvice, OpenModel, OpenOnHub, UseModel
from bigmodel_studio.ui.window.studio import Studio
from tests.gguf_files import llama
from tests.hub_caches import config, weights
from tests.ui.settling import settle


def folder(root: Path, name: str, *, chats: bool, architecture: str = "GPT2LMHeadModel", rows: int = 600) -> Path:
    made = root / name
    made.mkdir()
    (made / "config.json").write_bytes(config(architecture, n_embd=4, n_layer=1, n_head=1, vocab_size=rows))
    (made / "model.safetensors").write_bytes(weights({"transformer.wte.weight": (rows, 4)}))
    if chats:
        (made / "chat_template.jinja").write_text("{{ messages }}")
    return made


def answers(request: Request) -> Iterator[Event]:
    """Each model says its name; one cannot be loaded."""
    if isinstance(request, Preview):
        for image in request.images:
            yield Picture(image=image)
    if isinstance(request, MeasureSpeed):
        for dtype in ("float32", "bfloat16"):
            device_speed.keep(
                Speed(device=request.device, dtype=dtype, flops_per_s=1e11, bytes_per_s=1e10, measured=1.0)
            )
    if isinstance(request, Try):
        yield Progress(what="loading")
        for ref in request.models:
            for number, example in enumerate(request.examples):
                yield Progress(what="trying", done=number, total=len(request.examples))
                if "writer" in ref.id:
                    yield Tried(model=ref, example=number, error=Problem(code="config-no-type"))
                    continue
                said = f"{name_of(ref)} says: {example.input}"
                right = example.expected in said if example.expected else None
                yield Tried(model=ref, example=number, output=said, right=right, seconds=0.25, memory_bytes=14_000_000)
    yield Done()


@pytest.fixture
def lane() -> Iterator[FakeLane]:
    made = FakeLane(answers)
    yield made
    made.close()


@pytest.fixture
def host(qtbot: QtBot, tmp_path: Path, lane: FakeLane, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelsPage]:
    monkeypatch.setattr(paths, "starters", lambda: tmp_path / "no-starters")
    had = tuple(candidate for candidate in advice_candidates.remote() if candidate.kind != "causal-lm")
    monkeypatch.setattr(advice_candidates, "remote", lambda: had)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    for made in (
        folder(tmp_path, "talker", chats=True),
        folder(tmp_path, "small-talker", chats=True, rows=60),
        folder(tmp_path, "writer", chats=False),
        llama(tmp_path / "some.gguf", **{"tokenizer.ggml.model": "bert"}),  # it can only be looked at
    ):
        library.remember(made)
    watcher, runs = LibraryWatcher(), RunWatcher()
    studio = Studio(settings=SettingsStore(), interactive=FakeLane(answers), library=watcher, runs=runs, measure=lane)
    with qtbot.waitSignal(watcher.changed):
        watcher.refresh()
    made_page = ModelsPage(studio)
    qtbot.addWidget(made_page)
    made_page.resize(1280, 720)
    made_page.show()
    made_page.open(OpenAdvice())
    yield made_page
    made_page.shut()
    watcher.close()
    runs.close()


@pytest.fixture
def view(qtbot: QtBot, host: ModelsPage) -> AdvisorView:
    found = host.current
    assert isinstance(found, AdvisorView)
    qtbot.waitUntil(lambda: is_shown(found))
    return found


def is_shown(view: AdvisorView) -> bool:
    """Whether the ranking is there with all its cards."""
    return bool(view.ranking.cards) and view.ranking.is_whole


def card(view: AdvisorView, name: str) -> AdviceCard:
    return next(card for card in view.ranking.cards if card.advice.candidate.name == name)


def names(view: AdvisorView) -> list[str]:
    return [card.advice.candidate.name for card in view.ranking.cards]


def choose_task(qtbot: QtBot, view: AdvisorView, task: str) -> None:
    before = view.ranking.cards
    view.form.task.setCurrentIndex(view.form.task.findData(task))
    qtbot.waitUntil(lambda: view.ranking.cards is not before and view.ranking.is_whole)


def test_what_suits_stands_first_with_its_reason(view: AdvisorView) -> None:
    assert names(view)[:3] == ["talker", "small-talker", "writer"]
    assert "some" not in names(view)  # a GGUF file can be looked at, and not run
    assert "not made for chat" in card(view, "writer").reasons.text()
    assert "the largest model that fits" in card(view, "talker").reasons.text()
    assert card(view, "talker").bar.texts()[-1].startswith("Process overhead")


def test_less_memory_changes_what_is_said(qtbot: QtBot, view: AdvisorView) -> None:
    view.form.memory.setValue(0.1)
    qtbot.waitUntil(lambda: "only 100 MB are available" in card(view, "talker").reasons.text())
    assert not card(view, "talker").try_it.isVisible()


def test_a_licence_that_nothing_has_is_said_and_taken_back(qtbot: QtBot, view: AdvisorView) -> None:
    view.form.licence.setCurrentIndex(view.form.licence.findData("mit"))
    qtbot.waitUntil(view.empty.isVisible)
    assert "license" in view.empty.words.text()
    qtbot.mouseClick(view.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.ranking.isVisible() and len(view.ranking.cards) == 3)


def test_buttons_lead_where_they_say(qtbot: QtBot, view: AdvisorView, tmp_path: Path) -> None:
    wanted: list[Destination] = []
    view.studio.wanted.connect(wanted.append)
    ref = ModelRef(source="local", id=str(tmp_path / "talker"))
    for wish in ("use", "show"):
        qtbot.mouseClick(card(view, "talker").buttons[wish], Qt.MouseButton.LeftButton)
    choose_task(qtbot, view, "embed")
    (far,) = view.ranking.cards
    assert "Download: about" in far.reasons.text()
    qtbot.mouseClick(far.buttons["fetch"], Qt.MouseButton.LeftButton)
    hub = OpenOnHub("sentence-transformers/all-MiniLM-L6-v2")
    assert wanted == [UseModel("chat", ref), OpenModel(ref), hub]
    assert not view.trials.isVisible()  # nothing is tried for this task yet


def typed(qtbot: QtBot, view: AdvisorView, row: int, column: int, text: str) -> None:
    """As a user types into a cell."""
    index = view.trials.model.index(row, column)
    view.trials.table.setCurrentIndex(index)
    view.trials.table.edit(index)
    editor = view.trials.table.findChild(QLineEdit)
    assert editor is not None
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.trials.table.findChild(QLineEdit) is None)


def shown(view: AdvisorView, row: int, column: int) -> str:
    return str(view.trials.model.index(row, column).data(Qt.ItemDataRole.ToolTipRole))


def header(view: AdvisorView, column: int) -> str:
    return str(view.trials.model.headerData(column, Qt.Orientation.Horizontal))


def test_models_are_tried_side_by_side(qtbot: QtBot, view: AdvisorView, lane: FakeLane, tmp_path: Path) -> None:
    assert not view.trials.run.isEnabled()
    typed(qtbot, view, 0, 0, "Where is the cat?")
    typed(qtbot, view, 0, 1, "small")
    typed(qtbot, view, 1, 0, "Hello")
    assert [example.input for example in view.trials.model.examples] == ["Where is the cat?", "Hello"]
    qtbot.mouseClick(card(view, "writer").try_it, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.trials.run, Qt.MouseButton.LeftButton)
    assert view.trials.run.text() == "Stop"
    qtbot.waitUntil(lambda: not view.trials.is_running)
    (asked,) = (request for request in lane.requests if isinstance(request, Try))
    assert [name_of(ref) for ref in asked.models] == ["talker", "small-talker", "writer"]
    assert asked.examples == (Example(input="Where is the cat?", expected="small"), Example(input="Hello"))
    assert shown(view, 0, 2) == "talker says: Where is the cat?"
    assert shown(view, 1, 3) == "small-talker says: Hello"
    assert header(view, 2) == "talker\n0 of 1 right · 250 ms · 14 MB"
    assert header(view, 3) == "small-talker\n1 of 1 right · 250 ms · 14 MB"
    assert header(view, 4) == "writer\nfailed"
    assert "no model type" in shown(view, 0, 4)
    view.grab()  # the answers paint
    typed(qtbot, view, 1, 0, "Hello you")  # was never asked
    assert shown(view, 1, 3) == ""
    assert "0 of 1" in header(view, 2)


def test_a_trial_can_be_stopped(qtbot: QtBot, view: AdvisorView, lane: FakeLane) -> None:
    view.trials.model.add("texts", (f"example {number}" for number in range(50)))
    qtbot.mouseClick(view.trials.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(view.trials.model.answers))
    qtbot.mouseClick(view.trials.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.trials.is_running)
    assert view.trials.state.text() == "Stopped"
    assert 0 < len(view.trials.model.answers) < 100


def drop(view: AdvisorView, data: QMimeData) -> None:
    at = view.trials.rect().center().toPointF()
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    view.trials.dropEvent(QDropEvent(at, *how))


def test_texts_and_pictures_can_be_dropped(qtbot: QtBot, view: AdvisorView, lane: FakeLane, tmp_path: Path) -> None:
    dropped = QMimeData()
    dropped.setText("one\n\n two \none")
    drop(view, dropped)
    assert [example.input for example in view.trials.model.examples] == ["one", "two"]
    (tmp_path / "questions.txt").write_text("three\nfour\n")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / "questions.txt"))])
    drop(view, dropped)
    assert len(view.trials.model.examples) == 2, "a thread reads it"
    settle(qtbot, view)
    assert len(view.trials.model.examples) == 4
    library.remember(folder(tmp_path, "seer", chats=False, architecture="ResNetForImageClassification"))
    view.studio.library.refresh()
    choose_task(qtbot, view, "recognise")
    assert view.trials.model.examples == []  # pictures are kept apart from texts
    Image.new("RGB", (8, 8)).save(tmp_path / "cat.png")
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("cat.png", "questions.txt")])
    drop(view, dropped)
    settle(qtbot, view)
    assert [example.input for example in view.trials.model.examples] == [str(tmp_path / "cat.png")]
    assert view.trials.model.index(0, 0).data() == "cat.png"
    assert any(isinstance(request, Preview) for request in lane.requests)
    choose_task(qtbot, view, "write")
    assert len(view.trials.model.examples) == 4


def test_speed_is_told_once_it_was_measured(qtbot: QtBot, view: AdvisorView, lane: FakeLane) -> None:
    view.form.speed.setValue(5)
    qtbot.waitUntil(lambda: "is unknown" in card(view, "talker").reasons.text())
    qtbot.mouseClick(view.form.measure, Qt.MouseButton.LeftButton)
    assert not view.form.measure.isEnabled()
    qtbot.waitUntil(lambda: "tokens/s" in card(view, "talker").reasons.text())
    assert not view.form.measure.isVisible()
    assert [request for request in lane.requests if isinstance(request, MeasureSpeed)]


def test_every_control_has_a_name(view: AdvisorView) -> None:
    for control in (view.form.task, view.form.memory, view.form.speed, view.form.licence, view.trials.table):
        assert control.accessibleName()
    for each in view.ranking.cards:
        assert all(each.advice.candidate.name in button.accessibleName() for button in each.buttons.values())


def test_long_lists_are_shown_in_part(qtbot: QtBot, view: AdvisorView, tmp_path: Path) -> None:
    for number in range(30):
        library.remember(folder(tmp_path, f"m{number:02d}", chats=True))
    view.studio.library.refresh()
    qtbot.waitUntil(lambda: view.ranking.more.isVisible())
    assert len(view.ranking.cards) == 8
    qtbot.mouseClick(view.ranking.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: is_shown(view) and len(view.ranking.cards) == 20)


@pytest.mark.slow
def test_the_starter_answers_for_real(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    session = Session(threads=1)
    lane = FakeLane(lambda request: resolve(request)(request, session))
    watcher, runs = LibraryWatcher(), RunWatcher()
    studio = Studio(settings=SettingsStore(), interactive=lane, library=watcher, runs=runs)
    with qtbot.waitSignal(watcher.changed):
        watcher.refresh()
    page = ModelsPage(studio)
    qtbot.addWidget(page)
    page.show()
    page.open(OpenAdvice())
    view = page.current
    assert isinstance(view, AdvisorView)
    qtbot.waitUntil(lambda: is_shown(view))
    assert names(view)[0] == "starter-gpt"
    view.trials.model.add("texts", ["Hello!"])
    view.trials.model.setData(view.trials.model.index(0, 1), "hello")
    qtbot.mouseClick(view.trials.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not view.trials.is_running, timeout=20_000)
    assert header(view, 2).startswith("starter-gpt\n1 of 1 right")
    page.shut()
    lane.close()
    watcher.close()
    runs.close()
