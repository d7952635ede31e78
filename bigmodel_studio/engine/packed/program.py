"""Builds a program for the kernels: buffers, and operations that name them.

A buffer is float32 [rows, stride], its stride a multiple of 32 and its padding zero. Knows no model: ``model`` says
what to compute, ``kernels_run`` computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.weights import Weight, aligned, zeros

CHUNK_BYTES = 128 * 1024
"""Of weights that a thread takes at a time: small, so that none waits long for another, and large beside what is asked
for ahead, which the thread that asked may not be the one to take.
"""
ACTIVATE_COLUMNS = 512


@dataclass(frozen=True)
class Buffer:
    """Rows of floats, and where they are needed as 8-bit values those too."""

    array: NDArray[np.float32]
    width: int
    quants: tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int32]] | None = None

    @property
    def address(self) -> int:
        return int(self.array.ctypes.data)

    @property
    def stride(self) -> int:
        return int(self.array.shape[1])

    @property
    def groups(self) -> int:
        return -(-self.width // ops.GROUP)


@dataclass(frozen=True)
class Linear:
    """A matrix and its bias, float32 padded to whole tiles (zeros where the model has none)."""

    weight: Weight
    bias: NDArray[np.float32]


def padded(vector: torch.Tensor | None, width: int, offset: float = 0.0) -> NDArray[np.float32]:
    """Return a vector as float32, plus ``offset``, filled up with zeros to a multiple of 32; zeros where it is None."""
    found = zeros(-(-width // ops.GROUP) * ops.GROUP)
    if vector is not None:
        found[:width] = vector.detach().float().numpy() + np.float32(offset)
    return found


class Program:
    """Operations in order, for up to ``rows`` rows at a time."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.places: dict[str, tuple[int, Buffer]] = {}
        """Values by name: after which operation they stand in which buffer."""
        self._operations: list[dict[int, int]] = []
        self._constants: list[dict[int, float]] = []
        self._barrier = 0
        self._keeps: list[Any] = []
        self._shared: dict[str, Buffer] = {}

    def buffer(self, name: str, width: int, *, quantised: bool = False, rows: int = 0) -> Buffer:
        """Return the buffer of that name, made when first asked for."""
        if name not in self._shared:
            rows = rows or self.rows
            stride = -(-width // ops.GROUP) * ops.GROUP
            groups = stride // ops.GROUP
            quants = None
            if quantised:
                quants = (
                    aligned(rows * stride).reshape(rows, stride),
                    zeros(rows, groups),
                    zeros(rows, groups).view(np.int32),
                )
            self._shared[name] = Buffer(zeros(rows, stride), width, quants)
        return self._shared[name]

    @property
    def bytes(self) -> int:
        """What the buffers take."""
        return sum(each.array.nbytes + sum(part.nbytes for part in each.quants or ()) for each in self._shared.values())

    @property
    def kept_bytes(self) -> int:
        """Return what vectors and tables take beside buffers and matrices."""
        arrays = {id(array): array for array in self._keeps if isinstance(array, np.ndarray)}
        return sum(array.nbytes for array in arrays.values())

    def finish(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the operations and their constants as tables."""
        table = np.zeros((len(self._operations), ops.WIDTH), np.int64)
        constants = np.zeros((len(self._operations), ops.FLOATS), np.float32)
        for row, (fields, floats) in enumerate(zip(self._operations, self._constants, strict=True)):
            for field, value in fields.items():
                table[row, field] = value
            for field, number in floats.items():
                constants[row, field] = number
        return table, constants

    def name(self, name: str, buffer: Buffer) -> None:
        """Say that ``buffer`` now holds the values of that name."""
        self.places[name] = (len(self._operations), buffer)

    def _add(
        self, code: int, fields: dict[int, int], floats: dict[int, float] | None = None, *, free: bool = False
    ) -> None:
        """Add an operation. ``free``: it reads nothing that was written since the last one that waited."""
        index = len(self._operations)
        waits = 0 if free else index - self._barrier
        if not free:
            self._barrier = index
        self._operations.append({ops.PARTS: 1, **fields, ops.OP: code, ops.WAITS: waits})
        self._constants.append(floats or {})

    def _address(self, array: NDArray[Any]) -> int:
        self._keeps.append(array)
        return int(array.ctypes.data)

    @staticmethod
    def _quants(buffer: Buffer) -> dict[int, int]:
        if buffer.quants is None:
            return {}
        values, scales, sums = buffer.quants
        return {
            ops.QUANTS: values.ctypes.data,
            ops.QUANTS_STRIDE: values.shape[1],
            ops.SCALES: scales.ctypes.data,
            ops.SUMS: sums.ctypes.data,
            ops.GROUPS: scales.shape[1],
        }

    def embed(self, table: Weight, dst: Buffer, scale: float, positions: torch.Tensor | None, offset: int = 0) -> None:
        """Look up each row's token in the table, times ``scale``, plus the position's row of ``positions``."""
        fields = {
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.WIDTH_IN: table.columns,
            ops.KIND: table.kind,
            ops.WEIGHT: table.address,
            ops.WEIGHT_STRIDE: table.stride,
            ops.GROUPS: table.groups,
        }
        self._keeps.append(table)
        if positions is not None:
            fields[ops.EXTRA] = self._address(positions.detach().float().contiguous().numpy().copy())
            fields[ops.EXTRA_2] = offset
        self._add(ops.EMBED, fields, {ops.SCALE: scale})

    def norm(
        self,
        src: Buffer,
        dst: Buffer,
        weight: NDArray[np.float32],
        bias: NDArray[np.float32],
        *,
        layer: bool,
        epsilon: float,
        adds: bool = False,
        wanted: bool = False,
        free: bool = False,
    ) -> None:
        """Norm rows of ``src``; ``adds`` them to ``dst``; ``wanted``: only the rows whose logits are wanted."""
        fields = {
            ops.SRC: src.address,
            ops.SRC_STRIDE: src.stride,
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.WIDTH_IN: src.width,
            ops.KIND: int(layer),
            ops.WEIGHT: self._address(weight),
            ops.BIAS: self._address(bias),
            ops.ADD: int(adds),
            ops.ROWS: int(wanted),
            ops.EXTRA: int(wanted),
            **({} if adds else self._quants(dst)),
        }
        self._add(ops.NORM, fields, {ops.EPSILON: epsilon}, free=free)

    def matmul(
        self, src: Buffer, linear: Linear, dst: Buffer, *, adds: bool = False, wanted: bool = False, free: bool = False
    ) -> None:
        """Multiply the rows of ``src`` by a matrix, into ``dst`` or added to it."""
        weight = linear.weight
        self._keeps.append(weight)
        tall = ops.TILE if weight.packed else 4
        pieces = -(-weight.rows // tall)
        piece_bytes = weight.stride * (1 if weight.packed else tall)
        chunk = max(1, min(CHUNK_BYTES // piece_bytes, -(-pieces // 4)))
        fields = {
            ops.SRC: src.address,
            ops.SRC_STRIDE: src.stride,
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.WIDTH_IN: weight.columns,
            ops.KIND: weight.kind,
            ops.WEIGHT: weight.address,
            ops.WEIGHT_STRIDE: weight.stride,
            ops.BIAS: self._address(linear.bias),
            ops.ROWS_OUT: weight.rows,
            ops.CHUNK: chunk,
            ops.PARTS: -(-pieces // chunk),
            ops.ADD: int(adds),
            ops.ROWS: int(wanted),
        }
        if weight.packed:
            fields |= self._quants(src)
            assert fields[ops.GROUPS] == weight.groups
        self._add(ops.MATMUL, fields, free=free)

    def place(
        self,
        queries: Buffer,
        keys: Buffer,
        values: Buffer,
        dst: Buffer,
        attention: dict[int, int],
        *,
        rope: int,
        rotated: int,
        norms: tuple[NDArray[np.float32], NDArray[np.float32]] | None,
        epsilon: float,
    ) -> None:
        """Rotate queries into ``dst``, and keys and values into the cache."""
        fields = attention | {
            ops.SRC: queries.address,
            ops.SRC_STRIDE: queries.stride,
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.PLACE_KEYS: keys.address,
            ops.PLACE_VALUES: values.address,
            ops.PLACE_STRIDE: keys.stride,
            ops.PLACE_ROPE: rope,
            ops.PLACE_ROTARY: rotated,
            ops.PARTS: attention[ops.PLACE_HEADS] + attention[ops.PLACE_KV_HEADS],
        }
        if norms is not None:
            fields |= {ops.PLACE_Q_NORM: self._address(norms[0]), ops.PLACE_K_NORM: self._address(norms[1])}
        self._add(ops.PLACE, fields, {ops.EPSILON: epsilon})

    def attend(
        self, queries: Buffer, dst: Buffer, attention: dict[int, int], *, window: int, scale: float, limit: float
    ) -> None:
        """Have each head of each row attend over the cache."""
        fields = attention | {
            ops.SRC: queries.address,
            ops.SRC_STRIDE: queries.stride,
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.ATTEND_WINDOW: window,
            ops.PARTS: attention[ops.PLACE_HEADS],
        }
        self._add(ops.ATTEND, fields, {ops.SCALE: scale, ops.LIMIT: limit})

    def quantise(self, src: Buffer) -> None:
        """Make the 8-bit copy of a buffer's rows, where it has one."""
        if src.quants is None:
            return
        fields = {
            ops.SRC: src.address,
            ops.SRC_STRIDE: src.stride,
            ops.CHUNK: ACTIVATE_COLUMNS,
            ops.PARTS: -(-src.stride // ACTIVATE_COLUMNS),
            **self._quants(src),
        }
        self._add(ops.QUANTISE, fields)

    def activate(self, kind: int, src: Buffer, gate: Buffer | None, dst: Buffer) -> None:
        """Compute ``dst`` = activation(``src``), times ``gate`` where there is one."""
        fields = {
            ops.SRC: src.address,
            ops.SRC_STRIDE: src.stride,
            ops.DST: dst.address,
            ops.DST_STRIDE: dst.stride,
            ops.KIND: kind,
            ops.EXTRA: gate.address if gate is not None else 0,
            ops.CHUNK: ACTIVATE_COLUMNS,
            ops.PARTS: -(-dst.stride // ACTIVATE_COLUMNS),
            **self._quants(dst),
        }
        self._add(ops.ACTIVATE, fields)

    def cap(self, dst: Buffer, limit: float) -> None:
        """Cap the logits: they become limit × tanh(logit / limit)."""
        fields = {ops.DST: dst.address, ops.DST_STRIDE: dst.stride, ops.ROWS: 1}
        self._add(ops.CAP, fields, {ops.LIMIT: limit})
