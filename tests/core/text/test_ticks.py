"""Marks on an axis are round, inside it, and not too many."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.text import ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "marks"),
    [(0, 10, 5, [0, 2, 4, 6, 8, 10]), (1.6, 4.9, 4, [2, 3, 4]), (-1, 1, 4, [-1, -0.5, 0, 0.5, 1])],
)
def test_linear_marks_are_round(low: float, high: float, most: int, marks: list[float]) -> None:
    assert ticks.linear(low, high, most) == pytest.approx(marks)


def test_logarithmic_marks_are_powers_of_ten_and_round_numbers_where_the_span_is_small() -> None:
    assert ticks.logarithmic(1e-4, 1, 6) == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert ticks.logarithmic(1, 100, 10) == pytest.approx([1, 2, 5, 10, 20, 50, 100])
    assert ticks.logarithmic(2.1, 4.3, 6) == pytest.approx([2.5, 3, 3.5, 4])


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(1, 20))
def test_marks_lie_inside_and_are_few(low: float, span: float, most: int) -> None:
    high = low + span
    marks = ticks.linear(low, high, most)
    slack = (high - low) * 1e-6 + abs(low) * 1e-9
    assert len(marks) <= most + 1
    assert all(low - slack <= mark <= high + slack for mark in marks)


def test_no_span_has_no_marks() -> None:
    assert ticks.linear(1, 1, 5) == ticks.linear(0, math.inf, 5) == ticks.logarithmic(0, 1, 5) == []
