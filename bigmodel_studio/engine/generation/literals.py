"""Special tokens that somebody typed: they stay text, while those that a chat template writes are special.

What is typed is hidden behind a mark while the template renders, and the text is tokenized in pieces at the marks. A
conversation in which nothing of the kind was typed, as nearly all are, is tokenized as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


_FIRST_MARK = 0xE000
"""Marks are single characters of Unicode's private use area that the conversation does not have."""
_LAST_MARK = 0xF8FF
_ANCHOR = "("
"""Stands before a piece that is tokenized by itself: else some tokenizers take it for the beginning of a text."""


def special_tokens(tokenizer: PreTrainedTokenizerBase) -> set[str]:
    """Return the texts that a tokenizer takes for special tokens."""
    added = (token.content for token in tokenizer.added_tokens_decoder.values() if token.special)
    return {str(token) for token in (*tokenizer.all_special_tokens, *added) if str(token)}


class Literals:
    """The special tokens that stand in ``texts`` as text; ``found``: whether there are any."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        whole = "\n".join(texts)
        known = sorted(special_tokens(tokenizer), key=len, reverse=True)
        self._typed = [token for token in known if token in whole]
        self.found = bool(self._typed)
        taken = set(whole) if self.found else set()
        free = (chr(code) for code in range(_FIRST_MARK, _LAST_MARK) if chr(code) not in taken)
        self._marks = dict(zip(self._typed, free, strict=False))

    def hide(self, text: str) -> str:
        """Return the text with marks in the place of special tokens, the longest first."""
        for token, mark in self._marks.items():
            text = text.replace(token, mark)
        return text

    def encode(self, rendered: str, *, special: bool) -> list[int]:
        """Return the ids of a text with marks; ``special``: with what the tokenizer puts around a text."""
        tokens = {mark: token for token, mark in self._marks.items()}
        pieces = re.split(f"([{''.join(tokens)}])", rendered)
        ids = list(self._tokenizer(pieces[0], add_special_tokens=special)["input_ids"])
        if special and len(ids) > 1 and ids[-1] == self._tokenizer.eos_token_id:
            ids.pop()
        for piece in filter(None, pieces[1:]):
            ids += self._after(tokens.get(piece, piece), as_text=piece in tokens)
        return ids

    def _after(self, text: str, *, as_text: bool) -> list[int]:
        """Return the ids of a piece in the middle of a text; ``as_text``: nothing in it is special."""

        def encoded(text: str) -> list[int]:
            found = self._tokenizer(text, add_special_tokens=False, split_special_tokens=as_text)
            return list(found["input_ids"])

        lead, whole = encoded(_ANCHOR), encoded(_ANCHOR + text)
        return whole[len(lead) :] if whole[: len(lead)] == lead else encoded(text)
