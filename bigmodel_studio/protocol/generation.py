"""Continuing a text or answering a conversation: the request, its tokens as they come, and its end."""

from __future__ import annotations

from typing import Literal

import msgspec

from bigmodel_studio.protocol.data import PreviewToken
from bigmodel_studio.protocol.values import ModelRef

__all__ = [
    "Alternative",
    "FinishReason",
    "Generate",
    "Generated",
    "PromptTokens",
    "Sampling",
    "ShowPrompt",
    "Token",
    "Turn",
]

FinishReason = Literal["stop", "length", "cancelled"]


class Turn(msgspec.Struct, frozen=True):
    """One message of a conversation, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """How the next token is chosen. None means the model's own ``generation_config``, else the application's default.

    ``greedy`` or a temperature of 0 takes the most probable token; ``beams`` > 1 is beam search (not sampled).
    ``max_new_tokens`` None follows the context in a chat with a template: all that fits; elsewhere it is 256.
    """

    max_new_tokens: int | None = None
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    typical_p: float | None = None
    repetition_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    greedy: bool = False
    beams: int = 1
    stop: tuple[str, ...] = ()


class Generate(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Continue ``prompt`` as it is, or answer ``turns`` through the chat template where the model has one.

    Exactly one of ``prompt`` and ``turns`` is used: ``turns`` where it is not empty. Streams ``Token``; ends with
    ``Done(Generated)``.
    """

    model: ModelRef
    prompt: str = ""
    turns: tuple[Turn, ...] = ()
    continue_last: bool = False
    """Whether the last turn is the beginning of the model's answer, which goes on; else it is answered."""
    sampling: Sampling = Sampling()
    alternatives: int = 0
    draft: ModelRef | None = None
    """A small model of the same vocabulary that guesses tokens ahead; the text is the same with and without."""
    begun_ids: tuple[int, ...] = ()
    """Tokens that the reply begins with already; what is generated goes on after them."""
    first_id: int | None = None
    """The token to go on with, in place of a sampled one."""


class ShowPrompt(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what ``Generate`` with the same fields would feed to the model. Ends with ``Done(PromptTokens)``."""

    model: ModelRef
    turns: tuple[Turn, ...]
    continue_last: bool = False
    sampling: Sampling = Sampling()


class PromptTokens(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A prompt as the model reads it: its last tokens, those that are special with the role "added".

    ``prompt_tokens`` counts all; ``trimmed_turns`` messages, which have ``trimmed_tokens``, did not fit.
    """

    tokens: tuple[PreviewToken, ...]
    prompt_tokens: int
    template: bool
    trimmed_turns: int = 0
    trimmed_tokens: int = 0
    context_length: int | None = None


class Alternative(msgspec.Struct, frozen=True):
    """What a token could have been: probabilities before (``logprob``) and after the processors (None: ruled out)."""

    id: int
    text: str
    logprob: float
    processed_logprob: float | None


class Token(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One new token. ``text`` is what became readable with it: "" while a UTF-8 character is half finished.

    ``logprob`` is the raw model's (natural logarithm), ``processed_logprob`` after temperature, top-k and so on.
    """

    id: int
    text: str
    logprob: float
    processed_logprob: float
    alternatives: tuple[Alternative, ...] = ()


class Generated(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The end of a generation. ``text`` is ``decode(prompt + new)`` less ``decode(prompt)``; times in seconds."""

    text: str
    prompt_tokens: int
    new_tokens: int
    finish_reason: FinishReason
    seed: int
    time_to_first_token_s: float
    tokens_per_second: float
    decoder: str = "transformers"
    """Which implementation computed it, from first to last: ``packed`` or ``transformers``, the reference."""
    template: bool = False
    trimmed_turns: int = 0
    trimmed_tokens: int = 0
    cached_tokens: int = 0
    """How many of the prompt's tokens were in a cache kept from an earlier reply."""
    drafted_tokens: int = 0
    """How many tokens were guessed ahead and verified; ``accepted_tokens`` of them were right."""
    accepted_tokens: int = 0
