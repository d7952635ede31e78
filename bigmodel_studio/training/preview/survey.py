"""One part of a training's data, counted example by example: lengths, doubles, classes, and what is said twice.

Memory is that of a few numbers an example. Texts are told apart by 64 bits of their hash.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bigmodel_studio.protocol import ClassCount, DataRole, PartCounts, Place, Unit
from bigmodel_studio.training.preview.spotted import Spotted

if TYPE_CHECKING:
    from bigmodel_studio.training.objectives import CountedExample

BINS = 24


class Survey:
    """What was counted of one part; what it shares exactly or nearly is with the part that was counted ``before``."""

    def __init__(self, role: DataRole, unit: Unit, before: Survey | None = None, *, several: bool = False) -> None:
        """``several``: an example may have any number of classes."""
        self.role, self.unit, self._before = role, unit, before
        self.several = several
        self._class_counts: Counter[int] = Counter()
        self.lengths = array("q")
        self.labels: Counter[str] = Counter()
        self.unknown = 0
        self.cut, self.doubles, self.near, self.conflicts, self.shared, self.nearly_shared = (
            Spotted() for _ in range(6)
        )
        self._exact: dict[int, int] = {}
        self._near: dict[int, int] = {}
        self._files: list[str] = []
        self._numbers: dict[str, int] = {}
        self._places = array("q")
        self._reported: array[int] = array("q")

    def add(self, entry: CountedExample) -> None:
        """Count one more example."""
        number = len(self.lengths)
        self._keep(entry)
        if entry.cut:
            self.cut.add(entry.place)
        exact, near = hash(entry.key), hash(" ".join(entry.key.casefold().split()))
        first, like = self._exact.setdefault(exact, number), self._near.setdefault(near, number)
        if first != number:
            self.doubles.add(self.place(first), entry.place)
        elif like != number:
            self.near.add(self.place(like), entry.place)
        if like != number and self._reported[like] != self._reported[number]:
            self.conflicts.add(self.place(like), entry.place)
        if self._before is not None:
            self._compare(self._before, exact, near, number)

    def _keep(self, entry: CountedExample) -> None:
        self.lengths.append(entry.length)
        for label in entry.labels:  # of few labels ``update`` takes several times as long
            self.labels[label] += 1
        if self.several:
            self._class_counts[len(entry.labels)] += 1
        self.unknown += entry.unknown
        self._reported.append(hash(tuple(entry.labels)))
        file = self._numbers.setdefault(entry.place.file, len(self._files))
        if file == len(self._files):
            self._files.append(entry.place.file)
        self._places.extend((file, entry.place.line))

    def _compare(self, before: Survey, exact: int, near: int, number: int) -> None:
        like = before._exact.get(exact)
        spotted = self.shared if like is not None else self.nearly_shared
        like = like if like is not None else before._near.get(near)
        if like is None:
            return
        spotted.add(before.place(like), self.place(number))
        if before._reported[like] != self._reported[number]:
            self.conflicts.add(before.place(like), self.place(number))

    def place(self, number: int) -> Place:
        """Return where an example stands."""
        file, line = self._places[2 * number], self._places[2 * number + 1]
        return Place(self._files[file], line)

    def __len__(self) -> int:
        return len(self.lengths)

    def counts(self, tokens: int | None) -> PartCounts:
        """Return the part in figures; ``tokens``: where they are not the sum of the lengths."""
        lengths = np.array(self.lengths, dtype=np.int64)
        edges = edges_of(int(lengths.min()), int(lengths.max())) if len(lengths) else ()
        whole = int(lengths.sum()) if self.unit != "pixels" else len(self)
        return PartCounts(
            role=self.role,
            files=len(self._files),
            examples=len(self),
            items=tokens if tokens is not None else whole,
            unit=self.unit,
            shortest=int(lengths.min()) if len(lengths) else 0,
            median=int(np.median(lengths)) if len(lengths) else 0,
            longest=int(lengths.max()) if len(lengths) else 0,
            edges=edges,
            lengths=tuple(np.histogram(lengths, edges)[0].tolist()) if edges else (),
            cut=self.cut.count,
            doubles=self.doubles.count,
            classes=tuple(ClassCount(label, count) for label, count in self.labels.most_common()),
            class_counts=tuple(self._class_counts[n] for n in range(max(self._class_counts, default=-1) + 1)),
            bytes=sum(Path(file).stat().st_size for file in self._files),
        )


def edges_of(shortest: int, longest: int) -> tuple[int, ...]:
    """Return whole numbers at even distances from ``shortest`` to ``longest`` or past it, at most ``BINS`` steps."""
    step = max(1, math.ceil((longest - shortest + 1) / BINS))
    count = max(1, math.ceil((longest - shortest) / step))
    return tuple(shortest + step * number for number in range(count + 1))
