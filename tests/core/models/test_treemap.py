"""Treemaps: areas are shares, boxes tile the whole, and are as square as the paper's own example."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.models.treemap import Box, squarify
from tests.work import calls

WHOLE = Box(10, 20, 600, 400)
SLACK = 0.25
"""Of a pixel: what is left of a number after twelve digits of it were taken away."""


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_areas_are_shares_and_boxes_tile_the_whole(sizes: list[int]) -> None:
    boxes, total = squarify(sizes, WHOLE), sum(sizes)
    if total <= 0:
        assert all(box.area == 0 for box in boxes)
        return
    for size, box in zip(sizes, boxes, strict=True):
        assert box.area == pytest.approx(WHOLE.area * size / total, abs=1e-6 * WHOLE.area)
        if box.area > 0:
            assert box.left >= WHOLE.left - SLACK
            assert box.top >= WHOLE.top - SLACK
            assert box.left + box.width <= WHOLE.left + WHOLE.width + SLACK
            assert box.top + box.height <= WHOLE.top + WHOLE.height + SLACK
    for one, other in itertools.combinations([box for box in boxes if box.area > 1], 2):
        across = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
        down = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
        assert min(across, down) < SLACK, "two boxes lie on each other"


def test_the_example_of_the_paper() -> None:
    boxes = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert boxes[0] == pytest.approx(Box(0, 0, 3, 2))
    assert boxes[1] == pytest.approx(Box(0, 2, 3, 2))
    assert boxes[2] == pytest.approx(Box(3, 0, 12 / 7, 7 / 3))
    assert boxes[3] == pytest.approx(Box(3 + 12 / 7, 0, 9 / 7, 7 / 3))


def test_ten_times_as_many_sizes_are_ten_times_the_work() -> None:
    def work(count: int) -> int:
        return calls(lambda: squarify([float(1 + number % 97) for number in range(count)], WHOLE))

    assert work(10_000) < 12 * work(1_000)
