"""Key/value cache of sequences: keys and values in blocks of 64 positions, shared where they agree.

A fork shares all of its origin's blocks; who writes into a shared block first takes a copy of it. Knows no model beyond
the bytes of a block.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.weights import Bytes, aligned


@dataclass
class Block:
    """64 positions of every layer; ``owners`` sequences hold it."""

    memory: Bytes
    owners: int = 1


class KeyValues:
    """One sequence's keys and values. ``length`` tokens were fed."""

    def __init__(self, block_bytes: int) -> None:
        self.length = 0
        self._block_bytes = block_bytes
        self._blocks: list[Block] = []
        self.table: NDArray[np.int64] = np.zeros(8, np.int64)
        """The blocks' addresses; replaced, never changed, so that a step under way keeps its own."""

    @property
    def bytes(self) -> int:
        """What it takes: a block shared by several counts for each of them in part."""
        return sum(self._block_bytes // block.owners for block in self._blocks)

    def memories(self) -> list[Bytes]:
        """Return the memory of its blocks, in order."""
        return [block.memory for block in self._blocks]

    def reserve(self, tokens: int) -> None:
        """Make room for so many more tokens, in blocks that nobody else reads."""
        first, last = self.length // ops.BLOCK, (self.length + tokens - 1) // ops.BLOCK
        for place in range(first, last + 1):
            if place == len(self._blocks):
                self._blocks.append(Block(aligned(self._block_bytes)))
            elif self._blocks[place].owners > 1:
                memory = aligned(self._block_bytes)
                memory[...] = self._blocks[place].memory
                self._blocks[place].owners -= 1
                self._blocks[place] = Block(memory)
            else:
                continue
            self._tabulate()

    def truncate(self, length: int) -> None:
        """Forget all but the first ``length`` tokens."""
        assert 0 <= length <= self.length
        self.length = length
        keep = -(-length // ops.BLOCK)
        for block in self._blocks[keep:]:
            block.owners -= 1
        del self._blocks[keep:]

    def fork(self) -> KeyValues:
        """Return a sequence that begins with the same tokens; what either is fed later is its own."""
        other = KeyValues(self._block_bytes)
        other.length, other._blocks = self.length, list(self._blocks)
        for block in other._blocks:
            block.owners += 1
        other._tabulate()
        return other

    def release(self) -> None:
        """Give the memory back."""
        self.truncate(0)

    def _tabulate(self) -> None:
        size = max(8, 1 << (len(self._blocks) - 1).bit_length()) if self._blocks else 8
        table = np.zeros(size, np.int64)
        table[: len(self._blocks)] = [block.memory.ctypes.data for block in self._blocks]
        self.table = table
