"""Drafts: tokens guessed ahead, which one step of the model then verifies together (speculative decoding).

A drafted token stands where the model's own choice at that place, with its processors and its random numbers, is the
same token: the text is the one that would have come without drafts, greedy or sampled. (Leviathan et al. 2023 accept
more of a sampled draft, but give another text of the same distribution.) Knows no requests.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import torch

from bigmodel_studio.engine.generation.sampling import Sampler

if TYPE_CHECKING:
    from bigmodel_studio.engine.generation.decoding import Decoder

NGRAMS = (6, 3)
"""Lengths of what is looked up, the longest first."""
LENGTHS = (1, 3, 7, 15)
"""Drafts that may be verified at once: with the token before them they fill the kernels' groups of rows."""
PROBE_EVERY = 32
"""Tokens after which drafts that are off are tried again: a dear draft, and a cheap one that is often right."""
MISSES = 3
"""Drafts in a row of which nothing was right, after which a cheap draft pauses."""
MOST_PAUSE = 64
"""Drafts that are not verified at most before one is again; until then each draft that is wrong doubles the pause."""
_OFTEN = 0.6
_FRESH = 0.15
"""Weight of the newest token in the acceptance rate."""
_FASTER_S, _SLOWER_S = 0.5, 0.1
"""Weights of the newest step in its time: one that took longer may have been interrupted."""
_LEAST_S = 1e-9
_ROW_COST = 0.4
"""What one more row is thought to cost, in steps of one row, until it was measured."""


class Draft(Protocol):
    """Guesses how a text continues."""

    @property
    def cheap(self) -> bool:
        """Whether guessing takes next to no time."""

    def propose(self, most: int, sampler: Sampler) -> list[int]:
        """Return up to ``most`` tokens that may come next, chosen as ``sampler`` would; ``sampler`` stays as it is."""

    def accept(self, id_: int) -> None:
        """Add a token to the text."""

    def release(self) -> None:
        """Give its memory back."""


class PromptLookup:
    """Looks for the last few tokens earlier in the text, and guesses what followed them there (Saxena 2023)."""

    cheap = True

    def __init__(self, text: Sequence[int]) -> None:
        self._text: list[int] = []
        self._after: dict[tuple[int, ...], int] = {}
        """Where the text continues after the latest occurrence of an n-gram, the text's own end left out."""
        for id_ in text:
            self.accept(id_)

    def propose(self, most: int, sampler: Sampler | None = None) -> list[int]:
        """Return up to ``most`` tokens that may come next."""
        for size in NGRAMS:
            place = self._after.get(tuple(self._text[-size:])) if len(self._text) >= size else None
            if place is not None:
                return self._text[place : place + most]
        return []

    def accept(self, id_: int) -> None:
        """Add a token to the text."""
        for size in NGRAMS:
            if len(self._text) >= size:
                self._after[tuple(self._text[-size:])] = len(self._text)
        self._text.append(id_)

    def release(self) -> None:
        """Keep nothing."""
        self._text, self._after = [], {}


class DraftModel:
    """A small model with the same vocabulary guesses, with the random numbers that the sampler will draw."""

    cheap = False

    def __init__(self, decoder: Decoder, sampler: Sampler, text: Sequence[int]) -> None:
        """Guess after ``text``, the beginning of which ``decoder`` may have been fed already.

        ``sampler`` is one of its own with the settings of the text's.
        """
        self._decoder, self._sampler = decoder, sampler
        self._text = list(text)
        self._same = decoder.length  # how many of those fed are known to be the text's
        self._fed = self._text[: self._same]

    def propose(self, most: int, sampler: Sampler) -> list[int]:
        """Return ``most`` tokens that may come next."""
        most_same = min(len(self._fed), len(self._text) - 1)  # one is fed at least, for its logits
        self._same = min(self._same, most_same)
        while self._same < most_same and self._fed[self._same] == self._text[self._same]:
            self._same += 1
        self._decoder.truncate(self._same)
        for _ in self._decoder.prefill(self._text[self._same :]):
            pass
        self._fed, self._same = list(self._text), len(self._text)
        self._sampler.generator.set_state(sampler.generator.get_state())
        found: list[int] = []
        while len(found) < most:
            assert self._decoder.logits is not None
            with torch.inference_mode():
                id_ = self._sampler.choose(self._decoder.logits)[0].id
            found.append(id_)
            self._sampler.accept(id_)
            if len(found) < most:
                self._decoder.step(id_)
                self._fed.append(id_)
        self._sampler.rollback(len(found))
        return found

    def accept(self, id_: int) -> None:
        """Add a token to the text."""
        self._text.append(id_)
        self._sampler.accept(id_)

    def release(self) -> None:
        """Give the memory of its cache back."""
        self._decoder.release()


class Speculation:
    """Drafts for one text, as many as pay: it measures how many are accepted and what verifying them takes.

    ``drafted`` and ``accepted`` count tokens. ``clock`` is in seconds.
    """

    def __init__(self, draft: Draft, clock: Callable[[], float] = time.perf_counter) -> None:
        self.drafted = self.accepted = 0
        self._draft, self._clock = draft, clock
        self._rate = 0.5 if draft.cheap else 0.7
        self._seconds: dict[int, float] = {}
        """Of a step by its rows, its drafts included; smoothed."""
        self._pending: list[int] = []
        self._verifying = False
        self._first = True
        """Whether none of a draft was compared yet."""
        self._rows = 1
        self._waited = 0
        self._misses = self._pause = 0
        self._started = 0.0

    def propose(self, most: int, sampler: Sampler) -> list[int]:
        """Return up to ``most`` tokens to verify together with the one before them; none where that would not pay."""
        self._started = self._clock()
        found: list[int] = []
        if self._draft.cheap and most > 0:
            found = self._draft.propose(min(most, LENGTHS[-1]), sampler)
            if not found:  # as it is with new text: what a draft would gain is not asked
                self._pending, self._verifying, self._rows = [], False, 1
                return []
        wanted = self._wanted(most)
        self._waited = 0 if wanted else self._waited + 1
        # A cheap draft is compared with what comes even where it is not verified: so it is known when it pays again.
        if wanted and not self._draft.cheap:
            found = self._draft.propose(wanted, sampler)
        fits = max((length for length in LENGTHS if length <= min(wanted, len(found))), default=0)
        self._pending, self._verifying, self._first = found[: fits or 1], fits > 0, True
        self._rows = fits + 1
        self.drafted += fits
        return found[:fits]

    def verified(self) -> None:
        """Note that the step for what was proposed is done."""
        seconds = max(self._clock() - self._started, _LEAST_S)
        last = self._seconds.get(self._rows)
        if last is not None:
            seconds = last + (_FASTER_S if seconds < last else _SLOWER_S) * (seconds - last)
        self._seconds[self._rows] = seconds

    def accept(self, id_: int) -> None:
        """Add a token to the text."""
        if self._pending:
            right = self._pending[0] == id_
            self._rate += _FRESH * (right - self._rate)
            self.accepted += right and self._verifying
            self._pending = self._pending[1:] if right else []
            self._note(right)
        self._draft.accept(id_)

    def release(self) -> None:
        """Give the memory of the draft back."""
        self._draft.release()

    def _note(self, right: bool) -> None:
        """Have a cheap draft pause where nothing of several was right; a right one, verified or not, ends that."""
        if right:
            self._misses, self._pause, self._first = 0, 0, False
        elif self._first and self._verifying and self._draft.cheap:
            self._misses += 1
            if self._misses >= MISSES:
                self._pause = min(MOST_PAUSE, 1 << (self._misses - MISSES + 1))

    def _wanted(self, most: int) -> int:
        """Return the number of drafts that gives the most tokens a second."""
        if self._pause:
            self._pause -= 1
            return 0
        lengths = [length for length in LENGTHS if length <= most]
        if self._waited >= PROBE_EVERY and self._rate > _OFTEN:  # what steps took may have been the machine's doing
            self._seconds = {rows: seconds for rows, seconds in self._seconds.items() if rows == 1}
            self._waited = 0
        if lengths and not self._draft.cheap and self._waited >= PROBE_EVERY:
            return lengths[0]
        return max([0, *lengths], key=lambda length: self._tokens(length) / self._cost(length + 1))

    def _tokens(self, drafts: int) -> float:
        """Return the tokens to expect of a step: one, and each draft that all before it were right for."""
        return sum(self._rate**place for place in range(drafts + 1))

    def _cost(self, rows: int) -> float:
        """Return the seconds of a step of so many rows; guessed from steps of other sizes where there was none."""
        if rows in self._seconds:
            return self._seconds[rows]
        near = min(self._seconds, key=lambda known: abs(known - rows), default=None)
        one = 1.0 if near is None else self._seconds[near] / (1 + _ROW_COST * (near - 1))
        return one * (1 + _ROW_COST * (rows - 1))
