"""Moves the blocks of GGUF tensors with the compiled kernels, on several threads.

What goes where is said by ``gguf_blocks``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.pool import Pool
from bigmodel_studio.engine.packed.weights import Bytes, scales_size

CHUNK_BYTES = 2 << 20
"""That a thread moves at a time: a large page, so that two threads rarely write first to the same one."""


class BlockMoves:
    """``kernel`` is ``compiling.kernels()``. ``close`` ends the threads."""

    def __init__(self, kernel: Callable[..., Any], threads: int = 1) -> None:
        self._kernel, self._pool = kernel, Pool(threads)

    def move(
        self, blocks: Bytes, order: NDArray[np.int64] | None, data: Bytes, kind: int, rows: int, groups: int
    ) -> None:
        """Fill ``data``: tiles of a packed ``kind``, or ``rows`` as they are.

        ``blocks`` [rows, bytes of a row] are of ggml's type that ``kind`` keeps exactly; ``order``: which rows are
        taken. Raises ``IndexError`` for a row that is not there.
        """
        if rows == 0:
            return
        blocks = blocks if blocks.strides[1] == 1 else np.ascontiguousarray(blocks)
        if order is not None:
            order = np.ascontiguousarray(order, np.int64)
            if not 0 <= int(order.min()) <= int(order.max()) < len(blocks):
                raise IndexError(f"There are {len(blocks)} rows.")
        zeros = np.zeros(blocks.shape[1], np.uint8)
        chunk = max(1, CHUNK_BYTES // data.shape[1])
        table = np.zeros((1, ops.WIDTH), np.int64)
        for field, value in {
            ops.OP: ops.REPACK,
            ops.KIND: kind,
            ops.SRC: blocks.ctypes.data,
            ops.SRC_STRIDE: blocks.strides[0],
            ops.DST: data.ctypes.data,
            ops.DST_STRIDE: data.shape[1],
            ops.ROWS_OUT: rows,
            ops.GROUPS: groups,
            ops.CHUNK: chunk,
            ops.PARTS: -(-len(data) // chunk),
            ops.REPACK_ORDER: 0 if order is None else order.ctypes.data,
            ops.REPACK_ZEROS: zeros.ctypes.data,
            ops.REPACK_SCALES: scales_size(kind, groups) if kind in ops.PACKED else 0,
        }.items():
            table[0, field] = value
        parameters = np.zeros(ops.PARAMETERS, np.int64)
        parameters[ops.P_ROWS] = 1
        job = (table, np.zeros((1, ops.FLOATS), np.float32), parameters)
        self._pool.run(self._kernel, job, 1, self._pool.threads)

    def close(self) -> None:
        """End the threads."""
        self._pool.close()
