"""The messages that wait for a reply to end: a line each above the composer, which can be taken back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel


class QueueView(QWidget):
    """Shows ``Talk.queue``; hidden while nothing waits."""

    withdrawn = Signal(str)
    """What was taken back."""

    def __init__(self, talk: Talk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._talk = talk
        self.rows: list[QFrame] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 8)
        self._column.setSpacing(4)
        talk.queue_changed.connect(self.refresh)
        talk.busy_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what waits now."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [self._row(at, text) for at, text in enumerate(self._talk.queue)]
        for row in self.rows:
            self._column.addWidget(row)
        self.setVisible(bool(self.rows))

    def _row(self, at: int, text: str) -> QFrame:
        row = panel("card")
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 2, 4, 2)
        line.setSpacing(8)
        line.addWidget(label(self.tr("Waiting"), "small"))
        line.addWidget(ElidedLabel(" ".join(text.split())), 1)
        if at == 0 and not self._talk.busy:
            line.addWidget(self._button(self.tr("Send now"), self.tr("Send now: {text}").format(text=text[:60]), -1))
        line.addWidget(self._button(self.tr("Cancel"), self.tr("Cancel: {text}").format(text=text[:60]), at))
        return row

    def _button(self, text: str, name: str, at: int) -> QPushButton:
        """Return a button that takes back what waits at a place, or sends the first (-1)."""
        button = QPushButton(text)
        set_look(button, "quiet")
        button.setAccessibleName(name)
        button.clicked.connect(self._talk.send_next if at < 0 else partial(self._withdraw, at))
        return button

    def _withdraw(self, at: int) -> None:
        self.withdrawn.emit(self._talk.withdraw(at))
