"""The class of each text."""

from __future__ import annotations

import torch

from bigmodel_studio.training.script.parts.classes import losses
from bigmodel_studio.training.script.parts.labels import counts
from bigmodel_studio.training.script.parts.rows import next_rows, read_whole
from bigmodel_studio.training.script.parts.settings import Batch, array

__all__ = ["batch", "counts", "losses"]


def batch(step: int) -> Batch:
    """Return the next texts and their classes."""
    numbers = next_rows(step)
    return {**read_whole(numbers), "labels": torch.from_numpy(array("labels")[numbers])}
