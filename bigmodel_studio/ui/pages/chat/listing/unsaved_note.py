"""The line above the composer that says why conversations are not saved, for as long as they are not."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

RETRY_MS = 2000
"""How often the file is tried while it cannot be written."""


class UnsavedNote(QWidget):
    """Watches a store: reports its problems, and has it save what it kept in memory once it can."""

    saved = Signal()
    """What was kept in memory is on disk now."""

    def __init__(self, studio: Studio, store: Conversations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._store = store
        self.words = label("", "warn", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        self._timer = QTimer(self, interval=RETRY_MS)
        self._timer.timeout.connect(self.retry)
        self.hide()
        store.on_problem = self._on_problem

    def begin(self) -> None:
        """Tell what was wrong with the file when it was opened."""
        if self._store.problem is not None:
            self._on_problem(self._store.problem)

    def shut(self) -> None:
        """Stop watching."""
        self._timer.stop()
        self._store.on_problem = None

    def _on_problem(self, problem: Problem) -> None:
        self._studio.report(problem)
        self._show()

    def _show(self) -> None:
        problem = self._store.problem
        if self._store.saving or problem is None:
            self._timer.stop()
            self.hide()
            return
        self.words.setText(i18n.sentence(problem))
        self.show()
        self._timer.start()

    @Slot()
    def retry(self) -> None:
        """Try to save what was said meanwhile."""
        before = self._store.problem
        if self._store.retry():
            if self._store.problem is not None:
                self._studio.report(self._store.problem)
            self.saved.emit()
        if self._store.saving or self._store.problem != before:
            self._show()
