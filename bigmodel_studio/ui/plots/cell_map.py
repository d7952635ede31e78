"""A table of numbers as colours with a name for every row and column: few enough to be read one by one.

The pointer, or the arrow keys, go from cell to cell; what is under them is read out. A subclass words it,
and may paint over the cells. Columns are as wide as their names need; what there is no room for scrolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.colour_scale import Numbers, Scale, ink_on, paint_legend
from bigmodel_studio.ui.plots.drawn_grid import DrawnGrid, Place, neighbour, paint_ring

LEGEND_PX, HEAD_PX = 22, 20
LEAST_LEGEND_PX = 420.0
"""From the left, at least, to the end of the legend."""
MOST_COLUMN_PX, MOST_NAMES_PX = 120.0, 240.0
MOST_HEIGHT_PX = 520
PADDING_PX = 6.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class CellMap(DrawnGrid[Place]):
    """``show_cells`` them. ``form`` is how numbers are written: "percent" or "decimal"."""

    row_px, number_px = 24, 24
    """The height of a cell, and of the part of it, from its top, that has its number."""
    least_column_px = 44.0

    def __init__(self, name: str, form: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self.rows: Sequence[str] = ()
        self.columns: Sequence[str] = ()
        self.values: Numbers = np.zeros((0, 0))
        self._scale = Scale(0.0, 1.0)
        self._edges: list[float] = [0.0]
        self._names_px = 0.0
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_cells(self, rows: Sequence[str], columns: Sequence[str], values: Numbers, scale: Scale) -> None:
        """Show ``values`` [rows, columns]; NaN is nothing."""
        self.rows, self.columns, self.values, self._scale = rows, columns, values, scale
        metrics = QFontMetricsF(theme.font(12))
        widest = max(map(metrics.horizontalAdvance, rows), default=0.0)
        self._names_px = min(widest + 2 * PADDING_PX + 6, MOST_NAMES_PX)
        widths = (
            min(max(metrics.horizontalAdvance(each) + 12, self.least_column_px), MOST_COLUMN_PX) for each in columns
        )
        self._edges = [0.0, *accumulate(widths)]
        self.at = None
        self._fit()
        self.say()
        self.updateGeometry()
        self.viewport().update()

    def description(self) -> str:
        """Return what is said of the cell under the pointer or the keys."""
        if self.at is None:
            return ""
        row, column = self.at
        return " · ".join((self.rows[row], self.columns[column], self.written(row, column)))

    def written(self, row: int, column: int) -> str:
        """Return the number of a cell."""
        value = float(self.values[row, column])
        if not np.isfinite(value):
            return numbers.NOTHING
        return numbers.percent(value) if self._form == "percent" else numbers.decimal(value)

    def sizeHint(self) -> QSize:
        bar = self.horizontalScrollBar().sizeHint().height() if self.horizontalScrollBar().maximum() else 0
        return QSize(420, min(LEGEND_PX + HEAD_PX + len(self.rows) * self.row_px + 4 + bar, MOST_HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    # ------------------------------------------------------------------------------- geometry

    def _box(self) -> QRectF:
        """Where cells can be seen."""
        left, top = self._names_px, float(LEGEND_PX + HEAD_PX)
        return QRectF(left, top, max(1.0, self.viewport().width() - left), max(1.0, self.viewport().height() - top))

    def place_of(self, row: int, column: int) -> QRectF:
        """Return where a cell is in the viewport."""
        x = self._names_px + self._edges[column] - self.horizontalScrollBar().value()
        y = LEGEND_PX + HEAD_PX + row * self.row_px - self.verticalScrollBar().value()
        return QRectF(x, y, self._edges[column + 1] - self._edges[column], self.row_px)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the cell under a point of the viewport."""
        if not self._box().contains(point):
            return None
        x = point.x() - self._names_px + self.horizontalScrollBar().value()
        row = int((point.y() - LEGEND_PX - HEAD_PX + self.verticalScrollBar().value()) / self.row_px)
        column = int(np.searchsorted(self._edges, x, side="right")) - 1
        return (row, column) if row < len(self.rows) and 0 <= column < len(self.columns) else None

    def _fit(self) -> None:
        box = self._box()
        whole = ((self.horizontalScrollBar(), self._edges[-1] - box.width(), box.width()),)
        for bar, over, room in (
            *whole,
            (self.verticalScrollBar(), len(self.rows) * self.row_px - box.height(), box.height()),
        ):
            bar.setRange(0, max(0, round(over)))
            bar.setPageStep(int(room))
            bar.setSingleStep(self.row_px)

    def _visible_cells(self) -> tuple[range, range]:
        box, rows = self._box(), len(self.rows)
        first = int(self.verticalScrollBar().value() / self.row_px)
        left = self.horizontalScrollBar().value()
        a, b = np.searchsorted(self._edges, (left, left + box.width()), side="right")
        return (
            range(first, min(rows, first + int(box.height() / self.row_px) + 2)),
            range(max(0, int(a) - 1), min(len(self.columns), int(b))),
        )

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        rows, columns = self._visible_cells()
        self._paint_heads(painter, columns)
        self._paint_names(painter, rows)
        painter.setClipRect(self._box())
        cells = [(row, column) for row in rows for column in columns]
        for cell in cells:
            if np.isfinite(self.values[cell]):
                painter.fillRect(self.place_of(*cell).adjusted(0.5, 0.5, -0.5, -0.5), self._ground(*cell))
        self.paint_between(painter)
        painter.setFont(theme.font(11, tabular=True))
        for cell in cells:
            self._paint_number(painter, *cell)
        if self.at is not None:
            paint_ring(painter, self.place_of(*self.at).adjusted(1, 1, -1, -1), "text")
        painter.setClipping(False)
        end = min(max(self._names_px + self._edges[-1], LEAST_LEGEND_PX), self.viewport().width() - PADDING_PX)
        paint_legend(painter, QRectF(0, 2, end, LEGEND_PX - 4), self._scale, self._form)
        self.paint_focus(painter)
        painter.end()

    def paint_between(self, painter: QPainter) -> None:
        """Paint what stands over the cells and under their numbers, which a subclass knows."""

    def _ground(self, row: int, column: int) -> QColor:
        return self._scale.colour(float(self.values[row, column]))

    def _paint_number(self, painter: QPainter, row: int, column: int) -> None:
        place = self.place_of(row, column)
        place.setHeight(self.number_px)
        finite = bool(np.isfinite(self.values[row, column]))
        text = self.written(row, column)
        if finite:  # what goes through the cell passes behind its number
            width = painter.fontMetrics().horizontalAdvance(text) + 4
            pad = QRectF(place.center().x() - width / 2, place.center().y() - 7, width, 14)
            painter.fillRect(pad, self._ground(row, column))
        painter.setPen(ink_on(self._ground(row, column)) if finite else theme.colour("secondary"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_heads(self, painter: QPainter, columns: range) -> None:
        painter.setClipRect(QRectF(self._names_px, LEGEND_PX, self._box().width(), HEAD_PX))
        for column in columns:
            here = self.at is not None and column == self.at[1]
            painter.setFont(theme.font(12, weight=QFont.Weight.DemiBold if here else QFont.Weight.Normal))
            painter.setPen(theme.colour("text"))
            place = self.place_of(0, column)
            room = QRectF(place.left() + 2, LEGEND_PX, place.width() - 4, HEAD_PX)
            text = painter.fontMetrics().elidedText(
                self.columns[column], Qt.TextElideMode.ElideMiddle, int(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.setClipping(False)

    def _paint_names(self, painter: QPainter, rows: range) -> None:
        painter.setClipRect(QRectF(0, self._box().top(), self._names_px, self._box().height()))
        for row in rows:
            here = self.at is not None and row == self.at[0]
            painter.setFont(theme.font(12, weight=QFont.Weight.DemiBold if here else QFont.Weight.Normal))
            painter.setPen(theme.colour("text" if here else "secondary"))
            room = QRectF(PADDING_PX, self.place_of(row, 0).top(), self._names_px - 2 * PADDING_PX, self.row_px)
            text = painter.fontMetrics().elidedText(self.rows[row], Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | _MIDDLE, text)
        painter.setClipping(False)

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.go_to(self.cell_at(event.position()))

    def beside(self, key: Qt.Key) -> Place | None:
        """Go from cell to cell with the arrows, to the first and the last column with Home and End."""
        return neighbour(key, self.at if self.at is not None else (0, -1), len(self.rows), len(self.columns))

    def bring_into_sight(self, cell: Place) -> None:
        place, box = self.place_of(*cell), self._box()
        for bar, low, high, first, end in (
            (self.horizontalScrollBar(), place.left(), place.right(), box.left(), box.right()),
            (self.verticalScrollBar(), place.top(), place.bottom(), box.top(), box.bottom()),
        ):
            bar.setValue(bar.value() + round(max(0.0, high - end) - max(0.0, first - low)))
