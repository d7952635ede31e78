"""Hiding words to have them guessed: Devlin et al. 2018, section 3.1 and appendix A.1.

Of the tokens of an example a share is chosen; of these 80% become [MASK], 10% a random token, and 10% stay as they
are. Drawn anew for every step (Liu et al. 2019, section 4.1), from the generator that is given. Knows no model.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.spec import MaskingSpec

Ids = NDArray[np.int64]
IGNORED = -100
"""The label of a token that is not guessed, as torch's cross entropy has it."""
MASKED_RATIO, RANDOM_RATIO = 0.8, 0.1


class Masking:
    """Hides tokens the way a tokenizer and a spec say. Raises ``StudioError`` "tokenizer-no-mask"."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, spec: MaskingSpec) -> None:
        wanted = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id, tokenizer.mask_token_id)
        known = [token for token in wanted if isinstance(token, int)]
        if len(known) < len(wanted):
            raise StudioError("tokenizer-no-mask")
        self.first, self.between, self.padding, self.mask = known
        self._spec = spec
        special = list(tokenizer.all_special_ids)
        self._ordinary: Ids = np.setdiff1d(np.arange(len(tokenizer)), special)
        self.continues = continuing_tokens(tokenizer)

    def hide(self, random: np.random.Generator, ids: Ids, places: Ids) -> tuple[Ids, Ids]:
        """What the model is given and what it shall guess there (``IGNORED`` elsewhere), both as long as ``ids``.

        ``places`` are those of ``ids`` that may be hidden, in order; at least one is.
        """
        count = max(1, round(self._spec.share * len(places)))
        if self._spec.whole_words:
            chosen = self._words(random, ids, places, count)
        else:
            chosen = random.choice(places, size=count, replace=False)
        labels = np.full_like(ids, IGNORED)
        labels[chosen] = ids[chosen]
        given, fate = ids.copy(), random.random(len(chosen))
        given[chosen[fate < MASKED_RATIO]] = self.mask
        swapped = chosen[(fate >= MASKED_RATIO) & (fate < MASKED_RATIO + RANDOM_RATIO)]
        given[swapped] = random.choice(self._ordinary, size=len(swapped))
        return given, labels

    def fate(self, given: int, answer: int) -> Literal["hidden", "swapped", "kept"]:
        """What became of a token that is to be guessed."""
        return "hidden" if given == self.mask else "kept" if given == answer else "swapped"

    def _words(self, random: np.random.Generator, ids: Ids, places: Ids, count: int) -> Ids:
        """All pieces of words at random, ``count`` pieces at most (but for a first word that is longer)."""
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


def continuing_tokens(tokenizer: PreTrainedTokenizerBase) -> NDArray[np.bool_]:
    """Which tokens go on with the word before them, by number: ``##ing`` of WordPiece, or what has no mark of a new
    word (``Ġ`` of byte-level BPE, ``▁`` of SentencePiece).
    """
    lookup: Any = tokenizer
    names = [str(name) for name in lookup.convert_ids_to_tokens(list(range(len(tokenizer))))]
    if any(name.startswith("##") for name in names):
        return np.array([name.startswith("##") for name in names])
    return np.array([not name.startswith(("\u0120", "\u2581", "\u010a")) for name in names])
