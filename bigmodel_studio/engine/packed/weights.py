"""Weights as the kernels read them: stored precisions where they lie, 8 and 4 bits in tiles of 16 rows.

``pack`` rounds a matrix; ``dequantised`` gives back exactly the values that the kernels compute with, which is what
``transformers`` is given when it serves as the reference. Knows no model.
"""

from __future__ import annotations

import mmap
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops

Precision = Literal["stored", "8-bit", "4-bit"]
PRECISIONS: tuple[Precision, ...] = ("stored", "8-bit", "4-bit")
KIND_OF: dict[Precision, int] = {"8-bit": ops.Q8, "4-bit": ops.Q4_MIN}
STORED_KINDS = {torch.float32: ops.F32, torch.bfloat16: ops.BF16, torch.float16: ops.F16}
BITS = {ops.F32: 32.0, ops.BF16: 16.0, ops.F16: 16.0, ops.Q8: 8.5, ops.Q4: 4.5, ops.Q4_MIN: 5.0, ops.Q4_K: 4.5}
"""Bits for each weight, scales included."""
_VALUES_AT_ONCE = 1 << 22
"""Rounded or moved together: bounds what is needed beside the result."""
_UNPACKED_AT_ONCE = 1 << 20
"""The same where values are unpacked."""
Bytes = NDArray[np.uint8]
_PIECE_BYTES = 32 << 20
"""Of memory that several matrices share."""
_PAGE_BYTES = 2 << 20


@dataclass(frozen=True)
class Weight:
    """A matrix [rows, columns] in memory. ``stride`` is in bytes: from row to row, or from tile to tile."""

    kind: int
    rows: int
    columns: int
    address: int
    stride: int
    bytes: int
    keeps: tuple[Any, ...] = field(repr=False, compare=False)
    """What holds the memory."""

    @property
    def groups(self) -> int:
        """Groups of 32 inputs in a row."""
        return (self.columns + ops.GROUP - 1) // ops.GROUP

    @property
    def packed(self) -> bool:
        return self.kind in ops.PACKED


def aligned(size: int) -> Bytes:
    """Return ``size`` bytes of memory that begin at a cache line; they hold anything."""
    memory = np.empty(size + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + size]


class Arena:
    """Memory for the matrices of one model, side by side: large pages hold it, most matrices being smaller than one.

    With pages of 4 KB a core that reads a gigabyte a step is held up by looking up where they are. A piece goes when
    the last matrix in it does.
    """

    def __init__(self) -> None:
        self._piece: Bytes = np.empty(0, np.uint8)
        self._used = 0

    def take(self, size: int) -> Bytes:
        """Return ``size`` bytes that begin at a cache line; they hold anything."""
        if size > _PIECE_BYTES // 2:
            return _large_pages(size)[:size]
        start = -(-self._used // 64) * 64
        if start + size > len(self._piece):
            self._piece, start = _large_pages(_PIECE_BYTES), 0
        self._used = start + size
        return self._piece[start : self._used]


def _large_pages(size: int) -> Bytes:
    """Return memory that begins at a large page, where the system has those; pages are made when written to."""
    if sys.platform != "linux":
        return aligned(size)
    memory = mmap.mmap(-1, size + _PAGE_BYTES, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    memory.madvise(mmap.MADV_HUGEPAGE)
    found: Bytes = np.frombuffer(memory, np.uint8)
    start = -found.ctypes.data % _PAGE_BYTES
    return found[start : start + size]


_arena: ContextVar[Arena | None] = ContextVar("arena", default=None)


@contextmanager
def side_by_side() -> Iterator[None]:
    """Have the matrices that are made within lie in one ``Arena``."""
    before = _arena.set(Arena())
    try:
        yield
    finally:
        _arena.reset(before)


def matrix_bytes(size: int) -> Bytes:
    """Return memory for a matrix."""
    arena = _arena.get()
    return aligned(size) if arena is None else arena.take(size)


def zeros(*shape: int) -> NDArray[np.float32]:
    """Return float32 zeros that begin at a cache line."""
    found = aligned(4 * int(np.prod(shape))).view(np.float32).reshape(shape)
    found[...] = 0
    return found


def stored(matrix: torch.Tensor) -> Weight:
    """Return a float matrix as it is: float32, bfloat16 or float16, without a copy where its rows are contiguous."""
    if matrix.dtype not in STORED_KINDS:
        matrix = matrix.float()
    matrix = matrix.detach()
    if matrix.stride(1) != 1:
        matrix = matrix.contiguous()
    size = matrix.element_size()
    rows, columns = matrix.shape
    return Weight(
        STORED_KINDS[matrix.dtype],
        rows,
        columns,
        matrix.data_ptr(),
        matrix.stride(0) * size,
        rows * columns * size,
        (matrix,),
    )


def pack(matrix: torch.Tensor, kind: int) -> Weight:
    """Return a matrix rounded to groups of 32: ``ops.Q8`` (around zero), ``ops.Q4`` (around 8) or ``ops.Q4_MIN``.

    The largest error is half a step: 1/127 of a group's largest size at 8 bits, 1/15 of its range with a minimum.
    """
    rows, columns = matrix.shape
    return pack_parts(rows, columns, kind, lambda start, end: matrix[start:end])


def pack_parts(rows: int, columns: int, kind: int, part_of: Callable[[int, int], torch.Tensor]) -> Weight:
    """Return what ``pack`` does of a matrix that is given a few thousand rows at a time (from, to before).

    Beside the result little memory is needed.
    """
    tiles, groups = -(-rows // ops.TILE), -(-columns // ops.GROUP)
    data = new_tiles(kind, tiles, groups)
    step = rows_at_once(columns)
    for start in range(0, rows, step):
        part = part_of(start, min(start + step, rows)).detach().float()
        high = -(-len(part) // ops.TILE) * ops.TILE
        whole = torch.zeros(high, groups * ops.GROUP)
        whole[: len(part), :columns] = part
        quants, scales = _rounded(whole.view(high, groups, ops.GROUP), kind)
        first = start // ops.TILE
        _fill(data[first : first + high // ops.TILE], kind, quants.numpy(), [scale.numpy() for scale in scales])
    return weight_of(kind, rows, columns, data)


def rows_at_once(columns: int) -> int:
    """Return how many rows, in whole tiles, are worked on together."""
    return max(ops.TILE, _VALUES_AT_ONCE // max(1, columns) // ops.TILE * ops.TILE)


def new_tiles(kind: int, tiles: int, groups: int) -> Bytes:
    """Return memory for [tiles, bytes of a tile]."""
    size = tile_bytes(kind, groups)
    found = matrix_bytes(tiles * size).reshape(tiles, size)
    found[:, groups * ops.SCALE_BYTES[kind] : scales_size(kind, groups)] = 0
    return found


def tile_bytes(kind: int, groups: int) -> int:
    """Return bytes of a tile."""
    return scales_size(kind, groups) + groups * ops.QUANT_BYTES[kind]


def scales_size(kind: int, groups: int) -> int:
    """Return bytes of the scales at the start of a tile, filled up to a cache line."""
    return -(-groups * ops.SCALE_BYTES[kind] // 64) * 64


def weight_of(kind: int, rows: int, columns: int, data: Bytes) -> Weight:
    """Return the weight whose tiles these are."""
    return Weight(kind, rows, columns, data.ctypes.data, data.shape[1], data.nbytes, (data,))


def _rounded(values: torch.Tensor, kind: int) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """Return uint8 [rows, groups, 32] and float16 scales [rows, groups] (with a minimum: and minima)."""
    if kind == ops.Q4_MIN:
        low = _half_below(values.amin(dim=2).clamp(max=0))
        span = values.amax(dim=2).clamp(min=0) - low.float()
        scale = _half_above(span / 15)
        return _steps(values - low.float()[:, :, None], scale, 0, 15), [scale, low]
    most = 127 if kind == ops.Q8 else 7
    scale = _half_above(values.abs().amax(dim=2) / most)
    zero_point = 128 if kind == ops.Q8 else 8
    return _steps(values, scale, -most, most, zero_point), [scale]


def _steps(values: torch.Tensor, scale: torch.Tensor, least: int, most: int, zero_point: int = 0) -> torch.Tensor:
    inverse = torch.where(scale > 0, 1 / scale.float(), torch.zeros(()))
    return (values * inverse[:, :, None]).round_().clamp_(least, most).add_(zero_point).to(torch.uint8)


def _half_above(values: torch.Tensor) -> torch.Tensor:
    """Return the float16 at or above each value, so that no quant is cut off."""
    found = values.half()
    return torch.where(found.float() < values, torch.nextafter(found, torch.full((), torch.inf).half()), found)


def _half_below(values: torch.Tensor) -> torch.Tensor:
    return -_half_above(-values)


def _fill(data: Bytes, kind: int, quants: Bytes, scales: list[NDArray[np.float16]]) -> None:
    """Write quants [rows, groups, 32] and scales [rows, groups] into tiles."""
    fill_scales(data, kind, scales)
    tiles, groups = len(data), quants.shape[1]
    words = quants.reshape(tiles, ops.TILE, groups, 8, 4).transpose(0, 2, 3, 1, 4)
    spots = quant_spots(data, kind, groups)
    if kind == ops.Q8:
        spots[...] = words
    else:
        np.bitwise_or(words[:, :, :4], words[:, :, 4:] << 4, out=spots)


def fill_scales(data: Bytes, kind: int, scales: list[NDArray[np.float16]]) -> None:
    """Write scales (and minima) [rows, groups] into tiles whose rows are filled up to whole tiles."""
    tiles, groups = len(data), scales[0].shape[1]
    spots = data[:, : groups * ops.SCALE_BYTES[kind]].reshape(tiles, groups, len(scales), 2 * ops.TILE)
    for place, scale in enumerate(scales):
        spots[:, :, place] = scale.reshape(tiles, ops.TILE, groups).transpose(0, 2, 1).copy().view(np.uint8)


def quant_spots(data: Bytes, kind: int, groups: int) -> Bytes:
    """Return the places of the quants of tiles: [tiles, groups, 8 or 4 vectors, 16 rows, 4 bytes]."""
    return data[:, scales_size(kind, groups) :].reshape(len(data), groups, ops.QUANT_BYTES[kind] // 64, ops.TILE, 4)


def dequantised(weight: Weight) -> torch.Tensor:
    """Return float32 [rows, columns]: the very values that the kernels multiply with."""
    if not weight.packed:
        found: torch.Tensor = weight.keeps[0]
        return found.float()
    return unpacked(torch.from_numpy(weight.keeps[0]), weight.kind, weight.rows, weight.columns)


def unpacked(data: torch.Tensor, kind: int, rows: int, columns: int) -> torch.Tensor:
    """Return the float32 [rows, columns] of tiles (uint8 [tiles, bytes of a tile]) on any device, a part at a time.

    Beside the result it takes a few megabytes. ``ops.Q4_K`` on the CPU only.
    """
    tiles, groups = len(data), (columns + ops.GROUP - 1) // ops.GROUP
    found = torch.empty(tiles * ops.TILE, groups * ops.GROUP, dtype=torch.float32, device=data.device)
    rows_of = found.view(tiles, ops.TILE, groups, ops.GROUP)
    step = max(1, _UNPACKED_AT_ONCE // (ops.TILE * groups * ops.GROUP))
    parts = range(0, min(tiles, step) if data.is_meta else tiles, step)  # without values, one part tells what they take
    for start in parts:
        part, target = data[start : start + step], rows_of[start : start + step]
        vectors = ops.QUANT_BYTES[kind] // 64
        words = part[:, scales_size(kind, groups) :].reshape(len(part), groups, vectors, 4 * ops.TILE)
        quants = words.view(torch.int32).permute(0, 3, 1, 2).contiguous().view(torch.uint8)  # row by row
        if kind == ops.Q8:
            target.copy_(quants)
        else:
            target[..., :16].copy_(quants & 15)
            target[..., 16:].copy_(quants >> 4)
        values = target.view(-1, groups, ops.GROUP)
        scale, minimum = _scales(part, kind, groups)
        if zero_point := ops.ZERO_POINTS[kind]:
            values.sub_(zero_point)
        values.mul_(scale[:, :, None])
        if minimum is not None:
            values.add_(minimum[:, :, None])
    return found[:rows, :columns]


def _scales(part: torch.Tensor, kind: int, groups: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Float32 scales [rows, groups] of some tiles, and minima where there are any."""
    if kind == ops.Q4_K:
        scale, minimum = _super_scales(part.numpy(), groups)
        return torch.from_numpy(scale), torch.from_numpy(minimum)
    halves = part[:, : groups * ops.SCALE_BYTES[kind]].reshape(len(part), groups, -1, 2 * ops.TILE)
    found = [
        halves[:, :, place].contiguous().view(torch.float16).float().transpose(1, 2).reshape(-1, groups)
        for place in range(halves.shape[2])
    ]
    return found[0], found[1] if kind == ops.Q4_MIN else None


def _by_row(halves: Bytes) -> NDArray[np.float32]:
    """Return [tiles, groups, 32 bytes of float16] as float32 [rows, groups]."""
    values = np.ascontiguousarray(halves).view(np.float16).transpose(0, 2, 1)
    return values.reshape(-1, halves.shape[1]).astype(np.float32)


def _super_scales(data: Bytes, groups: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return scales and minima [rows, groups] of groups of 256, in the order in which the ``gguf`` package
    multiplies.
    """
    tiles, blocks = len(data), groups // 8
    area = data[:, : blocks * 256].reshape(tiles, blocks, 256)
    outer = [_by_row(area[:, :, start : start + 32]) for start in (0, 32)]
    a, b, c = area[:, :, 64:].reshape(tiles, blocks, 3, 4, ops.TILE).transpose(2, 0, 4, 1, 3)
    factors = [
        np.concatenate((a & 63, (c & 15) | ((a >> 6) << 4)), axis=3),
        np.concatenate((b & 63, (c >> 4) | ((b >> 6) << 4)), axis=3),
    ]
    scale, minimum = (
        (each.reshape(tiles * ops.TILE, blocks, 1) * factor.reshape(tiles * ops.TILE, blocks, 8)).reshape(-1, groups)
        for each, factor in zip(outer, factors, strict=True)
    )
    return scale, minimum
