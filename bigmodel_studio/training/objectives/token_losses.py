"""Tokens with the loss on each, as text that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bigmodel_studio.protocol import TokenLoss

_HALF = "\ufffd"


def token_losses(tokenizer: Any, ids: Sequence[int], losses: Sequence[float | None]) -> tuple[TokenLoss, ...]:
    """Each token's text with the loss on it. ``losses`` are on the last ``len(losses)`` of ``ids``; those before them
    have none. A token that ends in the middle of a character has no text, the one that completes it has it all.
    """
    known = [None] * (len(ids) - len(losses)) + list(losses)
    made: list[TokenLoss] = []
    pending: list[int] = []
    for place, (token, loss) in enumerate(zip(ids, known, strict=True)):
        pending.append(int(token))
        text = str(tokenizer.decode(pending))
        if text.endswith(_HALF) and len(pending) < 4 and place < len(ids) - 1:
            text = ""
        else:
            pending = []
        made.append(TokenLoss(text, loss))
    return tuple(made)
