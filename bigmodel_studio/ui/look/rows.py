"""The ground of a list's row that a delegate paints: selected, or under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from bigmodel_studio.ui.look import theme

RADIUS_PX = 6


def paint_row(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Draw the ground of a row that is selected or under the mouse; nothing behind any other."""
    state: QStyle.StateFlag = option.state
    rect: QRect = option.rect
    flags = QStyle.StateFlag
    for flag, colour in ((flags.State_Selected, "accent_soft"), (flags.State_MouseOver, "raised")):
        if state & flag:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), RADIUS_PX, RADIUS_PX)
            return
