"""The prompt as tokens in the inspector, and reasoning that is folded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.protocol import Done, Event, PreviewToken, PromptTokens, Request, ShowPrompt, Turn
from tests.ui.test_chat_page import OTHER, REF, Chat, _answer, _generated, _token

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.lane.handler = _prompts
    made.wait_idle()
    yield made
    made.close()


def _prompts(request: Request) -> Iterator[Event]:
    if not isinstance(request, ShowPrompt):
        yield from _answer(request)
        return
    words = [PreviewToken(f"{turn.role}:{turn.content}") for turn in request.turns]
    yield Done(
        result=PromptTokens(
            tokens=(PreviewToken("<s>", "added"), *words),
            prompt_tokens=len(words) + 1,
            template=True,
            trimmed_turns=len(words) // 3,
            trimmed_tokens=7,
            context_length=512,
        )
    )


def _texts(chat: Chat) -> list[str]:
    return [token.text for token in chat.page.inspector.prompt.tokens.tokens]


def test_the_prompt_of_the_next_message_and_of_a_reply_is_shown(chat: Chat) -> None:
    pane = chat.page.inspector.prompt
    chat.say("first")
    chat.wait_idle()
    chat.say("second")
    chat.wait_idle()
    assert not any(isinstance(request, ShowPrompt) for request in chat.lane.requests), "asked for when it is shown"
    chat.qtbot.mouseClick(chat.page.inspector.tabs.buttons["prompt"], LEFT)
    chat.type("third")
    chat.wait(lambda: _texts(chat)[-1:] == ["user:third"])
    assert _texts(chat)[:2] == ["<s>", "user:first"]
    assert pane.state.text() == "6 of 512 tokens · chat template"
    assert pane.dropped.text().splitlines() == ["Dropped, as the context is full: 1 messages, 7 tokens.", "– first"]
    chat.qtbot.mouseClick(chat.reply.prompt, LEFT)
    chat.wait(lambda: _texts(chat)[-1:] == ["user:second"])
    assert pane.title.text() == "Chosen reply"
    chat.qtbot.mouseClick(pane.next, LEFT)
    chat.wait(lambda: _texts(chat)[-1:] == ["user:third"])


def test_the_prompt_of_a_reply_is_that_of_the_model_that_wrote_it(chat: Chat) -> None:
    chat.page.system.setPlainText("Be kind.")
    chat.say("first")
    chat.wait_idle()
    chat.page.system.setPlainText("Be rude.")
    chat.page.picker.choose(OTHER)
    chat.wait_idle()
    chat.qtbot.mouseClick(chat.reply.prompt, LEFT)
    chat.wait(lambda: _texts(chat)[-1:] == ["user:first"])
    asked = [request for request in chat.lane.requests if isinstance(request, ShowPrompt)]
    assert [(request.model, request.turns[0]) for request in asked] == [(REF, Turn("system", "Be kind."))]
    chat.page.open_conversation(0)
    chat.page.open_conversation(chat.page.store.all()[0].id)
    chat.wait(lambda: len(chat.shown()) == 2)
    assert chat.reply.message.facts.model == REF, "and is kept"


def _thinking(request: Request) -> Iterator[Event]:
    if isinstance(request, ShowPrompt) or not hasattr(request, "turns"):
        yield from _prompts(request)
        return
    pieces = ["<th", "ink>", "One and ", "one.", "</", "think>\n\n", "It is **two**."]
    for piece in pieces:
        yield _token(piece)
    yield Done(result=_generated("".join(pieces)))


def test_reasoning_is_folded_and_unfolds(chat: Chat) -> None:
    chat.lane.handler = _thinking
    chat.say("1 + 1?")
    chat.wait_idle()
    thoughts = chat.reply.thoughts
    assert thoughts is not None
    assert chat.reply.body.text == "It is **two**."
    assert not thoughts.body.isVisible()
    chat.qtbot.mouseClick(thoughts.button, LEFT)
    assert thoughts.body.isVisible()
    assert thoughts.body.text == "One and one."
    assert chat.requests()[-1].turns == (Turn("user", "1 + 1?"),)
    chat.page.open_conversation(0)
    chat.page.open_conversation(chat.page.store.all()[0].id)
    chat.wait(lambda: len(chat.shown()) == 2)
    assert chat.reply.thoughts is not None
    assert chat.reply.body.text == "It is **two**."
