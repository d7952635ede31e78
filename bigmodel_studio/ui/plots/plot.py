"""A plot on pyqtgraph: a box with two axes in the window's colours, its view, a legend, and a menu of ours.

pyqtgraph brings the axes, the view with its zoom and pan, and the items that draw; a subclass says which. The wheel
with Ctrl and dragging look at a part, and what pyqtgraph would say in English (its menus) is left out. Imported in the
warm-up after the first paint, never for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsSceneResizeEvent,
    QGraphicsSceneWheelEvent,
    QGraphicsView,
    QMenu,
    QSizePolicy,
    QWidget,
)

from bigmodel_studio.ui.look import theme

# No limit to the moves of the mouse a second: Qt leaves out those that a busy window has no time for.
pg.setConfigOptions(antialias=False, useOpenGL=False, imageAxisOrder="row-major", mouseRateLimit=0, exitCleanup=False)

Marks = Callable[[float, float, int], list[tuple[float, str]]]
"""What an axis shows between two places, at most about so many: places with their texts."""
LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 52, 20, 8, 24
TICK_PX = {"left": 32, "bottom": 72}
BEYOND_PX, ENDS_PX = 26, 100
"""How far a text may stand out over the ends of its axis, and how far before it is moved in."""


class Axis(pg.AxisItem):
    """An axis that asks ``marks`` what to show. Its size is fixed, so nothing moves when its numbers grow."""

    def __init__(self, side: str, marks: Marks, size_px: int) -> None:
        self._marks, self._shown = marks, list[tuple[float, str]]()
        super().__init__(side, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickTextOffset=8 if side == "left" else 4, autoExpandTextSpace=False, tickAlpha=255)
        (self.setWidth if side == "left" else self.setHeight)(size_px)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        most = max(2, int(size / TICK_PX[self.orientation]))
        low, high = sorted((low, high))  # an axis that runs down has them the other way round
        self._shown = self._marks(low, high, most)
        return [(1.0, [place for place, _ in self._shown])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text for _, text in self._shown]

    def boundingRect(self) -> QRectF:
        beyond = (0, 15) if self.orientation == "left" else (BEYOND_PX, 0)
        return super().boundingRect().adjusted(-beyond[0], -beyond[1], beyond[0], beyond[1])

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        super().resizeEvent(event)
        if self.orientation == "bottom":  # pyqtgraph lets the name stand out below
            self.label.setY(self.size().height() - self.label.boundingRect().height())

    def wheelEvent(self, event: QGraphicsSceneWheelEvent) -> None:
        event.ignore()

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        event.ignore()


class EndsAxis(Axis):
    """An axis below whose texts never stand out over its ends: for a box that is as wide as the plot."""

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(-ENDS_PX, 0, ENDS_PX, 0)  # what is out of it is left out, and not moved

    def drawPicture(self, painter: QPainter, axis: Any, marks: Any, texts: pg.AxisTexts) -> None:
        super().drawPicture(painter, axis, marks, [(self._within(place), flags, text) for place, flags, text in texts])

    def _within(self, place: QRectF) -> QRectF:
        left = min(max(place.left(), 0.0), max(0.0, self.size().width() - place.width()))
        return QRectF(left, place.top(), place.width(), place.height())


class Box(pg.ViewBox):
    """The room between the axes. What is done to it with the mouse is the plot's affair, but for zoom and pan."""

    def __init__(self, plot: Plot) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self._plot = plot
        self.disableAutoRange()

    def wheelEvent(self, event: QGraphicsSceneWheelEvent, axis: int | None = None) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event, axis)
        else:
            event.ignore()  # the page scrolls

    def mouseDragEvent(self, event: pg.MouseDragEvent, axis: int | None = None) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._plot.marked(event):
            event.accept()
        else:
            if event.isFinish():
                self._plot.viewport().unsetCursor()
            else:
                self._plot.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            super().mouseDragEvent(event, axis)

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._plot.clicked(event.scenePos())
        else:
            event.ignore()


class Plot(pg.GraphicsView):
    """A box with an axis at its left and one below. Places are in the viewport's pixels."""

    read_out = Signal(str)
    """What is under the pointer or the keys, in words; "" where nothing is."""
    _ready = False
    """Whether it has its parts: pyqtgraph already lays out a view that is being made."""

    def __init__(self, left: Marks, bottom: Marks, parent: QWidget | None = None) -> None:
        super().__init__(parent, useOpenGL=False, background=None)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = Box(self)
        self.left = self.make_left(left)
        self.bottom = self.make_bottom(bottom)
        self._note = pg.TextItem(anchor=(0.5, 0.5))
        option = self._note.textItem.document().defaultTextOption()
        option.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._note.textItem.document().setDefaultTextOption(option)
        self._note.setParentItem(self.box)
        self._note.hide()
        layout = self.centralLayout
        layout.setContentsMargins(0, TOP_PX, RIGHT_PX, 0)
        layout.setSpacing(0)
        layout.addItem(self.left, 1, 0)
        layout.addItem(self.box, 1, 1)
        layout.addItem(self.bottom, 2, 1)
        layout.setRowStretchFactor(1, 1)
        layout.setColumnStretchFactor(1, 1)
        for axis in (self.left, self.bottom):
            axis.linkToView(self.box)
            axis.setZValue(-200)
        self.sceneObj.sigMouseMoved.connect(self._on_moved)
        self._ready = True

    # ------------------------------------------------------------------------------- what a subclass does

    def make_left(self, marks: Marks) -> Axis:
        """Return the axis at the left."""
        return Axis("left", marks, LEFT_PX)

    def make_bottom(self, marks: Marks) -> Axis:
        """Return the axis below."""
        return Axis("bottom", marks, BOTTOM_PX)

    def clicked(self, place: QPointF) -> None:
        """Take a click into the box."""

    def pointed(self, place: QPointF | None) -> None:
        """Take the pointer's place over the box; None: it has left it."""

    def marked(self, event: pg.MouseDragEvent) -> bool:
        """Take a stretch that was marked with Shift and the mouse; return whether it can be."""
        return False

    def reset_view(self) -> None:
        """Show all."""

    def entries(self, menu: QMenu) -> None:
        """Fill the menu that a right click and the menu key open."""

    def restyle(self) -> None:
        """Take on the colours in force: when they change, and when a subclass has made its items."""
        self.setBackgroundBrush(QBrush(theme.colour("surface")))
        for axis in (self.left, self.bottom):
            axis.setTickFont(theme.font(11, tabular=True))
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTickPen(QPen(theme.colour("border")))
            axis.setTextPen(QPen(theme.colour("secondary")))
        self._note.setColor(theme.colour("secondary"))
        self._note.setFont(theme.font())

    # ------------------------------------------------------------------------------- what it offers

    def note(self, text: str) -> None:
        """Say something in the middle instead of what there is nothing of; "" says nothing."""
        self._note.setVisible(bool(text))
        if text:
            self._note.setText(text)
            self._centre_note()

    def show_axes(self, shown: bool) -> None:
        """Show the axes or hide them; pyqtgraph gives an axis its size back in ``show`` alone."""
        for axis in (self.left, self.bottom):
            (axis.show if shown else axis.hide)()

    def say(self, words: str) -> None:
        """Say what is under the pointer or the keys, to screen readers too; the same again is not said twice."""
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)
            self.read_out.emit(words)

    def room(self) -> QRectF:
        """Return where the box is."""
        self.centralLayout.activate()
        return self.box.mapRectToScene(self.box.rect())

    def view_range(self) -> tuple[float, float, float, float]:
        """Return what of the axes is in sight: from, to, lowest, highest."""
        (first, last), (low, high) = self.box.viewRange()
        return first, last, low, high

    def value_at(self, place: QPointF) -> QPointF:
        """Return what the axes say there."""
        self.box.updateMatrix()
        return self.box.mapSceneToView(place)

    def place(self, x: float, y: float) -> QPointF:
        """Return where that is on the axes."""
        self.room()
        self.box.updateMatrix()
        return self.box.mapViewToScene(QPointF(x, y))

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    # ------------------------------------------------------------------------------- events

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self._ready and event.type() == QEvent.Type.PaletteChange:
            self.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._ready and self._note.isVisible():
            self._centre_note()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("accent"))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.room().contains(event.position()):
            self.reset_view()
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed(None)
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.entries(menu)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph would take the view apart, which may be shown again."""
        return QWidget.close(self)

    @Slot(QPointF)
    def _on_moved(self, place: QPointF) -> None:
        self.pointed(place if self.room().contains(place) else None)

    def _centre_note(self) -> None:
        room = self.room()
        self._note.setTextWidth(max(80.0, room.width() - 32))
        self._note.setPos(room.width() / 2, room.height() / 2)


def hairline(colour: str, *, dashed: bool = False) -> QPen:
    """Return a line of one pixel, whatever the scale is."""
    pen = QPen(theme.colour(colour), 1)
    pen.setCosmetic(True)
    if dashed:
        pen.setDashPattern([4, 4])
    return pen


def small_font() -> QFont:
    """Return the font of what is written into a plot."""
    return theme.font(11)


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """Return a span with some room at either end; never empty."""
    margin = (high - low) * share or abs(high) * 0.1 or 1.0
    return (low - margin, high + margin) if math.isfinite(margin) else (low, high)
