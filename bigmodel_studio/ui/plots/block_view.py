"""A small block of a matrix as coloured cells, of which one is chosen: blue below zero, orange above it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.colour_scale import around_zero, image, paint_legend
from bigmodel_studio.ui.plots.drawn_grid import DrawnGrid, neighbour, paint_ring

LEGEND_PX, NAMES_PX, MOST_PX = 20, 44, 32


class BlockView(DrawnGrid[int]):
    """``show_block`` it: values row by row, ``width`` in each, the first at ``row`` and ``column`` of its matrix."""

    chosen = Signal(int)
    """The place of the cell that the user chose, counted row by row."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, hovers=False)
        self._values = np.zeros((0, 0))
        self._row = self._column = 0
        self.place = 0
        """The cell that is chosen."""
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_block(self, values: Sequence[float], width: int, row: int, column: int) -> None:
        """Show another block, the largest magnitude in it chosen."""
        self._values = np.array(values, np.float64).reshape(-1, max(1, width))
        self._row, self._column = row, column
        self.place = int(np.abs(self._values).argmax()) if self._values.size else 0
        self.say()
        self.viewport().update()

    def choose(self, place: int) -> None:
        """Make a cell the chosen one."""
        if 0 <= place < self._values.size and place != self.place:
            self.place = place
            self.say()
            self.viewport().update()
            self.chosen.emit(place)

    def description(self) -> str:
        """Return where the chosen cell is and what its value is."""
        if not self._values.size:
            return ""
        row, column = divmod(self.place, self._values.shape[1])
        where = self.tr("row {row}, column {column}").format(
            row=numbers.exact(self._row + row), column=numbers.exact(self._column + column)
        )
        return f"{where}: {numbers.significant(float(self._values[row, column]), 4)}"

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 120)

    def _cell(self) -> float:
        rows, columns = self._values.shape
        room = min((self.width() - NAMES_PX - 4) / max(1, columns), (self.height() - 2 * LEGEND_PX - 4) / max(1, rows))
        return max(4.0, min(room, MOST_PX))

    def place_of(self, place: int) -> QRectF:
        """Return where a cell is."""
        row, column = divmod(place, max(1, self._values.shape[1]))
        cell = self._cell()
        return QRectF(NAMES_PX + column * cell, 2 * LEGEND_PX + row * cell, cell, cell)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        if self._values.size:
            scale = around_zero(self._values)
            whole = self.place_of(0).united(self.place_of(self._values.size - 1))
            painter.drawImage(whole, image(scale, self._values))
            painter.setPen(theme.colour("border"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(whole)
            paint_ring(painter, self.place_of(self.place).adjusted(1, 1, -1, -1), "text")
            paint_legend(painter, QRectF(0, 0, self.width() - 4, LEGEND_PX), scale)
            self._paint_numbers(painter, whole)
        self.paint_focus(painter)
        painter.end()

    def _paint_numbers(self, painter: QPainter, whole: QRectF) -> None:
        """Return the numbers of the chosen row and column, at the edges."""
        painter.setFont(theme.font(11, tabular=True))
        painter.setPen(theme.colour("secondary"))
        row, column = divmod(self.place, self._values.shape[1])
        cell = self.place_of(self.place)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, cell.top(), NAMES_PX - 6, cell.height()), right, numbers.exact(self._row + row))
        above = QRectF(cell.center().x() - 40, whole.top() - LEGEND_PX, 80, LEGEND_PX)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, numbers.exact(self._column + column))

    def cell_at(self, point: QPointF) -> int | None:
        inside = point - self.place_of(0).topLeft()
        row, column = int(inside.y() // self._cell()), int(inside.x() // self._cell())
        rows, columns = self._values.shape
        return row * columns + column if 0 <= row < rows and 0 <= column < columns else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.cell_at(event.position())
        if place is not None:
            self.choose(place)

    def beside(self, key: Qt.Key) -> int | None:
        rows, columns = self._values.shape
        wanted = neighbour(key, divmod(self.place, max(1, columns)), rows, columns, ends=False)
        return wanted[0] * columns + wanted[1] if wanted is not None else None

    def take(self, cell: int) -> None:
        self.choose(cell)
