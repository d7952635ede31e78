"""Which examples an update learns from: an endless row of shuffles, the same for the same seed whoever asks when."""

from __future__ import annotations

import numpy as np


def order(seed: int, first: int, count: int, size: int, stream: int = 0) -> list[int]:
    """The examples ``first`` to ``first + count`` (of ``size`` that there are) of an endless row of shuffles."""
    chosen: list[int] = []
    while len(chosen) < count:
        epoch, place = divmod(first + len(chosen), size)
        shuffled = np.random.default_rng([seed, stream, epoch]).permutation(size)
        chosen += shuffled[place : place + count - len(chosen)].tolist()
    return chosen


def spread(size: int, most: int) -> list[int]:
    """At most so many of ``size`` numbers, at even distances."""
    if size <= most:
        return list(range(size))
    return [(2 * number + 1) * size // (2 * most) for number in range(most)]
