"""How well a classifier tells its classes apart, from a table of what each picture was and what it was taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]
"""[i, j]: pictures of class i that were predicted to be of class j."""


def accuracy(confusion: Confusion) -> float:
    """Return the share of all pictures that were recognised."""
    return float(np.trace(confusion) / max(1, confusion.sum()))


def macro_f1(confusion: Confusion) -> float:
    """Return the mean over the classes that there are of each one's F1: 2·right / (there + predicted)."""
    right = np.diag(confusion)
    both = confusion.sum(0) + confusion.sum(1)
    there = confusion.sum(1) > 0
    each = np.divide(2 * right, both, out=np.zeros(len(right)), where=both > 0)
    return float(each[there].mean()) if there.any() else 0.0


def class_scores(confusion: Confusion, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return one record a class, as it stands in ``samples.jsonl``.

    ``recall`` is the share of the class's ``pictures`` that were recognised, ``precision`` the share of those that
    were predicted to be of the class and are; null where there were none. ``taken_for`` is what the class is most often
    taken for instead ("" where it never is).
    """
    records = []
    for number, label in enumerate(labels):
        row, predicted = confusion[number], int(confusion[:, number].sum())
        right, pictures = int(row[number]), int(row.sum())
        wrong = row.copy()
        wrong[number] = 0
        records.append(
            {
                "label": label,
                "pictures": pictures,
                "recall": right / pictures if pictures else None,
                "precision": right / predicted if predicted else None,
                "taken_for": labels[int(wrong.argmax())] if wrong.any() else "",
            }
        )
    return records


def frequency_loss(train: NDArray[np.int64], evaluation: NDArray[np.int64], classes: int) -> float:
    """Return the loss, in nats, of one who only knows how frequent each class is (counted on ``train``, plus one
    each).
    """
    counts = np.bincount(train, minlength=classes) + 1
    return float(-np.log(counts / counts.sum())[evaluation].mean())


class LabelCounts:
    """Counts of a classifier whose examples have any number of classes: for each class how many examples have it, how
    many were predicted to, and how many of those do.
    """

    def __init__(self, classes: int) -> None:
        self._there, self._predicted, self._right = (np.zeros(classes, np.int64) for _ in range(3))
        self._examples = self._exact = 0

    def add(self, there: NDArray[np.bool_], predicted: NDArray[np.bool_]) -> None:
        """Count examples, [examples, classes]: the classes that each has, and those that were predicted."""
        self._there += there.sum(0)
        self._predicted += predicted.sum(0)
        self._right += (there & predicted).sum(0)
        self._examples += len(there)
        self._exact += int((there == predicted).all(-1).sum())

    @property
    def exact_share(self) -> float:
        """The share of the examples of which all classes are right."""
        return self._exact / max(1, self._examples)

    @property
    def micro_f1(self) -> float:
        """F1 over all pairs of an example and a class: 2·right / (there + predicted)."""
        both = int(self._there.sum() + self._predicted.sum())
        return 2 * int(self._right.sum()) / both if both else 0.0

    @property
    def macro_f1(self) -> float:
        """The mean of each class's F1, over the classes that some example has."""
        there = self._there > 0
        each = 2 * self._right[there] / (self._there[there] + self._predicted[there])
        return float(each.mean()) if there.any() else 0.0

    def records(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        """Return one record a class, as ``class_scores`` does, but for what it is taken for: no class is."""
        return [
            {
                "label": label,
                "pictures": int(there),
                "recall": int(right) / int(there) if there else None,
                "precision": int(right) / int(predicted) if predicted else None,
            }
            for label, there, predicted, right in zip(labels, self._there, self._predicted, self._right, strict=True)
        ]
