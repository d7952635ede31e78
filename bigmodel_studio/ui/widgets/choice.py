"""A box of choices whose list hides nothing: every entry in its whole width, as many as the screen has room for.

Qt's own list lies over the box with the chosen entry on it: near an edge of the screen the entries beyond are behind
an arrow of a few pixels, and long ones are cut to the width of the box.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

AROUND_PX = 8
"""Of the list, beside its entries: its border, and room at their ends."""


class Choice(QComboBox):
    """The window's box of choices; nothing else of the window makes a ``QComboBox``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(QStyledItemDelegate(self))  # the one that the style sheet reaches

    def showPopup(self) -> None:  # noqa: N802 — Qt's name
        view = self.view()
        scroll_px = view.verticalScrollBar().sizeHint().width()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + scroll_px + AROUND_PX))
        super().showPopup()
        popup, screen = view.window(), self.screen().availableGeometry()
        wanted = popup.geometry()
        hidden = sum(max(0, view.sizeHintForRow(row)) for row in range(self.count())) - view.viewport().height()
        wanted.setHeight(min(wanted.height() + max(0, hidden), screen.height()))
        wanted.setWidth(min(wanted.width(), screen.width()))
        wanted.moveTop(max(screen.top(), min(wanted.top(), screen.bottom() + 1 - wanted.height())))
        wanted.moveLeft(max(screen.left(), min(wanted.left(), screen.right() + 1 - wanted.width())))
        popup.setGeometry(wanted)
        view.scrollTo(view.currentIndex())
