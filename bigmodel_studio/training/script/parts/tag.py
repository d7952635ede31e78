"""The tag of each word, at its first token; the other tokens have none."""

from __future__ import annotations

from bigmodel_studio.training.script.parts.classes import losses
from bigmodel_studio.training.script.parts.labels import IGNORED, counts
from bigmodel_studio.training.script.parts.rows import next_rows, padded, read_whole
from bigmodel_studio.training.script.parts.settings import Batch, array

__all__ = ["batch", "counts", "losses"]


def batch(step: int) -> Batch:
    """Return the next sentences and their tags."""
    numbers = next_rows(step)
    return {**read_whole(numbers), "labels": padded(array("labels"), numbers, IGNORED)}
