"""The answers in conversations, token by token; what the others say is read and not learnt."""

from __future__ import annotations

from bigmodel_studio.training.script.parts.labels import IGNORED, counts
from bigmodel_studio.training.script.parts.next_tokens import losses
from bigmodel_studio.training.script.parts.rows import PADDING, next_rows, padded
from bigmodel_studio.training.script.parts.settings import Batch, array

__all__ = ["batch", "counts", "losses"]


def batch(step: int) -> Batch:
    """Return the next conversations, and for each token the next one where that is of an answer."""
    numbers = next_rows(step, stream=1)
    tokens = padded(array("tokens"), numbers, PADDING)
    labels = tokens.masked_fill(padded(array("learnt"), numbers, 0) == 0, IGNORED)
    return {"input_ids": tokens[:, :-1], "labels": labels[:, 1:]}
