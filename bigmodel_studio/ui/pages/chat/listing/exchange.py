"""Chats to files and back: asks where, reads in a thread, and adds what was read a chat at a time."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.chat import chat_files
from bigmodel_studio.core.chat.chat_files import ChatTree, Kind
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.models.presence import is_here
from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.window.studio import Studio

log = logging.getLogger(__name__)


class ChatExchange(QObject):
    """``imported`` carries the last conversation that an import added; the list has changed then."""

    imported = Signal(int)
    _read = Signal(object)
    _failed = Signal(object)

    def __init__(self, studio: Studio, store: Conversations, talk: Talk, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._store, self._talk, self._window = studio, store, talk, parent
        self._errands = Errands("chat-files")
        self._waiting: list[ChatTree] = []
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._keep_one)
        self._read.connect(self._on_read)
        self._failed.connect(self._studio.report)

    @Slot()
    def export_shown(self) -> None:
        """Ask where to, and write the chat that is shown there."""
        if self._talk.conversation:
            self.export(self._talk.conversation)
        else:
            self._studio.report(Problem(code="chat-not-shown"))

    @Slot(int)
    def export(self, conversation: int) -> None:
        """Ask where to, and write a chat there: whole as JSON, or what is shown as Markdown or HTML."""
        self._talk.flush()
        try:
            chat = chat_files.chat_of(self._store, conversation)
        except StudioError as error:
            self._studio.report(error.problem)
            return
        filters: dict[str, Kind] = {
            self.tr("All versions (JSON)") + " (*.json)": "json",
            self.tr("Shown messages only (Markdown)") + " (*.md)": "md",
            self.tr("Shown messages only (HTML)") + " (*.html)": "html",
        }
        name = "".join(sign if sign.isalnum() or sign in " -_." else "-" for sign in chat.title).strip(" .") or "chat"
        chosen, wanted = QFileDialog.getSaveFileName(
            self._window, self.tr("Export the chat"), str(Path.home() / f"{name}.json"), ";;".join(filters)
        )
        if not chosen:
            return
        path = Path(chosen)
        kinds: dict[str, Kind] = {f".{kind}": kind for kind in filters.values()}
        kind = kinds.get(path.suffix.lower(), "json")
        if kind == "json":  # as was suggested: then it is what the list of formats says
            kind = filters.get(wanted, kind)
            path = path.with_name(f"{path.name.removesuffix('.json')}.{kind}")
        try:
            write_atomic(path, chat_files.written(chat, kind))
        except OSError as error:
            self._studio.report(not_saved(path, error).problem)

    @Slot()
    def import_chats(self) -> None:
        """Ask for a file, and add its chats to those that are there."""
        chosen, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Import chats"), str(Path.home()), self.tr("Chats") + " (*.json *.jsonl)"
        )
        if chosen:
            self._errands.run(self._read_file, Path(chosen))

    def shut(self) -> None:
        """Wait for a file that is being read."""
        self._timer.stop()
        self._errands.close()

    def _read_file(self, path: Path) -> None:
        try:
            self._read.emit(chat_files.with_known_models(chat_files.read(path), is_here))
        except StudioError as error:
            self._failed.emit(error.problem)

    @Slot(object)
    def _on_read(self, chats: list[ChatTree]) -> None:
        self._waiting += reversed(chats)  # so that the first of the file stands at the top of the list
        self._timer.start()

    @Slot()
    def _keep_one(self) -> None:
        added = 0
        if self._waiting:
            try:
                added = chat_files.keep(self._store, self._waiting.pop(0))
            except sqlite3.Error as error:
                log.exception("a chat could not be added")
                self._waiting.clear()
                self._studio.report(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
        if not self._waiting:
            self._timer.stop()
            self.imported.emit(added)
