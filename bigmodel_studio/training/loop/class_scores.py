"""How well a classifier tells its classes apart, from a table of what each picture was and what it was taken for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Confusion = NDArray[np.int64]
"""[i, j]: pictures of class i that were said to be of class j."""


def accuracy(confusion: Confusion) -> float:
    """Return the share of all pictures that were recognised."""
    return float(np.trace(confusion) / max(1, confusion.sum()))


def macro_f1(confusion: Confusion) -> float:
    """Return the mean over the classes that there are of each one's F1: 2·right / (there + said)."""
    right = np.diag(confusion)
    both = confusion.sum(0) + confusion.sum(1)
    there = confusion.sum(1) > 0
    each = np.divide(2 * right, both, out=np.zeros(len(right)), where=both > 0)
    return float(each[there].mean()) if there.any() else 0.0


def class_scores(confusion: Confusion, labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return one record a class, as it stands in ``samples.jsonl``.

    ``recall`` is the share of the class's ``pictures`` that were recognised, ``precision`` the share of those that
    were said to be of the class and are; null where there were none. ``taken_for`` is what the class is most often
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
