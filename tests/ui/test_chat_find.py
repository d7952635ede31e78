"""A search over all chats leads to the message, Ctrl+F steps through one, and folders keep chats apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMenu
from pytestqt.qtbot import QtBot

from bigmodel_studio.protocol import Done, Event, Request, Token
from bigmodel_studio.ui.widgets.rich_text import Segment
from tests.ui.test_chat_page import Chat, _generated

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.wait_idle()
    yield made
    made.close()


def _long(chat: Chat) -> int:
    """A conversation of 60 messages, with a needle in the 10th and 30th, and 捷径 in a version that is not shown."""
    store, last = chat.page.store, None
    conversation = store.begin("a long one")
    for number in range(60):
        role = "user" if number % 2 == 0 else "assistant"
        if number == 41:
            store.add(conversation, role, "它加一条捷径。", parent=last)  # type: ignore[arg-type]
        text = f"message {number}" + (" with a Needle" if number in (10, 30) else "")
        last = store.add(conversation, role, text, parent=last)  # type: ignore[arg-type]
    while store.index_some():
        pass
    chat.page.list.refresh()
    return conversation


def _marked(chat: Chat) -> set[str]:
    views = chat.page.transcript.views
    return {
        mark.cursor.selectedText()
        for view in views
        for segment in view.findChildren(Segment)
        for mark in segment.extraSelections()
    }


def _search(chat: Chat, words: str) -> None:
    rows = chat.page.list
    rows.search.clear()
    chat.wait(lambda: len(rows.rows.entries) == 2)
    rows.search.setText(words)
    chat.wait(lambda: len(rows.rows.entries) == 1)
    chat.qtbot.mouseClick(rows.view.viewport(), LEFT, pos=rows.view.visualRect(rows.rows.index(0)).center())


def test_a_search_over_all_chats_jumps_to_the_message(chat: Chat) -> None:
    _long(chat)
    chat.say("something else")
    chat.wait_idle()
    _search(chat, "needle")
    chat.wait(lambda: any("message 10 with" in text for text in chat.shown()) and _marked(chat) == {"Needle"})
    transcript = chat.page.transcript
    view = next(view for view in transcript.views if "message 10 with" in view.message.text)
    top = view.mapTo(transcript.viewport(), view.rect().topLeft()).y()
    assert 0 <= top < transcript.viewport().height() // 2
    _search(chat, "捷径")
    chat.wait(lambda: chat.shown()[-1:] == ["它加一条捷径。"] and _marked(chat) == {"捷径"})
    assert chat.reply.message.version == 1
    chat.say("and then?")
    chat.wait_idle()
    assert [turn.content for turn in chat.requests()[-1].turns[-2:]] == ["它加一条捷径。", "and then?"]


def test_a_reply_goes_on_in_its_branch_while_a_search_leads_to_another(chat: Chat) -> None:
    store, going = chat.page.store, True
    conversation = store.begin("kites")
    asked = store.add(conversation, "user", "Where is the kite?", parent=None)
    store.add(conversation, "assistant", "By the lantern.", parent=asked)
    store.add(conversation, "assistant", "In the tree.", parent=asked)
    while store.index_some():
        pass
    chat.page.open_conversation(conversation)

    def until_told(request: Request) -> Iterator[Event]:
        said = ""
        while going:
            said += "more "
            yield Token(id=1, text="more ", logprob=-1.0, processed_logprob=-1.0)
        yield Done(result=_generated(said))

    chat.lane.handler = until_told
    chat.say("go")
    chat.wait(lambda: "more" in chat.shown()[-1])
    chat.say("and then?")
    rows = chat.page.list
    rows.search.setText("lantern")
    chat.wait(lambda: rows._messages != {})
    chat.qtbot.mouseClick(rows.view.viewport(), LEFT, pos=rows.view.visualRect(rows.rows.index(0)).center())
    chat.wait(lambda: chat.shown() == ["Where is the kite?", "By the lantern."])
    reply = next(message for message in store.messages(conversation) if message.state == "streaming")
    with chat.qtbot.waitSignal(chat.page.talk.counted) as counted:
        pass
    assert (counted.args or [0])[0] == reply.id
    assert chat.page.talk.busy
    assert not chat.reply.facts.text(), "the counts are another reply's"
    chat.say("is it bright?")
    assert chat.page.talk.queue == ["and then?", "is it bright?"]
    going = False
    chat.wait(lambda: len(chat.requests()) == 3)
    chat.wait_idle()
    said = next(message.text for message in store.messages(conversation) if message.id == reply.id)
    assert said.startswith("more more")
    assert [[turn.content for turn in request.turns] for request in chat.requests()[1:]] == [
        ["Where is the kite?", "In the tree.", "go", said, "and then?"],
        ["Where is the kite?", "By the lantern.", "is it bright?"],
    ]
    assert chat.shown()[:3] == ["Where is the kite?", "By the lantern.", "is it bright?"]


def test_a_click_right_after_typing_goes_to_what_was_typed(chat: Chat) -> None:
    conversation = _long(chat)
    rows = chat.page.list
    rows.search.setText("needle")
    chat.wait(lambda: rows._messages != {})
    with chat.qtbot.waitSignal(rows.found) as found:
        rows.search.setText("message 20")
        chat.qtbot.mouseClick(rows.view.viewport(), LEFT, pos=rows.view.visualRect(rows.rows.index(0)).center())
    _, message, words = found.args or []
    texts = {each.id: each.text for each in chat.page.store.messages(conversation)}
    assert (texts[message], words) == ("message 20", "message 20")


def test_ctrl_f_steps_through_the_matches_of_a_chat(chat: Chat) -> None:
    chat.page.open_conversation(_long(chat))
    finder = chat.page.finder
    chat.wait(lambda: len(chat.shown()) > 5)
    finder.show()
    chat.qtbot.keyClicks(finder.field, "needle")
    chat.wait(lambda: finder.words.text() == "2 of 2" and any("message 30" in text for text in chat.shown()))
    chat.qtbot.keyClick(finder.field, Qt.Key.Key_Return)
    assert finder.words.text() == "1 of 2"
    chat.wait(lambda: any("message 10 with" in text for text in chat.shown()))
    chat.qtbot.keyClick(finder.field, Qt.Key.Key_Escape)
    assert not finder.bar.isVisible()
    chat.wait(lambda: _marked(chat) == set())


def test_folders_keep_chats_apart(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("one", "two"):
        chat.page.new_item()
        chat.say(text)
        chat.wait_idle()
    rows = chat.page.list
    chat.wait(lambda: len(rows.rows.entries) == 2)
    assert not rows.folders.isVisible()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("Work", True))
    menu = rows.menu_at(rows.view.visualRect(rows.rows.index(0)).center())
    inner = next(found for found in menu.findChildren(QMenu) if found.title() == "Move to folder")
    next(action for action in inner.actions() if action.text() == "New folder…").trigger()
    assert rows.folders.isVisible()
    rows.folders.fill()
    rows.folders.choices.actions()[1].trigger()
    assert [(entry.title, entry.folder) for entry in rows.rows.entries] == [("two", "Work")]
    chat.page.new_item()
    chat.say("three")
    chat.wait_idle()
    assert [(entry.title, entry.folder) for entry in rows.rows.entries] == [("three", "Work"), ("two", "Work")]
    rows.folders.fill()
    rows.folders.choices.actions()[0].trigger()
    assert len(rows.rows.entries) == 3
    chat.page.new_item()
    chat.say("four")
    chat.wait_idle()
    assert (rows.rows.entries[0].title, rows.rows.entries[0].folder) == ("four", "")
