"""Numbers by row and step as colours: time goes from left to right, and it is one image however many there are.

Columns stand at their steps, so that what was looked at seldom is as wide as the time that it stands for. The pointer,
or the arrow keys, go from cell to cell; what is under them is said. Knows nothing of runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.colour_scale import Numbers, Scale, fitting, image, paint_legend

LEAST_ROW_PX, MOST_ROW_PX = 14, 26
LEGEND_PX, AXIS_PX = 20, 22
NAMES_SHARE = 0.32
"""Of the width, at most, for the names of the rows."""
_TICK_PX = 72


class HeatMap(QAbstractScrollArea):
    """``show_values`` them; rows scroll where they are too many to be read at once."""

    chosen = Signal(int)
    """The row that the user goes to, by its number."""
    read_out = Signal(str)
    """What is under the pointer or the keys, in words; "" where nothing is."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._names: Sequence[str] = ()
        self._steps = np.zeros(0)
        self._values: Numbers = np.zeros((0, 0))
        self._scale = Scale(0.0, 1.0)
        self._at: tuple[int, int] | None = None
        self._widest = 0.0
        self.row = 0
        """The row that is chosen."""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_values(self, names: Sequence[str], steps: Sequence[int], values: Numbers, *, log: bool) -> None:
        """Show ``values`` [rows, steps]; NaN is nothing. The row that was chosen stays chosen, by its name."""
        places = {name: row for row, name in enumerate(names)}
        chosen = self._names[self.row] if self.row < len(self._names) else ""
        if self._at is not None:
            row = places.get(self._names[self._at[0]])
            self._at = (row, self._at[1]) if row is not None and self._at[1] < len(steps) else None
        if names != self._names:
            metrics = QFontMetricsF(theme.font(12))
            self._widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        self._names, self._steps, self._values = names, np.asarray(steps, np.float64), values
        self._scale = fitting(values, log=log)
        self.row = places.get(chosen, 0)
        self._fit()
        self._say()
        self.viewport().update()

    def choose(self, row: int) -> None:
        """Make a row the chosen one, and bring it into sight."""
        if not 0 <= row < len(self._names):
            return
        changed, self.row = row != self.row, row
        top, height = row * self._row_px(), self._row_px()
        bar = self.verticalScrollBar()
        bar.setValue(int(min(max(bar.value(), top + height - self._box().height()), top)))
        self.viewport().update()
        if changed:
            self.chosen.emit(row)

    def said(self) -> str:
        """What is said of the cell under the pointer or the keys."""
        if self._at is None:
            return ""
        row, column = self._at
        step = self.tr("step {step}").format(step=numbers.exact(int(self._steps[column])))
        return " · ".join((self._names[row], step, numbers.significant(float(self._values[row, column]), 4)))

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 96)

    # ------------------------------------------------------------------------------- geometry

    def _names_px(self) -> float:
        return min(self._widest + 12, self.viewport().width() * NAMES_SHARE)

    def _box(self) -> QRectF:
        left = self._names_px()
        height = self.viewport().height() - LEGEND_PX - AXIS_PX
        return QRectF(left, LEGEND_PX, max(1.0, self.viewport().width() - left - 4), max(1.0, height))

    def _row_px(self) -> float:
        room = self._box().height() / max(1, len(self._names))
        return min(max(room, LEAST_ROW_PX), MOST_ROW_PX)

    def _fit(self) -> None:
        over = len(self._names) * self._row_px() - self._box().height()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(over)))
        bar.setPageStep(int(self._box().height()))
        bar.setSingleStep(int(self._row_px()))

    def _span(self) -> tuple[float, float]:
        """The steps at the left and at the right edge: each column lasts until the next one."""
        if not len(self._steps):
            return 0.0, 1.0
        last = self._steps[-1] - self._steps[-2] if len(self._steps) > 1 else 1.0
        return float(self._steps[0]), float(self._steps[-1] + last)

    def _columns(self, width: int) -> np.ndarray:
        """The column that is drawn at each pixel."""
        first, end = self._span()
        at = first + (np.arange(width) + 0.5) / width * (end - first)
        return np.clip(np.searchsorted(self._steps, at, side="right") - 1, 0, len(self._steps) - 1)

    def _x(self, step: float) -> float:
        first, end = self._span()
        box = self._box()
        return box.left() + (step - first) / ((end - first) or 1.0) * box.width()

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """The row and the column under a point of the viewport."""
        box = self._box()
        if not len(self._steps) or not box.contains(point):
            return None
        row = int((point.y() - box.top() + self.verticalScrollBar().value()) / self._row_px())
        columns = self._columns(int(box.width()))
        column = int(columns[min(int(point.x() - box.left()), len(columns) - 1)])
        return (row, column) if row < len(self._names) else None

    def place_of(self, row: int, column: int) -> QPointF:
        """The middle of a cell in the viewport."""
        following = self._steps[column + 1] if column + 1 < len(self._steps) else self._span()[1]
        x = (self._x(float(self._steps[column])) + self._x(float(following))) / 2
        y = self._box().top() + (row + 0.5) * self._row_px() - self.verticalScrollBar().value()
        return QPointF(x, y)

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if not len(self._steps) or not self._names:
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            room = self.viewport().rect().adjusted(16, 0, -16, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            painter.end()
            return
        box, row_px = self._box(), self._row_px()
        top = box.top() - self.verticalScrollBar().value()
        whole = QRectF(box.left(), top, box.width(), row_px * len(self._names))
        painter.setClipRect(QRectF(0, box.top(), self.viewport().width(), box.height()))
        painter.drawImage(whole, image(self._scale, self._values[:, self._columns(int(box.width()))]))
        self._paint_names(painter, top)
        self._paint_marks(painter, top)
        painter.setClipping(False)
        self._paint_axis(painter)
        paint_legend(painter, QRectF(box.left(), 0, box.width(), LEGEND_PX - 2), self._scale)
        if self.hasFocus():
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_names(self, painter: QPainter, top: float) -> None:
        painter.setFont(theme.font(12 if self._row_px() >= 16 else 11))
        metrics, row_px = painter.fontMetrics(), self._row_px()
        room = self._names_px() - 12
        first = max(0, int((LEGEND_PX - top) / row_px))
        for row in range(first, min(len(self._names), first + int(self.viewport().height() / row_px) + 2)):
            name, y = self._names[row], top + row * row_px
            painter.setPen(theme.colour("text" if row == self.row else "secondary"))
            said = metrics.elidedText(name, Qt.TextElideMode.ElideLeft, int(room))
            place = QRectF(4, y, room, row_px)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, said)

    def _paint_marks(self, painter: QPainter, top: float) -> None:
        box, row_px = self._box(), self._row_px()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("text"), 1))
        painter.drawRect(QRectF(box.left() - 1, top + self.row * row_px, box.width() + 1, row_px - 1))
        if self._at is None:
            return
        row, column = self._at
        left = self._x(float(self._steps[column]))
        right = self._x(float(self._steps[column + 1]) if column + 1 < len(self._steps) else self._span()[1])
        for colour, wide in (("surface", 3), ("accent", 1)):
            painter.setPen(QPen(theme.colour(colour), wide))
            painter.drawRect(QRectF(left, top + row * row_px, max(3.0, right - left), row_px - 1))

    def _paint_axis(self, painter: QPainter) -> None:
        box = self._box()
        painter.setFont(theme.font(11, tabular=True))
        painter.setPen(theme.colour("secondary"))
        below = min(box.bottom(), box.top() + len(self._names) * self._row_px())
        first, end = self._span()
        marks = [step for step in ticks.linear(first, end, max(2, int(box.width() / _TICK_PX))) if step == int(step)]
        for step in marks:
            text = numbers.exact(int(step))
            half = QFontMetricsF(painter.font()).horizontalAdvance(text) / 2 + 1
            x = min(max(self._x(step), box.left() + half), box.right() - half)
            painter.drawText(QRectF(x - half, below + 4, 2 * half, 16), Qt.AlignmentFlag.AlignCenter, text)

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go_to(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self.cell_at(event.position())
        if found is None and event.position().x() < self._box().left():
            inside = QPointF(self._box().left() + 1, event.position().y())
            found = self.cell_at(inside)  # a click on a name is one on its row
        if found is not None:
            self.choose(found[0])

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._go_to(None)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows go from cell to cell, Home and End to the first and the last step."""
        if not len(self._steps):
            super().keyPressEvent(event)
            return
        last = len(self._steps) - 1
        row, column = self._at if self._at is not None else (self.row, last)
        moves = {
            Qt.Key.Key_Left: (row, column - 1),
            Qt.Key.Key_Right: (row, column + 1),
            Qt.Key.Key_Up: (row - 1, column),
            Qt.Key.Key_Down: (row + 1, column),
            Qt.Key.Key_Home: (row, 0),
            Qt.Key.Key_End: (row, last),
        }
        wanted = moves.get(Qt.Key(event.key()))
        if wanted is None:
            super().keyPressEvent(event)
            return
        row = min(max(wanted[0], 0), len(self._names) - 1)
        self.choose(row)
        self._go_to((row, min(max(wanted[1], 0), last)))

    def _go_to(self, cell: tuple[int, int] | None) -> None:
        if cell != self._at:
            self._at = cell
            self._say()
            self.viewport().update()

    def _say(self) -> None:
        said = self.said()
        self.setAccessibleDescription(said)
        self.read_out.emit(said)
