"""Hiding words to have them guessed: Devlin et al. 2018, section 3.1 and appendix A.1.

Of the tokens of an example a share is chosen; of these 80% become [MASK], 10% a random token, and 10% stay as they
are. Drawn anew for every step (Liu et al. 2019, section 4.1), from the generator that is given.

Plain: an exported script holds this module as it is. ``bert.masking_of`` makes a ``Masking`` of a tokenizer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
IGNORED = -100
"""The label of a token that is not guessed, as torch's cross entropy has it."""
MASKED_RATIO, RANDOM_RATIO = 0.8, 0.1


@dataclass(frozen=True)
class Masking:
    """Hides ``share`` of the tokens, with ``whole_words`` all pieces of a word or none."""

    first: int
    """The token that an example begins with, as ``[CLS]``."""
    between: int
    """The token that ends a stretch of text, as ``[SEP]``."""
    padding: int
    mask: int
    ordinary: Ids
    """The tokens that may stand in the place of another: all but the special ones."""
    continues: NDArray[np.bool_]
    """By token: whether it goes on with the word before it."""
    share: float
    whole_words: bool

    def hide(self, random: np.random.Generator, ids: Ids, places: Ids) -> tuple[Ids, Ids]:
        """Return what the model is given and what it shall guess there (``IGNORED`` elsewhere), both as long as
        ``ids``.

        ``places`` are those of ``ids`` that may be hidden, in order; at least one is.
        """
        count = max(1, round(self.share * len(places)))
        if self.whole_words:
            chosen = self._words(random, ids, places, count)
        else:
            chosen = random.choice(places, size=count, replace=False)
        labels = np.full_like(ids, IGNORED)
        labels[chosen] = ids[chosen]
        given, fate = ids.copy(), random.random(len(chosen))
        given[chosen[fate < MASKED_RATIO]] = self.mask
        swapped = chosen[(fate >= MASKED_RATIO) & (fate < MASKED_RATIO + RANDOM_RATIO)]
        given[swapped] = random.choice(self.ordinary, size=len(swapped))
        return given, labels

    def _words(self, random: np.random.Generator, ids: Ids, places: Ids, count: int) -> Ids:
        """Return all pieces of words at random, ``count`` pieces at most (but for a first word that is longer)."""
        begins = ~self.continues[ids[places]]
        begins[1:] |= np.diff(places) > 1
        words = np.split(places, np.flatnonzero(begins[1:]) + 1)
        taken: list[Ids] = []
        left = count
        for number in random.permutation(len(words)):
            word = words[number]
            if len(word) <= left or not taken:
                taken.append(word)
                left -= len(word)
            if left <= 0:
                break
        return np.concatenate(taken)


def fate(given: int, answer: int, mask: int) -> Literal["hidden", "swapped", "kept"]:
    """Return what became of a token that is to be guessed."""
    return "hidden" if given == mask else "kept" if given == answer else "swapped"
