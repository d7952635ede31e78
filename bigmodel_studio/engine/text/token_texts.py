"""Tokens as text that can be read, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tokenizers.models import WordPiece

from bigmodel_studio.protocol import PreviewToken

_HALF = "\ufffd"
_SPACE = "\u2581"
"""What SentencePiece writes for the space before a word."""


def token_texts(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """Return the text of each token, so that one after the other they can be read.

    Of WordPiece a space stands before each word. Else a token that ends in the middle of a character has no text, and
    the one that completes it has it all.
    """
    names = [str(name) for name in tokenizer.convert_ids_to_tokens([int(token) for token in ids])]
    if isinstance(tokenizer.backend_tokenizer.model, WordPiece):
        return [name.removeprefix("##") if name.startswith("##") else f" {name}" for name in names]
    texts: list[str] = []
    pending: list[int] = []
    for place, token in enumerate(ids):
        pending.append(int(token))
        text = str(tokenizer.decode(pending))
        if text.endswith(_HALF) and len(pending) < 4 and place < len(ids) - 1:
            texts.append("")
            continue
        spaced = names[place - len(pending) + 1].startswith(_SPACE) and not text.startswith(" ")
        texts.append(f" {text}" if spaced else text)
        pending = []
    return texts


def given_tokens(tokenizer: Any, ids: Sequence[int], words: Sequence[int] = ()) -> tuple[PreviewToken, ...]:
    """Return tokens that are only read, those that the tokenizer put around them marked.

    ``words`` says of each which word it belongs to (-1: none), where a text came as words: a space stands before
    each word, and none inside of one.
    """
    added = {id_ for id_, token in tokenizer.added_tokens_decoder.items() if token.special}
    special = added | set(tokenizer.all_special_ids)
    texts = token_texts(tokenizer, ids)
    for place in range(1, len(words)):
        within = words[place] >= 0 and words[place] == words[place - 1]
        texts[place] = texts[place].lstrip() if within else f" {texts[place].lstrip()}"
    return tuple(PreviewToken(t, "added" if i in special else "read") for t, i in zip(texts, ids, strict=True))
