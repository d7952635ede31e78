"""The storyteller's small world: seeded draws of people, things, places and numbers, and which pairs of them are held
out. Everything held out is decided in ``split_of``.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import storyteller_words as words

L = TypeVar("L")
R = TypeVar("R")

Split = Literal["training", "development", "test"]
SPLIT_SALT = "second"  # changed once the pairs held out before had been looked at
TEST_PERCENT = 12
DEVELOPMENT_PERCENT = 4
LARGEST_ADDEND = 30
ALTERNATIVES = re.compile(r"\{([^{}]*\|[^{}]*)\}")


def split_of(kind: str, left: object, right: object) -> Split:
    """The split that this pair belongs to. Numbers are unordered: 3 and 7 go with 7 and 3."""
    if isinstance(left, int) and isinstance(right, int):
        left, right = min(left, right), max(left, right)
    bucket = zlib.crc32(f"{SPLIT_SALT}|{kind}|{left}|{right}".encode()) % 100
    if bucket < TEST_PERCENT:
        return "test"
    return "development" if bucket < TEST_PERCENT + DEVELOPMENT_PERCENT else "training"


@dataclass(frozen=True)
class Turn:
    """One question and its one right answer."""

    category: str
    question: str
    answer: str


class World:
    """Random draws from the small world; every pair drawn is of one split."""

    def __init__(
        self,
        rng: random.Random,
        split: Split = "training",
        blur: float = 0.0,
        wide: float = 0.0,
        anyone: float = 0.0,
        typed: float = 0.0,
    ) -> None:
        self.rng = rng
        self.split = split
        self.blur = blur  # the share of questions about facts whose small words are changed
        self.wide = wide  # the share of questions about what is outside that are of the wider world
        self.typed = typed  # the share of questions about facts, or outside, in small letters and without a mark
        self.anyone = anyone  # the share of questions about places in which people are somewhere, or beside a thing

    def pair(self, kind: str, lefts: Sequence[L], rights: Sequence[R]) -> tuple[L, R]:
        while True:
            left, right = self.rng.choice(lefts), self.rng.choice(rights)
            if split_of(kind, left, right) == self.split:
                return left, right

    def people(self, count: int) -> list[str]:
        return self.rng.sample(words.PEOPLE, count)

    def look(self) -> tuple[str, str]:
        """A thing and how it looks, such as ("kite", "red")."""
        return self.pair("look", words.THINGS, words.COLOURS + words.SIZES)

    def coloured(self) -> tuple[str, str]:
        return self.pair("look", words.THINGS, words.COLOURS)

    def stay(self) -> tuple[str, str]:
        """An animal and where it is."""
        return self.pair("place", words.ANIMALS, words.PLACES)

    def numbers(self, smallest: int = 0, largest: int = LARGEST_ADDEND) -> tuple[int, int]:
        span = range(smallest, largest + 1)
        return self.pair("numbers", span, span)

    def say(self, pattern: str) -> str:
        """The pattern with one of the alternatives of every ``{a|b}`` chosen, inner ones first."""
        drawn = ALTERNATIVES.sub(lambda match: self.rng.choice(match[1].split("|")), pattern)
        return drawn if drawn == pattern else self.say(drawn)


def article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def plural(noun: str) -> str:
    return words.PLURALS.get(noun, noun + "s")


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def normalised(question: str) -> str:
    """Lower case, words only: two questions that differ in a comma are the same."""
    return " ".join(re.findall(r"\w+|[+-]", question.lower()))
