"""How the transcript and the composer stand: one below the other, as wide as the messages."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.ui.pages.chat.composer import Composer
from bigmodel_studio.ui.pages.chat.transcript import SIDE_PX, WIDTH_PX


class Column(QWidget):
    """The transcript with the composer below it, as wide as the messages."""

    def __init__(self, upper: QWidget, notes: Sequence[QWidget], composer: Composer) -> None:
        super().__init__()
        self._foot = QVBoxLayout()
        for note in notes:
            self._foot.addWidget(note)
        self._foot.addWidget(composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(upper, 1)
        column.addLayout(self._foot)
        self.setMinimumWidth(360)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = max(SIDE_PX, (self.width() - WIDTH_PX) // 2) - 15
        self._foot.setContentsMargins(side, 8, side, 20)
