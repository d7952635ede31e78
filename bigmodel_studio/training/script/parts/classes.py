"""The loss of a classifier of texts, or of their tokens."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.training.script.parts.settings import Batch

LABEL_SMOOTHING = 0.0


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of all labels, [1]."""
    given = {name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in batch}
    logits = model(**given).logits.float()
    logits, labels = logits.flatten(0, -2), batch["labels"].flatten()
    if LABEL_SMOOTHING:
        smoothing = LABEL_SMOOTHING if model.training else 0.0
        return F.cross_entropy(logits, labels, reduction="sum", label_smoothing=smoothing).view(1)
    else:
        return F.cross_entropy(logits, labels, reduction="sum").view(1)
