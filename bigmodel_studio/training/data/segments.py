"""Stretches of a text that BERT learns from: two that follow each other, or do not, or one alone.

Plain: an exported script holds this module as it is. Nothing here knows what is hidden of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.uint16] | NDArray[np.uint32]
Numbers = NDArray[np.uint64]
SHORT_RATIO = 0.1
"""So many examples are of a random, shorter length, as those that a model is asked about are (Devlin's own code)."""
FOLLOWS_RATIO = 0.5


class Pair(NamedTuple):
    """Tokens of two stretches; ``follows``: the second came after the first in the text."""

    first: Tokens
    second: Tokens
    follows: bool


class Sentences:
    """A text: the ``tokens`` of all its sentences in a row; where each of the ``sentences`` begins; with which sentence
    each of the ``documents`` begins; and the ``openings``, those sentences that have another after them in their
    document. ``sentences`` and ``documents`` have their end as a last number.
    """

    def __init__(self, tokens: Tokens, sentences: Numbers, documents: Numbers, openings: Numbers) -> None:
        self.tokens, self.sentences, self.documents, self.openings = tokens, sentences, documents, openings

    def pair(self, random: np.random.Generator, opening: int, most: int) -> Pair:
        """Return two stretches that begin at the sentence ``opening`` (one of ``openings``), of at most ``most``
        tokens.

        As Devlin's ``create_pretraining_data``: sentences are taken until they fill the length, and parted at a random
        one; half of the time the second part is from a random place of another document instead.
        """
        wanted = self._length(random, most)
        starts = self._filling(opening, wanted, least=2)
        parted = int(random.integers(1, len(starts) - 1))
        first = self.tokens[starts[0] : starts[parted]]
        follows = bool(random.random() < FOLLOWS_RATIO)
        if follows:
            second = self.tokens[starts[parted] : starts[-1]]
        else:
            elsewhere = self._filling(self._elsewhere(random, opening), max(1, wanted - len(first)), least=1)
            second = self.tokens[elsewhere[0] : elsewhere[-1]]
        return Pair(*truncated(random, first, second, most), follows)

    def stretch(self, random: np.random.Generator, opening: int, most: int) -> Tokens:
        """Return at most ``most`` tokens from the sentence ``opening`` on, past the ends of documents (Liu et al. 2019,
        section 4.2: full sentences).
        """
        start = int(self.sentences[opening])
        return self.tokens[start : start + self._length(random, most)]

    def _length(self, random: np.random.Generator, most: int) -> int:
        return most if random.random() >= SHORT_RATIO else int(random.integers(2, most + 1))

    def _filling(self, first: int, wanted: int, least: int) -> NDArray[np.int64]:
        """Return where the sentences from ``first`` on begin, and where the last ends: as many as give ``wanted``
        tokens, ``least`` at least, and none of the next document.
        """
        last = int(self.documents[self._document(first) + 1])
        starts = self.sentences[first : min(last, first + max(least, wanted)) + 1].astype(np.int64)
        enough = int(np.searchsorted(starts, starts[0] + wanted))
        return starts[: max(least, min(enough, len(starts) - 1)) + 1]

    def _document(self, sentence: int) -> int:
        return int(np.searchsorted(self.documents, sentence, side="right")) - 1

    def _elsewhere(self, random: np.random.Generator, sentence: int) -> int:
        """Return a sentence of another document; of any, where there is only one."""
        begin = end = 0
        if len(self.documents) > 2:
            own = self._document(sentence)
            begin, end = int(self.documents[own]), int(self.documents[own + 1])
        place = int(random.integers(0, len(self.sentences) - 1 - (end - begin)))
        return place if place < begin else place + end - begin


def truncated(random: np.random.Generator, first: Tokens, second: Tokens, most: int) -> tuple[Tokens, Tokens]:
    """Truncate the longer one, token by token, each at its front or its back by chance, until both together are
    ``most``.
    """
    over = len(first) + len(second) - most
    if over <= 0:
        return first, second
    shorter = min(len(first), len(second), most // 2)
    kept = (most - shorter, shorter) if len(first) > len(second) else (shorter, most - shorter)
    parts = []
    for part, length in zip((first, second), kept, strict=True):
        front = int(random.binomial(len(part) - length, 0.5))
        parts.append(part[front : front + length])
    return parts[0], parts[1]
