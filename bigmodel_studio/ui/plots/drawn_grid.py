"""The base of grids that paint themselves: the pointer and the keys go from cell to cell, and what is there is said.

A subclass says which cells there are, where they are, and in which words; it paints them. Knows nothing of models.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from bigmodel_studio.ui.look import theme

Place = tuple[int, int]
"""A row and a column."""
Cell = TypeVar("Cell", int, tuple[int, int])
ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class DrawnGrid(QAbstractScrollArea, Generic[Cell]):
    """Cells are numbers, or rows with columns."""

    read_out = Signal(str)
    """What is under the pointer or the keys, in words; "" where nothing is."""

    def __init__(self, parent: QWidget | None = None, *, hovers: bool = True) -> None:
        """``hovers``: what is under the pointer is said; else a cell is chosen with a click alone."""
        super().__init__(parent)
        self.at: Cell | None = None
        """The cell under the pointer or the keys."""
        self._hovers = hovers
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(hovers)

    # ------------------------------------------------------------------------------- what a subclass says

    def description(self) -> str:
        """Return the words for the cell under the pointer or the keys; "" where there is none."""
        raise NotImplementedError

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the cell under a point of the viewport."""
        raise NotImplementedError

    def beside(self, key: Qt.Key) -> Cell | None:
        """Return the cell that a key goes to; None: the key goes nowhere."""
        raise NotImplementedError

    def take(self, cell: Cell) -> None:
        """Go to a cell with the keys."""
        self.bring_into_sight(cell)
        self.go_to(cell)

    def bring_into_sight(self, cell: Cell) -> None:
        """Scroll as far as it needs for a cell to be seen."""

    # ------------------------------------------------------------------------------- what they share

    def go_to(self, cell: Cell | None) -> None:
        """Make a cell the one that is said."""
        if cell != self.at:
            self.at = cell
            self.say()
            self.viewport().update()

    def say(self) -> None:
        """Say what is there, to screen readers too."""
        words = self.description()
        self.setAccessibleDescription(words)
        self.read_out.emit(words)

    def paint_focus(self, painter: QPainter) -> None:
        """Frame all of it while it has the keys."""
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._hovers:
            self.go_to(self.cell_at(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        if self._hovers and event.type() == QEvent.Type.Leave:
            self.go_to(None)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cell = self.beside(Qt.Key(event.key()))
        if cell is None:
            super().keyPressEvent(event)
        else:
            self.take(cell)


def neighbour(key: Qt.Key, cell: Place, rows: int, columns: int, *, ends: bool = True) -> Place | None:
    """Return the cell that a key goes to from another in a table of that size; it stops at the edges.

    With ``ends``, Home and End go to the first and the last column. None: another key, or there is no cell.
    """
    if not rows or not columns:
        return None
    row, column = cell
    if key in ARROWS:
        down, right = ARROWS[key]
        row, column = row + down, column + right
    elif ends and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        column = 0 if key == Qt.Key.Key_Home else columns - 1
    else:
        return None
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def paint_ring(painter: QPainter, place: QRectF, colour: str, wide: float = 2.0) -> None:
    """Frame a cell in a colour, over a wider frame in the ground's so that it is seen on any other."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for tint, width in (("surface", 4.0), (colour, wide)):
        painter.setPen(QPen(theme.colour(tint), width))
        painter.drawRect(place)
