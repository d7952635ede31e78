"""A device's memory that is ours, split by what it is for, so that the parts add up to the whole whatever was measured.

Processes count their tensors (``MemoryParts``), the system counts processes; the two are taken at different moments,
and weights that lie in a file's pages are only in memory as far as they were touched. Pure functions; nothing is
measured here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bigmodel_studio.protocol import MemoryParts


class TensorProcess(NamedTuple):
    """A process of ours that holds tensors (a lane or a run), with what it last said of them."""

    pid: int
    parts: MemoryParts = MemoryParts()


class Split(NamedTuple):
    """Bytes of ours on one device. ``other``: what our processes take beside the tensors that they counted."""

    weights: int = 0
    cache: int = 0
    gradients: int = 0
    optimizer: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return sum(self)


def split(ours_bytes: int, by_process: Iterable[tuple[MemoryParts, int]]) -> Split:
    """Split ``ours_bytes`` by the parts of the processes in ``held``, each with the bytes that it was measured to take.

    Parts that are more than their process takes are cut down to it, all by the same factor.
    """
    sums = [0, 0, 0, 0]
    for parts, measured in by_process:
        for number, value in enumerate(_fitted(_tensors(parts), measured)):
            sums[number] += value
    sums = _fitted(sums, ours_bytes)
    weights, cache, gradients, optimizer = sums
    return Split(weights, cache, gradients, optimizer, ours_bytes - sum(sums))


def _tensors(parts: MemoryParts) -> list[int]:
    return [parts.weights_bytes, parts.cache_bytes, parts.gradients_bytes, parts.optimizer_bytes]


def _fitted(values: list[int], most: int) -> list[int]:
    total = sum(values)
    return values if total <= most else [value * most // total for value in values]
