"""How well a few typed letters fit a text: what the command palette sorts by. Knows nothing of what the texts are.

Every word that is typed must be found, as a piece of the text or at least as letters in order; letters that stand
together and at the beginning of words count for more. Case and accents do not matter.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_ADJACENT = 8
_WORD_START = 6
_TEXT_START = 4
_LETTER = 1
_LONGEST = 400


@dataclass(frozen=True)
class Fit:
    """``score``: more is better. ``places``: the indices of the text's letters that were meant, ascending."""

    score: int
    places: tuple[int, ...]


def fit(typed: str, text: str) -> Fit | None:
    """Return how ``typed`` fits ``text``; None where it does not. Nothing typed fits everything, with a score of 0."""
    letters = [_plain(letter) for letter in text[:_LONGEST]]
    score, places = 0, set[int]()
    for word in typed.split():
        found = _word(tuple(_plain(letter) for letter in word), letters)
        if found is None:
            return None
        score += _score(found, letters)
        places.update(found)
    return Fit(score, tuple(sorted(places)))


def _plain(letter: str) -> str:
    """Return a letter without case and accents; always one letter, so that places stay what they are."""
    return unicodedata.normalize("NFD", letter)[:1].casefold()[:1]


def _word(word: tuple[str, ...], letters: list[str]) -> list[int] | None:
    """Return where a word's letters are: the best of a piece at a word's start, any piece, and letters in order."""
    size = len(word)
    pieces = [at for at in range(len(letters) - size + 1) if tuple(letters[at : at + size]) == word]
    if pieces:
        at = next((at for at in pieces if _starts(letters, at)), pieces[0])
        return list(range(at, at + size))
    return _in_order(word, letters, starts=True) or _in_order(word, letters, starts=False)


def _in_order(word: tuple[str, ...], letters: list[str], *, starts: bool) -> list[int] | None:
    """Return the letters one after another; with ``starts``, each stands beside the last one or at the start of a
    word.
    """
    places: list[int] = []
    at = 0
    for wanted in word:
        while at < len(letters):
            beside = bool(places) and places[-1] == at - 1
            if letters[at] == wanted and (not starts or beside or _starts(letters, at)):
                break
            at += 1
        if at == len(letters):
            return None
        places.append(at)
        at += 1
    return places


def _starts(letters: list[str], at: int) -> bool:
    return at == 0 or not letters[at - 1].isalnum()


def _score(places: list[int], letters: list[str]) -> int:
    score = _TEXT_START if places[0] == 0 else 0
    for before, at in zip([None, *places], places, strict=False):
        score += _LETTER
        score += _ADJACENT if before is not None and at == before + 1 else 0
        score += _WORD_START if _starts(letters, at) else 0
    return score
