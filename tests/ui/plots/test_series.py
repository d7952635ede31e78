"""Curves keep every spike however many points they have, and cost what the pixels do."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigmodel_studio.ui.plots.series import Floats, Series, Smoothing


def _grown(values: Floats, pieces: int) -> Series:
    series = Series()
    for part in np.array_split(np.arange(len(values)), pieces):
        series.append((part + 1).tolist(), values[part])
    return series


def test_no_spike_is_lost_and_the_points_drawn_are_few() -> None:
    values = np.random.default_rng(1).normal(size=200_000)
    values[123_456], values[77] = 99.0, -99.0
    series = _grown(values, 37)
    steps, drawn, _ = series.between(0, len(values) + 1, 800)
    assert drawn.max() == 99.0
    assert drawn.min() == -99.0
    assert len(drawn) == len(steps) <= 2 * 802  # what lies beyond either end is a column, too
    assert np.all(np.diff(steps) >= 0)


@pytest.mark.parametrize("columns", [50, 300, 1000])
@pytest.mark.parametrize("last", [40, 700, 5000])
def test_any_part_has_at_most_two_numbers_a_column(columns: int, last: int) -> None:
    values = np.random.default_rng(4).normal(size=5000)
    part = _grown(values, 3).between(1, last, columns)
    assert len(part.steps) == len(part.values) <= 2 * (columns + 2)
    inside = part.values[part.steps <= last]
    assert (inside.min(), inside.max()) == (values[:last].min(), values[:last].max())
    if part.paired:
        assert np.all(part.values[0::2] <= part.values[1::2])
        assert np.array_equal(part.steps[0::2], part.steps[1::2])
    else:
        assert part.values[: min(last, 40)].tolist() == values[: min(last, 40)].tolist()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=6), st.data())
def test_a_part_has_the_extent_that_its_points_have(sizes: list[int], data: st.DataObject) -> None:
    values = np.random.default_rng(sum(sizes)).normal(size=sum(sizes))
    series, start = Series(), 0
    for size in sizes:
        series.append(np.arange(start + 1.0, start + size + 1), values[start : start + size])
        start += size
    kept = data.draw(st.integers(0, len(values)))
    series.cut(kept)
    series.append(np.arange(kept + 1.0, kept + 51), np.zeros(50))
    whole = np.concatenate((values[:kept], np.zeros(50)))
    assert np.array_equal(series.values, whole)
    assert series.extent(1, len(whole), points=20) == (whole.min(), whole.max())


def test_gaps_stay_gaps() -> None:
    series = Series()
    series.append([1, 2, 3], [1.0, None, 3.0])
    assert [math.isnan(value) for value in series.values] == [False, True, False]
    assert series.last == 3.0
    series.append([4], [math.inf])
    assert series.last is None
    assert series.extent(0, 9) == (1.0, 3.0)


def test_the_nearest_point_is_found() -> None:
    series = Series()
    assert series.nearest(3) is None
    series.append([10, 20, 30], [1.0, 2.0, 3.0])
    assert [series.nearest(step) for step in (-5, 14, 16, 99)] == [0, 0, 1, 2]


@pytest.mark.parametrize("factor", [0.6, 0.98])
def test_smoothing_is_the_unbiased_average_written_out(factor: float) -> None:
    values = np.random.default_rng(3).normal(size=1000)
    values[::97] = np.nan
    series = _grown(values[:333], 1)
    smoothing = Smoothing(series, factor)
    smoothing.follow()
    series.append(np.arange(334.0, 1001), values[333:])
    smoothing.follow()
    mean, seen, expected = 0.0, 0, []
    for value in values:
        if np.isfinite(value):
            mean, seen = factor * mean + (1 - factor) * value, seen + 1
        expected.append(mean / (1 - factor**seen) if np.isfinite(value) else np.nan)
    assert np.allclose(smoothing.smoothed.values, expected, rtol=1e-9, atol=1e-12, equal_nan=True)


def test_of_a_million_points_only_as_many_are_looked_at_as_are_drawn() -> None:
    series = _grown(np.random.default_rng(2).normal(size=1_000_000), 200)
    tracemalloc.start()
    steps, values, _ = series.between(0, len(series), 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 500 <= len(steps) == len(values) <= 2_004
    assert peak < 250_000, "a byte for each point would be a million"
