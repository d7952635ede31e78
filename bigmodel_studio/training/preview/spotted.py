"""How many of a kind were spotted in the data, and where the first of them are."""

from __future__ import annotations

from dataclasses import dataclass, field

from bigmodel_studio.protocol import Place

MOST_PLACES = 50
"""So many are named of each kind; all are counted."""


@dataclass
class Spotted:
    """How many there are of a kind, and where the first are."""

    count: int = 0
    places: list[Place] = field(default_factory=list)

    def add(self, *places: Place) -> None:
        """Add one more, which concerns these places."""
        self.count += 1
        if len(self.places) + len(places) <= MOST_PLACES:
            self.places += places

    def __add__(self, other: Spotted) -> Spotted:
        return Spotted(self.count + other.count, [*self.places, *other.places][:MOST_PLACES])
