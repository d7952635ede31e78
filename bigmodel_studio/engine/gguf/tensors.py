"""The tensors of a GGUF model, memory-mapped: as the blocks that are stored, or as numbers.

Headers are read by ``core.models.gguf``, which checks that each tensor lies within its file; the numbers are computed
by the ``gguf`` package, which is ggml's own reference. Knows nothing of what tensors are for.
"""

from __future__ import annotations

import math
import mmap
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.ggml_types import GGML_TYPES
from bigmodel_studio.core.models.gguf import GgufHeader, GgufTensor, read_header
from bigmodel_studio.core.models.gguf_support import TYPES
from bigmodel_studio.core.text.messages import StudioError

CHUNK_VALUES = 1 << 22
"""Values dequantised at once: bounds what is needed beside the result."""
_BY_NAME = {kind.name: kind for kind in GGML_TYPES.values()}


class GgufTensors:
    """The tensors of a model, which may lie in several files.

    The files stay mapped for as long as this object, or an array from ``blocks``, lives.
    """

    def __init__(self, path: Path) -> None:
        """Map the files of a model (a path as in ``core.models.gguf_models``).

        Raises ``StudioError`` with the fault of a header, ``OSError``.
        """
        self.path = path
        self.files = gguf_models.files_of(path)
        self.header: GgufHeader = gguf_models.read_model(path)
        self._mapped: list[mmap.mmap] = []
        self._bytes: list[NDArray[np.uint8]] = []
        self._file_of: dict[str, int] = {}
        for number, file in enumerate(self.files):
            with open(file, "rb") as stream:
                self._mapped.append(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
            self._bytes.append(np.frombuffer(self._mapped[-1], dtype=np.uint8))
            header = self.header if len(self.files) == 1 else read_header(file)
            self._file_of |= dict.fromkeys(header.tensors, number)

    def __contains__(self, name: str) -> bool:
        return name in self._file_of

    def info(self, name: str) -> GgufTensor:
        """Return a tensor's type and shape (torch's order)."""
        return self.header.tensors[name]

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """Return a tensor as stored: [rows, bytes of a row], a read-only view of the file.

        Raises ``StudioError`` "gguf-run-type" for a type that isn't read here, "weights-truncated".
        """
        info = self.info(name)
        if info.type not in TYPES:
            shown = ", ".join(sorted(TYPES))
            raise StudioError("gguf-run-type", model=self.path.name, types=info.type, runs=shown)
        data = self._bytes[self._file_of[name]][info.start : info.start + info.bytes]
        if len(data) < info.bytes:  # it became shorter since its header was read
            file = self.files[self._file_of[name]]
            raise StudioError("weights-truncated", file=file.name, has=len(data), needs=info.bytes)
        return data.reshape(math.prod(info.shape[:-1]), -1)

    def tensor(self, name: str, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Return a tensor's numbers in ``dtype``, in torch's shape. Raises as ``blocks``."""
        info = self.info(name)
        stored = self.blocks(name)
        columns = info.shape[-1] if info.shape else 1
        result = torch.empty((len(stored), columns), dtype=dtype)
        rows = max(1, CHUNK_VALUES // columns)
        for start in range(0, len(stored), rows):
            values = dequantize(stored[start : start + rows], info.type)
            result[start : start + rows] = torch.from_numpy(values)
        return result.reshape(info.shape)

    def release(self, name: str) -> None:
        """Let the system drop the tensor's pages from this process's memory; reading them again maps them again."""
        if sys.platform == "win32":
            return
        info = self.info(name)
        start = info.start - info.start % mmap.PAGESIZE
        self._mapped[self._file_of[name]].madvise(mmap.MADV_DONTNEED, start, info.start + info.bytes - start)


def dequantize(blocks: NDArray[np.uint8], kind: str) -> NDArray[np.float32]:
    """Return the numbers of blocks [rows, bytes] as [rows, values], by the ``gguf`` package's reference."""
    values = gguf.quants.dequantize(np.ascontiguousarray(blocks), gguf.GGMLQuantizationType[kind])
    return np.array(values, dtype=np.float32)


def row_bytes(kind: str, columns: int) -> int:
    """Return how many bytes a row of so many values takes."""
    found = _BY_NAME[kind]
    return columns // found.values * found.bytes
