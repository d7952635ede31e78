"""A curve's points as growing arrays, with a pyramid of minima and maxima over them.

A plot a thousand pixels wide must not touch a million points to be drawn: level k of the pyramid holds the smallest
and the largest value of each block of 4^k points, so any part of a curve is drawn from at most two numbers a pixel, and
no spike is lost. Points only come at the end, or are cut off from there. NaN is a gap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FACTOR = 4
FIRST_CAPACITY = 1024
BLOCK = 256
"""Smoothed at a time: short enough that powers of the factor stay far from the ends of float64."""


class Part(NamedTuple):
    """A stretch of a curve. ``paired``: a minimum and a maximum in turn, both at the step where their column begins."""

    steps: Floats
    values: Floats
    paired: bool


class Series:
    """Points by ascending step."""

    def __init__(self) -> None:
        self._steps = np.empty(FIRST_CAPACITY, np.float64)
        self._values = np.empty(FIRST_CAPACITY, np.float64)
        self._count = 0
        self._levels: list[tuple[Floats, Floats]] = []

    def __len__(self) -> int:
        return self._count

    @property
    def steps(self) -> Floats:
        """Return the steps, as a view."""
        return self._steps[: self._count]

    @property
    def values(self) -> Floats:
        """Return the values, as a view; NaN is a gap."""
        return self._values[: self._count]

    @property
    def last(self) -> float | None:
        """Return the last value, None where there is none or it is a gap."""
        value = float(self._values[self._count - 1]) if self._count else math.nan
        return value if math.isfinite(value) else None

    def append(self, steps: Sequence[int] | Floats, values: Sequence[float | None] | Floats) -> None:
        """Add points at the end; None and what is not finite become gaps."""
        added = np.asarray(values, np.float64)
        start, end = self._count, self._count + len(added)
        self._make_room(end)
        self._steps[start:end] = steps
        self._values[start:end] = np.where(np.isfinite(added), added, np.nan)
        self._count = end
        self._build(start)

    def cut(self, kept: int) -> None:
        """Drop the points past step ``kept``."""
        self._count = int(np.searchsorted(self.steps, kept, side="right"))
        self._build(self._count)

    def nearest(self, step: float) -> int | None:
        """Return the index of the point nearest to a step."""
        if not self._count:
            return None
        after = int(np.searchsorted(self.steps, step))
        before = max(0, after - 1)
        after = min(after, self._count - 1)
        return before if abs(self._steps[before] - step) <= abs(self._steps[after] - step) else after

    def between(self, first: float, last: float, columns: int) -> Part:
        """Return the curve from one step to another: its points, or the extremes of ``columns`` columns where there
        are more.

        One point beyond either end comes with it, so a line reaches the edge.
        """
        low, high = self._range(first, last)
        level, size = self._level_for(high - low, columns)
        if level is None:
            steps, values, paired = self.steps[low:high], self.values[low:high], False
        else:
            minima, maxima = (side[low // size : -(-high // size)] for side in level)
            at = np.minimum(np.arange(low // size, low // size + len(minima)) * size, self._count - 1)
            steps, paired = np.repeat(self._steps[at], 2), True
            values = np.empty(2 * len(minima))
            values[0::2], values[1::2] = minima, maxima
        if len(values) <= 2 * columns:
            return Part(steps, values, paired)
        return _by_column(steps, values, first, last, columns)

    def extent(
        self, first: float, last: float, points: int = 1000, above: float = -math.inf
    ) -> tuple[float, float] | None:
        """Return the smallest and the largest value above ``above`` between two steps; None where there is none."""
        values = self.between(first, last, points).values
        finite = values[np.isfinite(values) & (values > above)]
        return (float(finite.min()), float(finite.max())) if len(finite) else None

    def _range(self, first: float, last: float) -> tuple[int, int]:
        low = int(np.searchsorted(self.steps, first)) - 1
        high = int(np.searchsorted(self.steps, last, side="right")) + 1
        return max(0, low), min(self._count, high)

    def _level_for(self, count: int, points: int) -> tuple[tuple[Floats, Floats] | None, int]:
        chosen: tuple[tuple[Floats, Floats] | None, int] = (None, 1)
        size = 1
        for level in self._levels:
            size *= FACTOR
            if count <= 4 * points or count // size < points // 2:
                break
            chosen = (level, size)
            if count // size <= points:
                break
        return chosen

    def _make_room(self, wanted: int) -> None:
        if wanted > len(self._steps):
            room = max(wanted, 2 * len(self._steps))
            self._steps = np.concatenate((self.steps, np.empty(room - self._count)))
            self._values = np.concatenate((self.values, np.empty(room - self._count)))

    def _build(self, start: int) -> None:
        """Make the pyramid right again from the point ``start`` on."""
        minima, maxima = self.values, self.values
        for number in range(64):
            count = -(-len(minima) // FACTOR)
            if len(minima) <= FACTOR:
                del self._levels[number:]
                return
            start //= FACTOR
            if number == len(self._levels):
                self._levels.append((np.empty(0), np.empty(0)))
            kept = min(start, len(self._levels[number][0]))
            low = _reduced(np.fmin, minima[kept * FACTOR :])
            high = _reduced(np.fmax, maxima[kept * FACTOR :])
            before = self._levels[number]
            minima = _joined(before[0], kept, low, count)
            maxima = _joined(before[1], kept, high, count)
            self._levels[number] = (minima, maxima)


def _by_column(steps: Floats, values: Floats, first: float, last: float, columns: int) -> Part:
    """Return the extremes of each of so many equal columns between two steps; what lies beyond either end is one
    more.
    """
    width = (last - first) / columns or 1.0
    column = np.clip(np.floor((steps - first) / width), -1, columns)
    starts = np.flatnonzero(np.diff(column, prepend=-2.0))
    extremes = np.empty(2 * len(starts))
    extremes[0::2], extremes[1::2] = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    return Part(np.repeat(steps[starts], 2), extremes, True)


def _reduced(smaller: np.ufunc, values: Floats) -> Floats:
    """Return the minimum (or maximum) of each block, gaps passed over."""
    if not len(values):
        return np.empty(0)
    reduced: Floats = smaller.reduceat(values, np.arange(0, len(values), FACTOR))
    return reduced


def _joined(before: Floats, kept: int, after: Floats, count: int) -> Floats:
    """``before[:kept]`` with ``after`` behind it, without copying what stays while there is room for it."""
    base = before.base if isinstance(before.base, np.ndarray) else before
    if len(base) < count:
        grown = np.empty(max(2 * count, 64))
        grown[:kept] = before[:kept]
        base = grown
    base[kept:count] = after
    return base[:count]


class Smoothing:
    """An exponential moving average of a series that grows with it, in ``smoothed``; the factor is 0.3 to below 1.

    y_t = f y_(t-1) + (1 - f) x_t, divided by 1 - f^t so that it does not start at zero (as Adam's moments are: Kingma
    and Ba 2015, section 3). Gaps stay gaps and do not count.
    """

    def __init__(self, source: Series, factor: float, before: Series | None = None) -> None:
        """Smooth ``source``; the average begins with the values of ``before``, which are not in ``smoothed``."""
        self.smoothed = Series()
        self._source = source
        self._factor = factor
        self._mean = 0.0
        self._known_count = 0
        values = before.values if before is not None else np.empty(0)
        for start in range(0, len(values), BLOCK):
            self._averages(values[start : start + BLOCK])

    def follow(self) -> None:
        """Take in what was added to the source. After a cut of the source a new one is made."""
        done = len(self.smoothed)
        values = self._source.values[done:]
        blocks = [self._averages(values[start : start + BLOCK]) for start in range(0, len(values), BLOCK)]
        if blocks:
            self.smoothed.append(self._source.steps[done:], np.concatenate(blocks))

    def _averages(self, values: Floats) -> Floats:
        there = np.isfinite(values)
        known = values[there]
        out = np.full(len(values), np.nan)
        if len(known):
            factor = self._factor
            powers = factor ** np.arange(1, len(known) + 1)
            means = powers * (self._mean + (1 - factor) * np.cumsum(known / powers))
            out[there] = means / (1 - factor**self._known_count * powers)
            self._mean, self._known_count = float(means[-1]), self._known_count + len(known)
        return out
