"""The tree of a chat: every version in one list, from which a click or Enter leads to any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.pages.chat.listing.tree_view import TreeDialog
from tests.ui.test_chat_page import Chat

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.wait_idle()
    yield made
    made.close()


def _versions(chat: Chat) -> None:
    """Open a chat with two versions of its first reply, of which the second is shown."""
    store = chat.page.store
    conversation = store.begin("kites")
    asked = store.add(conversation, "user", "Where is the kite?", parent=None)
    up = store.add(conversation, "assistant", "Up.", parent=asked, model="tiny")
    store.add(conversation, "user", "How far up?", parent=up)
    store.add(conversation, "assistant", "In the tree.", parent=asked, model="tiny")
    chat.page.open_conversation(conversation)


def _opened(chat: Chat) -> TreeDialog:
    QTest.mouseClick(chat.page.tree.button, LEFT)
    dialog = chat.page.tree.dialog
    assert dialog is not None
    return dialog


def _spoken(dialog: TreeDialog) -> list[str]:
    model = dialog.view.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def test_a_click_leads_to_a_version_that_was_not_shown_and_enter_back(chat: Chat) -> None:
    assert not chat.page.tree.button.isEnabled()
    _versions(chat)
    dialog = _opened(chat)
    assert _spoken(dialog) == [
        "You: Where is the kite?, shown",
        "tiny: Up., version 1 of 2, not shown",
        "You: How far up?, not shown",
        "tiny: In the tree., version 2 of 2, shown",
    ]
    assert dialog.view.currentIndex().row() == 3
    QTest.mouseClick(dialog.view.viewport(), LEFT, pos=dialog.view.visualRect(dialog.view.model().index(1, 0)).center())
    chat.wait(lambda: chat.shown() == ["Where is the kite?", "Up.", "How far up?"])
    assert chat.page.tree.dialog is None
    dialog = _opened(chat)
    assert [row.node.text for row in dialog.rows if row.branches] == ["In the tree."]
    QTest.keyClick(dialog.view, Qt.Key.Key_Home)
    QTest.keyClick(dialog.view, Qt.Key.Key_Down)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    chat.wait(lambda: chat.shown() == ["Where is the kite?", "In the tree."])


def test_nothing_is_left_while_a_reply_is_on_its_way(chat: Chat) -> None:
    _versions(chat)
    dialog = _opened(chat)
    chat.page.talk.busy_changed.emit(True)
    assert dialog.note.text() == "A reply is on its way. Wait for it or stop it."
    QTest.keyClick(dialog.view, Qt.Key.Key_Home)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    assert chat.page.tree.dialog is dialog
    chat.page.talk.busy_changed.emit(False)
    QTest.keyClick(dialog.view, Qt.Key.Key_Return)
    assert chat.page.tree.dialog is None
