"""What a safetensors file says it holds, read from its header alone and believed only where it adds up.

A header is a stranger's claim: its length is bounded before it is read, and names, dtypes, shapes and offsets must
agree with each other and with the size of the file (https://github.com/huggingface/safetensors#format). Nothing here
loads a tensor, and nothing unpickles. Each thing that can be wrong has its own code in ``core.messages``.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.files import open_quietly, read_quietly
from bigmodel_studio.core.messages import StudioError

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
MAX_HEADER_BYTES = 100_000_000
MAX_INDEX_BYTES = 100_000_000
UNSAFE_SUFFIXES = frozenset({".bin", ".pt", ".pth", ".th", ".ckpt", ".h5", ".msgpack", ".pkl", ".pickle", ".gguf"})

_BITS_NAMES: tuple[tuple[int, str], ...] = (
    (64, "F64 I64 U64 C64"),
    (32, "F32 I32 U32"),
    (16, "F16 BF16 I16 U16"),
    (8, "F8_E4M3 F8_E5M2 F8_E8M0 I8 U8 BOOL"),
    (6, "F6_E2M3 F6_E3M2"),
    (4, "F4"),
)
DTYPE_BITS: dict[str, int] = {name: bits for bits, names in _BITS_NAMES for name in names.split()}
DTYPE_NAMES: dict[str, str] = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8_e4m3",
    "F8_E5M2": "float8_e5m2",
    "I64": "int64",
    "I32": "int32",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}

LFS_START = b"version https://git-lfs"
# What other formats begin with, and what to call them.
OTHER_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a zip archive (as torch.save writes it)"),
    (b"\x80\x02", "a Python pickle"),
    (b"\x80\x03", "a Python pickle"),
    (b"\x80\x04", "a Python pickle"),
    (b"\x80\x05", "a Python pickle"),
    (b"GGUF", "a GGUF file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip archive"),
)
# Tensors that are saved beside the parameters but are not learnt: statistics, masks and position numbers.
_BUFFER = re.compile(
    r"(^|\.)(running_mean|running_var|num_batches_tracked|position_ids|token_type_ids|masked_bias|rotary_emb\.inv_freq"
    r"|h\.\d+\.attn\.bias|h\.\d+\.attn\.attention\.bias)$"
)


class Tensor(NamedTuple):
    """A tensor by its header: dtype as safetensors writes it, shape, and where its bytes lie in the data part."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


class Weights(NamedTuple):
    """A folder's weights: parameters (buffers not counted), bytes of all tensors, and the dtype of most of them."""

    files: tuple[str, ...]
    tensors: dict[str, Tensor]
    parameters: int
    bytes: int
    dtype: str


def read_weights(folder: Path) -> Weights:
    """The weights of a model folder: ``model.safetensors``, or the shards of its index.

    Raises ``StudioError``: "weights-missing", "weights-not-safetensors", or whatever ``read_header`` or the index says.
    """
    if (folder / INDEX_FILE).is_file() and not (folder / SINGLE_FILE).is_file():
        files, tensors = _read_shards(folder)
    elif (folder / SINGLE_FILE).is_file():
        files, tensors = (SINGLE_FILE,), read_header(folder / SINGLE_FILE)
    else:
        unsafe = sorted(entry.name for entry in folder.iterdir() if entry.suffix.lower() in UNSAFE_SUFFIXES)
        if unsafe:
            raise StudioError("weights-not-safetensors", files=listed(unsafe))
        raise StudioError("weights-missing", folder=str(folder))
    if not tensors:
        raise StudioError("weights-no-tensors", file=SINGLE_FILE)
    learnt = {name: tensor for name, tensor in tensors.items() if not _BUFFER.search(name)}
    dtypes = Counter[str]()
    for tensor in learnt.values():
        dtypes[tensor.dtype] += math.prod(tensor.shape)
    dtype = dtypes.most_common(1)[0][0] if dtypes else "F32"
    return Weights(
        files=files,
        tensors=tensors,
        parameters=dtypes.total(),
        bytes=sum(tensor.end - tensor.start for tensor in tensors.values()),
        dtype=DTYPE_NAMES.get(dtype, dtype.lower()),
    )


def read_header(path: Path) -> dict[str, Tensor]:
    """The tensors that a safetensors file says it holds, checked against each other and the file's size.

    Raises ``StudioError``: "weights-empty", "weights-lfs", "weights-format", "weights-header", "weights-truncated".
    """
    size = path.stat().st_size
    if size == 0:
        raise StudioError("weights-empty", file=path.name)
    with open_quietly(path) as stream:
        start = stream.read(64)
        _refuse_other_formats(path, start)
        length = struct.unpack("<Q", start[:8])[0] if len(start) >= 8 else size
        if length > MAX_HEADER_BYTES:
            raise _lie(path, f"it says that its header is {length:,} bytes long, in a file of {size:,}")
        if 8 + length > size:
            raise StudioError("weights-truncated", file=path.name, has=size, needs=8 + length)
        stream.seek(8)
        header = stream.read(length)
    return _checked(path, _parse(path, header), size - 8 - length)


def _refuse_other_formats(path: Path, start: bytes) -> None:
    if start.startswith(LFS_START):
        raise StudioError("weights-lfs", file=path.name)
    for magic, name in OTHER_FORMATS:
        # A safetensors file may begin with these bytes as its length, but then its "{" follows.
        if start.startswith(magic) and start[8:9] != b"{":
            raise StudioError("weights-format", file=path.name, format=name)


def _parse(path: Path, header: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name appears twice")
        return found

    try:
        value = json.loads(header.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _lie(path, "its header is not readable JSON") from error
    if not isinstance(value, dict):
        raise _lie(path, "its header is not a table")
    return value


def _checked(path: Path, header: dict[str, Any], data_bytes: int) -> dict[str, Tensor]:
    tensors = {name: _tensor(path, name, entry) for name, entry in header.items() if name != "__metadata__"}
    expected = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)):
        if tensor.start != expected:
            raise _lie(path, f"the bytes of {_short(name)} overlap others or leave a hole")
        expected = tensor.end
    if expected > data_bytes:
        missing = expected - data_bytes
        raise StudioError(
            "weights-truncated",
            file=path.name,
            has=path.stat().st_size,
            needs=path.stat().st_size + missing,
        )
    if expected < data_bytes:
        raise _lie(path, f"{data_bytes - expected:,} bytes at its end belong to no tensor")
    return tensors


def _tensor(path: Path, name: str, entry: object) -> Tensor:
    if not isinstance(entry, dict):
        raise _lie(path, f"the entry of {_short(name)} is not a table")
    dtype: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in DTYPE_BITS:
        raise _lie(path, f"{_short(name)} has an unknown dtype")
    if not (_counts(shape) and _counts(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1]):
        raise _lie(path, f"the shape or place of {_short(name)} makes no sense")
    if (math.prod(shape) * DTYPE_BITS[dtype] + 7) // 8 != offsets[1] - offsets[0]:
        raise _lie(path, f"the shape of {_short(name)} does not fit its bytes")
    return Tensor(dtype, tuple(shape), offsets[0], offsets[1])


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 2**62 for number in value)


def _read_shards(folder: Path) -> tuple[tuple[str, ...], dict[str, Tensor]]:
    names = shard_names(folder)
    tensors: dict[str, Tensor] = {}
    for name in sorted(set(names.values())):
        if not (folder / name).is_file():
            raise StudioError("weights-shard-missing", file=name)
        tensors |= read_header(folder / name)
    absent = sorted(set(names) - set(tensors))
    if absent:
        raise StudioError("weights-index", detail=f"it names tensors that no file has: {listed(absent)}")
    return tuple(sorted(set(names.values()))), tensors


def shard_names(folder: Path) -> dict[str, str]:
    """The index's ``weight_map``: tensor to file. Raises ``StudioError`` "weights-index" on all but plain names."""
    path = folder / INDEX_FILE
    if path.stat().st_size > MAX_INDEX_BYTES:
        raise StudioError("weights-index", detail="it is too large")
    try:
        index = json.loads(read_quietly(path).decode("utf-8"))
        names = index["weight_map"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StudioError("weights-index", detail="it is not readable JSON with a weight_map") from error
    if not isinstance(names, dict) or not names:
        raise StudioError("weights-index", detail="its weight_map is empty")
    for name in names.values():
        if not isinstance(name, str) or not _plain(name):
            raise StudioError("weights-index", detail=f"it names a file outside the folder: {_short(str(name))}")
        if not name.endswith(".safetensors"):
            raise StudioError("weights-index", detail=f"it names a file that is not safetensors: {_short(name)}")
    return names


def _plain(name: str) -> bool:
    return bool(name) and not set(name) & set("/\\:\0") and name not in {".", ".."}


def listed(names: Iterable[str], most: int = 4) -> str:
    """Some names for a sentence, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(_short(name) for name in names[:most]) + more


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:77] + "…"


def _lie(path: Path, detail: str) -> StudioError:
    return StudioError("weights-header", file=path.name, detail=detail)
