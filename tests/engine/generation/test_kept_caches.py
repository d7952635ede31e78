"""Which kept cache a prompt begins with, what is kept beside it, and what goes when memory is short."""

from __future__ import annotations

from typing import cast

import pytest

from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.memory.ledger import Reservation, kept_cache_bytes
from bigmodel_studio.engine.generation.decoding import Decoder
from bigmodel_studio.engine.generation.kept_caches import MOST, KeptCaches, common_length
from bigmodel_studio.engine.packed.cache import KeyValues

BLOCK = 640


class Fed:
    """What kept caches need of a decoder: the real blocks of a cache, and no model."""

    exact = True

    def __init__(self, cache: KeyValues) -> None:
        self.cache = cache

    @property
    def length(self) -> int:
        return self.cache.length

    @property
    def cache_bytes(self) -> int:
        return self.cache.bytes

    def truncate(self, length: int) -> None:
        self.cache.truncate(length)

    def fork(self) -> Fed:
        return Fed(self.cache.fork())

    def release(self) -> None:
        self.cache.release()


def fed(tokens: int, begin: Decoder | None = None) -> Decoder:
    """A decoder that was fed so many tokens in all."""
    decoder = cast("Fed", begin) if begin is not None else Fed(KeyValues(BLOCK))
    decoder.cache.reserve(tokens - decoder.length)
    decoder.cache.length = tokens
    return cast("Decoder", decoder)


def free(_: int) -> int:
    return 10**9


@pytest.mark.parametrize(("a", "b", "length"), [([], [1], 0), ([1, 2], [1, 2, 3], 2), ([1, 5, 3], [1, 4, 3], 1)])
def test_the_common_beginning(a: list[int], b: list[int], length: int) -> None:
    assert common_length(a, b) == common_length(b, a) == length


def test_the_longest_beginning_is_shared_and_the_last_id_is_left_to_feed() -> None:
    kept = KeptCaches(free)
    first, second = list(range(200)), [*range(100), *range(500, 600)]
    kept.keep(first, fed(200))
    kept.keep(second, fed(200))
    begun = kept.begin([*range(150), 9999])
    assert begun is not None
    assert begun.length == 150
    again = kept.begin(second)
    assert again is not None
    assert again.length == 199
    assert kept.begin([77]) is None
    assert len(kept) == 2
    # Three blocks of the one that is shared, four of each: nothing is counted twice.
    assert kept.bytes + begun.cache_bytes + again.cache_bytes == 8 * BLOCK


def test_what_is_continued_goes_and_a_beginning_of_it_is_not_kept_again() -> None:
    kept = KeptCaches(free)
    kept.keep(list(range(100)), fed(100))
    begun = kept.begin(list(range(130)))
    kept.keep(list(range(130)), fed(130, begun))
    assert (len(kept), kept.bytes) == (1, 3 * BLOCK)
    kept.keep(list(range(70)), fed(70, kept.begin(list(range(71)))))
    assert (len(kept), kept.bytes) == (1, 3 * BLOCK)


def test_the_oldest_goes_first_where_the_ledger_allows_less() -> None:
    kept = KeptCaches(lambda _: 5 * BLOCK)
    texts = [[number, *range(100)] for number in (1001, 1002, 1003)]
    kept.keep(texts[0], fed(101))
    kept.keep(texts[1], fed(101))
    begun = kept.begin([*texts[0], 5])  # used again: no more the oldest
    assert begun is not None
    begun.release()
    kept.keep(texts[2], fed(101))
    assert kept.bytes == 4 * BLOCK
    assert kept.begin([*texts[1], 5]) is None
    for text in (texts[0], texts[2]):
        found = kept.begin([*text, 5])
        assert found is not None
        found.release()
    kept.clear()
    assert (len(kept), kept.bytes) == (0, 0)


def test_their_number_is_bounded() -> None:
    kept = KeptCaches(free)
    for number in range(MOST + 5):
        kept.keep([number, 0, 0], fed(3))
    assert len(kept) == MOST
    assert kept.begin([4, 0, 0]) is None
    assert kept.begin([5, 0, 0]) is not None


def test_the_ledger_counts_what_runs_will_take() -> None:
    room = Room("cpu", 1000, 600)
    alone = kept_cache_bytes(room, [], 0)
    beside = kept_cache_bytes(room, [Reservation("run", "run", "cpu", 100, 400)], 0)
    assert alone == (600 - 30) // 4
    assert beside == (600 - 400 - 30) // 4
    assert kept_cache_bytes(room, [Reservation("run", "run", "cpu", 0, 900)], 0) == 0
    assert kept_cache_bytes(room, [], 200) == (600 + 200 - 30) // 4
