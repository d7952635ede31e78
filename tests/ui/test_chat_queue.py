"""A reply that was cut off goes on, and messages that are sent during a reply wait for its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bigmodel_studio.protocol import Done, Event, Generate, Load, Problem, Progress, Request, Turn
from tests.ui.test_chat_page import Chat, _answer, _generated, _token
from tests.ui.test_chat_versions import _number

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.wait_idle()
    yield made
    made.close()


def _half(request: Request) -> Iterator[Event]:
    """A lane's handler that says something and does not end by itself."""
    for _ in range(3):
        yield _token("more ")
    while isinstance(request, Generate):
        yield Progress(what="engine")
    yield Done()


def _rest(request: Request) -> Iterator[Event]:
    """A lane's handler that goes on with whatever was begun."""
    assert isinstance(request, Load | Generate)
    if isinstance(request, Generate):
        yield _token("and then it ended.")
        yield Done(result=msgspec.structs.replace(_generated("and then it ended."), new_tokens=1, prompt_tokens=230))
    else:
        yield Done()


def _cut_off(chat: Chat, text: str) -> str:
    """What was said of a reply that was stopped."""
    chat.lane.handler = _half
    chat.say(text)
    chat.wait(lambda: "more" in chat.shown()[-1])
    chat.press(Qt.Key.Key_Escape)
    chat.wait_idle()
    return chat.page.store.thread(chat.page.talk.conversation)[-1].text


def _buttons(chat: Chat, text: str) -> list[QPushButton]:
    return [b for row in chat.page.queue.rows for b in row.findChildren(QPushButton) if b.text() == text]


def test_a_stopped_reply_goes_on_in_its_place(chat: Chat) -> None:
    said = _cut_off(chat, "tell")
    before = chat.page.store.thread(chat.page.talk.conversation)[-1]
    assert chat.reply.go_on.isVisible()
    chat.lane.handler = _rest
    chat.qtbot.mouseClick(chat.reply.go_on, LEFT)
    chat.wait_idle()
    request = chat.requests()[-1]
    assert request.continue_last
    assert request.turns == (Turn("user", "tell"), Turn("assistant", said))
    reply = chat.page.store.thread(chat.page.talk.conversation)[-1]
    assert (reply.id, reply.text, reply.state) == (before.id, said + "and then it ended.", "done")
    assert reply.facts.new_tokens == before.facts.new_tokens + 1
    assert reply.facts.prompt_tokens == 230 - before.facts.new_tokens
    assert "".join(token.text for token in chat.page.store.tokens(reply.id)) == reply.text
    assert chat.shown() == ["tell", reply.text]
    assert not chat.reply.go_on.isVisible()


def test_a_reply_that_was_answered_goes_on_as_another_version(chat: Chat) -> None:
    said = _cut_off(chat, "tell")
    chat.lane.handler = _answer
    chat.say("never mind")
    chat.wait_idle()
    chat.lane.handler = _rest
    view = chat.page.transcript.views[1]
    chat.qtbot.mouseClick(view.go_on, LEFT)  # type: ignore[attr-defined]
    chat.wait_idle()
    assert chat.shown() == ["tell", said + "and then it ended."]
    assert _number(chat.reply) == "2 of 2"


def test_a_reply_that_goes_on_is_whole_after_a_kill(chat: Chat) -> None:
    said = _cut_off(chat, "tell")
    store = chat.page.store
    reply = store.thread(chat.page.talk.conversation)[-1]
    store.resume(reply.id)
    store.append(reply.id, "and ")
    assert store.thread(chat.page.talk.conversation)[-1].text == said + "and "
    again = type(store)(store.path)  # as after a kill
    cut = again.thread(chat.page.talk.conversation)[-1]
    assert (cut.text, cut.state) == (said + "and ", "interrupted")
    again.close()


def test_what_is_sent_during_a_reply_waits_and_is_sent_in_turn(chat: Chat) -> None:
    chat.lane.handler = _half
    chat.say("one")
    chat.wait(lambda: "more" in chat.shown()[-1])
    for text in ("two", "three", "four"):
        chat.say(text)
    assert chat.page.composer.text() == ""
    assert chat.page.queue.isVisible()
    chat.qtbot.mouseClick(_buttons(chat, "Cancel")[1], LEFT)
    assert chat.page.talk.queue == ["two", "four"]
    assert chat.page.composer.text() == "three", "what is taken back can be changed"
    chat.lane.handler = _answer
    chat.press(Qt.Key.Key_Escape)
    chat.wait_idle()
    chat.wait(lambda: len(chat.shown()) == 6 and not chat.page.talk.busy)
    assert chat.shown()[2::2] == ["two", "four"]
    assert not chat.page.queue.isVisible()
    assert chat.page.composer.text() == "three"


def test_a_failure_holds_what_waits_until_it_is_sent_and_another_chat_keeps_it_as_a_draft(chat: Chat) -> None:
    chat.lane.handler = _half
    chat.say("one")
    chat.wait(lambda: "more" in chat.shown()[-1])
    chat.say("two")
    chat.page.talk._finish("failed", None, Problem(code="out-of-memory", arguments={"device": "cpu"}))
    assert [button.text() for button in _buttons(chat, "Send now")] == ["Send now"]
    chat.type("half")
    one = chat.page.talk.conversation
    chat.qtbot.mouseClick(chat.page.new_button, LEFT)
    assert (chat.page.composer.text(), chat.page.queue.isVisible()) == ("", False)
    chat.page.open_conversation(one)
    assert chat.page.composer.text() == "two\n\nhalf"
