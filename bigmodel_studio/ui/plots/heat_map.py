"""Numbers by row and step as colours: time goes from left to right, and it is one image however many there are.

Columns stand at their steps, so that what was looked at seldom is as wide as the time that it stands for. The pointer,
or the arrow keys, go from cell to cell; what is under them is said. Knows nothing of runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsRectItem,
    QMenu,
    QScrollBar,
    QStyleOptionGraphicsItem,
    QWidget,
)

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.colour_scale import Numbers, Scale, fitting, indices, paint_legend, table
from bigmodel_studio.ui.plots.drawn_grid import neighbour
from bigmodel_studio.ui.plots.plot import BOTTOM_PX, Axis, EndsAxis, Marks, Plot
from bigmodel_studio.ui.plots.plot_items import line

LEAST_ROW_PX, MOST_ROW_PX = 14, 26
LEGEND_PX = 20
NAMES_SHARE = 0.32
"""Of the width, at most, for the names of the rows."""
LEAST_CELL_PX = 3.0
"""The mark around a cell is at least as wide."""
_RIGHT_PX, _NAME_GAP_PX = 4, 12


class HeatMap(Plot):
    """``show_values`` them; rows scroll where they are too many to be read at once."""

    chosen = Signal(int)
    """The row that the user goes to, by its number."""

    _made = False
    """Whether it has its parts: pyqtgraph already lays out a view that is being made."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(self._name_marks, self._step_marks, parent)
        self._empty = empty
        self.names: Sequence[str] = ()
        """What the rows are called."""
        self._steps = np.zeros(0)
        self._values: Numbers = np.zeros((0, 0))
        self._scale = Scale(0.0, 1.0)
        self._at: tuple[int, int] | None = None
        self._widest = 0.0
        self._zoomed = self._fitting = False
        self.row = 0
        """The row that is chosen."""
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.hide()
        self._legend = _ScaleStrip()
        self._image = pg.ImageItem()
        self._row_frame, self._halo, self._cell = (QGraphicsRectItem() for _ in range(3))
        self.box.setMouseEnabled(x=True, y=False)
        self.box.invertY(True)
        for item in (self._image, self._row_frame, self._halo, self._cell):
            self.box.addItem(item, ignoreBounds=True)
        self.centralLayout.addItem(self._legend, 0, 1)
        self.box.sigXRangeChanged.connect(self._on_range)
        self.bar.valueChanged.connect(self._fit)
        self._made = True
        self.restyle()
        self.show_values((), (), self._values, log=False)

    def make_left(self, marks: Marks) -> Axis:
        self._rows = _Names(self, marks)
        return self._rows

    def make_bottom(self, marks: Marks) -> Axis:
        return EndsAxis("bottom", marks, BOTTOM_PX)

    def show_values(self, names: Sequence[str], steps: Sequence[int], values: Numbers, *, log: bool) -> None:
        """Show ``values`` [rows, steps]; NaN is nothing. The row that was chosen stays chosen, by its name."""
        places = {name: row for row, name in enumerate(names)}
        chosen = self.names[self.row] if self.row < len(self.names) else ""
        if self._at is not None:
            row = places.get(self.names[self._at[0]])
            self._at = (row, self._at[1]) if row is not None and self._at[1] < len(steps) else None
        if names != self.names:
            metrics = QFontMetricsF(theme.font(11))
            self._widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        self.names, self._steps, self._values = names, np.asarray(steps, np.float64), values
        self._scale = fitting(values, log=log)
        self._legend.show_scale(self._scale)
        self.row = places.get(chosen, 0)
        self._show_all()
        self._say()

    def choose(self, row: int) -> None:
        """Make a row the chosen one, and bring it into sight."""
        if not 0 <= row < len(self.names):
            return
        changed, self.row = row != self.row, row
        top, height = row * self._row_px(), self._row_px()
        self.bar.setValue(round(min(max(self.bar.value(), top + height - self._visible_px()), top)))
        self._show_marks()
        self._rows.renew(self._names_px())
        if changed:
            self.chosen.emit(row)

    def description(self) -> str:
        """Return what is said of the cell under the pointer or the keys."""
        if self._at is None:
            return ""
        row, column = self._at
        step = self.tr("step {step}").format(step=numbers.exact(int(self._steps[column])))
        return " · ".join((self.names[row], step, numbers.significant(float(self._values[row, column]), 4)))

    def reset_view(self) -> None:
        """Show all steps."""
        self._zoomed = False
        self._show_all()

    def entries(self, menu: QMenu) -> None:
        if len(self._steps):
            menu.addAction(self.tr("Show all"), self.reset_view)

    def sizeHint(self) -> QSize:
        return QSize(420, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 96)

    # ------------------------------------------------------------------------------- geometry

    def _names_px(self) -> float:
        return min(self._widest + _NAME_GAP_PX + 2, self.width() * NAMES_SHARE)

    def _row_px(self) -> float:
        room = self._height() / max(1, len(self.names))
        return min(max(room, LEAST_ROW_PX), MOST_ROW_PX)

    def _height(self) -> float:
        """Return what there is for rows, from the legend to the axis at the bottom."""
        return max(1.0, self.height() - LEGEND_PX - BOTTOM_PX)

    def _over(self) -> int:
        """How many pixels more all rows take than there are; below 0: how many are free."""
        return round(len(self.names) * self._row_px() - self._height())

    def _visible_px(self) -> float:
        """Return the height of the rows that are seen."""
        return min(self._height(), max(1, len(self.names)) * self._row_px())

    def _span(self) -> tuple[float, float]:
        """Return the steps at the left and at the right edge: each column lasts until the next one."""
        if not len(self._steps):
            return 0.0, 1.0
        last = self._steps[-1] - self._steps[-2] if len(self._steps) > 1 else 1.0
        return float(self._steps[0]), float(self._steps[-1] + last)

    def columns(self, width: int) -> np.ndarray:
        """Return the column that is drawn at each of so many pixels, over the steps that are seen."""
        first, last, *_ = self.view_range()
        at = first + (np.arange(width) + 0.5) / width * (last - first)
        return np.clip(np.searchsorted(self._steps, at, side="right") - 1, 0, len(self._steps) - 1)

    def _edges(self, column: int) -> tuple[float, float]:
        following = self._steps[column + 1] if column + 1 < len(self._steps) else self._span()[1]
        return float(self._steps[column]), float(following)

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the row and the column under a point of the viewport."""
        if not len(self._steps) or not self.room().contains(point):
            return None
        at = self.value_at(point)
        row, column = int(at.y()), int(np.searchsorted(self._steps, at.x(), side="right")) - 1
        return (row, max(0, column)) if 0 <= row < len(self.names) else None

    def place_of(self, row: int, column: int) -> QPointF:
        """Return the middle of a cell in the viewport."""
        return self.place(sum(self._edges(column)) / 2, row + 0.5)

    # ------------------------------------------------------------------------------- drawing

    def restyle(self) -> None:
        super().restyle()
        self._row_frame.setPen(line(theme.colour("text")))
        self._halo.setPen(line(theme.colour("surface"), 3))
        self._cell.setPen(line(theme.colour("accent")))
        self._show_image()  # the colours of gaps are the scheme's

    def _show_all(self) -> None:
        there = bool(len(self._steps) and self.names)
        self.note("" if there else self._empty)
        self.show_axes(there)
        for item in (self._image, self._legend, self._row_frame):
            item.setVisible(there)
        first, last = self._span()
        self._fitting = True
        self.box.setLimits(xMin=first, xMax=last, minXRange=(last - first) / max(1, len(self._steps)))
        if not self._zoomed:
            self.box.setXRange(first, last, padding=0)
        self._fitting = False
        self._fit()

    def _make_room(self) -> None:
        """Leave room for the bar, and below the axis what few rows leave free."""
        over = self._over()
        bar_px = self.bar.sizeHint().width() if over > 0 else 0
        self.centralLayout.setContentsMargins(0, 0, bar_px + _RIGHT_PX, max(0, -over) if self.names else 0)

    @Slot()
    def _fit(self) -> None:
        """Fit rows, their names and the bar to the size."""
        self._make_room()
        self._rows.renew(self._names_px() if self.names else 0.0)
        over, visible_px, bar_px = self._over(), self._visible_px(), self.bar.sizeHint().width()
        self.bar.setRange(0, max(0, over))
        self.bar.setPageStep(int(visible_px))
        self.bar.setSingleStep(int(self._row_px()))
        self.bar.setGeometry(self.width() - bar_px, LEGEND_PX, bar_px, int(visible_px))
        self.bar.setVisible(over > 0)
        top = self.bar.value() / self._row_px()
        self.box.setYRange(top, top + visible_px / self._row_px(), padding=0)
        self._show_image()
        self._show_marks()

    @Slot()
    def _on_range(self) -> None:
        if self._fitting:
            return
        first, last, *_ = self.view_range()
        start, end = self._span()
        self._zoomed = last - first < (end - start) * (1 - 1e-9)
        self._show_image()
        self._show_marks()

    def _show_image(self) -> None:
        """Return the steps that are seen, a column of the image for each pixel."""
        if not len(self._steps) or not self.names:
            self._image.clear()
            return
        first, last, *_ = self.view_range()
        pixels = indices(self._scale, self._values[:, self.columns(max(1, int(self.room().width())))])
        self._image.setImage(pixels, autoLevels=False, levels=None, lut=_lookup(self._scale))
        self._image.setRect(QRectF(first, 0, last - first, len(self.names)))

    def _show_marks(self) -> None:
        first, last, *_ = self.view_range()
        room = self.room()
        across, down = (last - first) / max(1.0, room.width()), 1 / self._row_px()
        self._row_frame.setRect(QRectF(first, self.row, last - first - across, 1 - down))
        for item in (self._halo, self._cell):
            item.setVisible(self._at is not None)
            if self._at is not None:
                left, right = self._edges(self._at[1])
                item.setRect(QRectF(left, self._at[0], max(LEAST_CELL_PX * across, right - left), 1 - down))

    def _name_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        rows = range(max(0, int(low)), min(len(self.names), int(high) + 1))
        return [(row + 0.5, self._rows.elided(self.names[row])) for row in rows if low <= row + 0.5 <= high]

    def _step_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        return [(step, numbers.exact(int(step))) for step in ticks.linear(low, high, most) if step == int(step)]

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._made:
            self._make_room()  # before: what few rows leave free is room that the layout insists on
        super().resizeEvent(event)
        if self._made:
            self._fit()

    def clicked(self, place: QPointF) -> None:
        found = self.cell_at(place)
        if found is not None:
            self.choose(found[0])

    def pointed(self, place: QPointF | None) -> None:
        self._go_to(self.cell_at(place) if place is not None else None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the rows; with Ctrl, look closer."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            QApplication.sendEvent(self.bar, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell with the arrows, to the first and the last step with Home and End."""
        rows, columns = len(self.names), len(self._steps)
        cell = neighbour(Qt.Key(event.key()), self._at or (self.row, columns - 1), rows, columns)
        if cell is None:
            super().keyPressEvent(event)
            return
        self.choose(cell[0])
        self._go_to(cell)

    def _go_to(self, cell: tuple[int, int] | None) -> None:
        if cell != self._at:
            self._at = cell
            self._show_marks()
            self._say()

    def _say(self) -> None:
        self.say(self.description())


class _Names(Axis):
    """The names of the rows; a click on one is one on its row, and the chosen one's is in the text's colour."""

    def __init__(self, plot: HeatMap, marks: Marks) -> None:
        super().__init__("left", marks, 0)
        self._plot = plot

    def renew(self, width: float) -> None:
        """Return names or the chosen row are others: draw them again, ``width`` pixels wide."""
        self.setWidth(width)
        self.picture = None
        self.update()

    def elided(self, name: str) -> str:
        """Return as much of the end of a name as there is room for."""
        metrics = QFontMetricsF(theme.font(11))
        return metrics.elidedText(name, Qt.TextElideMode.ElideLeft, self.size().width() - _NAME_GAP_PX)

    def drawPicture(self, painter: QPainter, axis: Any, marks: Any, texts: pg.AxisTexts) -> None:
        super().drawPicture(painter, axis, marks, [])
        painter.setFont(theme.font(11))
        for place, flags, text in texts:
            chosen = self._row_at(place.center()) == self._plot.row
            painter.setPen(theme.colour("text" if chosen else "secondary"))
            painter.drawText(place, int(flags), text)

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self._plot.choose(self._row_at(self.mapFromScene(event.scenePos())))
        else:
            event.ignore()

    def _row_at(self, place: QPointF) -> int:
        _, _, top, bottom = self._plot.view_range()
        return int(top + place.y() / max(1.0, self.size().height()) * (bottom - top))


class _ScaleStrip(pg.GraphicsWidget):
    """A strip of the scale with the numbers at its ends."""

    def __init__(self) -> None:
        super().__init__()
        self._scale = Scale(0.0, 1.0)
        self.setMinimumHeight(LEGEND_PX)
        self.setMaximumHeight(LEGEND_PX)

    def show_scale(self, scale: Scale) -> None:
        """Show this one."""
        self._scale = scale
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /) -> None:
        paint_legend(painter, QRectF(0, 0, self.width(), LEGEND_PX - 2), self._scale)


def _lookup(scale: Scale) -> np.ndarray:
    """Return the table of a scale [256, 4] as pyqtgraph wants it: red, green, blue, alpha."""
    return np.array([QColor.fromRgba(colour).getRgb() for colour in table(scale.colours)], np.uint8)
