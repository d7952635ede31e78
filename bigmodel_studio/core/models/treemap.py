"""Squarified treemaps (Bruls, Huizing and van Wijk 2000): rectangles whose areas are shares, as square as they can be.

Pure geometry: knows sizes and rectangles, and nothing of models or of painting.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle, in whatever unit its whole has."""

    left: float
    top: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Width times height."""
        return self.width * self.height

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies in it; of two that touch, the edge belongs to the one at the right or below."""
        return self.left <= x < self.left + self.width and self.top <= y < self.top + self.height

    def inside(self, margin: float) -> Box:
        """Return what is left of it within a margin on every side; nothing where that is all."""
        width, height = max(0.0, self.width - 2 * margin), max(0.0, self.height - 2 * margin)
        return Box(self.left + margin, self.top + margin, width, height)


def squarify(sizes: Sequence[float], whole: Box) -> list[Box]:
    """Return a box in ``whole`` for each size, in the order given; areas are in proportion, those of 0 are empty.

    Rows are filled along the shorter side for as long as the worst aspect ratio gets better (section 3.2 of the
    paper), the largest first.
    """
    boxes = [Box(whole.left, whole.top, 0.0, 0.0)] * len(sizes)
    total = sum(sizes)
    if total <= 0 or whole.area <= 0:
        return boxes
    scale = whole.area / total
    order = sorted((index for index, size in enumerate(sizes) if size > 0), key=lambda index: -sizes[index])
    free, at = whole, 0
    while at < len(order):
        side = min(free.width, free.height)
        row, filled = [order[at]], sizes[order[at]] * scale
        worst = _worst(filled, filled, filled, side)
        at += 1
        while at < len(order):
            area = sizes[order[at]] * scale
            ratio = _worst(filled + area, sizes[row[0]] * scale, area, side)
            if ratio > worst:
                break
            row.append(order[at])
            filled, worst = filled + area, ratio
            at += 1
        free = _place(row, [sizes[index] * scale for index in row], filled, free, boxes)
    return boxes


def _worst(row: float, largest: float, smallest: float, side: float) -> float:
    """Return the worst aspect ratio in a row of that area along that side."""
    if row <= 0 or side <= 0 or smallest <= 0:
        return float("inf")
    return max(side * side * largest / (row * row), row * row / (side * side * smallest))


def _place(row: list[int], areas: list[float], filled: float, free: Box, boxes: list[Box]) -> Box:
    """Lay a row along the shorter side of what is free; returns what is free then."""
    upright = free.width >= free.height
    side = free.height if upright else free.width
    depth = filled / side if side > 0 else 0.0
    at = 0.0
    for index, area in zip(row, areas, strict=True):
        length = area / depth if depth > 0 else 0.0
        boxes[index] = (
            Box(free.left, free.top + at, depth, length) if upright else Box(free.left + at, free.top, length, depth)
        )
        at += length
    if upright:
        return Box(free.left + depth, free.top, max(0.0, free.width - depth), free.height)
    return Box(free.left, free.top + depth, free.width, max(0.0, free.height - depth))
