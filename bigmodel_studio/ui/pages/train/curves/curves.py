"""A run's curves: loss and evaluation loss in the large chart, with other runs' losses where they are wanted, and the
other metrics in small ones below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.comparison import Measures
from bigmodel_studio.core.runs.reader import Columns
from bigmodel_studio.core.runs.run_colours import COLOURS
from bigmodel_studio.core.runs.run_folder import Parent
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.curves.axes import AXES, CLOCK, ITEMS, SECONDS, STEP, Rebased, place
from bigmodel_studio.ui.pages.train.runs.words import BASELINES, METRICS, SHORT, word
from bigmodel_studio.ui.plots.chart import Chart
from bigmodel_studio.ui.plots.curves_plot import Curve
from bigmodel_studio.ui.plots.mini_chart import MiniChart
from bigmodel_studio.ui.plots.series import Series, Smoothing
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel

PAINT_EVERY_MS = 100
"""Points come in faster than eyes are: painted at most this often."""
FACTORS = (0.0, 0.6, 0.9, 0.98)
LEAST_CHART_PX = 240
MOST_ACROSS = 6
"""Small charts in a row, as a window 1280 wide has room for."""
"""The least height of the loss with its legend and axis: about 180 pixels for the curves."""


@dataclass
class Other:
    """A run's loss that is drawn beside the one that is shown, and what it can be laid over."""

    colour: int
    measures: Measures
    metrics: dict[str, Series] = field(default_factory=lambda: {"loss": Series()})
    smoothing: Smoothing | None = None

    def smooth(self, factor: float) -> None:
        """Smooth anew from the beginning, or not at all (0)."""
        self.smoothing = Smoothing(self.loss, factor) if factor else None
        self.follow()

    def follow(self) -> None:
        if self.smoothing is not None:
            self.smoothing.follow()

    @property
    def loss(self) -> Series:
        return self.metrics["loss"]

    @property
    def drawn(self) -> Series:
        return self.loss if self.smoothing is None else self.smoothing.smoothed


class Curves(QWidget):
    """One run at a time, others' losses beside it: ``begin`` a run, then ``add`` its points as they come."""

    step_chosen = Signal(int)
    """The step of the run that is shown whose point on the loss was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.series: dict[str, Series] = {}
        self._colour = 0
        self._smoothing: Smoothing | None = None
        self._others: dict[str, Other] = {}
        self._measures = Measures()
        self._parent: Parent | None = None
        self._rebased: list[Rebased] = []
        self._timer = QTimer(self, singleShot=True, interval=PAINT_EVERY_MS)
        self._timer.timeout.connect(self._paint)
        self.chart = Chart()
        self.chart.setAccessibleName(self.tr("Loss and evaluation loss by step"))
        self.chart.setToolTip(self.tr("Click a point (or press Enter on it) to see the examples of that step"))
        self.read_out = ElidedLabel()
        set_look(self.read_out, "small")
        self.chart.read_out.connect(self.read_out.setText)
        self.chart.chosen.connect(self._on_chosen)
        self.chart.setMinimumHeight(LEAST_CHART_PX)
        self.chart.box.sigXRangeChanged.connect(self._link)
        self.minis: dict[str, MiniChart] = {}
        self._arranged: list[MiniChart] = []
        self._lay_out()

    def _lay_out(self) -> None:
        self.log = QPushButton(self.tr("Log scale"))
        self.log.setCheckable(True)
        set_look(self.log, "quiet")
        self.log.toggled.connect(self.chart.set_log)
        self.smooth = Choice()
        for factor in FACTORS:
            text = self.tr("Smoothing {factor}").format(factor=factor) if factor else self.tr("No smoothing")
            self.smooth.addItem(text, factor)
        self.smooth.setCurrentIndex(2)
        self.smooth.setAccessibleName(self.tr("Smoothing of the loss"))
        self.smooth.currentIndexChanged.connect(self._on_smoothing)
        self.across = Choice()
        for axis, found in AXES.items():
            self.across.addItem(word(found.title), axis)
        self.across.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.across.setMinimumContentsLength(4)
        self.across.setAccessibleName(self.tr("X axis"))
        self.across.setToolTip(self.tr("X axis"))
        self.across.currentIndexChanged.connect(self._on_axis)
        self.compare = QPushButton(self.tr("Compare"))
        set_look(self.compare, "quiet")
        self.compare.setToolTip(self.tr("Show the losses of other runs"))
        self.export = QPushButton(self.tr("Export"))
        set_look(self.export, "quiet")
        self.all = QPushButton(self.tr("Show all"))
        set_look(self.all, "quiet")
        self.all.setToolTip(self.tr("Ctrl+wheel to zoom, drag to pan"))
        self.all.clicked.connect(self.chart.reset_view)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label(self.tr("Loss"), "strong"))
        head.addStretch(1)
        for part in (self.compare, self.all, self.log, self.across, self.smooth, self.export):
            head.addWidget(part)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 8, 8, 8)
        inside.setSpacing(2)
        inside.addLayout(head)
        inside.addWidget(self.read_out)
        inside.addWidget(self.chart, 1)
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(self._grid)

    # ------------------------------------------------------------------------------- points

    def begin(self, colour: int, measures: Measures = Measures(), parent: Parent | None = None) -> None:  # noqa: B008
        """Begin another run: its points are to come. A fork's smoothing goes on from its ``parent``'s curve."""
        self._measures = measures
        self._parent = parent
        self.series = {"loss": Series(), "evaluation_loss": Series()}
        self._colour = colour
        self.chart.reset_view()
        for mini in self.minis.values():
            mini.hide()
        self._show_curves()

    def measure(self, measures: Measures) -> None:
        """Measure again: what the run costs may be known better by now."""
        if measures != self._measures:
            self._measures = measures
            self._show_curves()

    def cut(self, kept: int) -> None:
        """Drop what came after this step."""
        for series in self.series.values():
            series.cut(kept)
        self._show_curves()

    def add(self, columns: Columns) -> None:
        """Add new points, by metric."""
        for metric, (steps, values) in columns.items():
            self.series.setdefault(metric, Series()).append(steps, values)
        if not self._timer.isActive():
            self._timer.start()

    # ------------------------------------------------------------------------------- other runs

    def begin_other(self, name: str, colour: int, measures: Measures = Measures()) -> None:  # noqa: B008
        """Begin to draw another run too: its points are to come."""
        self._others[name] = Other(colour, measures)
        self._others[name].smooth(float(self.smooth.currentData()))
        self._show_curves()

    def forget(self, name: str) -> None:
        """Do not draw that run any longer."""
        self._others.pop(name, None)
        self._show_curves()

    def add_other(self, name: str, columns: Columns) -> None:
        """Add new points of a run that is drawn beside this one; of its metrics those that are drawn or drawn over.

        Over another axis than steps it has to be begun again, for what lies on that was not kept.
        """
        other = self._others[name]
        for metric in ("loss", *(() if self.axis == STEP else (ITEMS, SECONDS, CLOCK))):
            if metric in columns:
                other.metrics.setdefault(metric, Series()).append(*columns[metric])
        if self._parent is not None and self._parent.run == name and "loss" in columns:
            self._show_curves()  # the fork's smoothing begins where this one's is
        if not self._timer.isActive():
            self._timer.start()

    def cut_other(self, name: str, kept: int) -> None:
        """Drop what came after this step of that run."""
        other = self._others[name]
        for series in other.metrics.values():
            series.cut(kept)
        other.smooth(float(self.smooth.currentData()))
        self._show_curves()

    def shown_series(self) -> dict[tuple[str, str], Series]:
        """Return all that is drawn, unsmoothed, by run ("" for the one that is shown) and metric."""
        own = {("", metric): series for metric, series in self.series.items() if len(series) and metric != CLOCK}
        return own | {(name, "loss"): other.loss for name, other in self._others.items()}

    def show_baselines(self, baselines: dict[str, float]) -> None:
        """Show losses that a good run must beat."""
        self.chart.show_baselines({word(BASELINES.get(name, name)): value for name, value in baselines.items()})

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        self._timer.stop()

    @Slot(int)
    def _on_chosen(self, place: int) -> None:
        """Translate the place in the chart to a step: over tokens or time a point is still that of a step."""
        steps = self.series["loss"].steps
        if place < len(steps):
            self.step_chosen.emit(int(steps[place]))

    # ------------------------------------------------------------------------------- painting

    @Slot()
    def _on_smoothing(self) -> None:
        for other in self._others.values():
            other.smooth(float(self.smooth.currentData()))
        self._show_curves()

    @Slot()
    def _on_axis(self) -> None:
        axis = self.axis
        self.chart.set_axis(*((None, None) if axis == STEP else (AXES[axis].tick, partial(place, axis))))
        self._show_curves()

    @property
    def axis(self) -> str:
        """What they are drawn over: a key of ``AXES``."""
        return str(self.across.currentData())

    def _laid(self, series: Series, metrics: dict[str, Series], measures: Measures) -> Series:
        """Return the series over what curves are drawn over now."""
        if self.axis == STEP:
            return series
        self._rebased.append(Rebased(series, self.axis, metrics, measures))
        return self._rebased[-1].series

    def _before(self) -> Series | None:
        """Return the loss of the run that the shown one was forked from, up to the fork, where it is drawn."""
        parent = self._parent
        other = self._others.get(parent.run) if parent is not None else None
        if parent is None or other is None:
            return None
        before = Series()
        before.append(other.loss.steps, other.loss.values)
        before.cut(parent.step)
        return before

    def _evaluation_colour(self) -> int:
        """Return a colour that no other run here has."""
        taken = {other.colour % COLOURS for other in self._others.values()} | {self._colour % COLOURS}
        after = [(self._colour + more) % COLOURS for more in range(1, COLOURS)]
        return next((colour for colour in after if colour not in taken), after[0])

    def _show_curves(self) -> None:
        self._rebased = []
        loss, evaluation = self.series.get("loss", Series()), self.series.get("evaluation_loss", Series())
        factor = float(self.smooth.currentData())
        self._smoothing = Smoothing(loss, factor, self._before()) if factor else None
        laid = partial(self._laid, metrics=self.series, measures=self._measures)
        curves = [Curve(self.tr("loss"), laid(loss), self._colour, faint=self._smoothing is not None)]
        if self._smoothing is not None:
            self._smoothing.follow()
            curves.append(Curve(self.tr("smoothed"), laid(self._smoothing.smoothed), self._colour))
        curves += [
            Curve(name, self._laid(other.drawn, other.metrics, other.measures), other.colour)
            for name, other in self._others.items()
        ]
        curves.append(Curve(self.tr("evaluation loss"), laid(evaluation), self._evaluation_colour(), marks=True))
        self.chart.show_curves(curves)
        self._paint()

    @Slot()
    def _paint(self) -> None:
        if self._smoothing is not None:
            self._smoothing.follow()
        for other in self._others.values():
            other.follow()
        for rebased in self._rebased:
            rebased.follow()
        self.chart.refresh()
        for metric, (title, format_value) in METRICS.items():
            series = self.series.get(metric)
            if series is None or not len(series):
                continue
            if metric not in self.minis:
                self.minis[metric] = self._mini(MiniChart(word(title), format_value, word(SHORT.get(metric, title))))
            mini = self.minis[metric]
            mini.show_series(series, self._evaluation_colour() if metric == "evaluation_loss" else self._colour)
            mini.show()
        self._arrange()
        self._link()

    def _mini(self, made: MiniChart) -> MiniChart:
        """Look at the same steps in all small charts as in one."""
        made.zoomed.connect(self._on_mini_zoomed)
        made.moved.connect(self._on_mini_moved)
        made.reset.connect(self.chart.reset_view)
        made.setParent(self)
        return made

    def _arrange(self) -> None:
        """Put the small charts that are shown into as few rows as have room for them, as many in each."""
        shown = [self.minis[metric] for metric in METRICS if metric in self.minis and not self.minis[metric].isHidden()]
        if shown == self._arranged:
            return
        for mini in self._arranged:
            self._grid.removeWidget(mini)
        across = math.ceil(len(shown) / max(1, math.ceil(len(shown) / MOST_ACROSS)))
        for number, mini in enumerate(shown):
            self._grid.addWidget(mini, number // across, number % across)
        self._arranged = shown

    @Slot()
    def _link(self) -> None:
        """Small charts show the steps that the large one does; over another axis, all."""
        stretch = self.chart.zoomed_range if self.axis == STEP else None
        for mini in self.minis.values():
            mini.look_at(stretch)

    @Slot(float, float)
    def _on_mini_zoomed(self, factor: float, step: float) -> None:
        if self.axis == STEP:
            self.chart.zoom(factor, step)

    @Slot(float)
    def _on_mini_moved(self, steps: float) -> None:
        if self.axis == STEP:
            self.chart.move_on(steps)
