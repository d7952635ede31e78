"""Histograms over steps, one before the other like ridges: the newest in front, in full colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtWidgets import QMenu, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.plot import Axis, EndsAxis, Marks, Plot, hairline
from bigmodel_studio.ui.plots.plot_items import line

MOST = 7
"""Ridges that are drawn, spread over the steps; the first and the last are always among them."""
AXIS_PX, STEPS_PX, TOP_PX, RIGHT_PX = 20, 44, 6, 8
_HEIGHT = 1.9
"""The height of a ridge; they stand 1 apart, and there is room for 2 over the first."""
_FILL_ALPHA, _NEWEST_FILL_ALPHA = 34, 110


@dataclass(frozen=True)
class Histogram:
    """Counts in equal bins from ``low`` to ``high``, as they were at ``step``."""

    step: int
    low: float
    high: float
    counts: Sequence[int]


class Ridges(Plot):
    """``show_histograms`` by ascending step."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(self._step_marks, self._value_marks, parent)
        self._empty = empty
        self._shown: list[Histogram] = []
        self._items: list[pg.PlotCurveItem] = []
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its description says all that there is to say
        self.centralLayout.setContentsMargins(0, TOP_PX, RIGHT_PX, 0)
        self.box.setMouseEnabled(x=True, y=False)
        self._zero = pg.InfiniteLine(0.0, angle=90)
        self._zero.setZValue(-100)
        self.box.addItem(self._zero, ignoreBounds=True)
        self.restyle()
        self.show_histograms(())

    def make_left(self, marks: Marks) -> Axis:
        return Axis("left", marks, STEPS_PX)

    def make_bottom(self, marks: Marks) -> Axis:
        return EndsAxis("bottom", marks, AXIS_PX)

    def show_histograms(self, histograms: Sequence[Histogram]) -> None:
        """Show these instead of those before."""
        count = min(MOST, len(histograms))
        places = np.linspace(0, len(histograms) - 1, count).round().astype(int).tolist() if count else []
        self._shown = [histograms[place] for place in places]
        self.setAccessibleDescription(self.description())
        there = bool(self._shown)
        self.note("" if there else self._empty)
        self.show_axes(there)
        self._show_ridges()
        self.reset_view()

    def description(self) -> str:
        """Return the steps and the range of the newest one, in words."""
        if not self._shown:
            return self._empty
        newest = self._shown[-1]
        return self.tr("{count} histograms; the newest, at step {step}, ranges from {low} to {high}").format(
            count=numbers.exact(len(self._shown)),
            step=numbers.exact(newest.step),
            low=numbers.significant(newest.low),
            high=numbers.significant(newest.high),
        )

    def reset_view(self) -> None:
        """Show all of the range."""
        low, high = self._span()
        self.box.setLimits(xMin=low, xMax=high, minXRange=(high - low) / 1000)
        self.box.setXRange(low, high, padding=0)
        self.box.setYRange(1.0 - max(1, len(self._shown)), 2.0, padding=0)

    def entries(self, menu: QMenu) -> None:
        if self._shown:
            menu.addAction(self.tr("Show all"), self.reset_view)

    def sizeHint(self) -> QSize:
        return QSize(220, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 90)

    # ------------------------------------------------------------------------------- drawing

    def restyle(self) -> None:
        super().restyle()
        self._zero.setPen(hairline("border"))
        self._style_ridges()

    def place_of(self, number: int) -> QPointF:
        """Return where the highest point of a ridge is, in pixels."""
        shown = self._shown[number]
        xs, ys = _outline(shown, -float(number))
        top = int(ys.argmax())
        return self.place(float(xs[top]), float(ys[top]))

    def _span(self) -> tuple[float, float]:
        if not self._shown:
            return 0.0, 1.0
        low, high = min(h.low for h in self._shown), max(h.high for h in self._shown)
        return (low, high) if high > low else (low - 0.5, high + 0.5)

    def _show_ridges(self) -> None:
        while len(self._items) > len(self._shown):
            self.box.removeItem(self._items.pop())
        while len(self._items) < len(self._shown):
            self._items.append(pg.PlotCurveItem(antialias=True))
            self._items[-1].setZValue(len(self._items))
            self.box.addItem(self._items[-1], ignoreBounds=True)
        for number, (shown, item) in enumerate(zip(self._shown, self._items, strict=True)):
            item.setData(*_outline(shown, -float(number)), fillLevel=-float(number))
        low, high = self._span()
        self._zero.setVisible(bool(self._shown) and low < 0 < high)
        self._style_ridges()

    def _style_ridges(self) -> None:
        for number, item in enumerate(self._items):
            newest = number == len(self._items) - 1
            ink = theme.colour("accent" if newest else "secondary")
            item.setPen(line(ink, 1.4 if newest else 1.0))
            ink.setAlpha(_NEWEST_FILL_ALPHA if newest else _FILL_ALPHA)
            item.setBrush(ink)

    def _step_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        """Return the steps, a little above where their ridges stand; where there is no room, some are left out."""
        every = max(1, -(-len(self._shown) // max(1, 2 * most)))
        newest = len(self._shown) - 1
        shown = [number for number in range(newest + 1) if (newest - number) % every == 0]
        return [(0.25 - number, numbers.exact(self._shown[number].step)) for number in shown]

    def _value_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        """Return the ends, and nothing where it is in sight and is not at one."""
        middle = [(0.0, "0")] if low < 0 < high and min(-low, high) > 0.2 * (high - low) else []
        return [(low, numbers.significant(low, 2)), *middle, (high, numbers.significant(high, 2))]


def _outline(shown: Histogram, base: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the middles of the bins and the height of the ridge there, over its base."""
    bins = np.linspace(shown.low, shown.high, len(shown.counts) + 1)
    counts = np.asarray(shown.counts, np.float64)
    return (bins[:-1] + bins[1:]) / 2, base + counts / (max(shown.counts) or 1) * _HEIGHT
