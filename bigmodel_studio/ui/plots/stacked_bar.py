"""Parts of a whole as one flat bar against a limit, with a legend: what a plan takes of what a device has free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme

BAR_PX = 14
ROW_PX = 20
_TOP_PX = 4
_GAP_PX = 10
_SWATCH_PX = 8
_TWO_COLUMNS_FROM_PX = 300


class BarPart(NamedTuple):
    """A part of the bar; ``colour`` is a number of the series, or the name of a colour of the theme."""

    name: str
    size: int
    colour: int | str


class StackedBar(QWidget):
    """Told its parts and their limit, in bytes. What is over the limit stands behind a line across the bar."""

    def __init__(self, parent: QWidget | None = None, *, legend: bool = True) -> None:
        super().__init__(parent)
        self._parts: tuple[BarPart, ...] = ()
        self._limit = 0
        self._legend = legend
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[BarPart], limit_bytes: int) -> None:
        """Show these; a part of nothing is left out."""
        rows = self._rows()
        self._parts = tuple(part for part in parts if part.size > 0)
        self._limit = limit_bytes
        if self._rows() != rows:
            self.updateGeometry()
        self.setAccessibleName("; ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """Return what the legend says."""
        return [f"{part.name} {numbers.size(part.size)}" for part in self._parts]

    def share_of(self, name: str) -> float:
        """Return how much of the bar's width a part has, of 1."""
        return sum(part.size for part in self._parts if part.name == name) / self._whole()

    def _whole(self) -> int:
        return max(sum(part.size for part in self._parts), self._limit, 1)

    def _columns(self) -> int:
        return 2 if self.width() >= _TWO_COLUMNS_FROM_PX else 1

    def _rows(self) -> int:
        return -(-len(self._parts) // self._columns()) if self._legend else 0

    def sizeHint(self) -> QSize:
        legend = _GAP_PX + self._rows() * ROW_PX if self._legend else _TOP_PX
        return QSize(280, _TOP_PX + BAR_PX + legend)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    # ------------------------------------------------------------------------------- painting

    def _boxes(self) -> list[QRectF]:
        boxes, at = [], 0.0
        for part in self._parts:
            wide = self.width() * part.size / self._whole()
            boxes.append(QRectF(at, _TOP_PX, max(1.0, wide - 1), BAR_PX))
            at += wide
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, _TOP_PX, self.width(), BAR_PX), theme.colour("raised"))
        for part, box in zip(self._parts, self._boxes(), strict=True):
            painter.fillRect(box, _colour(part.colour))
        if 0 < self._limit < self._whole():
            x = self.width() * self._limit / self._whole()
            painter.setPen(QPen(theme.colour("bad"), 2))
            painter.drawLine(QPointF(x, 0), QPointF(x, _TOP_PX + BAR_PX + 4))
        if self._legend:
            painter.setFont(theme.font(12, tabular=True))
            for number, part in enumerate(self._parts):
                self._paint_row(painter, number, part)
        painter.end()

    def _paint_row(self, painter: QPainter, number: int, part: BarPart) -> None:
        column, row = divmod(number, max(1, self._rows()))
        gap = 20
        width = (self.width() - gap * (self._columns() - 1)) / self._columns()
        box = QRectF(column * (width + gap), _TOP_PX + BAR_PX + _GAP_PX + row * ROW_PX, width, ROW_PX)
        painter.fillRect(
            QRectF(box.left(), box.center().y() - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX), _colour(part.colour)
        )
        value = numbers.size(part.size)
        painter.setPen(theme.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        room = box.adjusted(_SWATCH_PX + 8, 0, -painter.fontMetrics().horizontalAdvance(value) - 8, 0)
        painter.setPen(theme.colour("secondary"))
        name = painter.fontMetrics().elidedText(part.name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = event.pos()
            text = next(
                (
                    text
                    for text, box in zip(self.texts(), self._boxes(), strict=True)
                    if box.left() <= at.x() <= box.right() and at.y() <= _TOP_PX + BAR_PX
                ),
                "",
            )
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


def _colour(colour: int | str) -> QColor:
    return theme.series_colour(colour) if isinstance(colour, int) else theme.colour(colour)
