"""Precision, recall and F1 of entities as the CoNLL shared tasks counted them (``conlleval``, Tjong Kim Sang 2000).

An entity is right where its first word, its last and its type are those of the truth. It begins at a B, at an I of
another type than the word before, or at an I after an O; E and S end one, and [ and ] stand for one of a single word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Entity(NamedTuple):
    """Words ``first`` to ``last`` of a sentence (counted from 0, both included), and what they are."""

    first: int
    last: int
    type: str


class Counts(NamedTuple):
    """Entities of the truth (``there``), those that were predicted, and those of them that were right."""

    there: int = 0
    predicted: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.predicted + self.there) if self.predicted + self.there else 0.0

    def plus(self, other: Counts) -> Counts:
        return Counts(self.there + other.there, self.predicted + other.predicted, self.right + other.right)


def entities(tags: Sequence[str]) -> list[Entity]:
    """Return the entities of one sentence. A tag is "O" or a letter and a type: "B-location", "I-person"."""
    found: list[Entity] = []
    first, before = -1, ("O", "")
    for place, tag in enumerate((*tags, "O")):
        now = _parts(tag)
        if first >= 0 and _ends(before, now):
            found.append(Entity(first, place - 1, before[1]))
            first = -1
        if _starts(before, now):
            first = place
        before = now
    return found


def count(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, Counts]:
    """Return what one sentence adds, by type of entity."""
    there, guessed = entities(truth), entities(predicted)
    right = set(there) & set(guessed)
    types = {entity.type for entity in (*there, *guessed)}
    return {
        each: Counts(
            sum(entity.type == each for entity in there),
            sum(entity.type == each for entity in guessed),
            sum(entity.type == each for entity in right),
        )
        for each in types
    }


def count_all(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> dict[str, Counts]:
    """Return the counts of many sentences, (truth, predicted) each, by type of entity."""
    totals: dict[str, Counts] = {}
    for truth, predicted in pairs:
        for name, counts in count(truth, predicted).items():
            totals[name] = totals.get(name, Counts()).plus(counts)
    return totals


def together(totals: dict[str, Counts]) -> Counts:
    """Return all types as one: what is called the F1 of a task."""
    whole = Counts()
    for counts in totals.values():
        whole = whole.plus(counts)
    return whole


def _parts(tag: str) -> tuple[str, str]:
    letter, dash, type_ = tag.partition("-")
    return (letter, type_) if dash or letter in "OBIES[]" else ("I", tag)


def _ends(before: tuple[str, str], now: tuple[str, str]) -> bool:
    letter, type_ = before
    if letter in ("E", "S", "[", "]"):
        return True
    return now[0] in ("B", "S", "O", "[") or (letter != "O" and type_ != now[1])


def _starts(before: tuple[str, str], now: tuple[str, str]) -> bool:
    letter, type_ = now
    if letter == "O":
        return False
    if letter in ("B", "S", "[", "]"):
        return True
    return before[0] in ("E", "S", "O", "[", "]") or before[1] != type_
