"""Points on two logarithmic axes, a colour and a shape a group, with the line through the best of them and a law's line
across. The pointer or the arrow keys go from point to point, a click or Enter chooses one. Knows nothing of runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QFont, QKeyEvent
from PySide6.QtWidgets import QMenu, QWidget

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.plot import Plot, padded
from bigmodel_studio.ui.plots.plot_items import Legend, Points, Sample, line

MARK_PX, CHOSEN_PX = 10, 14
NEAR_PX = 28
_ACROSS_PX = 48
"""The height of the horizontal axis with its name."""
_MARGIN = 0.07
Corner = tuple[float, float]
SYMBOLS = ("o", "s", "t1", "d", "t")
"""By group: circle, square, triangle, diamond, triangle on its tip. As many as no multiple of the colours."""


@dataclass(frozen=True)
class Mark:
    """A point; ``words`` is its read-out. One that is not ``sure`` yet is drawn hollow."""

    x: float
    y: float
    group: int
    words: str
    sure: bool = True


class LogScatter(Plot):
    """``show_marks`` whenever something is another."""

    chosen = Signal(int)
    """The place of the mark that was clicked (or on which Enter was pressed)."""

    def __init__(self, across: str, parent: QWidget | None = None) -> None:
        """``across`` says what the horizontal axis is."""
        super().__init__(self._loss_marks, self._power_marks, parent)
        self.marks: list[Mark] = []
        self.hidden: set[str] = set()
        """The groups that are not drawn."""
        self._across = across
        self._groups: list[str] = []
        self._law: tuple[str, Callable[[float], float]] | None = None
        self._at: int | None = None
        self._spots = Points()
        self._best = pg.PlotCurveItem(antialias=True)
        self._line = pg.PlotCurveItem(antialias=True)
        self._formula = pg.TextItem(anchor=(0, 1))
        self._formula.setParentItem(self.box)
        for item in (self._line, self._best, self._spots):
            self.box.addItem(item, ignoreBounds=True)
        self.bottom.setHeight(_ACROSS_PX)
        self.bottom.setLabel(across)
        for axis in (self.left, self.bottom):
            axis.setGrid(255)
        self.legend = Legend(self.toggle)
        self.centralLayout.addItem(self.legend, 0, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.box.sigXRangeChanged.connect(self._show_law)
        self.box.sigResized.connect(self._on_resized)
        self.restyle()
        self.show_marks((), ())

    def show_marks(
        self,
        marks: Sequence[Mark],
        groups: Sequence[str],
        best: Sequence[Corner] = (),
        law: tuple[str, Callable[[float], float]] | None = None,
    ) -> None:
        """Show these: what the groups are called, the points that the solid line joins, and the dashed one with what is
        written beside it.
        """
        self.marks, self._groups, self._law = list(marks), list(groups), law
        if self._at is not None and self._at >= len(self.marks):
            self._at = None
        self._best.setData(*_logarithms(best))
        there = bool(self.marks)
        self.note("" if there else self.tr("No points yet"))
        self.show_axes(there)
        self._show_legend()
        self.reset_view()
        self._show_spots()
        self._say()

    def toggle(self, group: str) -> None:
        """Hide the marks of that group, or show them again."""
        self.hidden ^= {group}
        if self._at is not None and not self._drawn(self._at):
            self._at = None
        self._show_legend()
        self._show_spots()
        self._say()

    def reset_view(self) -> None:
        """Show all marks."""
        if self.marks:
            xs, ys = _logarithms([(mark.x, mark.y) for mark in self.marks])
            self.box.setXRange(*padded(float(xs.min()), float(xs.max()), _MARGIN), padding=0)
            self.box.setYRange(*padded(float(ys.min()), float(ys.max()), _MARGIN), padding=0)
        self._show_law()

    def entries(self, menu: QMenu) -> None:
        """Return what the menu of the chart holds: all marks, and which groups are drawn."""
        menu.addAction(self.tr("Show all"), self.reset_view)
        menu.addSeparator()
        for group in self._groups:
            action = menu.addAction(group.replace("&", "&&"), partial(self.toggle, group))
            action.setCheckable(True)
            action.setChecked(group not in self.hidden)

    def spot(self, number: int) -> QPointF:
        """Return where a mark is, in pixels."""
        mark = self.marks[number]
        return self.place(math.log10(mark.x), math.log10(mark.y))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    # ------------------------------------------------------------------------------- drawing

    def restyle(self) -> None:
        super().restyle()
        self.bottom.setLabel(self._across, color=theme.colours().secondary, **{"font-size": "11px"})
        self.legend.restyle()
        self._best.setPen(line(theme.colour("secondary")))
        dashes = line(theme.colour("accent"), 1.5)
        dashes.setDashPattern([5, 4])
        self._line.setPen(dashes)
        self._formula.setFont(theme.font(weight=QFont.Weight.DemiBold))
        self._formula.setColor(theme.colour("accent"))
        self._formula.fill = QBrush(theme.colour("surface"))
        self._show_spots()

    def _drawn(self, number: int) -> bool:
        group = self.marks[number].group
        return group >= len(self._groups) or self._groups[group] not in self.hidden

    def _show_legend(self) -> None:
        samples = [
            Sample(name, number, symbol=SYMBOLS[number % len(SYMBOLS)], shown=name not in self.hidden)
            for number, name in enumerate(self._groups)
        ]
        self.legend.show_samples(samples, self.width() - 80.0)

    def _show_spots(self) -> None:
        ground = theme.colour("surface")
        spots = []
        for number, mark in enumerate(self.marks):
            if not self._drawn(number):
                continue
            tint = theme.series_colour(mark.group)
            spots.append(
                {
                    "pos": (math.log10(mark.x), math.log10(mark.y)),
                    "symbol": SYMBOLS[mark.group % len(SYMBOLS)],
                    "brush": tint if mark.sure else ground,
                    "pen": line(ground if mark.sure else tint, 1 if mark.sure else 1.5),
                    "size": CHOSEN_PX if number == self._at else MARK_PX,
                }
            )
        self._spots.setData(spots=spots)

    @Slot()
    def _show_law(self) -> None:
        """Place the line across, and its words at the lower left, where a loss that falls leaves room."""
        drawn = self._law is not None and bool(self.marks)
        self._line.setVisible(drawn)
        self._formula.setVisible(drawn)
        if self._law is None or not drawn:
            return
        words, law = self._law
        first, last, *_ = self.view_range()
        self._line.setData(*_logarithms([(10**at, law(10**at)) for at in (first, last)]))
        self._formula.setText(words)
        self._formula.setPos(8, self.room().height() - 6)

    def _loss_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        marks = ticks.logarithmic(10**low, 10**high, most)
        return [(math.log10(mark), ticks.written(mark, marks)) for mark in marks]

    def _power_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        marks = ticks.logarithmic(10**low, 10**high, most)
        return [(math.log10(mark), numbers.power(mark)) for mark in marks]

    @Slot()
    def _on_resized(self) -> None:
        self._show_legend()
        self._show_law()

    # ------------------------------------------------------------------------------- hands

    def _say(self) -> None:
        self.say(self.marks[self._at].words if self._at is not None else "")

    def _point_at(self, number: int | None) -> None:
        if number != self._at:
            self._at = number
            self._show_spots()
            self._say()

    def _nearest(self, place: QPointF) -> int | None:
        far = [
            ((self.spot(number) - place).manhattanLength(), number)
            for number in range(len(self.marks))
            if self._drawn(number)
        ]
        distance, number = min(far, default=(math.inf, 0))
        return number if distance <= NEAR_PX else None

    def pointed(self, place: QPointF | None) -> None:
        self._point_at(self._nearest(place) if place is not None else None)

    def clicked(self, place: QPointF) -> None:
        number = self._nearest(place)
        if number is not None:
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        order = sorted(filter(self._drawn, range(len(self.marks))), key=lambda number: self.marks[number].x)
        if key in steps and order:
            at = order.index(self._at) + steps[key] if self._at is not None else 0
            self._point_at(order[min(max(at, 0), len(order) - 1)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.chosen.emit(self._at)
        elif key == Qt.Key.Key_Home:
            self.reset_view()
        else:
            super().keyPressEvent(event)


def _logarithms(points: Sequence[Corner]) -> tuple[np.ndarray, np.ndarray]:
    """Return the logarithms of ten of the points' places."""
    both = np.log10(np.array(points, np.float64).reshape(-1, 2))
    return both[:, 0], both[:, 1]
