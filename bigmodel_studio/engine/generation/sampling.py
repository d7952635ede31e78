"""How the next token is chosen from its logits: repetition penalty, temperature, top-k, top-p and min-p, in the order
and with the meaning that transformers gives them, so that the same settings and seed give the same text there and here.

Works on one row of logits at a time; knows no model and no tokenizer.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Sampling

DEFAULT_TEMPERATURE = 0.8
DEFAULT_TOP_P = 0.95
MOST_ALTERNATIVES = 100
_RULED_OUT = float("-inf")

Processor = Callable[[Tensor, Tensor], Tensor]
"""(scores [vocabulary], ids seen so far [n]) -> scores [vocabulary]; what may not be chosen is -inf."""


@dataclass(frozen=True)
class SamplerSettings:
    """Settled settings: every default filled in. ``top_k`` 0, ``top_p`` 1 and ``min_p`` 0 rule nothing out."""

    greedy: bool
    temperature: float
    top_k: int
    top_p: float
    min_p: float
    repetition_penalty: float
    seed: int


class SampledToken(NamedTuple):
    """A token with its natural log-probabilities: the raw model's, and after the processors (None: ruled out)."""

    id: int
    logprob: float
    processed_logprob: float | None


def settle(sampling: Sampling, defaults: Any) -> SamplerSettings:
    """Return the settings to use: the user's, else the model's (``generation_config``), else the application's.

    Raises ``StudioError`` "sampling-invalid" with the field, what it was and what it may be.
    """
    check(sampling)

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
    )


def own_sampling(defaults: Any) -> Sampling:
    """Return what ``settle`` settles where the user says nothing."""
    choice = settle(Sampling(), defaults)
    return Sampling(
        temperature=choice.temperature,
        top_k=choice.top_k,
        top_p=choice.top_p,
        min_p=choice.min_p,
        repetition_penalty=choice.repetition_penalty,
    )


def check(sampling: Sampling) -> None:
    """Check that each field is within what makes sense."""

    def within(value: float | None, low: float, high: float) -> bool:
        return value is None or (math.isfinite(value) and low <= value <= high)

    rules = (
        ("max_new_tokens", within(sampling.max_new_tokens, 1, 10**7), "1 or more"),
        ("temperature", within(sampling.temperature, 0, 100), "0 (greedy) to 100"),
        ("top_k", within(sampling.top_k, 0, 10**9), "0 (off) or more"),
        ("top_p", within(sampling.top_p, 0, 1), "0 to 1 (off)"),
        ("min_p", within(sampling.min_p, 0, 1), "0 (off) to 1"),
        ("repetition_penalty", within(sampling.repetition_penalty, 0.01, 100), "0.01 to 100, 1 being off"),
        ("seed", within(sampling.seed, 0, 2**63 - 1), "0 or more"),
        ("beams", within(sampling.beams, 1, 64), "1 (off) to 64"),
    )
    for field, holds, may_be in rules:
        if not holds:
            raise StudioError("sampling-invalid", field=field, was=str(getattr(sampling, field)), may_be=may_be)


def processors(choice: SamplerSettings) -> list[Processor]:
    """Return what changes the logits under these settings, in transformers' order; greedy search knows only the
    penalty.
    """
    found: list[Processor] = []
    if choice.repetition_penalty != 1.0:
        found.append(lambda scores, seen: repetition_penalty(scores, seen, choice.repetition_penalty))
    if choice.greedy:
        return found
    if choice.temperature != 1.0:
        found.append(lambda scores, seen: scores / choice.temperature)
    if choice.top_k > 0:
        found.append(lambda scores, seen: top_k(scores, choice.top_k))
    if choice.top_p < 1.0:
        found.append(lambda scores, seen: top_p(scores, choice.top_p))
    if choice.min_p > 0.0:
        found.append(lambda scores, seen: min_p(scores, choice.min_p))
    return found


def repetition_penalty(scores: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """Make what was seen less likely (Keskar et al. 2019, CTRL, section 4.1), prompt included."""
    old = scores[seen]
    return scores.scatter(0, seen, torch.where(old < 0, old * penalty, old / penalty))


def top_k(scores: Tensor, k: int) -> Tensor:
    """Keep the k most probable, and what ties with the last of them (Fan et al. 2018)."""
    last = torch.topk(scores, min(k, scores.numel())).values[-1]
    return scores.masked_fill(scores < last, _RULED_OUT)


def top_p(scores: Tensor, p: float) -> Tensor:
    """Keep the smallest set of the most probable that holds ``p`` (Holtzman et al. 2020, nucleus sampling)."""
    ascending, order = torch.sort(scores, descending=False)
    out = ascending.softmax(dim=-1).cumsum(dim=-1) <= 1 - p
    out[-1] = False
    return scores.masked_fill(torch.zeros_like(out).scatter(0, order, out), _RULED_OUT)


def min_p(scores: Tensor, p: float) -> Tensor:
    """Keep what is at least ``p`` times as probable as the most probable (Nguyen et al. 2024)."""
    probabilities = scores.softmax(dim=-1)
    most, best = probabilities.max(dim=-1)
    out = probabilities < p * most
    out[best] = False
    return scores.masked_fill(out, _RULED_OUT)


class Sampler:
    """Chooses token after token under one ``SamplerSettings``, with a random generator of its own."""

    def __init__(self, choice: SamplerSettings, device: torch.device, alternatives: int = 0) -> None:
        self._greedy = choice.greedy
        self._processors = processors(choice)
        self._generator = torch.Generator(device=device).manual_seed(choice.seed)
        self._alternatives = min(alternatives, MOST_ALTERNATIVES)

    def choose(self, logits: Tensor, seen: Tensor) -> tuple[SampledToken, list[SampledToken]]:
        """Return the next token and its alternatives (the most probable of the raw model, the chosen one among them).

        ``logits`` [vocabulary] of any float dtype; ``seen`` [n] are the ids so far.
        Raises ``StudioError`` "logits-not-finite" where the model computed no number.
        """
        raw = logits.float()
        scores = raw
        for process in self._processors:
            scores = process(scores, seen)
        if self._greedy:
            best = scores.argmax()
        else:
            probabilities = scores.softmax(dim=-1)
            if bool(probabilities.isnan().any()):
                raise StudioError("logits-not-finite", blame="work")
            best = torch.multinomial(probabilities, 1, generator=self._generator)[0]
        logprobs = raw.log_softmax(dim=-1)
        processed = logprobs if scores is raw else scores.log_softmax(dim=-1)
        chosen = self._said(int(best), logprobs, processed)
        if math.isnan(chosen.logprob):
            raise StudioError("logits-not-finite", blame="work")
        others = logprobs.topk(min(self._alternatives, logprobs.numel())).indices.tolist() if self._alternatives else []
        return chosen, [self._said(id_, logprobs, processed) for id_ in others]

    @staticmethod
    def _said(id_: int, logprobs: Tensor, processed: Tensor) -> SampledToken:
        after = float(processed[id_])
        return SampledToken(id_, float(logprobs[id_]), None if after == _RULED_OUT else after)
