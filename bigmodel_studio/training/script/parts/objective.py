"""Interface of an objective to the loop; a script has the objective's own module in the place of this one."""

from __future__ import annotations

import torch
from torch import nn

from bigmodel_studio.training.script.parts.settings import Batch


def batch(step: int) -> Batch:
    """Return what update ``step`` learns from: UPDATE examples, along the first dimension of every tensor."""
    raise NotImplementedError


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return, for each kind of loss, the sum over a batch, [kinds]."""
    raise NotImplementedError


def counts(batch: Batch) -> torch.Tensor:
    """Return how many of each kind are added up, [kinds]: the loss is the sum of the kinds' means."""
    raise NotImplementedError
