"""An endless row of shuffles of so many things: which come next depends on the seed and the place in the row alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Shuffles:
    """Of ``size`` things, by ``seed``; the last shuffle is kept, for shuffling millions takes a while."""

    def __init__(self, seed: int, size: int) -> None:
        self._seed, self._size = seed, size
        self._last: tuple[int, NDArray[np.int64]] | None = None

    def take(self, first: int, count: int) -> list[int]:
        """Those at the places ``first`` to ``first + count`` of the row."""
        taken: list[int] = []
        while len(taken) < count:
            epoch, place = divmod(first + len(taken), self._size)
            taken += self._shuffle(epoch)[place : place + count - len(taken)].tolist()
        return taken

    def _shuffle(self, epoch: int) -> NDArray[np.int64]:
        if self._last is None or self._last[0] != epoch:
            random = np.random.Generator(np.random.Philox(key=self._seed, counter=[0, 0, 1, epoch]))
            self._last = epoch, random.permutation(self._size)
        return self._last[1]
