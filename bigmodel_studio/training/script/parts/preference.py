"""Which of two answers is better: direct preference optimization (Rafailov et al. 2023, arXiv 2305.18290)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.training.data.masking import IGNORED
from bigmodel_studio.training.data.shuffling import order
from bigmodel_studio.training.script.parts.rows import PADDING, padded
from bigmodel_studio.training.script.parts.settings import SEED, UPDATE, Batch, array

__all__ = ["batch", "counts", "losses"]

BETA = 0.1  # how strongly the model stays near the one that it began as


def batch(step: int) -> Batch:
    """Return the next pairs, the chosen answer first, and what the model at the beginning said of their answers."""
    numbers = order(SEED, (step - 1) * UPDATE, UPDATE, len(array("reference")), 1)
    rows = [2 * number + which for number in numbers for which in (0, 1)]
    tokens = padded(array("tokens"), rows, PADDING)
    labels = tokens.masked_fill(padded(array("learnt"), rows, 0) == 0, IGNORED)
    reference = torch.from_numpy(array("reference")[numbers])
    return {
        "input_ids": tokens[:, :-1].reshape(UPDATE, 2, -1),
        "labels": labels[:, 1:].reshape(UPDATE, 2, -1),
        "reference": reference,
    }


def losses(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Return the sum of the losses of all pairs, [1]."""
    logits = model(input_ids=batch["input_ids"].flatten(0, 1), use_cache=False).logits.float()
    labels = batch["labels"].flatten(0, 1)
    of_tokens = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")  # 0 where nothing is learnt
    rewards = BETA * (-of_tokens.sum(1).view(-1, 2) - batch["reference"])
    return -F.logsigmoid(rewards[:, 0] - rewards[:, 1]).sum().view(1)


def counts(batch: Batch) -> torch.Tensor:
    """Return how many pairs there are, [1]."""
    return batch["labels"].new_tensor([len(batch["labels"])])
