"""Foot of the new-run form: what the run costs, what is wrong with it, and the buttons that start or leave it."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label


class Foot(QFrame):
    """Stays below the form while that is scrolled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "status")
        self.start = QPushButton(self.tr("Start"))
        set_look(self.start, "primary")
        self.start.setShortcut(QKeySequence("Ctrl+Return"))
        self.leave = QPushButton(self.tr("Cancel"))
        self.cost = label("", "strong", wrap=True)
        self.cost_more = label("", "secondary", wrap=True)
        self.error = label("", "bad", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self.cost, self.cost_more, self.error):
            words.addWidget(part)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        row.addLayout(words, 1)
        row.addWidget(self.leave)
        row.addWidget(self.start)

    def show_runs(self, count: int) -> None:
        """Say on the button how many runs would be started."""
        many = self.tr("Start {count} runs").format(count=numbers.exact(count))
        self.start.setText(many if count > 1 else self.tr("Start"))

    def show_error(self, words: str) -> None:
        """Say what is wrong that belongs to no field; "" hides it."""
        self.error.setText(words)
        self.error.setVisible(bool(words))
