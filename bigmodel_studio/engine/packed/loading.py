"""From a folder's safetensors to packed weights, one layer at a time: beside the result, one matrix is in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.families import shape_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.engine.packed.weights import KIND_OF, Precision


class SafetensorsFiles:
    """Tensors by the names that transformers gives them, read when they are asked for."""

    def __init__(self, folder: Path, files: Sequence[str], prefix: str) -> None:
        """``prefix``: what a file that holds only the base model leaves out of its names."""
        self._open: list[Any] = [safe_open(str(folder / name), framework="pt") for name in files]
        self._file_of = {name: file for file in self._open for name in file.keys()}  # noqa: SIM118 - it is no mapping
        self._prefix = prefix

    def get(self, name: str) -> torch.Tensor | None:
        """Return a tensor as stored; None where there is none of that name."""
        for known in (name, name.removeprefix(self._prefix + ".")):
            if known in self._file_of:
                found: torch.Tensor = self._file_of[known].get_tensor(known)
                return found
        return None


def load_packed(
    folder: Path, files: Sequence[str], structure: Any, precision: Precision, *, threads: int
) -> PackedModel:
    """Return a folder's model with its linear layers and head in 8 or 4 bits.

    ``structure`` is the transformers model without weights. Compiles the kernels where that was not done yet (tens of
    seconds). Raises ``UnsupportedError`` with the reason, ``KeyError`` with the name of a tensor that is missing.
    """
    shape = shape_of(structure.config)
    tensors = SafetensorsFiles(folder, files, structure.base_model_prefix)
    source = TensorSource(shape, tensors.get, KIND_OF[precision])
    return PackedModel(shape, source, compiling.kernels(), threads=threads)
