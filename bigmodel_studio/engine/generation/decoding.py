"""The decode loop: the prompt in pieces, then one token at a time, by the fastest decoder that a model has.

A step at a time, so that whoever drives it can stop between any two, and so that several sequences can take turns
later. ``DECODERS`` is the table of implementations. Knows nothing of text, of requests or of events.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from bigmodel_studio.engine.generation.drafts import Speculation
from bigmodel_studio.engine.generation.processors import LogitsProcessor
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.generation.sampling import Sample, Sampler, SamplerSettings
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.packed.decoder import PackedDecoder, step_packed

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Decoder(Protocol):
    """One sequence in one model: what was fed lies in a cache, ``logits`` [vocabulary] are of the next token."""

    @property
    def logits(self) -> Tensor | None:
        """After the last token that was fed; None before the first."""

    @property
    def exact(self) -> bool:
        """Whether logits depend on the ids before them alone, bit for bit: not on what was fed together."""

    @property
    def length(self) -> int:
        """How many tokens were fed."""

    @property
    def cache_bytes(self) -> int:
        """What the cache takes now."""

    def prefill(self, ids: list[int]) -> Iterator[int]:
        """Feed the prompt piece by piece; yields how many tokens are done."""

    def step(self, id_: int) -> None:
        """Feed one token."""

    def verify(self, ids: list[int]) -> Tensor:
        """Feed tokens; returns logits [ids, vocabulary], one row after each of them."""

    def trace(self, ids: list[int], names: Collection[str]) -> dict[str, Tensor]:
        """Feed tokens; return float32 activations at their positions by the names of ``packed.activations``.

        Raises ``KeyError`` with a name that the model has not.
        """

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` tokens; ``logits`` are None until the next one is fed."""

    def fork(self) -> Decoder:
        """Return another decoder that begins with what this one was fed."""

    def release(self) -> None:
        """Give the cache's memory back."""


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


def step(rows: Sequence[tuple[Decoder, int]]) -> None:
    """Feed one token to each of several sequences; those of a packed model go through it together."""
    packed = [(decoder, id_) for decoder, id_ in rows if isinstance(decoder, PackedDecoder)]
    step_packed(packed)
    for decoder, id_ in rows:
        if not isinstance(decoder, PackedDecoder):
            decoder.step(id_)


def decode(
    decoder: Decoder,
    prompt: list[int],
    choice: SamplerSettings,
    *,
    most: int,
    ends: frozenset[int],
    alternatives: int = 0,
    speculation: Speculation | None = None,
    rules: Sequence[LogitsProcessor] = (),
    begun: int = 0,
) -> Iterator[Sample]:
    """Yield up to ``most`` tokens after a prompt that was fed already; an end token is yielded, too, as the last.

    ``rules`` are processors of the request, such as a grammar; they come before those of the settings. The last
    ``begun`` ids of the prompt are the beginning of the reply, which some penalties count.

    With ``speculation`` some are verified together; the tokens are the same, for a decoder that is exact. However it
    ends, the decoder was then fed nothing but the prompt and tokens that were yielded.
    """
    assert decoder.logits is not None
    asked = len(prompt) - begun
    sampler = Sampler(choice, decoder.logits.device, alternatives, prompt[:asked])
    for id_ in prompt[asked:]:
        sampler.accept(id_)
    sampler.processors = [*rules, *sampler.processors]
    rows, drafted, right = decoder.logits[None], list[int](), decoder.length
    left = most
    try:
        while True:
            for row, guess in zip(rows, [*drafted, None], strict=True):
                with torch.inference_mode():
                    chosen, others = sampler.choose(row)
                    sampler.accept(chosen.id)
                if speculation is not None:
                    speculation.accept(chosen.id)
                left -= 1
                right += chosen.id == guess  # it was fed already
                yield chosen, others
                if chosen.id in ends or not left:
                    return
                if chosen.id != guess:
                    break
            if decoder.length > right:
                decoder.truncate(right)
            drafted = speculation.propose(left - 1, sampler) if speculation is not None else []
            rows = _fed(decoder, [chosen.id, *drafted])
            right += 1
            if speculation is not None:
                speculation.verified()
    finally:
        if decoder.length > right:
            decoder.truncate(right)


def _fed(decoder: Decoder, ids: list[int]) -> Tensor:
    """Feed tokens; return logits [ids, vocabulary]."""
    if len(ids) > 1:
        return decoder.verify(ids)
    decoder.step(ids[0])
    assert decoder.logits is not None
    return decoder.logits[None]


def score(model: PreTrainedModel, prompt: list[int], new: list[int], device: torch.device) -> Tensor:
    """Return log-probabilities [len(new), vocabulary] of the raw model before each new token, all in one pass."""
    with torch.inference_mode():
        output = model(input_ids=torch.tensor([prompt + new[:-1]], device=device), use_cache=False)
        logits: Tensor = output.logits[0]
        return logits[len(prompt) - 1 :].float().log_softmax(dim=-1)
