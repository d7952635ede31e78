"""Memory of running a language model from packed weights, counted on its program: built of shapes, without weights.

``core.memory.plan`` does the arithmetic over what is counted here.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import torch

from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.families import UnsupportedError, shape_of
from bigmodel_studio.engine.packed.gguf_blocks import kind_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.engine.packed.weights import KIND_OF, PRECISIONS, STORED_KINDS, Precision, Weight, tile_bytes
from bigmodel_studio.protocol import PackedCosts

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def packed_costs(
    structure: PreTrainedModel, dtype: torch.dtype, gguf: GgufModel | None = None
) -> dict[str, PackedCosts]:
    """Return the costs of each precision that the fast path packs a model in; nothing where it has no fast path.

    ``structure`` has no weights; ``dtype``: what its file keeps them in. Of a GGUF model "stored" is one, too: its
    blocks are computed with as they are.
    """
    try:
        shape = shape_of(structure.config)
    except UnsupportedError:
        return {}
    found: dict[str, PackedCosts] = {}
    parameters: dict[str, torch.Tensor] = dict(structure.named_parameters())
    for precision in PRECISIONS:
        if precision == "stored" and gguf is None:
            continue
        source = _Shapes(shape, parameters, precision, dtype, gguf)
        model = PackedModel(shape, source, _no_kernel, threads=1)
        found[precision] = _counted(model)
        model.close()
    return found


def _no_kernel(*_: Any) -> None:
    raise AssertionError("there are no weights to compute with")


class _Shapes(TensorSource):
    """Pieces of a model as sizes: matrices at addresses where nothing is, vectors of zeros."""

    def __init__(
        self, shape: Any, parameters: dict[str, torch.Tensor], precision: Precision, dtype: torch.dtype, gguf: Any
    ) -> None:
        super().__init__(shape, parameters.get, KIND_OF.get(precision))
        self._addresses = itertools.count(64, 64)
        self._dtype, self._gguf = dtype, gguf
        self._table: Weight | None = None

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        tied = piece == "head" and self._shape.tied
        name = self._shape.names["embedding" if tied else piece]
        matrix = self._found(name, layer, "weight")
        if matrix is None:
            raise KeyError(name.template.format(layer=layer) + ".weight")
        kept = piece == "embedding" or self._kind is None
        if tied and kept and self._table is not None:
            return self._table
        kind = self._kind
        if kept or kind is None:
            kind = STORED_KINDS.get(self._dtype, ops.F32)
            if self._gguf is not None:
                source = self._gguf.sources[f"{name.template.format(layer=layer)}.weight"]
                kind = kind_of(self._gguf.tensors.info(source.tensor).type)
        rows, columns = matrix.shape
        if kind in ops.PACKED:
            groups = -(-columns // ops.GROUP)
            stride = tile_bytes(kind, groups)
            size = -(-rows // ops.TILE) * stride
        else:
            stride = columns * (4 if kind == ops.F32 else 2)
            size = rows * stride
        found = Weight(kind, rows, columns, next(self._addresses), stride, size, ())
        if piece == "embedding":
            self._table = found
        return found

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        found = super().vector(piece, layer, part)
        return None if found is None else torch.zeros(found.shape)


def _counted(model: PackedModel) -> PackedCosts:
    shape = model.shape
    read = {weight.address: weight.bytes for name, weight in model.weights.items() if name != "embedding"}
    padded = model.padded_head
    return PackedCosts(
        weight_bytes=model.weight_bytes,
        read_bytes=sum(read.values()),
        step_bytes=model.buffer_bytes + model.kept_bytes,
        block_bytes=model.layer_bytes * len(shape.layers),
        block_tokens=ops.BLOCK,
        position_bytes=4 * (shape.rotated * len(shape.ropes) + 1),
        once_bytes=4 * (ops.BLOCK + padded + 64),
    )
