"""The microscope: a reply as tokens with their alternatives, and going on from another token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.chat.conversation_values import ReplyFacts
from bigmodel_studio.protocol import (
    Done,
    Event,
    Failed,
    Generate,
    Problem,
    Request,
    Scored,
    ScoredToken,
    ScoreReply,
    ScoreText,
    Token,
    TokenOption,
    Turn,
)
from bigmodel_studio.ui.pages.chat.microscope.pane import Microscope
from bigmodel_studio.ui.pages.chat.microscope.score_dialog import MOST_CHARACTERS, ScoreDialog
from bigmodel_studio.ui.pages.chat.microscope.scored_view import LEVELS, level_names, level_of
from tests.ui.test_chat_page import OTHER, REF, WORDS, Chat, _answer, _generated

LEFT = Qt.MouseButton.LeftButton
LOGPROBS = (-0.01, -1.0, -2.0, -5.0)


def _scores(request: Request) -> Iterator[Event]:
    if isinstance(request, ScoreReply):
        for place, (word, logprob) in enumerate(zip(WORDS, LOGPROBS, strict=True)):
            own = TokenOption(place, word, (logprob, logprob / 2, 0.0))
            other = TokenOption(90 + place, f"other{place} ", (-1.5, -1.2, None))
            yield ScoredToken(
                id=place, text=word, logprob=logprob, rank=1 + 40 * place, entropy=place * 1.2, options=(own, other)
            )
        yield Done(
            result=Scored(columns=("raw", "temperature", "top-p"), tokens=4, predicted=4, loss=2.0, perplexity=7.389)
        )
    elif isinstance(request, Generate) and request.first_id is not None:
        yield Token(id=request.first_id, text="there ", logprob=-1.5, processed_logprob=0.0)
        yield Token(id=7, text="was.", logprob=-0.1, processed_logprob=-0.1)
        yield Done(result=_generated("there was.", new_tokens=2))
    else:
        yield from _answer(request)


def _losses(request: Request) -> Iterator[Event]:
    assert isinstance(request, ScoreText)
    for place, word in enumerate(request.text.split()):
        yield ScoredToken(id=place, text=word, logprob=-0.5 * place if place else None, rank=1, entropy=0.5)
    yield Done(result=Scored(columns=(), tokens=3, predicted=2, loss=0.75, perplexity=2.117))


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.lane.handler = _scores
    made.wait_idle()
    made.say("Begin")
    made.wait_idle()
    yield made
    made.close()


def _opened(chat: Chat) -> Microscope:
    chat.qtbot.mouseClick(chat.reply.tokens, LEFT)
    pane = chat.page.inspector.microscope
    chat.wait(lambda: "perplexity" in pane.state.text())
    return pane


def _click(pane: Microscope, number: int) -> None:
    QTest.mouseClick(pane.view.viewport(), LEFT, pos=pane.view.place_of(number).center().toPoint())


def _cells(pane: Microscope) -> list[list[str]]:
    model = pane.table.options
    return [
        [str(model.data(model.index(row, column))) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def test_a_click_on_a_token_shows_its_alternatives_after_each_processor(chat: Chat) -> None:
    pane = _opened(chat)
    asked = [request for request in chat.lane.requests if isinstance(request, ScoreReply)]
    assert [(request.model, request.turns, request.ids) for request in asked] == [
        (REF, (Turn("user", "Begin"),), (1, 1, 1, 1))
    ]
    assert pane.state.text() == "4 tokens · perplexity 7.39"
    assert not pane.table.isVisible()
    _click(pane, 1)
    assert pane.chosen.text() == "“upon␣” · probability 36.8% · rank 41 · entropy 1.20 nats"
    header = [pane.table.options.headerData(at, Qt.Orientation.Horizontal) for at in range(4)]
    assert header == ["Token", "Raw", "Temp.", "Top-p"]
    assert _cells(pane) == [["upon␣", "36.8%", "60.7%", "100.0%"], ["other1␣", "22.3%", "30.1%", "–"]]
    QTest.keyClick(pane.view, Qt.Key.Key_Right)
    assert pane.view.accessibleDescription() == (
        "token 3 of 4 · “a␣” · probability 13.5% · rank 81 · entropy 2.40 nats"
    )
    assert _cells(pane)[0][0] == "a␣"


def test_the_legend_names_the_steps_of_the_measure(chat: Chat) -> None:
    pane = _opened(chat)
    levels = [level_of(token, "probability") for token in pane.view.scored]
    assert levels == [0, 1, 2, 4]
    QTest.mouseClick(pane.measure.buttons["rank"], LEFT)
    assert pane.view.measure == "rank"
    assert pane.legend.accessibleName() == "Legend: 1, ≤ 3, ≤ 10, ≤ 100, > 100"
    assert [level_of(token, "rank") for token in pane.view.scored] == [0, 3, 3, 4]
    assert [level_of(token, "entropy") for token in pane.view.scored] == [0, 1, 2, 3]
    assert len(level_names("entropy")) == LEVELS


def test_another_token_is_continued_from_as_a_new_version(chat: Chat) -> None:
    pane = _opened(chat)
    _click(pane, 1)
    assert not pane.go_on.isEnabled()
    row = pane.table.visualRect(pane.table.options.index(1, 0)).center()
    QTest.mouseClick(pane.table.viewport(), LEFT, pos=QPoint(row))
    assert pane.go_on.text() == "Continue from “other1␣”"
    QTest.mouseClick(pane.go_on, LEFT)
    chat.wait_idle()
    request = chat.requests()[-1]
    assert (request.begun_ids, request.first_id, request.turns) == ((0,), 91, (Turn("user", "Begin"),))
    assert chat.shown() == ["Begin", "Once there was."]
    assert QApplication.focusWidget() is chat.reply
    assert (chat.reply.message.version, chat.reply.message.versions) == (2, 2)
    kept = chat.page.store.tokens(chat.reply.message.id)
    assert [token.text for token in kept] == ["Once ", "there ", "was."]
    assert chat.reply.message.facts.new_tokens == 3
    chat.wait(lambda: "perplexity" in pane.state.text())
    assert pane.view.chosen is None, "another reply's token is not chosen"


def test_a_reply_whose_model_is_gone_shows_what_was_kept(chat: Chat) -> None:
    def gone(request: Request) -> Iterator[Event]:
        if isinstance(request, ScoreReply):
            yield Failed(problem=Problem(code="folder-missing", arguments={"path": "/models/tiny"}), id="x")
        else:
            yield from _answer(request)

    chat.lane.handler = gone
    chat.qtbot.mouseClick(chat.reply.tokens, LEFT)
    pane = chat.page.inspector.microscope
    chat.wait(lambda: "/models/tiny" in pane.state.text())
    _click(pane, 0)
    assert pane.chosen.text() == "“Once␣” · probability 36.8%"
    assert not pane.go_on.isEnabled()


def test_an_imported_reply_without_its_model_says_so(chat: Chat) -> None:
    store, conversation = chat.page.store, chat.page.store.begin("Hi")
    asked = store.add(conversation, "user", "Hi", parent=None)
    reply = store.add(conversation, "assistant", "", parent=asked, state="streaming", model="gpt-4o")
    store.finish(reply, "Hello", "done", ReplyFacts())
    chat.page.picker.choose(OTHER)
    chat.page.open_conversation(conversation)
    chat.wait(lambda: len(chat.shown()) == 2)
    chat.qtbot.mouseClick(chat.reply.tokens, LEFT)
    pane = chat.page.inspector.microscope
    assert pane.state.text() == "gpt-4o wrote this reply and isn't on this computer."
    chat.page.new_item()
    assert pane.state.text() == "Replies appear here as tokens."


def test_a_pasted_text_is_scored(chat: Chat) -> None:
    pane = _opened(chat)
    chat.lane.handler = _losses
    QTest.mouseClick(pane.score, LEFT)
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ScoreDialog))
    assert dialog.windowTitle() == "Score a text with tiny"
    assert not dialog.score.isEnabled()
    dialog.text.setPlainText("x" * (MOST_CHARACTERS + 1))
    assert not dialog.score.isEnabled()
    assert dialog.state.text() == "At most 100,000 characters can be scored here."
    dialog.text.setPlainText("The red kite")
    QTest.mouseClick(dialog.score, LEFT)
    chat.wait(lambda: "perplexity" in dialog.state.text())
    assert chat.lane.requests[-1] == ScoreText(model=REF, text="The red kite")
    assert dialog.state.text() == "perplexity 2.12 · loss per token 0.750 nats · 2 tokens predicted"
    dialog.view.setFocus()
    QTest.keyClick(dialog.view, Qt.Key.Key_End)
    assert dialog.said.text().endswith("“kite” · probability 36.8% · rank 1 · entropy 0.50 nats · loss 1.000 nats")
    dialog.close()
