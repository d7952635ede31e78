"""The rule of thumb for lists: float32 on a processor, 16 bits on a card, and a fifth beside the weights."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.advice.fits import best, fits, most_parameters
from bigmodel_studio.core.memory.device_memory import Room

CPU = Room("cpu", 16 * 10**9, 12 * 10**9)
CARD = Room("cuda:0", 8 * 10**9, 8 * 10**9)


@pytest.mark.parametrize(
    ("parameters", "rooms", "expected"),
    [
        (2_500_000_000, (CPU,), True),  # 2.5e9 · 4 B · 1.2 = 12 GB
        (2_600_000_000, (CPU,), False),
        (3_300_000_000, (CPU, CARD), True),  # 3.3e9 · 2 B · 1.2 = 7.92 GB
        (3_400_000_000, (CPU, CARD), False),
        (0, (CPU,), None),
    ],
)
def test_fits(parameters: int, rooms: tuple[Room, ...], expected: bool | None) -> None:
    assert fits(parameters, rooms) is expected


def test_the_largest_that_fits_does_and_one_more_does_not() -> None:
    for rooms in ((CPU,), (CARD,), (CPU, CARD)):
        most = most_parameters(rooms)
        assert fits(most, rooms)
        assert not fits(round(most * 1.001), rooms)


def test_the_best_device_is_the_one_with_most_to_spare() -> None:
    found = best(1_000_000_000, (CPU, CARD))
    assert found == (CPU, 4_800_000_000)
    assert best(3_000_000_000, (CPU, CARD)) == (CARD, 7_200_000_000)
