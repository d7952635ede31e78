"""A classifier's table of confusions: what things are by row, what they were taken for by column, for any number of
classes.

Few classes have their counts written in the cells; many are drawn as one image, to be looked at more closely with Ctrl
and the wheel (or + and −). Colours are shares of the row, so that rare classes are seen as well as frequent ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.colour_scale import Scale, image, ink_on, paint_legend
from bigmodel_studio.ui.plots.drawn_grid import DrawnGrid, Place, neighbour, paint_ring

Counts = NDArray[np.int64]
"""[i, j]: examples of class i that were taken for class j."""
LEAST_PX, MOST_PX, READABLE_PX, COUNTED_PX, NAMED_PX = 2.0, 64.0, 13.0, 16.0, 36.0
TOP_PX, NAMES_PX, HEAD_PX = 20, 104, 18
_ZOOM = 1.25
_SHARES = Scale(0.0, 1.0, colours="share")


class ConfusionMatrix(DrawnGrid[Place]):
    """``show_counts`` of the classes called ``labels``."""

    chosen = Signal(int, int)
    """The row and the column of the cell that the user chose."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._labels: Sequence[str] = ()
        self._counts: Counts = np.zeros((0, 0), np.int64)
        self._shares = np.zeros((0, 0))
        self._cell_px = 0.0
        """0: as large as there is room for."""
        self.cell: Place | None = None
        """The cell that is chosen; ``at`` is the one under the pointer."""

    def show_counts(self, labels: Sequence[str], counts: Counts) -> None:
        """Show these; another number of classes begins anew."""
        if len(labels) != len(self._labels):
            self._cell_px, self.cell, self.at = 0.0, None, None
        self._labels, self._counts = labels, counts
        sums = counts.sum(axis=1, keepdims=True)
        self._shares = np.where((sums > 0) & (counts > 0), counts / np.maximum(sums, 1), np.nan)
        self._fit()
        self.say()
        self.viewport().update()

    def choose(self, row: int, column: int) -> None:
        """Make a cell the chosen one, and bring it into sight."""
        count = len(self._labels)
        if not (0 <= row < count and 0 <= column < count):
            return
        self.cell = (row, column)
        cell, box = self.cell_px, self._box()
        for bar, place, room in (
            (self.verticalScrollBar(), row * cell, box.height()),
            (self.horizontalScrollBar(), column * cell, box.width()),
        ):
            bar.setValue(int(min(max(bar.value(), place + cell - room), place)))
        self.say()
        self.viewport().update()

    def description(self) -> str:
        """Return what is said of the cell under the pointer, else of the chosen one."""
        at = self.at or self.cell
        if at is None:
            return ""
        row, column = at
        count, of = int(self._counts[row, column]), int(self._counts[row].sum())
        share = numbers.percent(count / of if of else None)
        text = self.tr("{label}, correct: {count} of {of} ({share})")
        if row != column:
            text = self.tr("{label} predicted as {other}: {count} of {of} ({share})")
        return text.format(
            label=self._labels[row],
            other=self._labels[column],
            count=numbers.exact(count),
            of=numbers.exact(of),
            share=share,
        )

    def sizeHint(self) -> QSize:
        return QSize(360, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 96)

    # ------------------------------------------------------------------------------- geometry

    @property
    def cell_px(self) -> float:
        """Return the side of a cell."""
        if self._cell_px:
            return self._cell_px
        box, count = self._box(), max(1, len(self._labels))
        room = min(box.width(), box.height()) / count
        return min(max(room, LEAST_PX if count > 40 else READABLE_PX), MOST_PX)

    def _box(self) -> QRectF:
        left, top = float(NAMES_PX), float(TOP_PX + HEAD_PX)
        return QRectF(
            left, top, max(1.0, self.viewport().width() - left - 4), max(1.0, self.viewport().height() - top - 4)
        )

    def _fit(self) -> None:
        whole, box = len(self._labels) * self.cell_px, self._box()
        for bar, room in ((self.horizontalScrollBar(), box.width()), (self.verticalScrollBar(), box.height())):
            bar.setRange(0, max(0, round(whole - room)))
            bar.setPageStep(int(room))
            bar.setSingleStep(max(1, int(self.cell_px)))

    def _origin(self) -> QPointF:
        return self._box().topLeft() - QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the cell under a point of the viewport."""
        if not self._box().contains(point):
            return None
        inside = point - self._origin()
        row, column = int(inside.y() / self.cell_px), int(inside.x() / self.cell_px)
        return (row, column) if max(row, column) < len(self._labels) else None

    def place_of(self, row: int, column: int) -> QRectF:
        """Return where a cell is in the viewport."""
        corner, cell = self._origin(), self.cell_px
        return QRectF(corner.x() + column * cell, corner.y() + row * cell, cell, cell)

    def _visible_cells(self) -> tuple[range, range]:
        """Return the rows and the columns that are in sight."""
        box, corner, cell, count = self._box(), self._origin(), self.cell_px, len(self._labels)
        spans = (
            (box.top() - corner.y(), box.bottom() - corner.y()),
            (box.left() - corner.x(), box.right() - corner.x()),
        )
        rows, columns = (range(max(0, int(a / cell)), min(count, int(b / cell) + 1)) for a, b in spans)
        return rows, columns

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if not len(self._labels):
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            room = self.viewport().rect().adjusted(16, 0, -16, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            painter.end()
            return
        rows, columns = self._visible_cells()
        self._paint_names(painter, rows)
        self._paint_heads(painter, columns)
        painter.setClipRect(self._box())
        part = self._shares[rows.start : rows.stop, columns.start : columns.stop]
        whole = self.place_of(rows.start, columns.start).united(self.place_of(rows.stop - 1, columns.stop - 1))
        painter.drawImage(whole, image(_SHARES, part))
        if self.cell_px >= COUNTED_PX:
            self._paint_counts(painter, rows, columns)
        self._paint_marks(painter)
        painter.setClipping(False)
        paint_legend(painter, QRectF(0, 0, self.viewport().width() - 4, TOP_PX - 2), _SHARES, "percent")
        self.paint_focus(painter)
        painter.end()

    def _paint_names(self, painter: QPainter, rows: range) -> None:
        if self.cell_px < READABLE_PX:
            return
        painter.save()
        painter.setClipRect(QRectF(0, self._box().top(), NAMES_PX, self._box().height()))
        painter.setFont(theme.font(12 if self.cell_px >= 16 else 11))
        metrics = painter.fontMetrics()
        for row in rows:
            painter.setPen(theme.colour("text" if self.cell is not None and row == self.cell[0] else "secondary"))
            place = self.place_of(row, 0)
            room = QRectF(4, place.top(), NAMES_PX - 12, place.height())
            text = metrics.elidedText(self._labels[row], Qt.TextElideMode.ElideMiddle, NAMES_PX - 12)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _paint_heads(self, painter: QPainter, columns: range) -> None:
        painter.save()
        painter.setFont(theme.font(11))
        painter.setPen(theme.colour("secondary"))
        metrics = painter.fontMetrics()
        head = QRectF(NAMES_PX, TOP_PX, self._box().width(), HEAD_PX)
        painter.setClipRect(head)
        middle = Qt.AlignmentFlag.AlignCenter
        if self.cell_px < NAMED_PX:
            painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.tr("predicted →"))
        else:
            for column in columns:
                place = self.place_of(0, column)
                text = metrics.elidedText(self._labels[column], Qt.TextElideMode.ElideRight, int(place.width()) - 2)
                painter.drawText(QRectF(place.left(), TOP_PX, place.width(), HEAD_PX), middle, text)
        painter.restore()

    def _paint_counts(self, painter: QPainter, rows: range, columns: range) -> None:
        painter.setFont(theme.font(11 if self.cell_px >= 24 else 10, tabular=True))
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(numbers.exact(int(self._counts.max()))) > self.cell_px - 2:
            return
        for row in rows:
            for column in columns:
                count = int(self._counts[row, column])
                if not count:
                    continue
                painter.setPen(ink_on(_SHARES.colour(float(self._shares[row, column]))))
                painter.drawText(self.place_of(row, column), Qt.AlignmentFlag.AlignCenter, numbers.exact(count))

    def _paint_marks(self, painter: QPainter) -> None:
        for cell, colour in ((self.at, "accent"), (self.cell, "text")):
            if cell is not None:
                inset = 1 if self.cell_px > 8 else -2
                paint_ring(painter, self.place_of(*cell).adjusted(inset, inset, -inset, -inset), colour)

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.cell_at(event.position())
        if found is not None:
            self.take(found)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self._scale(_ZOOM if event.angleDelta().y() > 0 else 1 / _ZOOM)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows; + and − look closer or at more, Home shows all."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scale(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._scale(1 / _ZOOM)
        elif key == Qt.Key.Key_Home:
            self._cell_px = 0.0
            self._fit()
            self.viewport().update()
        else:
            super().keyPressEvent(event)

    def beside(self, key: Qt.Key) -> Place | None:
        count = len(self._labels)
        wanted = neighbour(key, self.cell or (0, 0), count, count, ends=False)
        return wanted if self.cell is not None or wanted is None else (0, 0)

    def take(self, cell: Place) -> None:
        self.at = None
        self.choose(*cell)
        self.chosen.emit(*cell)

    def _scale(self, factor: float) -> None:
        """Look closer or at more, around what is under the pointer, the chosen cell, or the middle."""
        around = self.at or self.cell
        self._cell_px = min(max(self.cell_px * factor, LEAST_PX), MOST_PX)
        self._fit()
        if around is not None:
            box = self._box()
            self.horizontalScrollBar().setValue(round((around[1] + 0.5) * self._cell_px - box.width() / 2))
            self.verticalScrollBar().setValue(round((around[0] + 0.5) * self._cell_px - box.height() / 2))
        self.viewport().update()
