"""Which examples an update learns from: an endless row of shuffles, the same for the same seed whoever asks when.

Plain: an exported script holds this module as it is.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, stream: int, number: int) -> np.random.Generator:
    """Return a counter-based generator: any (seed, stream, number) is reached at once."""
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, stream, number]))


def order(seed: int, first: int, count: int, size: int, stream: int = 0) -> list[int]:
    """Return the examples ``first`` to ``first + count`` (of ``size`` that there are) of an endless row of shuffles.

    ``stream`` tells them from what else is drawn by the same seed.
    """
    chosen: list[int] = []
    while len(chosen) < count:
        epoch, place = divmod(first + len(chosen), size)
        chosen += shuffled(seed, stream, epoch, size)[place : place + count - len(chosen)].tolist()
    return chosen


@functools.lru_cache(maxsize=2)
def shuffled(seed: int, stream: int, epoch: int, size: int) -> NDArray[np.int64]:
    """Return one shuffle; the last ones are kept, for shuffling millions takes a while."""
    return generator(seed, stream, epoch).permutation(size)


def spread(size: int, most: int) -> list[int]:
    """Return at most so many of ``size`` numbers, at even distances."""
    if size <= most:
        return list(range(size))
    return [(2 * number + 1) * size // (2 * most) for number in range(most)]
