"""Processors of a row's logits before sampling: penalties, temperature, top-k, top-p, min-p and typical-p, in the order
and with the meaning that transformers gives them (presence and frequency penalty: vLLM's).

A logits processor belongs to one row: it may remember the tokens of its text (``accept``) and forget the last of them
(``rollback``), which speculation and branches need. Knows no model and no tokenizer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

RULED_OUT = float("-inf")


class LogitsProcessor(Protocol):
    """Changes the logits of one row; tokens that may not be chosen become -inf."""

    @property
    def name(self) -> str:
        """What the setting is called, such as ``top-k``."""

    def apply(self, logits: Tensor) -> Tensor:
        """Return the changed logits [vocabulary], float32 on the same device; the argument stays as it is."""

    def accept(self, id_: int) -> None:
        """Add a token to the row's text."""

    def rollback(self, n: int) -> None:
        """Take the last ``n`` accepted tokens back."""


class _Stateless:
    """A processor that looks at the logits alone."""

    name = ""

    def accept(self, id_: int) -> None:
        """Remember nothing."""

    def rollback(self, n: int) -> None:
        """Forget nothing."""


class _Counting:
    """A processor that knows how often each token is in a text, from ``beginning`` on."""

    def __init__(self, penalty: float, beginning: Sequence[int] = ()) -> None:
        self._penalty = penalty
        self._beginning = list(beginning)
        self._accepted: list[int] = []
        self._counts: Tensor | None = None
        """int32 [vocabulary] where the logits are."""

    def _counted(self, logits: Tensor) -> Tensor:
        if self._counts is None:
            ids = torch.tensor(self._beginning + self._accepted, dtype=torch.int64)
            counts = torch.bincount(ids, minlength=logits.numel()).int()
            self._counts = counts.to(logits.device)
        return self._counts

    def accept(self, id_: int) -> None:
        """Add a token to the row's text."""
        self._accepted.append(id_)
        if self._counts is not None:
            self._counts[id_] += 1

    def rollback(self, n: int) -> None:
        """Take the last ``n`` accepted tokens back."""
        assert 0 <= n <= len(self._accepted)
        for _ in range(n):
            id_ = self._accepted.pop()
            if self._counts is not None:
                self._counts[id_] -= 1


class RepetitionPenalty(_Counting):
    """Makes tokens of the text less likely (Keskar et al. 2019, CTRL, section 4.1), the prompt's included."""

    name = "repetition-penalty"

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], those of the text's tokens times or divided by the penalty."""
        penalised = torch.where(logits < 0, logits * self._penalty, logits / self._penalty)
        return torch.where(self._counted(logits) > 0, penalised, logits)


class PresencePenalty(_Counting):
    """Makes tokens of the reply less likely, however often they were in it; the prompt counts nothing.

    As OpenAI's API defines it and vLLM computes it: ``logits - penalty * (count > 0)``.
    """

    name = "presence-penalty"

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], those of the reply's tokens less the penalty."""
        return logits - self._penalty * (self._counted(logits) > 0)


class FrequencyPenalty(_Counting):
    """Makes tokens of the reply less likely, the more often they were in it; the prompt counts nothing.

    As OpenAI's API defines it and vLLM computes it: ``logits - penalty * count``.
    """

    name = "frequency-penalty"

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], less the penalty for each time that the token is in the reply."""
        return logits - self._penalty * self._counted(logits)


class FirstToken(_Stateless):
    """Rules out every other token in the first place that is chosen."""

    name = "first-token"

    def __init__(self, id_: int) -> None:
        self._id = id_
        self._accepted = 0

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], in the first place -inf but for the token."""
        if self._accepted:
            return logits
        out = torch.ones_like(logits, dtype=torch.bool)
        out[self._id] = False
        return logits.masked_fill(out, RULED_OUT)

    def accept(self, id_: int) -> None:
        """Count a token."""
        self._accepted += 1

    def rollback(self, n: int) -> None:
        """Take the last ``n`` tokens back."""
        self._accepted -= n


class Temperature(_Stateless):
    """Divides the logits: below 1 the likely tokens become likelier."""

    name = "temperature"

    def __init__(self, temperature: float) -> None:
        self._temperature = temperature

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary] divided by the temperature."""
        return logits / self._temperature


class TopK(_Stateless):
    """Keeps the ``k`` most probable, and what ties with the last of them (Fan et al. 2018)."""

    name = "top-k"

    def __init__(self, k: int) -> None:
        self._k = k

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], -inf below those of the ``k`` most probable."""
        last = torch.topk(logits, min(self._k, logits.numel())).values[-1]
        return logits.masked_fill(logits < last, RULED_OUT)


class TopP(_Stateless):
    """Keeps the smallest set of the most probable that has probability ``p`` (Holtzman et al. 2020, nucleus)."""

    name = "top-p"

    def __init__(self, p: float) -> None:
        self._p = p

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], -inf outside the nucleus."""
        ascending, order = torch.sort(logits, descending=False)
        out = ascending.softmax(dim=-1).cumsum(dim=-1) <= 1 - self._p
        out[-1] = False
        return logits.masked_fill(torch.zeros_like(out).scatter(0, order, out), RULED_OUT)


class MinP(_Stateless):
    """Keeps what is at least ``p`` times as probable as the most probable (Nguyen et al. 2024)."""

    name = "min-p"

    def __init__(self, p: float) -> None:
        self._p = p

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], -inf where a token is too improbable."""
        probabilities = logits.softmax(dim=-1)
        most, best = probabilities.max(dim=-1)
        out = (probabilities < self._p * most).scatter(0, best[None], False)
        return logits.masked_fill(out, RULED_OUT)


class TypicalP(_Stateless):
    """Keeps the tokens whose information is nearest to the entropy, of probability ``p`` together (Meister et al. 2023,
    locally typical sampling).
    """

    name = "typical-p"

    def __init__(self, p: float) -> None:
        self._p = p

    def apply(self, logits: Tensor) -> Tensor:
        """Return the logits [vocabulary], -inf where a token is too likely or too unlikely to be typical."""
        logprobs = logits.log_softmax(dim=-1)
        entropy = -(logprobs * logprobs.exp()).nansum(dim=-1)
        distance = (-logprobs - entropy).abs()
        nearest, order = torch.sort(distance, descending=False)
        together = logits.gather(0, order).softmax(dim=-1).cumsum(dim=-1)
        last = (together < self._p).sum(dim=-1, keepdim=True).clamp_(max=logits.numel() - 1)
        out = nearest > nearest.gather(0, last)
        out[:1] = False
        return logits.masked_fill(torch.zeros_like(out).scatter(0, order, out), RULED_OUT)
