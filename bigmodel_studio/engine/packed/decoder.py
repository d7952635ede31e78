"""Decoding with a packed model: one sequence, fed piece by piece, that can be cut back, continued and forked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import torch
from torch import Tensor

from bigmodel_studio.engine.packed.cache import KeyValues
from bigmodel_studio.engine.packed.model import ROWS, PackedModel
from bigmodel_studio.engine.packed.trace import trace


class PackedDecoder:
    """One sequence in a packed model. ``logits`` [vocabulary], float32, tell what may follow what was fed."""

    exact = True
    """Logits depend on the ids before them alone, bit for bit."""

    def __init__(self, model: PackedModel, keys_and_values: KeyValues | None = None) -> None:
        self.model = model
        self.cache = keys_and_values or model.sequence()
        self.logits: Tensor | None = None

    @property
    def length(self) -> int:
        """How many tokens were fed."""
        return self.cache.length

    @property
    def cache_bytes(self) -> int:
        """What the cache takes now."""
        return self.cache.bytes

    def prefill(self, ids: list[int]) -> Iterator[int]:
        """Feed tokens ``ROWS`` at a time; yields how many are done."""
        for start in range(0, len(ids), ROWS):
            part = ids[start : start + ROWS]
            done = start + len(part)
            logits = self.model.feed([(self.cache, id_) for id_ in part], [len(part) - 1] if done == len(ids) else [])
            if len(logits):
                self.logits = logits[0]
            yield done

    def step(self, id_: int) -> None:
        """Feed one token."""
        self.logits = self.model.feed([(self.cache, id_)], [0])[0]

    def verify(self, ids: list[int]) -> Tensor:
        """Feed tokens; returns float32 logits [ids, vocabulary], one row after each of them."""
        found = []
        for start in range(0, len(ids), ROWS):
            part = ids[start : start + ROWS]
            found.append(self.model.feed([(self.cache, id_) for id_ in part], range(len(part))))
        result = torch.cat(found)
        self.logits = result[-1]
        return result

    def trace(self, ids: list[int], names: Collection[str]) -> dict[str, Tensor]:
        """Feed tokens; return activations at their positions by TransformerLens' names (see ``activations``).

        Raises ``KeyError`` with a name that the model has not.
        """
        found, logits = trace(self.model, self.cache, ids, names)
        self.logits = logits[-1]
        return found

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` tokens; the next one fed stands at that place."""
        self.cache.truncate(length)
        self.logits = None

    def fork(self) -> PackedDecoder:
        """Return another decoder that begins with what this one was fed, and shares the memory for it."""
        other = PackedDecoder(self.model, self.cache.fork())
        other.logits = self.logits
        return other

    def release(self) -> None:
        """Give the cache's memory back."""
        self.cache.release()
        self.logits = None


def step_packed(rows: Sequence[tuple[PackedDecoder, int]]) -> None:
    """Feed one token to each of several sequences, those of one model together."""
    for model in {id(decoder.model): decoder.model for decoder, _ in rows}.values():
        same = [(decoder, id_) for decoder, id_ in rows if decoder.model is model]
        for start in range(0, len(same), ROWS):
            part = same[start : start + ROWS]
            logits = model.feed([(decoder.cache, id_) for decoder, id_ in part], range(len(part)))
            for (decoder, _), row in zip(part, logits, strict=True):
                decoder.logits = row
