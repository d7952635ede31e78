"""Chats go to files and come back through the list's menu and the palette's actions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.test_chat_page import Chat


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.wait_idle()
    yield made
    made.close()


def _choose(chat: Chat, words: str, position: QPoint) -> None:
    """Take an entry of the list's menu."""
    menu = chat.page.list.menu_at(position)
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.deleteLater()


@pytest.mark.parametrize(
    ("wanted", "name", "written"),
    [
        ("All versions (JSON) (*.json)", "a.json", "a.json"),
        ("Shown messages only (Markdown) (*.md)", "a.json", "a.md"),
        ("Shown messages only (HTML) (*.html)", "a", "a.html"),
        ("All versions (JSON) (*.json)", "a.md", "a.md"),
    ],
)
def test_a_chat_is_exported_in_the_format_that_was_chosen(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, name: str, written: str
) -> None:
    chat.say("Where is the kite?")
    chat.wait_idle()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / name), wanted))
    view = chat.page.list.view
    _choose(chat, "Export…", view.visualRect(chat.page.list.rows.index(0)).center())
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [written]
    assert "Where is the kite?" in (tmp_path / written).read_text(encoding="utf-8")


def test_an_export_comes_back_and_is_shown(chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.say("Where is the kite?")
    chat.wait_idle()
    file = tmp_path / "chat.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    chat.page.exchange.export_shown()
    chat.page.new_item()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    _choose(chat, "Import chats…", QPoint(5, chat.page.list.view.height() - 5))
    chat.wait(lambda: len(chat.page.list.rows.entries) == 2)
    chat.wait(lambda: chat.shown() == ["Where is the kite?", "Once upon a time."])


def test_a_file_without_chats_is_refused_in_the_window(
    chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "chat.json"
    file.write_text("[1, 2]")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    chat.page.exchange.import_chats()
    chat.wait(lambda: [problem.code for problem in chat.problems] == ["chats-unknown"])
    assert chat.page.list.rows.entries == []


def test_with_no_chat_shown_there_is_nothing_to_export(chat: Chat) -> None:
    chat.page.exchange.export_shown()
    assert [problem.code for problem in chat.problems] == ["chat-not-shown"]
