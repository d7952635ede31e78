"""X axes of curves: steps, or what they cost. A series over steps becomes one over tokens, time or FLOPs.

Runs with other batches or models are compared fairly only by what went into them (Kaplan et al. 2020 lay losses over
compute). Numbers are the run's own: it records what it has learnt from and for how long it has computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP

from bigmodel_studio.core.runs.comparison import Measures
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.plots.series import Series

STEP, ITEMS, SECONDS, FLOPS, CLOCK = "step", "items", "seconds", "flops", "time"


class Axis(NamedTuple):
    """``title`` in the menu; ``tick`` writes a mark, ``description`` is how a place on it reads."""

    title: str
    tick: Callable[[float], str]
    description: str


AXES: dict[str, Axis] = {
    STEP: Axis(str(QT_TRANSLATE_NOOP("train", "Steps")), numbers.count, "{}"),
    ITEMS: Axis(
        str(QT_TRANSLATE_NOOP("train", "Data")),
        numbers.count,
        str(QT_TRANSLATE_NOOP("train", "{amount} of training data")),
    ),
    SECONDS: Axis(
        str(QT_TRANSLATE_NOOP("train", "Time")), numbers.duration, str(QT_TRANSLATE_NOOP("train", "after {amount}"))
    ),
    FLOPS: Axis(str(QT_TRANSLATE_NOOP("train", "FLOPs")), numbers.power, "{amount} FLOPs"),
}


def place(axis: str, value: float) -> str:
    """Return a place on an axis in words."""
    found = AXES[axis]
    return word(found.description).format(amount=found.tick(value))


class Rebased:
    """``series`` has the points of ``source``, each where ``axis`` had got to at its step; it grows with them.

    Of a run that does not say what an axis needs it is empty.
    """

    def __init__(self, source: Series, axis: str, metrics: Mapping[str, Series], measures: Measures) -> None:
        self.series = Series()
        self._source, self._axis, self._metrics, self._measures = source, axis, metrics, measures
        self._done = 0

    def follow(self) -> None:
        """Take in what was added."""
        across, factor = self._across()
        steps, values = self._source.steps[self._done :], self._source.values[self._done :]
        if not len(steps) or factor <= 0:
            return
        if across is None:
            self.series.append(steps * factor, values)
            self._done += len(steps)
            return
        count = int(np.searchsorted(steps, across.steps[-1], side="right")) if len(across) else 0
        places = np.searchsorted(across.steps, steps[:count])
        there = across.steps[places] == steps[:count] if count else np.zeros(0, bool)
        begin = across.values[0] if self._axis == SECONDS and across is self._metrics.get(CLOCK) else 0.0
        self.series.append((across.values[places[there]] - begin) * factor, values[:count][there])
        self._done += count

    def _across(self) -> tuple[Series | None, float]:
        """Return what to read places from, and what to multiply them with; None: steps themselves."""
        if self._axis == SECONDS:
            seconds = self._metrics.get(SECONDS)
            return (seconds if seconds is not None and len(seconds) else self._metrics.get(CLOCK, Series())), 1.0
        each = self._measures.flops_per_item if self._axis == FLOPS else 1.0
        items = self._metrics.get(ITEMS)
        if items is not None and len(items):
            return items, each
        return None, self._measures.items_per_step * each
