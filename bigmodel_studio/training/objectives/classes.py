"""Common parts of text and image classifiers: what an example is learnt as, and what a model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
import torch.nn.functional as F

from bigmodel_studio.protocol import ClassShare
from bigmodel_studio.training.objectives import EvaluatedExample


def class_shares(labels: Sequence[str], shares: Mapping[int, float], smoothing: float) -> tuple[ClassShare, ...]:
    """Return what an example is learnt as, the largest share first: ``shares`` by number, of which smoothing gives a
    part to all classes alike (Szegedy et al. 2016, section 7).
    """
    spread = {number: share * (1 - smoothing) for number, share in shares.items()}
    if smoothing:
        spread = {number: spread.get(number, 0.0) + smoothing / len(labels) for number in range(len(labels))}
    found = [ClassShare(labels[number], share) for number, share in spread.items() if share > 0]
    return tuple(sorted(found, key=lambda each: -each.share))


def predicted_classes(logits: torch.Tensor, expected: torch.Tensor, labels: Sequence[str]) -> list[EvaluatedExample]:
    """Return the loss of each example, and the most probable class; ``logits`` [examples,
    classes].
    """
    losses = F.cross_entropy(logits, expected, reduction="none").tolist()
    chances = logits.softmax(-1).max(-1)
    return [
        EvaluatedExample(loss, predicted=labels[number], probability=chance)
        for loss, number, chance in zip(losses, chances.indices.tolist(), chances.values.tolist(), strict=True)
    ]
