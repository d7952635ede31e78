"""Messages in other words and replies made again: every version is kept, and the arrows lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bigmodel_studio.protocol import Done, Event, Generate, Load, Loaded, Request, Token
from bigmodel_studio.ui.pages.chat.message_view import MessageView
from tests.ui.test_chat_page import Chat, _facts, _generated

LEFT = Qt.MouseButton.LeftButton


class Numbered:
    """A lane's handler whose replies are numbered, so that each can be told from the others."""

    def __init__(self) -> None:
        self.replies = 0

    def __call__(self, request: Request) -> Iterator[Event]:
        assert isinstance(request, Load | Generate)
        yield Loaded(facts=_facts(request.model))
        if isinstance(request, Load):
            yield Done()
            return
        self.replies += 1
        text = f"{request.turns[-1].content}, answer {self.replies}"
        yield Token(id=1, text=text, logprob=-1.0, processed_logprob=-1.0)
        yield Done(result=_generated(text))


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.lane.handler = Numbered()
    made.wait_idle()
    yield made
    made.close()


def _said(chat: Chat, *texts: str) -> None:
    for text in texts:
        chat.page.composer.set_text(text)
        chat.press(Qt.Key.Key_Return)
        chat.wait_idle()


def _edit(chat: Chat, view: MessageView, text: str) -> None:
    QTest.mouseClick(view.edit, LEFT)
    assert view.editor is not None
    view.editor.editor.selectAll()
    QTest.keyClicks(view.editor.editor, text)
    QTest.mouseClick(view.editor.save, LEFT)
    chat.wait_idle()


def _number(view: MessageView) -> str:
    return view.versions.words.text() if view.versions is not None and view.versions.isVisible() else ""


def test_what_was_said_is_said_in_other_words_and_answered_anew(chat: Chat) -> None:
    _said(chat, "red", "green")
    _edit(chat, chat.page.transcript.views[0], "blue")
    assert chat.shown() == ["blue", "blue, answer 3"]
    assert [turn.content for turn in chat.requests()[-1].turns] == ["blue"]
    first = chat.page.transcript.views[0]
    assert _number(first) == "2 of 2"
    assert first.versions is not None
    QTest.mouseClick(first.versions.earlier, LEFT)
    chat.wait_idle()
    assert chat.shown() == ["red", "red, answer 1", "green", "green, answer 2"]
    assert _number(chat.page.transcript.views[0]) == "1 of 2"
    _said(chat, "more")
    assert [turn.content for turn in chat.requests()[-1].turns] == [
        "red",
        "red, answer 1",
        "green",
        "green, answer 2",
        "more",
    ]


def test_replies_made_again_are_stepped_through_with_keys(chat: Chat) -> None:
    _said(chat, "red")
    for _ in range(2):
        QTest.mouseClick(chat.reply.again, LEFT)
        chat.wait_idle()
    assert chat.shown() == ["red", "red, answer 3"]
    assert _number(chat.reply) == "3 of 3"
    assert chat.reply.versions is not None
    assert not chat.reply.versions.later.isEnabled()
    chat.reply.versions.take_focus(-1)
    for text, number in (("red, answer 2", "2 of 3"), ("red, answer 1", "1 of 3")):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Left)  # the focus goes with the step
        chat.wait_idle()
        assert (chat.shown()[-1], _number(chat.reply)) == (text, number)
    kept = chat.page.store.thread(chat.page.talk.conversation)
    assert kept[-1].text == "red, answer 1"  # and is what is shown after a restart


def test_a_reply_in_the_middle_is_made_again_and_what_followed_is_kept(chat: Chat) -> None:
    _said(chat, "red", "green")
    reply = chat.page.transcript.views[1]
    QTest.mouseClick(reply.again, LEFT)  # type: ignore[attr-defined]
    chat.wait_idle()
    assert chat.shown() == ["red", "red, answer 3"]
    assert chat.reply.versions is not None
    QTest.mouseClick(chat.reply.versions.earlier, LEFT)
    chat.wait_idle()
    assert chat.shown() == ["red", "red, answer 1", "green", "green, answer 2"]


def test_a_reply_is_corrected_without_asking_the_model(chat: Chat) -> None:
    _said(chat, "red")
    _edit(chat, chat.reply, "red, as corrected")
    assert chat.shown() == ["red", "red, as corrected"]
    assert len(chat.requests()) == 1
    assert _number(chat.reply) == "2 of 2"
    _said(chat, "green")
    assert [turn.content for turn in chat.requests()[-1].turns] == ["red", "red, as corrected", "green"]


def test_editing_is_left_with_escape_and_words_that_stay_the_same_make_no_version(chat: Chat) -> None:
    _said(chat, "red")
    first = chat.page.transcript.views[0]
    for leave in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        QTest.mouseClick(first.edit, LEFT)
        assert first.editor is not None
        assert first.editor.editor.toPlainText() == "red"
        QTest.keyClick(first.editor.editor, leave)
        assert first.editor is None
        assert first.body.isVisible()
    chat.wait_idle()
    assert chat.shown() == ["red", "red, answer 1"]
    assert _number(first) == ""


def _endless(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    yield Loaded(facts=_facts(request.model))
    while isinstance(request, Generate):
        yield Token(id=1, text="more ", logprob=-1.0, processed_logprob=-1.0)
    yield Done()


def test_nothing_is_changed_while_a_reply_is_on_its_way(chat: Chat) -> None:
    _said(chat, "red")
    QTest.mouseClick(chat.reply.again, LEFT)
    chat.wait_idle()
    chat.lane.handler = _endless
    chat.say("go")
    chat.wait(lambda: "more" in chat.shown()[-1])
    views = chat.page.transcript.views
    assert views[1].versions is not None
    controls = [view.edit for view in views[:3]] + [views[1].versions.earlier]
    assert [control.isEnabled() for control in controls] == [False] * 4
    chat.press(Qt.Key.Key_Escape)
    chat.wait_idle()
    assert [control.isEnabled() for control in controls] == [True] * 4


def test_what_the_pointer_is_on_stays_where_it_is_when_versions_change(chat: Chat) -> None:
    _said(chat, "one\n" * 8, "two\n" * 8, "red")
    reply = chat.page.transcript.views[3]
    QTest.mouseClick(reply.again, LEFT)  # type: ignore[attr-defined]
    chat.wait_idle()
    assert chat.reply.versions is not None
    pages = chat.page.transcript
    pages.ensureWidgetVisible(chat.reply.versions)
    before = chat.reply.versions.mapTo(pages, QPoint()).y()
    QTest.mouseClick(chat.reply.versions.earlier, LEFT)
    chat.wait_idle()
    now = pages.views[3].versions
    assert now is not None
    assert abs(now.mapTo(pages, QPoint()).y() - before) <= 1
