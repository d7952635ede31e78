"""The pieces of a model from a GGUF file's tensors: blocks are repacked, and the file's pages given back.

What the file's reader must offer is said in protocols here; ``engine.gguf`` has it. Head order, transposition and
offsets are those by which the file differs from transformers' parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed.families import Name, Shape
from bigmodel_studio.engine.packed.gguf_blocks import repack
from bigmodel_studio.engine.packed.weights import Bytes, Weight, stored


class Info(Protocol):
    """A tensor by the file's header."""

    @property
    def type(self) -> str:
        """ggml's name of its type."""


class Tensors(Protocol):
    """The tensors of a file."""

    def info(self, name: str) -> Info:
        """A tensor's type."""

    def blocks(self, name: str) -> Bytes:
        """A tensor as stored: [rows, bytes of a row]."""

    def tensor(self, name: str, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """A tensor's numbers."""

    def release(self, name: str) -> None:
        """Let its pages go."""


class Place(Protocol):
    """Where a parameter comes from."""

    @property
    def tensor(self) -> str:
        """The tensor's name in the file."""

    @property
    def rows(self) -> torch.Tensor | None:
        """The order in which its rows are taken; None: as they are."""

    @property
    def transposed(self) -> bool:
        """Whether rows and columns of the file are the parameter's columns and rows."""

    @property
    def offset(self) -> float:
        """What is added to its numbers."""


class GgufSource:
    """Pieces by the names of a shape; ``places`` are those of transformers' parameters, without a tied head."""

    def __init__(self, shape: Shape, tensors: Tensors, places: Mapping[str, Place]) -> None:
        self._shape, self._tensors, self._places = shape, tensors, places
        self._shared: dict[str, Weight] = {}

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        """A matrix; an embedding that is also the head is packed once."""
        name = self._shape.names["embedding" if piece == "head" and self._shape.tied else piece]
        parameter = f"{name.template.format(layer=layer)}.weight"
        if parameter in self._shared:
            return self._shared[parameter]
        place = self._places[parameter]
        if place.transposed == name.transposed and not place.offset:
            blocks = self._tensors.blocks(place.tensor)
            found = repack(blocks, self._tensors.info(place.tensor).type, _order(name, place, len(blocks)))
        else:
            found = stored(self._numbers(name, place).contiguous())
        self._tensors.release(place.tensor)
        if layer is None:
            self._shared[parameter] = found
        return found

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        """A norm's weight, a bias or a table of positions; None where the model has none."""
        name = self._shape.names.get(piece)
        if name is None:
            return None
        place = self._places.get(f"{name.template.format(layer=layer)}.{part}")
        return None if place is None else self._numbers(name, place)

    def _numbers(self, name: Name, place: Place) -> torch.Tensor:
        values = self._tensors.tensor(place.tensor) + place.offset
        if place.rows is not None:
            values = values[place.rows]
        if values.ndim == 2 and place.transposed != name.transposed:
            values = values.t()
        return values if name.rows is None else values[name.rows[0] : name.rows[1]]


def _order(name: Name, place: Place, rows: int) -> NDArray[np.int64] | None:
    if name.rows is None and place.rows is None:
        return None
    order = np.arange(rows) if place.rows is None else place.rows.numpy()
    return order if name.rows is None else order[name.rows[0] : name.rows[1]]
