"""Requests about tokens that are there already: how likely a model holds each, and what they come to as a whole."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.generation import Sampling, Turn
from bigmodel_studio.protocol.values import ModelRef

__all__ = ["ScoreReply", "ScoreText", "Scored", "ScoredToken", "TokenOption"]


class ScoreReply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say how likely each token of a reply to ``turns`` was, and what else it could have been under ``sampling``.

    The reply is ``ids`` as they were generated, else ``text``, tokenized. ``alternatives`` counts the most likely
    tokens that are told of each place. Streams ``ScoredToken``; ends with ``Done(Scored)``, also when it is stopped.
    """

    model: ModelRef
    turns: tuple[Turn, ...]
    ids: tuple[int, ...] = ()
    text: str = ""
    sampling: Sampling = Sampling()
    alternatives: int = 10


class ScoreText(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say how likely each token of a text is. Streams ``ScoredToken``; ends with ``Done(Scored)``.

    A text longer than the model sees is read in windows that overlap by half, so that each token but the first ones
    is predicted from at least half of what the model can see.
    """

    model: ModelRef
    text: str
    alternatives: int = 0


class TokenOption(msgspec.Struct, frozen=True, array_like=True):
    """A token that may stand in a place; ``logprobs`` (natural logarithm) by the columns of ``Scored``.

    None: ruled out.
    """

    id: int
    text: str
    logprobs: tuple[float | None, ...]


class ScoredToken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A token as the raw model sees it: log-probability (natural logarithm), rank from 1, entropy of the place in nats.

    All three are None of the first token of a text, which nothing predicts. ``text`` is what became readable with it,
    ``shown`` the name of a special token. ``options`` are the most likely before and after all processors, and itself.
    """

    id: int
    text: str
    shown: str = ""
    logprob: float | None = None
    rank: int | None = None
    entropy: float | None = None
    options: tuple[TokenOption, ...] = ()


class Scored(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The whole. ``columns`` name what the log-probabilities of options are: "raw", then after each processor.

    ``loss`` is the mean over the ``predicted`` tokens, in nats; ``perplexity`` its exponential. ``left_out`` tokens at
    the end did not fit into the context.
    """

    columns: tuple[str, ...]
    tokens: int
    predicted: int
    loss: float
    perplexity: float
    prompt_tokens: int = 0
    left_out: int = 0
