"""The reference decoder: every Hugging Face causal model, by forward passes of the model's own.

Forks share the tensors of a cache, which transformers replaces and never changes. A cache that can't be cut back (a
state, or a window that is full) is computed again. Knows nothing of sampling.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

from bigmodel_studio.engine.generation.reference_trace import traced
from bigmodel_studio.engine.models.tensor_bytes import cache_bytes
from bigmodel_studio.engine.packed.activations import placed

if TYPE_CHECKING:
    from transformers import PreTrainedModel

PREFILL_TOKENS = 512
"""Tokens of the prompt that go through the model at once: bounds memory, and the time until a stop is heard."""


class TransformersDecoder:
    """One sequence in a model of transformers; ``logits`` [vocabulary] tell what may follow what was fed."""

    exact = False
    """Logits depend a little (1e-5) on what was fed together."""

    def __init__(self, model: PreTrainedModel, device: torch.device) -> None:
        self._model = model
        self._device = device
        self._cache: Any = None
        self._fed: list[int] = []
        self._keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
        self.logits: Tensor | None = None
        """[vocabulary], after the last token that was fed."""

    @property
    def length(self) -> int:
        """How many tokens were fed."""
        return len(self._fed)

    @property
    def cache_bytes(self) -> int:
        """What the cache takes now."""
        return cache_bytes(self._cache)

    def prefill(self, ids: list[int]) -> Iterator[int]:
        """Feed the prompt piece by piece; yields how many tokens are done."""
        for start in range(0, len(ids), PREFILL_TOKENS):
            self._feed(ids[start : start + PREFILL_TOKENS], 1)
            yield min(start + PREFILL_TOKENS, len(ids))

    def step(self, id_: int) -> None:
        """Feed one token."""
        self._feed([id_], 1)

    def verify(self, ids: list[int]) -> Tensor:
        """Feed tokens; returns logits [ids, vocabulary], one row after each of them."""
        return self._feed(ids, len(ids))

    def trace(self, ids: list[int], names: Collection[str]) -> dict[str, Tensor]:
        """Feed tokens; return activations at their positions by TransformerLens' names (see ``packed.activations``).

        The whole text is computed at once. Raises ``UnsupportedError`` for an architecture without a table of names,
        ``KeyError`` with a name that the model has not.
        """
        found, logits = traced(self._model, self._fed + ids, names)
        self._fed += ids
        self._cache, self.logits = None, logits[-1]
        by_head = ("attn.hook_attn_scores", "attn.hook_pattern")
        new = slice(len(self._fed) - len(ids), None)
        return {name: value[:, new] if placed(name).name in by_head else value[new] for name, value in found.items()}

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` tokens."""
        assert 0 <= length <= len(self._fed)
        if length < len(self._fed):
            self._cache = cut_back(self._cache, length) if length else None
            del self._fed[length:]
            self.logits = None

    def fork(self) -> TransformersDecoder:
        """Return another decoder that begins with the same tokens, and shares the memory for them where it can."""
        other = TransformersDecoder(self._model, self._device)
        other._fed, other.logits = list(self._fed), self.logits
        other._cache = cut_back(self._cache, len(self._fed))
        return other

    def release(self) -> None:
        """Give the cache's memory back."""
        self.truncate(0)

    def _feed(self, ids: list[int], wanted: int) -> Tensor:
        self._fed += ids
        # A model that keeps its state elsewhere (or nowhere) is given the whole sequence each time: slow, but right.
        given = self._fed if self._cache is None else ids
        row = torch.tensor([given], device=self._device)
        options: dict[str, Any] = {"logits_to_keep": wanted} if self._keeps else {}
        with torch.inference_mode():
            output = self._model(
                input_ids=row, past_key_values=self._cache, use_cache=True, return_dict=True, **options
            )
        self._cache = getattr(output, "past_key_values", None)
        found: Tensor = output.logits[0, -wanted:]
        self.logits = found[-1]
        return found


def cut_back(cache: Any, length: int) -> Any:
    """Return a cache of the first ``length`` tokens that shares the tensors of ``cache``, which stays as it is.

    None where that can't be: another kind of cache, or a window that has dropped its first tokens.
    """
    if type(cache) is not DynamicCache or not all(_holds_all(layer) for layer in cache.layers):
        return None
    found = copy.copy(cache)
    layers: list[Any] = [copy.copy(layer) for layer in cache.layers]
    found.layers = layers
    for layer in layers:
        if layer.keys is not None and layer.values is not None:
            layer.keys, layer.values = layer.keys[..., :length, :], layer.values[..., :length, :]
        if isinstance(layer, DynamicSlidingWindowLayer):
            layer.cumulative_length = min(layer.cumulative_length, length)
    return found


def _holds_all(layer: Any) -> bool:
    """Return whether a layer of a cache holds the keys and values of every token that was fed."""
    if type(layer) is DynamicSlidingWindowLayer:
        return bool(layer.cumulative_length < layer.sliding_window)
    return type(layer) is DynamicLayer
