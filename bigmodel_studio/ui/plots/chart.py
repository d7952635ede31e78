"""Curves over steps that are read with the pointer and the keys: a cursor, a marked stretch, points to choose.

Ctrl and the wheel look closer, dragging moves along, a double click or Home shows all, the arrow keys walk from point
to point; with Shift, dragging or the arrow keys mark a stretch, which is then read out. Knows nothing of runs: the page
says which curves there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.curves_plot import Curve, CurvesPlot
from bigmodel_studio.ui.plots.plot_items import Cursor, Points, line, tint
from bigmodel_studio.ui.plots.series import Series

_ZOOM = 1.25
_STRETCH_ALPHA = 28


class Chart(CurvesPlot):
    """``read_out`` says what is at the cursor, or in the stretch that is marked."""

    chosen = Signal(int)
    """The place of the point that was clicked (or on which Enter was pressed), in the first curve that has points."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at: float | None = None
        self.stretch: tuple[float, float] | None = None
        """The steps that are marked."""
        self._cursor = Cursor()
        self._dots = Points(9)
        self._dots.setZValue(60)
        self._region = pg.LinearRegionItem(movable=False)
        self._region.setZValue(-50)
        self._region.hide()
        for item in (self._region, self._cursor, self._dots):
            self.box.addItem(item, ignoreBounds=True)
        self.restyle()

    # ------------------------------------------------------------------------------- what is shown

    def set_axis(self, mark: Callable[[float], str] | None, describe: Callable[[float], str] | None) -> None:
        self.stretch = None  # other places across
        super().set_axis(mark, describe)

    def mark(self, stretch: tuple[float, float] | None) -> None:
        """Mark the steps from one to another, and read out what the curves do there; None: mark none."""
        self.stretch = (min(stretch), max(stretch)) if stretch is not None else None
        self._show_cursor()
        self._say()

    def point_at(self, step: float | None) -> None:
        """Put the cursor on the point of the first curve that is nearest to a step; None: there is none."""
        first = self._first()
        index = first.nearest(step) if first is not None and step is not None else None
        self._at = float(first.steps[index]) if first is not None and index is not None else None
        self._show_cursor()
        self._say()

    def refresh(self) -> None:
        super().refresh()
        self._say()

    def feed(self) -> None:
        super().feed()
        self._show_cursor()

    def entries(self, menu: QMenu) -> None:
        """Return what the menu of the chart holds: all steps, and which curves are drawn."""
        menu.addAction(self.tr("Show all"), self.reset_view)
        if self.stretch is not None:
            menu.addAction(self.tr("Clear the selection"), self._unmark)
        menu.addSeparator()
        for curve in self.curves:
            if len(curve.series):
                action = menu.addAction(curve.name.replace("&", "&&"), partial(self.toggle, curve.name))
                action.setCheckable(True)
                action.setChecked(curve.name not in self.hidden)

    def restyle(self) -> None:
        super().restyle()
        self._cursor.setPen(line(theme.colour("secondary")))
        ground = theme.colour("accent")
        ground.setAlpha(_STRETCH_ALPHA)
        self._region.setBrush(ground)
        for edge in self._region.lines:
            edge.setPen(line(theme.colour("accent")))
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self.stretch is not None:
            self._region.setRegion(self.stretch)
        self._region.setVisible(self.stretch is not None)
        first, last, *_ = self.view_range()
        there = self._at is not None and first <= self._at <= last and bool(self.shown_series())
        self._cursor.setVisible(there)
        if self._at is None or not there:
            self._dots.clear()
            return
        self._cursor.setValue(self._at)
        points = [(value, curve) for curve, value in self._values_at(self._at) if not curve.faint]
        points = [(value, curve) for value, curve in points if math.isfinite(value) and (value > 0 or not self.log)]
        self._dots.setData(
            x=[self._at] * len(points),
            y=[math.log10(value) if self.log else value for value, _ in points],
            brush=[tint(curve.colour) for _, curve in points],
            pen=line(theme.colour("surface"), 1.5),
        )

    # ------------------------------------------------------------------------------- the read-out

    def _values_at(self, step: float) -> Iterator[tuple[Curve, float]]:
        for curve in self.curves:
            index = curve.series.nearest(step) if curve.name not in self.hidden else None
            if index is not None:
                yield curve, float(curve.series.values[index])

    def _say(self) -> None:
        if self.stretch is not None:
            self.say(self._stretch_words(*self.stretch))
            return
        text = ""
        if self._at is not None:
            values = [f"{curve.name} {numbers.significant(value)}" for curve, value in self._values_at(self._at)]
            text = " · ".join([self.step_words(self._at), *values]) if values else ""
        self.say(text)

    def _stretch_words(self, first: float, last: float) -> str:
        """Return what the curves do between two steps: from, to, and their mean."""
        words = [self.tr("{first} to {last}").format(first=self.step_words(first), last=self.step_words(last))]
        for curve in self.curves:
            if curve.name in self.hidden:
                continue
            begin, end = np.searchsorted(curve.series.steps, (first, np.nextafter(last, np.inf)))
            values = curve.series.values[begin:end]
            values = values[np.isfinite(values)]
            if len(values):
                start, stop, mean = (numbers.significant(float(v)) for v in (values[0], values[-1], values.mean()))
                text = self.tr("{name} {start} → {stop}, mean {mean}")
                words.append(text.format(name=curve.name, start=start, stop=stop, mean=mean))
        return " · ".join(words)

    def _first(self) -> Series | None:
        """Return the curve that the keys walk along: the first that has points and is shown."""
        shown = (curve.series for curve in self.curves if curve.name not in self.hidden)
        return next((series for series in shown if len(series)), None)

    # ------------------------------------------------------------------------------- hands

    def pointed(self, place: QPointF | None) -> None:
        self.point_at(self.value_at(place).x() if place is not None and self.view() is not None else None)

    def clicked(self, place: QPointF) -> None:
        if self.view() is not None:
            self.mark(None)
            self.point_at(self.value_at(place).x())
            self._choose()

    def marked(self, event: pg.MouseDragEvent) -> bool:
        if self.view() is None:
            return False
        least, most = self.ends()
        first, last = (self.value_at(at).x() for at in (event.buttonDownScenePos(), event.scenePos()))
        self.mark((min(max(first, least), most), min(max(last, least), most)))
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        marking = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Left: partial(self._walk, -1, marking),
            Qt.Key.Key_Right: partial(self._walk, 1, marking),
            Qt.Key.Key_Plus: partial(self._scale, 1 / _ZOOM),
            Qt.Key.Key_Equal: partial(self._scale, 1 / _ZOOM),
            Qt.Key.Key_Minus: partial(self._scale, _ZOOM),
            Qt.Key.Key_Home: self.reset_view,
            Qt.Key.Key_Return: self._choose,
            Qt.Key.Key_Enter: self._choose,
        }
        if self.stretch is not None:
            keys[Qt.Key.Key_Escape] = self._unmark
        action = keys.get(Qt.Key(event.key()))
        if action is not None and self.view() is not None:
            action()
        else:
            super().keyPressEvent(event)

    def _unmark(self) -> None:
        self.mark(None)

    def _choose(self) -> None:
        first = self._first()
        place = first.nearest(self._at) if first is not None and self._at is not None else None
        if place is not None:
            self.chosen.emit(place)

    def _walk(self, by: int, marking: bool) -> None:
        """Go to the point beside the cursor's; ``marking`` moves that end of the stretch along."""
        first = self._first()
        if first is None:
            return
        before = self._at
        index = first.nearest(before) if before is not None else len(first) - 1
        self._at = float(first.steps[min(max((index or 0) + by, 0), len(first) - 1)])
        begin = self._at if before is None else before
        if self.stretch is not None and before in self.stretch:
            begin = self.stretch[0] if before == self.stretch[1] else self.stretch[1]
        self.mark((begin, self._at) if marking else None)

    def _scale(self, factor: float) -> None:
        first, last, *_ = self.view_range()
        self.zoom(factor, (first + last) / 2 if self._at is None else self._at)
