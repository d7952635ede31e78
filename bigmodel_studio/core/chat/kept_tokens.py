"""The tokens of a reply as they lie in the file: a compact block for each time that some were kept.

An array for each token and alternative, without names of fields, so that a reply of 10,000 tokens with five
alternatives takes two megabytes. It knows nothing of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from bigmodel_studio.protocol import Alternative, Token


class _Other(msgspec.Struct, frozen=True, array_like=True):
    id: int
    text: str
    logprob: float | None
    processed_logprob: float | None


class PackedToken(msgspec.Struct, frozen=True, array_like=True):
    """A token as an array; a log-probability of minus infinity, which JSON has not, is None in a chat's file."""

    id: int
    text: str
    logprob: float | None
    processed_logprob: float | None
    others: list[_Other]


def encode(tokens: Sequence[Token]) -> bytes:
    """Return a block with these tokens."""
    return msgspec.msgpack.encode(packed(tokens))


def packed(tokens: Sequence[Token]) -> list[PackedToken]:
    """Return tokens as arrays."""
    return [
        PackedToken(
            token.id,
            token.text,
            token.logprob,
            token.processed_logprob,
            [_Other(each.id, each.text, each.logprob, each.processed_logprob) for each in token.alternatives],
        )
        for token in tokens
    ]


def decode(block: bytes) -> list[Token]:
    """Return the tokens of a block. Raises ``msgspec.DecodeError``."""
    return unpacked(msgspec.msgpack.decode(block, type=list[PackedToken]))


def unpacked(tokens: Sequence[PackedToken]) -> list[Token]:
    """Return the tokens of arrays."""
    return [
        Token(
            id=chosen.id,
            text=chosen.text,
            logprob=_number(chosen.logprob),
            processed_logprob=_number(chosen.processed_logprob),
            alternatives=tuple(
                Alternative(other.id, other.text, _number(other.logprob), other.processed_logprob)
                for other in chosen.others
            ),
        )
        for chosen in tokens
    ]


def _number(logprob: float | None) -> float:
    return -math.inf if logprob is None else logprob
