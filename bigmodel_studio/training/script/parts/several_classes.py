"""The classes of each text, which may have several of them, or none."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.training.script.parts.rows import next_rows, read_whole
from bigmodel_studio.training.script.parts.settings import Batch, array

__all__ = ["batch", "counts", "losses"]
CLASSES = 3
LABEL_SMOOTHING = 0.0


def batch(step: int) -> Batch:
    """Return the next texts, and 1 for each class that they have, float32 [texts, classes]."""
    numbers, starts = next_rows(step), array("label_starts")
    labels = np.zeros((len(numbers), CLASSES), dtype=np.float32)
    for place, number in enumerate(numbers):
        labels[place, array("labels")[starts[number] : starts[number + 1]]] = 1
    return {**read_whole(numbers), "labels": torch.from_numpy(labels)}


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of all texts, [1]; that of a text is the mean over the classes."""
    given = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in batch}
    logits, labels = model(**given).logits.float(), batch["labels"]
    if LABEL_SMOOTHING:
        smoothing = LABEL_SMOOTHING if model.training else 0.0
        labels = labels * (1 - smoothing) + smoothing / 2
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="none").mean(-1).sum().view(1)


def counts(batch: Batch) -> torch.Tensor:
    """Return how many texts there are, [1]."""
    return torch.full((1,), len(batch["labels"]), device=batch["labels"].device)
