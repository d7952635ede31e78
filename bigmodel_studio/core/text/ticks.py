"""Where an axis has its marks: round numbers, about as many as there is room for. Knows nothing of pixels or Qt."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from bigmodel_studio.core.text import numbers

ROUND = (1.0, 2.0, 5.0, 10.0)


def linear(low: float, high: float, most: int) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten from ``low`` to ``high``; at most ``most`` of them.

    Empty where there is no span.
    """
    span = high - low
    if not (math.isfinite(span) and span > 0 and most > 0):
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * each for each in ROUND if span / (power * each) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)][: most + 1]


def logarithmic(low: float, high: float, most: int) -> list[float]:
    """Return marks of a logarithmic axis between two numbers above 0: powers of ten, with 2 and 5 between where they
    fit.

    Where the axis spans less than what those mark twice, round numbers as on a linear axis.
    """
    if not (0 < low < high and math.isfinite(high)):
        return []
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1,)):
        marks = [factor * 10.0**power for power in decades for factor in factors]
        inside = [mark for mark in marks if low <= mark <= high]
        if len(inside) <= most:
            return inside if len(inside) > 2 else linear(low, high, most)
    every = math.ceil(len(inside) / most)
    return inside[::every]


def written(mark: float, marks: Sequence[float]) -> str:
    """Return a mark's number with as many decimals as tell it from its neighbours."""
    gap = min((b - a for a, b in itertools.pairwise(marks)), default=abs(mark) or 1.0)
    if mark and not 1e-3 <= abs(mark) < 1e6:
        return numbers.significant(mark, 2)
    digits = max(0, -math.floor(math.log10(gap) + 1e-9)) if gap > 0 else 2
    return numbers.decimal(mark, min(digits, 6))
