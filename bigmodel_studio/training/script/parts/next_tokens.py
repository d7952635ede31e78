"""The loss of a model that continues text."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.training.script.parts.settings import Batch


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of the tokens that are learnt, [1]."""
    logits = model(input_ids=batch["input_ids"], use_cache=False).logits
    return F.cross_entropy(logits.flatten(0, 1).float(), batch["labels"].flatten(), reduction="sum").view(1)
