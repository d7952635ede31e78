"""How the next token is chosen from its logits, so that the same settings and seed give the same text as transformers.

A ``Sampler`` is the state of one row: its processors and its random generator. ``sample`` chooses for many rows at
once, on the device, and copies back once; a row gets the same token whatever rows are beside it. Knows no model and no
tokenizer.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.processors import (
    RULED_OUT,
    FrequencyPenalty,
    LogitsProcessor,
    MinP,
    PresencePenalty,
    RepetitionPenalty,
    Temperature,
    TopK,
    TopP,
    TypicalP,
)
from bigmodel_studio.engine.generation.sampling_bounds import check_sampling
from bigmodel_studio.protocol import Sampling

DEFAULT_TEMPERATURE = 0.8
DEFAULT_TOP_P = 0.95
MOST_ALTERNATIVES = 100


@dataclass(frozen=True)
class SamplerSettings:
    """Settled settings: every default filled in.

    ``top_k`` 0, ``top_p`` and ``typical_p`` 1 and ``min_p`` 0 rule nothing out.
    """

    greedy: bool
    temperature: float
    top_k: int
    top_p: float
    min_p: float
    repetition_penalty: float
    seed: int
    typical_p: float = 1.0
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0


class SampledToken(NamedTuple):
    """A token with its natural log-probabilities: the raw model's, and after the processors (None: ruled out)."""

    id: int
    logprob: float
    processed_logprob: float | None


def settle(sampling: Sampling, defaults: Any) -> SamplerSettings:
    """Return the settings to use: the user's, else the model's (``generation_config``), else the application's.

    Raises ``StudioError`` "sampling-invalid" with the field, what it was and what it may be.
    """
    check_sampling(sampling)

    def settled(field: str, otherwise: float) -> float:
        asked, own = getattr(sampling, field), getattr(defaults, field, None)
        return float(asked if asked is not None else own if own is not None else otherwise)

    temperature = settled("temperature", DEFAULT_TEMPERATURE)
    return SamplerSettings(
        greedy=sampling.greedy or temperature == 0 or sampling.beams > 1,
        temperature=temperature,
        top_k=int(settled("top_k", 0)),
        top_p=settled("top_p", DEFAULT_TOP_P),
        min_p=settled("min_p", 0.0),
        repetition_penalty=settled("repetition_penalty", 1.0),
        seed=secrets.randbits(31) if sampling.seed is None else sampling.seed,
        typical_p=settled("typical_p", 1.0),
        presence_penalty=settled("presence_penalty", 0.0),
        frequency_penalty=settled("frequency_penalty", 0.0),
    )


def own_sampling(defaults: Any) -> Sampling:
    """Return what ``settle`` settles where the user says nothing."""
    choice = settle(Sampling(), defaults)
    return Sampling(
        temperature=choice.temperature,
        top_k=choice.top_k,
        top_p=choice.top_p,
        min_p=choice.min_p,
        typical_p=choice.typical_p,
        repetition_penalty=choice.repetition_penalty,
        presence_penalty=choice.presence_penalty,
        frequency_penalty=choice.frequency_penalty,
    )


def processors(choice: SamplerSettings, prompt: Sequence[int] = ()) -> list[LogitsProcessor]:
    """Return what changes the logits under these settings, in transformers' order.

    Greedy search knows only the penalties. ``prompt`` are the ids before the first that is chosen.
    """
    found: list[LogitsProcessor] = []
    if choice.repetition_penalty != 1.0:
        found.append(RepetitionPenalty(choice.repetition_penalty, prompt))
    if choice.presence_penalty != 0.0:
        found.append(PresencePenalty(choice.presence_penalty))
    if choice.frequency_penalty != 0.0:
        found.append(FrequencyPenalty(choice.frequency_penalty))
    if choice.greedy:
        return found
    if choice.temperature != 1.0:
        found.append(Temperature(choice.temperature))
    if choice.top_k > 0:
        found.append(TopK(choice.top_k))
    if choice.top_p < 1.0:
        found.append(TopP(choice.top_p))
    if choice.min_p > 0.0:
        found.append(MinP(choice.min_p))
    if choice.typical_p < 1.0:
        found.append(TypicalP(choice.typical_p))
    return found


Sample = tuple[SampledToken, list[SampledToken]]
"""The token chosen, and its alternatives: the most probable of the raw model."""


class Sampler:
    """The state of one row under one ``SamplerSettings``: its processors, and a random generator of its own.

    ``prompt`` are the ids of the text so far.
    """

    def __init__(
        self, choice: SamplerSettings, device: torch.device, alternatives: int = 0, prompt: Sequence[int] = ()
    ) -> None:
        self.greedy = choice.greedy
        self.processors = processors(choice, prompt)
        self.generator = torch.Generator(device=device).manual_seed(choice.seed)
        self.alternatives = min(alternatives, MOST_ALTERNATIVES)

    def choose(self, logits: Tensor) -> Sample:
        """Return the next token of this row alone: ``sample`` of one row of ``logits`` [vocabulary]."""
        return sample([self], logits[None])[0]

    def accept(self, id_: int) -> None:
        """Add a token to the row's text."""
        for processor in self.processors:
            processor.accept(id_)

    def rollback(self, n: int) -> None:
        """Take the last ``n`` accepted tokens back; the random generator stays where it is."""
        for processor in self.processors:
            processor.rollback(n)


def sample(samplers: Sequence[Sampler], logits: Tensor) -> list[Sample]:
    """Choose the next token of each row; ``logits`` [rows, vocabulary] of any float dtype.

    Everything is computed where the logits are, and copied back once. Nothing is accepted yet. Raises ``StudioError``
    "logits-not-finite" where the model computed no number.
    """
    raw = logits.float()
    scores = raw
    if any(sampler.processors for sampler in samplers):
        scores = torch.stack([_processed(sampler, row) for sampler, row in zip(samplers, raw, strict=True)])
    logprobs = raw.log_softmax(dim=-1)
    processed = logprobs if scores is raw else scores.log_softmax(dim=-1)
    chosen = _chosen(samplers, scores)
    columns = [chosen[:, None]]
    most = max(sampler.alternatives for sampler in samplers)
    if most:
        columns.append(logprobs.topk(min(most, logprobs.shape[-1])).indices)
    ids = torch.cat(columns, dim=1)
    # One copy: ids are exact as floats up to 16 million.
    back = torch.stack((ids.float(), logprobs.gather(1, ids), processed.gather(1, ids)), dim=-1).tolist()
    found = []
    for sampler, ((id_, logprob, after), *others) in zip(samplers, back, strict=True):
        if math.isnan(logprob) or math.isnan(after):
            raise StudioError("logits-not-finite", blame="work")
        found.append(
            (_sampled(id_, logprob, after), [_sampled(*values) for values in others[: sampler.alternatives]]),
        )
    return found


def _processed(sampler: Sampler, scores: Tensor) -> Tensor:
    for processor in sampler.processors:
        scores = processor.apply(scores)
    return scores


def _chosen(samplers: Sequence[Sampler], scores: Tensor) -> Tensor:
    """Return ids [rows]: the best where a row is greedy, else drawn with the row's own generator.

    Drawn as ``torch.multinomial`` draws one, which asks the device to wait for a check: the largest of the
    probabilities, each divided by an exponential variate.
    """
    best = scores
    if not all(sampler.greedy for sampler in samplers):
        best = scores.softmax(dim=-1)
        for row, sampler in enumerate(samplers):
            if sampler.greedy:
                best[row] = scores[row]  # probabilities may be equal where logits are not
            else:
                best[row] /= torch.empty_like(best[row]).exponential_(1.0, generator=sampler.generator)
    return best.argmax(dim=-1)


def _sampled(id_: float, logprob: float, after: float) -> SampledToken:
    return SampledToken(int(id_), logprob, None if after == RULED_OUT else after)
