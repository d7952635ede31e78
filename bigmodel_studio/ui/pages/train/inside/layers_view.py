"""The layers of a run over time: a heat map of one measure, and how the chosen layer's weights are spread."""

from __future__ import annotations

import bisect
from functools import cached_property
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.plots.colour_scale import Numbers
from bigmodel_studio.ui.plots.heat_map import HeatMap
from bigmodel_studio.ui.plots.ridges import Histogram, Ridges
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.segments import Segments

MEASURES: dict[str, tuple[str, bool]] = {
    "gradient_norm": (str(QT_TRANSLATE_NOOP("train", "Gradient norm")), True),
    "weight_norm": (str(QT_TRANSLATE_NOOP("train", "Weight norm")), True),
    "update_ratio": (str(QT_TRANSLATE_NOOP("train", "Update ratio ‖Δw‖ ÷ ‖w‖")), True),
    "activation_std": (str(QT_TRANSLATE_NOOP("train", "Activations: standard deviation")), True),
    "activation_mean": (str(QT_TRANSLATE_NOOP("train", "Activations: mean")), False),
    "activation_zeros": (str(QT_TRANSLATE_NOOP("train", "Activations: dead fraction")), False),
}
"""What can be shown, and whether its scale is logarithmic."""
PAINT_EVERY_MS = 200
_NOTHING: Numbers = np.zeros(0)


class LayersData:
    """What ``layers.jsonl`` and ``histograms.jsonl`` have so far, as columns."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.steps: list[int] = []
        self._columns: list[dict[str, Numbers]] = []
        self._histograms: list[dict[str, Any]] = []

    def add_layers(self, gained: Recorded) -> None:
        """Add new records of layers, or drop those that past a step are void."""
        if gained.head is not None:
            self.names = [str(name) for name in gained.head.get("names", ())]
        if gained.kept is not None:
            there = bisect.bisect_right(self.steps, gained.kept)
            del self.steps[there:], self._columns[there:]
        for record in gained.records:
            self.steps.append(int(record["step"]))
            self._columns.append({m: np.array(v, np.float64) for m, v in record.items() if isinstance(v, list)})

    def add_histograms(self, gained: Recorded) -> None:
        """Add new histograms, or drop those that past a step are void."""
        if gained.kept is not None:
            self._histograms = [record for record in self._histograms if record["step"] <= gained.kept]
        self._histograms += gained.records

    def matrix(self, measure: str) -> tuple[list[str], Numbers]:
        """Return the layers that have this measure, and their values [layers, steps]; NaN where there is none."""
        values = np.full((len(self._columns), len(self.names)), np.nan)
        for place, column in enumerate(self._columns):
            one = column.get(measure, _NOTHING)[: len(self.names)]
            values[place, : len(one)] = one
        known = np.isfinite(values).any(axis=0) if len(values) else np.ones(len(self.names), bool)
        names = [name for name, there in zip(self.names, known.tolist(), strict=True) if there]
        return names, np.ascontiguousarray(values[:, known].T)

    def histograms(self, name: str, kind: str) -> list[Histogram]:
        """Return, for one layer, its ``weights`` or ``gradients``, by step."""
        found = []
        for record in self._histograms:
            names = record.get("names", [])
            one = record[kind][names.index(name)] if name in names else None
            if one is not None:
                found.append(Histogram(int(record["step"]), float(one["low"]), float(one["high"]), one["counts"]))
        return found


class LayersView(QWidget):
    """``begin`` a run, then add what its files gain; painted a few times a second at most, and only while seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = LayersData()
        self._shown_names: list[str] = []
        self.measure = Choice()
        self.measure.setAccessibleName(self.tr("Layer metric"))
        for key, (title, _log) in MEASURES.items():
            self.measure.addItem(word(title), key)
        self.read_out = ElidedLabel()
        set_look(self.read_out, "small")
        self.kind = Segments(
            self.tr("Histograms of"), {"weights": self.tr("Weights"), "gradients": self.tr("Gradients")}
        )
        self.layer = ElidedLabel()
        set_look(self.layer, "small")
        self._timer = QTimer(self, singleShot=True, interval=PAINT_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self.measure.currentIndexChanged.connect(self.refresh)
        self.kind.chosen.connect(self._show_histograms)
        self._lay_out()

    @cached_property
    def map(self) -> HeatMap:
        """The heat map; charts are made when they are first seen, or the page would come later."""
        made = HeatMap(self.tr("Layer metrics appear here when the run records them."))
        made.setAccessibleName(self.tr("Layers by step"))
        made.read_out.connect(self.read_out.setText)
        made.chosen.connect(self._show_histograms)
        _put(self._column, made)
        self.setTabOrder(self.measure, made)
        return made

    @cached_property
    def ridges(self) -> Ridges:
        """The histograms of the chosen layer."""
        made = Ridges(self.tr("Histograms appear after each evaluation."))
        made.setAccessibleName(self.tr("Histograms of the chosen layer"))
        _put(self._beside, made)
        return made

    def _lay_out(self) -> None:
        left = QWidget()
        self._column = column = QVBoxLayout(left)
        column.setContentsMargins(12, 4, 4, 4)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.measure)
        head.addWidget(self.read_out, 1)
        column.addLayout(head)
        right = QWidget()
        self._beside = beside = QVBoxLayout(right)
        beside.setContentsMargins(4, 4, 12, 4)
        beside.setSpacing(4)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.kind)
        top.addStretch(1)
        beside.addLayout(top)
        beside.addWidget(self.layer)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def begin(self) -> None:
        """Begin another run."""
        self.data = LayersData()
        if "map" in self.__dict__:
            self.map.row = 0
            self.refresh()

    def add_layers(self, gained: Recorded) -> None:
        """Add what the run's records of layers gained."""
        self.data.add_layers(gained)
        self._later()

    def add_histograms(self, gained: Recorded) -> None:
        """Add what the run's histograms gained."""
        self.data.add_histograms(gained)
        self._later()

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        self._timer.stop()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.refresh()

    def _later(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def refresh(self) -> None:
        """Draw what is there now."""
        measure = str(self.measure.currentData())
        self._shown_names, values = self.data.matrix(measure)
        self.map.show_values(self._shown_names, self.data.steps, values, log=MEASURES[measure][1])
        self._show_histograms()

    @Slot()
    def _show_histograms(self) -> None:
        row = self.map.row
        name = self._shown_names[row] if row < len(self._shown_names) else ""
        self.layer.setText(name)
        self.ridges.show_histograms(self.data.histograms(name, self.kind.key) if name else [])


def _put(column: QVBoxLayout, chart: QWidget) -> None:
    """Put a chart at the end of a column that may be in sight already, at once: else it would come an event later."""
    column.addWidget(chart, 1)
    chart.show()
    column.activate()
