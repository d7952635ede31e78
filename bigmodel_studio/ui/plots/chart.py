"""Curves over steps, painted by hand from the pyramids of ``series``: 1-pixel lines, hairlines for a grid, a read-out.

The wheel and dragging look at a part, a double click or Home shows all, the arrow keys walk from point to point. The
vertical axis always fits what is seen. Knows nothing of runs: the page says which curves there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.series import Floats, Series

LEFT, RIGHT, TOP, BOTTOM = 52, 12, 8, 24
_ZOOM = 1.25
_TICK_PX = (72, 32)
_FAINT = 110
CLICK_PX = 4
"""A press that moves further is no click."""


@dataclass
class Curve:
    """A series, what it is called in the read-out, and how it is drawn: a series colour by number, faint or not."""

    name: str
    series: Series
    colour: int
    faint: bool = False
    marks: bool = False
    """Whether points are marked where they are few, as evaluations are."""


@dataclass(frozen=True)
class View:
    """What is seen: steps ``first`` to ``last``, values ``low`` to ``high`` (logarithms where ``log``), in ``box``."""

    box: QRectF
    first: float
    last: float
    low: float
    high: float
    log: bool

    def x(self, steps: Floats) -> Floats:
        return self.box.left() + (steps - self.first) / (self.last - self.first) * self.box.width()

    def y(self, values: Floats) -> Floats:
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, np.log10(values), np.nan)
        return self.box.bottom() - (values - self.low) / (self.high - self.low) * self.box.height()

    def step_at(self, x: float) -> float:
        return self.first + (x - self.box.left()) / max(1.0, self.box.width()) * (self.last - self.first)


def polylines(view: View, series: Series) -> Iterator[QPolygonF]:
    """The curve in pixels, a polygon for each stretch without a gap."""
    steps, values = series.between(view.first, view.last, int(view.box.width()))
    xs, ys = view.x(steps), view.y(values)
    gaps = np.flatnonzero(~np.isfinite(ys)).tolist()
    for start, end in zip([-1, *gaps], [*gaps, len(ys)], strict=True):
        if end - start > 1:
            yield _polygon(xs[start + 1 : end], ys[start + 1 : end])


def _polygon(xs: Floats, ys: Floats) -> QPolygonF:
    """The points written where Qt keeps them: a QPointF each from Python would cost more than drawing them."""
    polygon = QPolygonF()
    polygon.resize(len(xs))
    pointer: Any = shiboken6.VoidPtr  # its stub leaves out the size
    memory = pointer(polygon.data(), 2 * xs.itemsize * len(xs), True)
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0], points[:, 1] = xs, ys
    return polygon


class Chart(QWidget):
    """Add curves, then call ``refresh`` when their series have grown."""

    read_out = Signal(str)
    """What is under the pointer, in words; "" where nothing is."""
    chosen = Signal(int)
    """The place of the point that was clicked (or on which Enter was pressed), in the first curve that has points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves: list[Curve] = []
        self._baselines: dict[str, float] = {}
        self._log = False
        self._axis: tuple[Callable[[float], str], Callable[[float], str]] | None = None
        self._zoom: tuple[float, float] | None = None
        self._at: float | None = None
        self._dragged: float | None = None
        self._pressed: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ------------------------------------------------------------------------------- what is shown

    def show_curves(self, curves: list[Curve]) -> None:
        """Show these instead of those before."""
        self._curves = curves
        self.refresh()

    def show_baselines(self, baselines: dict[str, float]) -> None:
        """Values that a good curve passes below, by name, as dashed lines."""
        self._baselines = dict(baselines)
        self.refresh()

    def set_log(self, log: bool) -> None:
        """Draw values on a logarithmic axis; those that are not above 0 are gaps there."""
        self._log = log
        self.refresh()

    def set_axis(self, mark: Callable[[float], str] | None, said: Callable[[float], str] | None) -> None:
        """Say places across as ``mark`` writes them on the axis and ``said`` in the read-out; None: they are steps."""
        self._axis = (mark, said) if mark is not None and said is not None else None
        self.reset_view()

    def reset_view(self) -> None:
        """Show all steps."""
        self._zoom = None
        self.refresh()

    def refresh(self) -> None:
        """Series have changed: paint again, and say anew what is under the pointer."""
        self.update()
        self._say()

    def view(self) -> View | None:
        """What is seen now; None while there is no point."""
        there = [curve.series for curve in self._curves if len(curve.series)]
        if not there:
            return None
        first, last = self._zoom or (
            float(min(series.steps[0] for series in there)),
            float(max(series.steps[-1] for series in there)),
        )
        if last <= first:
            first, last = first - 1, last + 1
        above = 0.0 if self._log else -math.inf
        extents = [series.extent(first, last, above=above) for series in there]
        values = [value for extent in extents if extent is not None for value in extent]
        if self._zoom is None:
            values += self._baselines.values()
        low, high = self._span([value for value in values if value > above])
        box = QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)
        return View(box, first, last, low, high, self._log)

    def _span(self, values: list[float]) -> tuple[float, float]:
        if not values:
            return 0.0, 1.0
        low, high = min(values), max(values)
        if self._log:
            low, high = math.log10(low), math.log10(high)
        margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        return low - margin, high + margin

    # ------------------------------------------------------------------------------- painting

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        view = self.view()
        if view is None:
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No points yet"))
        else:
            self._paint_grid(painter, view)
            painter.setClipRect(view.box.adjusted(-1, -TOP, 1, 1))
            self._paint_baselines(painter, view)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for curve in self._curves:
                _paint_curve(painter, view, curve)
            self._paint_cursor(painter, view)
            painter.setClipping(False)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_grid(self, painter: QPainter, view: View) -> None:
        painter.setFont(theme.font(11, tabular=True))
        across = max(2, int(view.box.width() / _TICK_PX[0]))
        down = max(2, int(view.box.height() / _TICK_PX[1]))
        if view.log:
            marks = ticks.logarithmic(10**view.low, 10**view.high, down)
        else:
            marks = ticks.linear(view.low, view.high, down)
        for mark, y in zip(marks, view.y(np.array(marks)).tolist(), strict=True):
            painter.setPen(theme.colour("border"))
            painter.drawLine(QPointF(view.box.left(), round(y)), QPointF(view.box.right(), round(y)))
            painter.setPen(theme.colour("secondary"))
            place = QRectF(0, y - 8, LEFT - 8, 16)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, ticks.written(mark, marks)
            )
        painter.setPen(theme.colour("secondary"))
        steps = ticks.linear(view.first, view.last, across)
        if self._axis is None:
            steps = [step for step in steps if step == int(step)]
        for step, x in zip(steps, view.x(np.array(steps)).tolist(), strict=True):
            text = numbers.exact(int(step)) if self._axis is None else self._axis[0](step)
            half = QFontMetricsF(painter.font()).horizontalAdvance(text) / 2
            x = min(max(x, half), self.width() - half)
            place = QRectF(x - half - 1, view.box.bottom() + 6, 2 * half + 2, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_baselines(self, painter: QPainter, view: View) -> None:
        painter.setFont(theme.font(11))
        metrics = QFontMetricsF(painter.font())
        for name, value in self._baselines.items():
            y = float(view.y(np.array([value]))[0])
            if not (view.box.top() <= y <= view.box.bottom()):
                continue
            pen = QPen(theme.colour("secondary"))
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.drawLine(QPointF(view.box.left(), round(y)), QPointF(view.box.right(), round(y)))
            text = f"{name} {numbers.significant(value)}"
            place = QRectF(view.box.right() - metrics.horizontalAdvance(text) - 8, y - 17, 400, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cursor(self, painter: QPainter, view: View) -> None:
        if self._at is None or not view.first <= self._at <= view.last:
            return
        x = float(view.x(np.array([self._at]))[0])
        painter.setPen(theme.colour("secondary"))
        painter.drawLine(QPointF(x, view.box.top()), QPointF(x, view.box.bottom()))
        for curve, value in self._values_at(self._at):
            y = float(view.y(np.array([value]))[0])
            if math.isfinite(y) and not curve.faint:
                painter.setPen(QPen(theme.colour("surface"), 2))
                painter.setBrush(series_colour(curve.colour))
                painter.drawEllipse(QPointF(x, y), 4, 4)

    # ------------------------------------------------------------------------------- the read-out

    def _values_at(self, step: float) -> Iterator[tuple[Curve, float]]:
        for curve in self._curves:
            index = curve.series.nearest(step)
            if index is not None:
                yield curve, float(curve.series.values[index])

    def _say(self) -> None:
        said = ""
        if self._at is not None and self._curves:
            values = [f"{curve.name} {numbers.significant(value)}" for curve, value in self._values_at(self._at)]
            if self._axis is None:
                step = self.tr("step {step}").format(step=numbers.exact(int(self._at)))
            else:
                step = self._axis[1](self._at)
            said = " · ".join([step, *values]) if values else ""
        self.setAccessibleDescription(said)
        self.read_out.emit(said)

    def _point_at(self, step: float) -> None:
        """Put the cursor on the point of the first curve that is nearest to a step."""
        first = next((curve.series for curve in self._curves if len(curve.series)), None)
        index = first.nearest(step) if first is not None else None
        self._at = float(first.steps[index]) if first is not None and index is not None else None
        self.refresh()

    # ------------------------------------------------------------------------------- hands

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        view = self.view()
        if view is None:
            return
        step = view.step_at(event.position().x())
        if self._dragged is not None:
            self._pan(self._dragged - step)
        else:
            self._point_at(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        view = self.view()
        self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
        if view is not None and self._zoom is not None and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = view.step_at(event.position().x())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None
        self.unsetCursor()
        pressed, self._pressed = self._pressed, None
        view = self.view()
        if view is None or pressed is None or not view.box.contains(pressed):
            return
        if (event.position() - pressed).manhattanLength() < CLICK_PX:
            self._point_at(view.step_at(event.position().x()))
            self._choose()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_view()

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        view = self.view()
        turned = event.angleDelta().y()
        if view is None or not turned or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # the page scrolls
            return
        self._scale(_ZOOM if turned < 0 else 1 / _ZOOM, view.step_at(event.position().x()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {
            Qt.Key.Key_Left: lambda: self._walk(-1),
            Qt.Key.Key_Right: lambda: self._walk(1),
            Qt.Key.Key_Plus: lambda: self._scale(1 / _ZOOM, self._at),
            Qt.Key.Key_Minus: lambda: self._scale(_ZOOM, self._at),
            Qt.Key.Key_Home: self.reset_view,
            Qt.Key.Key_Return: self._choose,
            Qt.Key.Key_Enter: self._choose,
        }
        action = keys.get(Qt.Key(event.key()))
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        first = next((curve.series for curve in self._curves if len(curve.series)), None)
        place = first.nearest(self._at) if first is not None and self._at is not None else None
        if place is not None:
            self.chosen.emit(place)

    def _walk(self, by: int) -> None:
        first = next((curve.series for curve in self._curves if len(curve.series)), None)
        if first is None:
            return
        index = first.nearest(self._at) if self._at is not None else len(first) - 1
        self._at = float(first.steps[min(max((index or 0) + by, 0), len(first) - 1)])
        self.refresh()

    def _scale(self, factor: float, around: float | None) -> None:
        view = self.view()
        if view is None:
            return
        middle = (view.first + view.last) / 2 if around is None else around
        first, last = middle - (middle - view.first) * factor, middle + (view.last - middle) * factor
        self._look_at(first, last)

    def _pan(self, by: float) -> None:
        view = self.view()
        if view is not None:
            self._look_at(view.first + by, view.last + by)

    def _look_at(self, first: float, last: float) -> None:
        there = [curve.series.steps for curve in self._curves if len(curve.series)]
        least, most = float(min(steps[0] for steps in there)), float(max(steps[-1] for steps in there))
        wide = min(max(last - first, 4.0), most - least)
        first = min(max(first, least), most - wide)
        self._zoom = None if wide >= most - least else (first, first + wide)
        self.refresh()


def series_colour(number: int) -> QColor:
    """The colour of the n-th curve (or run), told apart by colour-blind people too."""
    series = theme.colours().series
    return QColor(series[number % len(series)])


def _paint_curve(painter: QPainter, view: View, curve: Curve) -> None:
    tint = series_colour(curve.colour)
    if curve.faint:
        tint.setAlpha(_FAINT)
    painter.setPen(QPen(tint, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lines = list(polylines(view, curve.series))
    # Where every pixel has its own stroke up and down, smoothing edges shows nothing and costs half of the time.
    dense = sum(line.size() for line in lines) > view.box.width()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not dense)
    for line in lines:
        painter.drawPolyline(line)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    count = sum(line.size() for line in lines)
    if (curve.marks or count == 1) and count * 12 < view.box.width():
        painter.setBrush(tint)
        for line in lines:
            for index in range(line.size()):
                painter.drawEllipse(line.at(index), 2.5, 2.5)
