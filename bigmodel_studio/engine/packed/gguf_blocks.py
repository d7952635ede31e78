"""From the blocks of a GGUF file to tiles: Q4_0, Q4_1, Q4_K and Q8_0 exactly, five and six bits rounded to eight.

Blocks are moved, not computed with, where the tile has the same numbers; the layouts are ggml's (ggml-common.h). Other
types are dequantised by the ``gguf`` package, a few thousand rows at a time. Knows no file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import gguf
import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.block_moves import BlockMoves
from bigmodel_studio.engine.packed.weights import (
    STORED_KINDS,
    Bytes,
    Weight,
    fill_scales,
    matrix_bytes,
    new_tiles,
    pack_parts,
    quant_spots,
    rows_at_once,
    stored,
    weight_of,
)

STORED: dict[str, torch.dtype] = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
WORKERS = max(1, min(4, os.cpu_count() or 1))
"""Threads that move the blocks of a tensor with numpy."""


def kind_of(name: str) -> int:
    """Return our kind of the weights of ggml's type ``name``. Raises ``KeyError``."""
    if name in STORED:
        return STORED_KINDS[STORED[name]]
    return _EXACT[name][2] if name in _EXACT else dict.fromkeys(_ROUNDED, ops.Q8)[name]


def repack(blocks: Bytes, kind: str, order: NDArray[np.int64] | None = None, moves: BlockMoves | None = None) -> Weight:
    """Return the weight of a tensor's blocks, uint8 [rows, bytes of a row], of ggml's type ``kind``.

    ``order``: which rows are taken, and in which order. F32, F16 and BF16 are copied as they are. ``moves``: what moves
    them faster than numpy, to the same places. Raises ``KeyError`` for a type that isn't known here.
    """
    if kind in STORED:
        rows = len(blocks) if order is None else len(order)
        copied = matrix_bytes(rows * blocks.shape[1]).reshape(rows, -1)
        if moves is not None:
            moves.move(blocks, order, copied, STORED_KINDS[STORED[kind]], rows, 0)
        elif order is None:
            copied[...] = blocks
        else:
            np.take(blocks, order, axis=0, out=copied)
        return stored(torch.from_numpy(copied).view(STORED[kind]))
    if kind in _EXACT:
        return _exact(blocks, kind, order, moves)
    if kind not in _ROUNDED:
        raise KeyError(kind)

    def values(start: int, end: int) -> torch.Tensor:
        part = blocks[start:end] if order is None else blocks[order[start:end]]
        found = gguf.quants.dequantize(np.ascontiguousarray(part), gguf.GGMLQuantizationType[kind])
        return torch.from_numpy(np.asarray(found, dtype=np.float32))

    size, values_in = _ROUNDED[kind]
    rows = len(blocks) if order is None else len(order)
    return pack_parts(rows, blocks.shape[1] // size * values_in, ops.Q8, values)


def _exact(blocks: Bytes, kind: str, order: NDArray[np.int64] | None, moves: BlockMoves | None) -> Weight:
    size, values, ours, move = _EXACT[kind]
    rows, per_row = len(blocks) if order is None else len(order), blocks.shape[1] // size
    columns = per_row * values
    tiles, groups = -(-rows // ops.TILE), columns // ops.GROUP
    data = new_tiles(ours, tiles, groups)
    if moves is not None:
        moves.move(blocks, order, data, ours, rows, groups)
        return weight_of(ours, rows, columns, data)
    step = min(rows_at_once(columns), -(-tiles // WORKERS) * ops.TILE)

    def move_part(start: int) -> None:
        part = blocks[start : start + step] if order is None else blocks[order[start : start + step]]
        high = -(-len(part) // ops.TILE) * ops.TILE
        if high > len(part):  # the last tile is filled up with zeros
            part = np.concatenate((part, np.zeros((high - len(part), blocks.shape[1]), np.uint8)))
        first = start // ops.TILE
        move(part.reshape(high, per_row, size), data[first : first + high // ops.TILE])

    with ThreadPoolExecutor(WORKERS) as workers:  # numpy moves bytes without the interpreter's lock
        list(workers.map(move_part, range(0, rows, step)))
    return weight_of(ours, rows, columns, data)


def _halves(blocks: Bytes, start: int) -> NDArray[np.float16]:
    """Return the float16 at a place of each block: [rows, blocks]."""
    return np.ascontiguousarray(blocks[:, :, start : start + 2]).view(np.float16)[:, :, 0]


def _by_tile(quants: Bytes) -> NDArray[np.uint32]:
    """Return quants [rows, groups, bytes] as words of four bytes, a tile's rows last: moved in a third of the time."""
    words = np.ascontiguousarray(quants).view(np.uint32)
    rows, groups, count = words.shape
    return words.reshape(rows // ops.TILE, ops.TILE, groups, count).transpose(0, 2, 3, 1)


def _word_spots(data: Bytes, kind: int, groups: int) -> NDArray[np.uint32]:
    """Return the places of a tile's quants as words: [tiles, groups, vectors, 16 rows]."""
    return quant_spots(data, kind, groups).view(np.uint32)[..., 0]


def _move_q8_0(blocks: Bytes, data: Bytes) -> None:
    fill_scales(data, ops.Q8, [_halves(blocks, 0)])
    signs = np.uint32(0x80808080)  # adds 128 to a signed byte
    np.bitwise_xor(_by_tile(blocks[:, :, 2:]), signs, out=_word_spots(data, ops.Q8, blocks.shape[1]))


def _move_q4(start: int, kind: int) -> Callable[[Bytes, Bytes], None]:
    """Q4_0 and Q4_1: a byte has inputs j and j + 16, as in a tile."""

    def move(blocks: Bytes, data: Bytes) -> None:
        fill_scales(data, kind, [_halves(blocks, place) for place in range(0, start, 2)])
        _word_spots(data, kind, blocks.shape[1])[...] = _by_tile(blocks[:, :, start:])

    return move


def _move_q4_k(blocks: Bytes, data: Bytes) -> None:
    high, per_row = blocks.shape[:2]
    tiles = high // ops.TILE
    by_tile = blocks.reshape(tiles, ops.TILE, per_row, 144)
    area = data[:, : per_row * 256].reshape(tiles, per_row, 256)
    area[:, :, :32] = by_tile[..., :2].transpose(0, 2, 1, 3).reshape(tiles, per_row, 32)
    minima = np.array(by_tile[..., 2:4])
    minima[..., 1] ^= 0x80  # kept with the other sign: minima are added here and subtracted there
    area[:, :, 32:64] = minima.transpose(0, 2, 1, 3).reshape(tiles, per_row, 32)
    area[:, :, 64:].reshape(tiles, per_row, 12, ops.TILE)[...] = by_tile[..., 4:16].transpose(0, 2, 3, 1)
    # Of 64 inputs 32 bytes have the first half low and the second half high; a tile has 16 and 16 of each group.
    pairs = by_tile[..., 16:].reshape(tiles, ops.TILE, per_row, 4, 2, 16)
    low = (pairs[..., 0, :] & 15) | ((pairs[..., 1, :] & 15) << 4)
    high_half = (pairs[..., 0, :] >> 4) | (pairs[..., 1, :] & 0xF0)
    groups = np.stack((low, high_half), axis=4).reshape(high, per_row * 8, 16)
    _word_spots(data, ops.Q4_K, per_row * 8)[...] = _by_tile(groups)


_EXACT: dict[str, tuple[int, int, int, Callable[[Bytes, Bytes], None]]] = {
    "Q8_0": (34, 32, ops.Q8, _move_q8_0),
    "Q4_0": (18, 32, ops.Q4, _move_q4(2, ops.Q4)),
    "Q4_1": (20, 32, ops.Q4_MIN, _move_q4(4, ops.Q4_MIN)),
    "Q4_K": (144, 256, ops.Q4_K, _move_q4_k),
}
"""Bytes and values of a block, our kind, and how its numbers are moved."""
_ROUNDED = {"Q5_0": (22, 32), "Q5_1": (24, 32), "Q5_K": (176, 256), "Q6_K": (210, 256)}
"""Bytes and values of a block."""
