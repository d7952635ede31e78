"""Each token of a text from those before it."""

from __future__ import annotations

import numpy as np
import torch

from bigmodel_studio.training.data.shuffling import generator
from bigmodel_studio.training.script.parts.labels import counts
from bigmodel_studio.training.script.parts.next_tokens import losses
from bigmodel_studio.training.script.parts.settings import SEED, UPDATE, Batch, array

__all__ = ["batch", "counts", "losses"]
CONTEXT = 128


def batch(step: int) -> Batch:
    """Return windows of CONTEXT tokens at random places, and for each token the next one."""
    tokens = array("tokens")
    starts = generator(SEED, 0, step).integers(0, len(tokens) - CONTEXT, size=UPDATE)
    windows = np.stack([tokens[start : start + CONTEXT + 1].astype(np.int64) for start in starts])
    return {"input_ids": torch.from_numpy(windows[:, :-1]), "labels": torch.from_numpy(windows[:, 1:])}
