"""Ways through a lattice of words and tags: what each word is alone, and the most probable whole.

A tag is "O" or a letter and a type, as "B-location". An entity begins with B and goes on with I, so that I follows B or
I of its type alone (the layout that Ramshaw & Marcus 1995 began, called BIO or IOB2). A type that has no B begins with
I; tags without a letter are free. Where an entity of one word has S, and the last word of a longer one E (BIOES), the
three of B, I and E are whole. Nothing here knows torch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Lattice = Sequence[Sequence[float]]
"""Log-probabilities [words, tags]."""
INSIDE, BEGINNING, END, SINGLE = "I", "B", "E", "S"


def may_follow(tag: str, before: str | None, tags: Sequence[str]) -> bool:
    """Return whether ``tag`` may stand after the tag ``before`` (None: at the beginning), where ``tags`` are all there
    are.
    """
    letter, dash, type_ = tag.partition("-")
    last, _, last_type = (before or "").partition("-")
    if _is_bioes(tags):
        goes_on = last in (BEGINNING, INSIDE)
        if not dash or letter in (BEGINNING, SINGLE):
            return not goes_on
        return goes_on and last_type == type_
    if letter != INSIDE or not dash or f"{BEGINNING}-{type_}" not in tags:
        return True
    return before in (f"{BEGINNING}-{type_}", f"{INSIDE}-{type_}")


def _is_bioes(tags: Sequence[str]) -> bool:
    """Return whether entities end with a tag of their own (E, and S for those of one word), beside B and I."""
    letters = {tag.partition("-")[0] for tag in tags if "-" in tag}
    return {BEGINNING, SINGLE} <= letters and letters <= {BEGINNING, INSIDE, END, SINGLE}


def greedy(lattice: Lattice) -> list[int]:
    """Return each word's most probable tag, by its number; the first of equals."""
    return [max(range(len(row)), key=row.__getitem__) for row in lattice]


def viterbi(lattice: Lattice, tags: Sequence[str]) -> list[int]:
    """Return the most probable way on which every tag may follow the one before, by the tags' numbers.

    Dynamic programming over the words (Viterbi 1967): the best way to each tag goes through the best way to one of the
    tags before it. Steps that are allowed all count the same.
    """
    if not lattice:
        return []
    numbers = range(len(tags))
    before = [[one for one in numbers if may_follow(tags[tag], tags[one], tags)] for tag in numbers]
    best = [score if may_follow(tag, None, tags) else -math.inf for tag, score in zip(tags, lattice[0], strict=True)]
    came_from: list[list[int]] = []
    for row in lattice[1:]:
        came_from.append([max(before[tag], key=best.__getitem__) for tag in numbers])
        best = [best[one] + row[tag] for tag, one in enumerate(came_from[-1])]
    path = [max(numbers, key=best.__getitem__)]
    for step in reversed(came_from):
        path.append(step[path[-1]])
    return path[::-1]


def total(lattice: Lattice, path: Sequence[int]) -> float:
    """Return the log-probability of a way: the sum along it."""
    return math.fsum(row[tag] for row, tag in zip(lattice, path, strict=True))


def broken(path: Sequence[str], tags: Sequence[str]) -> list[int]:
    """Return the places of a way at which a tag stands that may not follow the one before."""
    pairs = zip(path, [None, *path[:-1]], strict=True)
    return [place for place, (tag, before) in enumerate(pairs) if not may_follow(tag, before, tags)]
