"""Curves drawn over steps on pyqtgraph, from the pyramids of ``series``: their parts, marks, baselines and legend.

What is seen across is zoomed and moved; the vertical axis always fits it. What the pointer and the keys do more is the
affair of ``chart``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.plots.plot import Plot, padded
from bigmodel_studio.ui.plots.plot_items import CurveItem, Legend, NamedLine, Points, Sample, line, tint
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.plots.sparkline import View

LEAST_STEPS = 4.0
"""The narrowest stretch that is looked at."""
SMOOTH_POINTS = 8
"""For a pixel of width, over all curves: with more, strokes are too close for their edges to be seen."""
MARK_EVERY_PX = 12
"""Points are marked where they lie at least that far apart."""


@dataclass
class Curve:
    """A series, what it is called in the read-out, and how it is drawn: a series colour by number, faint or not."""

    name: str
    series: Series
    colour: int
    faint: bool = False
    marks: bool = False
    """Whether points are marked where they are few, as evaluations are."""


class CurvesPlot(Plot):
    """Add curves, then call ``refresh`` when their series have grown."""

    hidden_changed = Signal()
    """Another set of curves is hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self._value_marks, self._step_marks, parent)
        self.curves: list[Curve] = []
        """Those that are drawn or hidden, in order."""
        self.hidden: set[str] = set()
        """The names of the curves that are not drawn."""
        self.log = False
        self._axis: tuple[Callable[[float], str], Callable[[float], str]] | None = None
        self._baselines: dict[str, float] = {}
        self._zoomed = False
        self._fitting = False
        self._fitted = False
        self._empty = ""
        self._items: list[CurveItem] = []
        self._lines: list[NamedLine] = []
        self._marks = Points(5)
        self.box.addItem(self._marks, ignoreBounds=True)
        self.box.setMouseEnabled(x=True, y=False)
        self.left.setGrid(255)
        self.legend = Legend(self.toggle)
        self.centralLayout.addItem(self.legend, 0, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.box.sigXRangeChanged.connect(self._on_range)
        self.box.sigResized.connect(self._on_resized)

    # ------------------------------------------------------------------------------- what is shown

    def show_curves(self, curves: list[Curve]) -> None:
        """Show these instead of those before; one that was hidden stays so, by its name."""
        self.curves = curves
        while len(self._items) > len(curves):
            self.box.removeItem(self._items.pop())
        while len(self._items) < len(curves):
            self._items.append(CurveItem())
            self.box.addItem(self._items[-1])
        self.refresh()

    def say_empty(self, words: str) -> None:
        """Say this in the middle while there are no points; "" says only that."""
        if words != self._empty:
            self._empty = words
            if not self.shown_series():
                self.note(words or self.tr("No points yet"))

    def show_baselines(self, baselines: dict[str, float]) -> None:
        """Show values that a good curve passes below, by name, as dashed lines."""
        self._baselines = dict(baselines)
        self._show_lines()
        self.refresh()

    def set_log(self, log: bool) -> None:
        """Draw values on a logarithmic axis; those that are not above 0 are gaps there."""
        self.log = log
        self._show_lines()
        self.refresh()

    def set_axis(self, mark: Callable[[float], str] | None, describe: Callable[[float], str] | None) -> None:
        """Write places across with ``mark`` on the axis and ``describe`` in the read-out; None: they are steps."""
        self._axis = (mark, describe) if mark is not None and describe is not None else None
        self.reset_view()

    def toggle(self, name: str) -> None:
        """Hide the curve of that name, or show it again."""
        self.hidden ^= {name}
        self.refresh()
        self.hidden_changed.emit()

    def reset_view(self) -> None:
        """Show all steps."""
        self._zoomed = False
        self.refresh()

    def refresh(self) -> None:
        """Draw again, for the series have changed: all of the steps unless somebody looks closer."""
        there = bool(self.shown_series())
        self.note("" if there else self._empty or self.tr("No points yet"))
        self.show_axes(there)
        self._style_curves()
        if not there:
            for item in self._items:
                item.setData(np.empty(0), np.empty(0))
            self._marks.clear()
            self._fitted = False
            return
        self.room()
        least, most = self.ends()
        self._fitting = True
        self.box.setLimits(xMin=least, xMax=most, minXRange=min(LEAST_STEPS, most - least))
        if not self._zoomed:
            self.box.setXRange(least, most, padding=0)
        self._fitting = False
        self._fitted = True
        self.feed()

    def view(self) -> View | None:
        """Return what is seen now; None until ``refresh`` has drawn a point, for the axes are fitted to none before."""
        return View(self.room(), *self.view_range(), self.log) if self._fitted else None

    @property
    def zoomed_range(self) -> tuple[float, float] | None:
        """Return the places across that somebody looks at more closely, from and to; None: all are seen."""
        return (self.view_range()[0], self.view_range()[1]) if self._fitted and self._zoomed else None

    def zoom(self, factor: float, middle: float) -> None:
        """See ``factor`` times as many places across; ``middle`` stays where it is."""
        if self._fitted:
            self.box.scaleBy((factor, None), QPointF(middle, self.view_range()[2]))

    def move_on(self, by: float) -> None:
        """See places further on (below 0: further back)."""
        if self._fitted:
            self.box.translateBy(x=by)

    def shown_series(self) -> list[Series]:
        """Return those that have points, hidden ones too."""
        return [curve.series for curve in self.curves if len(curve.series)]

    def ends(self) -> tuple[float, float]:
        """Return the first step and the last one; only while there are points."""
        there = self.shown_series()
        least = min(float(series.steps[0]) for series in there)
        most = max(float(series.steps[-1]) for series in there)
        return (least, most) if most > least else (least - 1, least + 1)

    def step_words(self, step: float) -> str:
        """Return a place across in words."""
        if self._axis is not None:
            return self._axis[1](step)
        return self.tr("step {step}").format(step=numbers.exact(int(step)))

    # ------------------------------------------------------------------------------- drawing

    def restyle(self) -> None:
        super().restyle()
        self.legend.restyle()
        self._show_lines()
        self._style_curves()

    def feed(self) -> None:
        """Give each curve its part of what is seen, and fit the vertical axis to them."""
        first, last, *_ = self.view_range()
        wide = max(1, int(self.box.rect().width()))
        parts = [
            (curve, item, curve.series.between(first, last, wide))
            for curve, item in zip(self.curves, self._items, strict=True)
            if curve.name not in self.hidden
        ]
        smooth = sum(len(part.steps) for _, _, part in parts) <= SMOOTH_POINTS * wide
        column = (last - first) / wide
        found = [item.show_part(part, log=self.log, smooth=smooth, column=column) for _, item, part in parts]
        places = [place for extent in found if extent is not None for place in extent]
        if not self._zoomed:
            places += [each.value() for each in self._lines]
        self.box.setYRange(*(padded(min(places), max(places)) if places else (0.0, 1.0)), padding=0)
        self._show_marks([(curve, item) for curve, item, part in parts if curve.marks or len(part.steps) == 1], wide)
        self.box.updateMatrix()  # else it is done while painting, and all is painted once more

    def _style_curves(self) -> None:
        for curve, item in zip(self.curves, self._items, strict=True):
            item.setPen(line(tint(curve.colour, faint=curve.faint)))
            item.setVisible(curve.name not in self.hidden)
        samples = [
            Sample(curve.name, curve.colour, curve.faint, curve.marks, curve.name not in self.hidden)
            for curve in self.curves
            if len(curve.series)
        ]
        self.legend.show_samples(samples, self.width() - 80.0)

    def _show_lines(self) -> None:
        while self._lines:
            self.box.removeItem(self._lines.pop())
        for name, value in self._baselines.items():
            if value > 0 or not self.log:
                at = math.log10(value) if self.log else value
                self._lines.append(NamedLine(at, f"{name} {numbers.significant(value)}"))
                self.box.addItem(self._lines[-1], ignoreBounds=True)

    def _show_marks(self, marked: list[tuple[Curve, CurveItem]], wide: int) -> None:
        xs, ys, brushes = [], [], []
        for curve, item in marked:
            steps, values = item.getData()
            if len(steps) * MARK_EVERY_PX < wide:
                there = np.isfinite(values)
                xs += steps[there].tolist()
                ys += values[there].tolist()
                brushes += [tint(curve.colour, faint=curve.faint)] * int(there.sum())
        self._marks.setData(x=xs, y=ys, brush=brushes, pen=None)

    def _value_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        if not self.log:
            marks = ticks.linear(low, high, most)
            return [(mark, ticks.written(mark, marks)) for mark in marks]
        if high > 300 or low < -300:
            return []
        marks = ticks.logarithmic(10**low, 10**high, most)
        return [(math.log10(mark), ticks.written(mark, marks)) for mark in marks]

    def _step_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        marks = ticks.linear(low, high, most)
        if self._axis is not None:
            return [(mark, self._axis[0](mark)) for mark in marks]
        return [(mark, numbers.exact(int(mark))) for mark in marks if mark == int(mark)]

    @Slot()
    def _on_range(self) -> None:
        if self._fitting or not self._fitted:
            return
        first, last, *_ = self.view_range()
        least, most = self.ends()
        self._zoomed = last - first < (most - least) * (1 - 1e-9)
        self.feed()

    @Slot()
    def _on_resized(self) -> None:
        if self._fitted:
            self._style_curves()
            self.feed()
