"""The words of a text as models that tag words are given them, where nobody has parted them.

Punctuation at a word's ends is a word of its own, as in the CoNLL shared tasks; what stands within a word stays there
("don't", "U.S"), and so do the signs that mark names and topics ("@anna", "#paris"). Chinese and Japanese characters,
which no spaces part, are a word each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_INSIDE = rf"[^\s{_ALONE}]"
_LETTER = rf"[^\W{_ALONE}]"
_WORD = re.compile(rf"[{_ALONE}]|[@#]?{_LETTER}(?:{_INSIDE}*{_LETTER})?|\S")


def words_of(text: str) -> list[str]:
    """Return the words, in order; nothing but spaces stands between them."""
    return _WORD.findall(text)


def places_of(words: Iterable[str], text: str) -> Iterator[tuple[int, int]]:
    """Yield where each word begins and ends in the text that they came from."""
    at = 0
    for word in words:
        first = text.index(word, at)
        at = first + len(word)
        yield first, at
