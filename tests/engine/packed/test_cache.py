"""Blocks of keys and values: who shares them, and what they take."""

from __future__ import annotations

from bigmodel_studio.engine.packed.cache import KeyValues


def filled(tokens: int) -> KeyValues:
    sequence = KeyValues(640)
    sequence.reserve(tokens)
    sequence.length += tokens
    return sequence


def test_a_sequence_takes_whole_blocks_and_gives_them_back() -> None:
    sequence = filled(65)
    assert sequence.bytes == 2 * 640
    sequence.truncate(64)
    assert sequence.bytes == 640
    sequence.release()
    assert (sequence.bytes, sequence.length) == (0, 0)


def test_a_fork_shares_until_one_writes() -> None:
    sequence = filled(100)
    fork = sequence.fork()
    assert sequence.bytes + fork.bytes == 2 * 640
    assert list(fork.table[:2]) == list(sequence.table[:2])
    fork.reserve(1)
    assert fork.table[0] == sequence.table[0]
    assert fork.table[1] != sequence.table[1]
    assert sequence.bytes + fork.bytes == 3 * 640
    fork.release()
    assert sequence.bytes == 2 * 640


def test_a_table_in_use_is_not_changed() -> None:
    sequence = filled(64)
    before, kept = sequence.table, sequence.table.copy()
    sequence.reserve(600)
    assert (before == kept).all()
    assert (sequence.table[:10] != 0).all()
