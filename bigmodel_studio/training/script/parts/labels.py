"""Labels that are counted."""

from __future__ import annotations

import torch

from bigmodel_studio.training.script.parts.settings import Batch

IGNORED = -100
"""The label of what is not learnt, as ``cross_entropy`` has it."""


def counts(batch: Batch) -> torch.Tensor:
    """Return how many labels there are, [1]."""
    return (batch["labels"] != IGNORED).sum().view(1)
