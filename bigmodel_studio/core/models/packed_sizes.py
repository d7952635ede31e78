"""Bytes that a language model's weights take in 8 and 4 bits, from the shapes in its file's header alone.

The layout is that of ``engine.packed.weights``: tiles of 16 rows, groups of 32 inputs, scales filled up to a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from bigmodel_studio.core.models.weights import DTYPE_BITS, Tensor
from bigmodel_studio.protocol import Precision

GROUP: Final = 32
TILE: Final = 16
_LINE: Final = 64
_SCALES: Final = {"8-bit": 32, "4-bit": 64}
"""Bytes for each group of a tile; in 4 bits there is a minimum, too."""
_QUANTS: Final = {"8-bit": 512, "4-bit": 256}
TABLES: Final = frozenset({"embed_tokens", "embed_in", "wte", "wpe", "embed_positions", "word_embeddings"})
"""Tables that are looked up, by the last names of their modules; they are kept as stored."""
HEADS: Final = frozenset({"lm_head", "embed_out"})
POSITIONS: Final = frozenset({"wpe", "embed_positions"})
_FLOAT32_BYTES: Final = 4


class PackedSize(NamedTuple):
    """Bytes of all weights in memory, and of those that a token reads."""

    bytes: int
    read_bytes: int


def matrix_bytes(shape: Sequence[int], precision: Precision) -> int:
    """Return what a matrix [rows, columns] takes in 8 or 4 bits."""
    rows, columns = shape
    groups = -(-columns // GROUP)
    scales = -(-groups * _SCALES[precision] // _LINE) * _LINE
    return -(-rows // TILE) * (scales + groups * _QUANTS[precision])


def packed_size(tensors: Mapping[str, Tensor], precision: Precision) -> PackedSize:
    """Return the size of a language model in a precision; the head is packed beside the table that it may share."""
    whole = read = 0
    table = head = 0
    for name, tensor in tensors.items():
        module = _module(name)
        size = tensor.end - tensor.start
        if module in TABLES:
            whole += size
            if module not in POSITIONS:
                table = size if precision == "stored" else matrix_bytes(tensor.shape, precision)
        elif module in HEADS:
            head = size if precision == "stored" else matrix_bytes(tensor.shape, precision)
        else:
            linear = is_linear(name, tensor) and precision != "stored"
            part = matrix_bytes(tensor.shape, precision) if linear else size
            whole, read = whole + part, read + part
    if head:
        return PackedSize(whole + head, read + head)
    return PackedSize(whole + (table if precision != "stored" else 0), read + table)  # tied: read as the head


def frozen_bytes(tensors: Mapping[str, Tensor]) -> int:
    """Return what the base of QLoRA takes: linear layers in 4 bits, all else (the head, too) in float32."""
    return sum(
        matrix_bytes(tensor.shape, "4-bit")
        if is_linear(name, tensor)
        else (tensor.end - tensor.start) * 8 // DTYPE_BITS[tensor.dtype] * _FLOAT32_BYTES
        for name, tensor in tensors.items()
    )


def is_linear(name: str, tensor: Tensor) -> bool:
    """Return whether a tensor is the matrix of a linear layer that is packed (the head is not one)."""
    module = _module(name)
    return len(tensor.shape) == 2 and name.endswith("weight") and module not in TABLES and module not in HEADS


def _module(name: str) -> str:
    """Return the last name of a tensor's module."""
    return name.rpartition(".")[0].rpartition(".")[2]
