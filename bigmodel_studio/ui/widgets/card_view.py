"""Model card as locked Markdown: a piece a turn of the event loop, so none takes long.

What is shown of it is ``core.models.card``'s business; nothing is loaded, and a link is only reported.
"""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QEvent, QTimer, QUrl, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.models import card as model_card
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.rich_text import Segment

AT_FIRST = 4
"""Pieces that are shown before more is asked for."""


class CardView(QWidget):
    """``show_card`` replaces what is shown."""

    link_wanted = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: list[str] = []
        self._segments: list[Segment] = []
        self._waiting: deque[str] = deque()
        self.more = QPushButton(self.tr("Show the whole card"))
        set_look(self.more, "quiet")
        self.more.clicked.connect(self._show_more)
        self.more.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.more)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._draw)

    def show_card(self, card: str) -> None:
        """Show a card's beginning; the rest where it is wanted."""
        self._timer.stop()
        for segment in self._segments:
            self._column.removeWidget(segment)
            segment.hide()
            segment.deleteLater()
        self._segments.clear()
        self._pieces = model_card.pieces(card)
        self._wait_for(self._pieces[:AT_FIRST])
        self.more.setVisible(len(self._pieces) > AT_FIRST)

    @property
    def empty(self) -> bool:
        """Whether the card has nothing to be read."""
        return not self._pieces

    @property
    def drawing(self) -> bool:
        """Whether there are pieces that are still to be drawn."""
        return bool(self._waiting)

    def text(self) -> str:
        """Return what is drawn."""
        return "\n".join(segment.toPlainText() for segment in self._segments)

    def _wait_for(self, pieces: list[str]) -> None:
        self._waiting = deque(pieces)
        if pieces:
            self._timer.start()

    @Slot()
    def _show_more(self) -> None:
        self.more.hide()
        self._wait_for([*self._waiting, *self._pieces[AT_FIRST:]])

    @Slot()
    def _draw(self) -> None:
        segment = Segment(self)
        segment.setAccessibleName(self.tr("Model card"))
        segment.anchorClicked.connect(self.link_wanted)
        segment.set_markdown(self._waiting.popleft(), breaks=False)
        self._segments.append(segment)
        self._column.insertWidget(len(self._segments) - 1, segment)
        segment.show()
        if not self._waiting:
            self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for segment, piece in zip(self._segments, self._pieces, strict=False):
                segment.set_markdown(piece, breaks=False)  # its code has a ground of the palette
