"""Which colour each run has: the same for as long as there is the run, and another than its neighbors in the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

COLOURS = 8
"""Series colours that can be told apart (``ui.look.theme``)."""
MOST_KEPT = 2_000
"""Runs whose colour is remembered after they are gone: a run that is restored has its colour again."""


def with_colours(kept: Mapping[str, int], names: Sequence[str]) -> dict[str, int]:
    """Return the number of each run's colour, from 0; ``names`` are the runs that there are, the oldest first.

    A colour in ``kept`` stays. A new run takes the one that was given away the longest time ago.
    """
    found = {name: number for name, number in kept.items() if 0 <= number < COLOURS}
    recent = [found[name] for name in names if name in found]
    for name in names:
        if name not in found:
            last = {number: place for place, number in enumerate(recent)}
            found[name] = min(range(COLOURS), key=lambda number: (last.get(number, -1), number))
            recent.append(found[name])
    there = set(names)
    gone = [name for name in found if name not in there]
    for name in gone[: max(0, len(found) - MOST_KEPT)]:
        del found[name]
    return found
