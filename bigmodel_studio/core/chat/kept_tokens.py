"""The tokens of a reply as they lie in the file: a compact block for each time that some were kept.

An array for each token and alternative, without names of fields, so that a reply of 10,000 tokens with five
alternatives takes two megabytes. It knows nothing of the file.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bigmodel_studio.protocol import Alternative, Token


class _Other(msgspec.Struct, frozen=True, array_like=True):
    id: int
    text: str
    logprob: float
    processed_logprob: float | None


class _Chosen(msgspec.Struct, frozen=True, array_like=True):
    id: int
    text: str
    logprob: float
    processed_logprob: float
    others: list[_Other]


def encode(tokens: Sequence[Token]) -> bytes:
    """Return a block with these tokens."""
    return msgspec.msgpack.encode([_packed(token) for token in tokens])


def _packed(token: Token) -> _Chosen:
    others = [_Other(each.id, each.text, each.logprob, each.processed_logprob) for each in token.alternatives]
    return _Chosen(token.id, token.text, token.logprob, token.processed_logprob, others)


def decode(block: bytes) -> list[Token]:
    """Return the tokens of a block. Raises ``msgspec.DecodeError``."""
    return [
        Token(
            id=chosen.id,
            text=chosen.text,
            logprob=chosen.logprob,
            processed_logprob=chosen.processed_logprob,
            alternatives=tuple(
                Alternative(other.id, other.text, other.logprob, other.processed_logprob) for other in chosen.others
            ),
        )
        for chosen in msgspec.msgpack.decode(block, type=list[_Chosen])
    ]
