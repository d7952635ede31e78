"""The decode loop: the prompt in pieces, then one token at a time, by the fastest decoder that a model has.

A step at a time, so that whoever drives it can stop between any two, and so that several sequences can take turns
later. ``DECODERS`` is the table of implementations. Knows nothing of text, of requests or of events.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import torch
from torch import Tensor
from transformers import PreTrainedModel

from bigmodel_studio.engine.generation.sampling import SampledToken, Sampler, SamplerSettings
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.models.tensor_bytes import cache_bytes
from bigmodel_studio.engine.packed.decoder import PackedDecoder

PREFILL_TOKENS = 512
"""Tokens of the prompt that go through the model at once: bounds memory, and the time until a stop is heard."""


class Decoder(Protocol):
    """One sequence in one model: what was fed lies in a cache, ``logits`` [vocabulary] tells what may follow."""

    @property
    def logits(self) -> Tensor | None:
        """After the last token that was fed; None before the first."""

    @property
    def cache_bytes(self) -> int:
        """What the cache takes now."""

    def prefill(self, ids: list[int]) -> Iterator[int]:
        """Feed the prompt piece by piece; yields how many tokens are done."""

    def step(self, id_: int) -> None:
        """Feed one token."""


class TransformersDecoder:
    """The reference, for every Hugging Face causal model: one forward pass of the model's own for each piece."""

    def __init__(self, model: PreTrainedModel, device: torch.device) -> None:
        self._model = model
        self._device = device
        self._cache: Any = None
        self._fed: list[int] = []
        keeps = "logits_to_keep" in inspect.signature(model.forward).parameters
        self._options: dict[str, Any] = {"logits_to_keep": 1} if keeps else {}
        self.logits: Tensor | None = None
        """[vocabulary], after the last token that was fed."""

    @property
    def cache_bytes(self) -> int:
        """What the cache takes now."""
        return cache_bytes(self._cache)

    def prefill(self, ids: list[int]) -> Iterator[int]:
        """Feed the prompt piece by piece; yields how many tokens are done."""
        for start in range(0, len(ids), PREFILL_TOKENS):
            self._feed(ids[start : start + PREFILL_TOKENS])
            yield min(start + PREFILL_TOKENS, len(ids))

    def step(self, id_: int) -> None:
        """Feed one token."""
        self._feed([id_])

    def _feed(self, ids: list[int]) -> None:
        self._fed += ids
        # A model that keeps its state elsewhere (or nowhere) is given the whole sequence each time: slow, but right.
        stateless = self._cache is None and len(self._fed) > len(ids)
        row = torch.tensor([self._fed if stateless else ids], device=self._device)
        with torch.inference_mode():
            output = self._model(
                input_ids=row, past_key_values=self._cache, use_cache=True, return_dict=True, **self._options
            )
        self._cache = getattr(output, "past_key_values", None)
        self.logits = output.logits[0, -1]


def _packed(loaded: LoadedModel) -> PackedDecoder | None:
    return loaded.fast.decoder()


def _transformers(loaded: LoadedModel) -> TransformersDecoder:
    return TransformersDecoder(loaded.model, loaded.device)


DECODERS: dict[str, Callable[[LoadedModel], Decoder | None]] = {"packed": _packed, "transformers": _transformers}
"""Implementations by name, the fastest first; each says None where it can't be used now."""


def decoder_of(loaded: LoadedModel) -> tuple[str, Decoder]:
    """Return the first decoder of the table that the model has, with its name."""
    for name, make in DECODERS.items():
        decoder = make(loaded)
        if decoder is not None:
            return name, decoder
    raise AssertionError("every model has the reference")


def decode(
    decoder: Decoder,
    prompt: list[int],
    choice: SamplerSettings,
    *,
    most: int,
    ends: frozenset[int],
    alternatives: int = 0,
) -> Iterator[tuple[SampledToken, list[SampledToken]]]:
    """Choose up to ``most`` tokens after a prompt that was fed already; an end token is yielded, too, as the last."""
    assert decoder.logits is not None
    sampler = Sampler(choice, decoder.logits.device, alternatives, prompt)
    for left in range(most, 0, -1):
        with torch.inference_mode():
            chosen, others = sampler.choose(decoder.logits)
            sampler.accept(chosen.id)
        yield chosen, others
        if chosen.id in ends or left == 1:
            return
        decoder.step(chosen.id)


def score(model: PreTrainedModel, prompt: list[int], new: list[int], device: torch.device) -> Tensor:
    """Return log-probabilities [len(new), vocabulary] of the raw model before each new token, all in one pass."""
    with torch.inference_mode():
        output = model(input_ids=torch.tensor([prompt + new[:-1]], device=device), use_cache=False)
        logits: Tensor = output.logits[0]
        return logits[len(prompt) - 1 :].float().log_softmax(dim=-1)
