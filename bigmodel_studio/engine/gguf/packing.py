"""The weights of a GGUF model as the fast path reads them: blocks are moved into tiles, never dequantised on the way.

What ``architectures`` says of a parameter (rows in another order, rows and columns that change places) is done to whole
rows of blocks, which leaves every number as it is. The pages of the file that were read are given back.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.gguf.architectures import Source, read
from bigmodel_studio.engine.gguf.tensors import GgufTensors
from bigmodel_studio.engine.packed.block_moves import BlockMoves
from bigmodel_studio.engine.packed.families import Name, Shape
from bigmodel_studio.engine.packed.gguf_blocks import repack
from bigmodel_studio.engine.packed.weights import Weight, pack


class GgufSource:
    """Pieces of a model by the names of ``packed.families``, from the tensors of a GGUF file.

    ``kind`` is that of ``packed.ops`` to round matrices to; None keeps the blocks. The embedding is always kept.
    ``moves``: what moves blocks faster than numpy.
    """

    def __init__(
        self,
        tensors: GgufTensors,
        sources: Mapping[str, Source],
        shape: Shape,
        kind: int | None = None,
        moves: BlockMoves | None = None,
    ) -> None:
        self._tensors, self._sources, self._shape, self._kind = tensors, sources, shape, kind
        self._moves = moves
        self._embedding: Weight | None = None

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        """Return a matrix. Raises ``KeyError`` with the name of one that the file lacks."""
        if piece == "embedding" or (piece == "head" and self._shape.tied and self._kind is None):
            if self._embedding is None:  # a tied head reads the same memory
                self._embedding = self._kept(self._shape.names["embedding"], None)
            return self._embedding
        name = self._shape.names["embedding" if piece == "head" and self._shape.tied else piece]
        return self._kept(name, layer) if self._kind is None else self._rounded(name, layer, self._kind)

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        """Return a norm's weight, a bias or a table of positions in float32; None where the model has none."""
        name = self._shape.names.get(piece)
        if name is None:
            return None
        source = self._sources.get(f"{name.template.format(layer=layer)}.{part}")
        if source is None:
            return None
        found = read(self._tensors, source, torch.float32)
        return found if name.rows is None else found[name.rows[0] : name.rows[1]]

    def _kept(self, name: Name, layer: int | None) -> Weight:
        source = self._source(name, layer)
        info = self._tensors.info(source.tensor)
        found = repack(self._tensors.blocks(source.tensor), info.type, _order(source, name), self._moves)
        self._tensors.release(source.tensor)
        return found

    def _rounded(self, name: Name, layer: int | None, kind: int) -> Weight:
        source = self._source(name, layer)
        matrix = read(self._tensors, source._replace(transposed=False), torch.float32)
        self._tensors.release(source.tensor)
        return pack(matrix if name.rows is None else matrix[name.rows[0] : name.rows[1]], kind)

    def _source(self, name: Name, layer: int | None) -> Source:
        source = self._sources[f"{name.template.format(layer=layer)}.weight"]
        assert source.transposed is name.transposed  # both mean that transformers has rows and columns changed places
        return source


def _order(source: Source, name: Name) -> NDArray[np.int64] | None:
    """Return which rows of a tensor are taken, in which order; None: all as they are."""
    if source.rows is None and name.rows is None:
        return None
    rows = source.shape[1] if source.transposed else source.shape[0]
    order = np.arange(rows) if source.rows is None else source.rows.numpy()
    return order if name.rows is None else order[name.rows[0] : name.rows[1]]
