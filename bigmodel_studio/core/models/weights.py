"""Contents of a safetensors file, read from its header alone and believed only where it adds up.

A header is a stranger's claim: its length is bounded before it is read, and names, dtypes, shapes and offsets must
agree with each other and with the size of the file (https://github.com/huggingface/safetensors#format). Nothing here
loads a tensor, and nothing unpickles. Each thing that can be wrong has its own code in ``core.text.messages``.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.files import open_quietly, read_quietly
from bigmodel_studio.core.text.messages import StudioError

SINGLE_FILE = "model.safetensors"
INDEX_FILE = "model.safetensors.index.json"
_START_BYTES = 64
_SHARD = re.compile(r"model-\d+-of-\d+\.safetensors")
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
_OTHER_PROGRAMS = (
    ("*.onnx", "ONNX"),
    ("onnx/*.onnx", "ONNX"),
    ("openvino_*.xml", "OpenVINO"),
    ("*.tflite", "TensorFlow Lite"),
    ("saved_model.pb", "TensorFlow"),
    ("*.keras", "Keras"),
    ("*.mlpackage", "Core ML"),
    ("*.mlmodel", "Core ML"),
    ("*.engine", "TensorRT"),
    ("*.nemo", "NeMo"),
    ("*.joblib", "scikit-learn"),
    ("pytorch_lora_weights.safetensors", "Diffusers"),
    ("open_clip_config.json", "OpenCLIP"),
    ("consolidated*.safetensors", "Mistral's own code"),
    ("config.cfg", "spaCy"),
)
"""What the names of models for other programs are like."""
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
    """Return the weights of a model folder: ``model.safetensors``, or the shards of its index.

    Raises ``StudioError``: "weights-missing", "weights-other-name", "weights-index-missing",
    "weights-not-safetensors", or whatever ``read_header`` or the index says.
    """
    refuse_broken_link(folder / SINGLE_FILE)
    if (folder / SINGLE_FILE).is_file():
        return weights_of((SINGLE_FILE,), read_header(folder / SINGLE_FILE))
    if (folder / INDEX_FILE).is_file():
        return weights_of(*sharded(shard_names(folder), _Shards(folder)))
    there = (entry for entry in folder.glob("*.safetensors") if entry.is_file())
    others = sorted(entry.name for entry in there if not entry.name.startswith("adapter_"))
    if any(_SHARD.fullmatch(name) for name in others):
        raise StudioError("weights-index-missing", files=listed(others))
    if others:
        raise StudioError("weights-other-name", files=listed(others))
    if unsafe := unsafe_files(folder):
        raise StudioError("weights-not-safetensors", files=listed(unsafe))
    if (other := other_program(folder)) is not None:
        raise other
    raise StudioError("weights-missing", folder=str(folder))


def unsafe_files(folder: Path) -> list[str]:
    """Return the names of weights in a folder that can run code when they are opened. Raises ``OSError``."""
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.suffix.lower() in UNSAFE_SUFFIXES and not entry.name.startswith("openvino_")
    )


def refuse_broken_link(path: Path) -> None:
    """Raise ``StudioError`` "link-broken" where a file is a link to something that is not there."""
    if path.is_symlink() and not path.exists():
        raise StudioError("link-broken", file=path.name, target=str(path.readlink())[:200])


def other_program(path: Path) -> StudioError | None:
    """Return "model-other-program" where a folder or a file is a model for another program, by names alone.

    Raises ``OSError``.
    """
    for pattern, program in _OTHER_PROGRAMS:
        found = next(path.glob(pattern), None) if path.is_dir() else path if path.match(pattern) else None
        if found is not None:
            return StudioError("model-other-program", path=str(path), program=program, file=found.name)
    return None


def weights_of(files: tuple[str, ...], tensors: dict[str, Tensor]) -> Weights:
    """Return what files hold together. Raises ``StudioError`` "weights-no-tensors"."""
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
    """Return the tensors that a safetensors file says it holds, checked against each other and the file's size.

    Raises ``StudioError``: "weights-empty", "weights-lfs", "weights-format", "weights-header", "weights-truncated".
    """
    with open_quietly(path) as stream:

        def read(start: int, length: int) -> bytes:
            stream.seek(start)
            return stream.read(length)

        return header_of(path.name, path.stat().st_size, read)


def header_of(
    name: str, size: int, read: Callable[[int, int], bytes], *, most_bytes: int = limits.SAFETENSORS_HEADER_BYTES
) -> dict[str, Tensor]:
    """Return the same as ``read_header``, of a file wherever it is: ``read(start, length)`` gives its bytes, fewer at
    its end.
    """
    if size == 0:
        raise StudioError("weights-empty", file=name)
    start = read(0, _START_BYTES)
    _refuse_other_formats(name, start)
    length = struct.unpack("<Q", start[:8])[0] if len(start) >= 8 else size
    if length > most_bytes:
        raise _lie(name, f"it says that its header is {length:,} bytes long, in a file of {size:,}")
    if 8 + length > size:
        raise StudioError("weights-truncated", file=name, has=size, needs=8 + length)
    return _checked(name, size, _parse(name, read(8, length)), size - 8 - length)


def _refuse_other_formats(file: str, start: bytes) -> None:
    if start.startswith(LFS_START):
        raise StudioError("weights-lfs", file=file)
    if start.lstrip()[:9].lower().startswith((b"<!doctype", b"<html")):
        raise _lie(file, "it is a web page")
    for magic, format_ in OTHER_FORMATS:
        # A safetensors file may begin with these bytes as its length, but then its "{" follows.
        if start.startswith(magic) and start[8:9] != b"{":
            raise StudioError("weights-format", file=file, format=format_)


def _parse(file: str, header: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name appears twice")
        return found

    try:
        value = json.loads(header.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise _lie(file, "its header is not readable JSON") from error
    if not isinstance(value, dict):
        raise _lie(file, "its header is not a table")
    return value


def _checked(file: str, size: int, header: dict[str, Any], data_bytes: int) -> dict[str, Tensor]:
    tensors = {name: _tensor(file, name, entry) for name, entry in header.items() if name != "__metadata__"}
    expected = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)):
        if tensor.start != expected:
            raise _lie(file, f"the bytes of {_short(name)} overlap others or leave a hole")
        expected = tensor.end
    if expected > data_bytes:
        raise StudioError("weights-truncated", file=file, has=size, needs=size + expected - data_bytes)
    if expected < data_bytes:
        raise _lie(file, f"{data_bytes - expected:,} bytes at its end belong to no tensor")
    return tensors


def _tensor(file: str, name: str, entry: object) -> Tensor:
    if not isinstance(entry, dict):
        raise _lie(file, f"the entry of {_short(name)} is not a table")
    dtype: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in DTYPE_BITS:
        raise _lie(file, f"{_short(name)} has an unknown dtype")
    if not (_counts(shape) and _counts(offsets) and len(offsets) == 2 and offsets[0] <= offsets[1]):
        raise _lie(file, f"the shape or place of {_short(name)} makes no sense")
    if len(shape) > limits.TENSOR_DIMENSIONS:
        raise _lie(file, f"{_short(name)} has {len(shape):,} dimensions; the limit is {limits.TENSOR_DIMENSIONS}")
    if (_values(shape, 8 * offsets[1]) * DTYPE_BITS[dtype] + 7) // 8 != offsets[1] - offsets[0]:
        raise _lie(file, f"the shape of {_short(name)} does not fit its bytes")
    return Tensor(dtype, tuple(shape), offsets[0], offsets[1])


def _values(shape: list[int], most: int) -> int:
    """Return the product of a shape; multiplying stops once it is over ``most``, whatever the file claims."""
    if 0 in shape:
        return 0
    values = 1
    for length in shape:
        values *= length
        if values > most:
            return values
    return values


def _counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) is int and 0 <= number < 2**62 for number in value)


def sharded(
    names: dict[str, str], header_of_file: Callable[[str], dict[str, Tensor]]
) -> tuple[tuple[str, ...], dict[str, Tensor]]:
    """Return the files of an index (``shard_names``) and all their tensors. Raises ``StudioError`` "weights-index"."""
    files = tuple(sorted(set(names.values())))
    if len(files) > limits.SHARDS:
        raise StudioError("weights-index", detail=f"it names {len(files):,} files; the limit is {limits.SHARDS:,}")
    tensors: dict[str, Tensor] = {}
    for file in files:
        tensors |= header_of_file(file)
    absent = sorted(set(names) - set(tensors))
    if absent:
        raise StudioError("weights-index", detail=f"it names tensors that no file has: {listed(absent)}")
    return files, tensors


class _Shards:
    """Reads the headers of a folder's shards, which together may be ``limits.SHARD_HEADERS_BYTES`` long."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left_bytes = limits.SHARD_HEADERS_BYTES

    def __call__(self, name: str) -> dict[str, Tensor]:
        path = self._folder / name
        if not path.is_file():
            raise StudioError("weights-shard-missing", file=name)
        with open_quietly(path) as stream:
            start = stream.read(8)
        if len(start) == 8 and (length := struct.unpack("<Q", start)[0]) <= limits.SAFETENSORS_HEADER_BYTES:
            self._left_bytes -= length
        if self._left_bytes < 0:
            raise _lie(name, f"the headers of all shards are over {limits.SHARD_HEADERS_BYTES >> 20} MiB long")
        return read_header(path)


def shard_names(folder: Path) -> dict[str, str]:
    """Return the index's ``weight_map``: tensor to file. Raises ``StudioError`` "weights-index" on all but plain
    names.
    """
    path = folder / INDEX_FILE
    if path.stat().st_size > limits.SHARD_INDEX_BYTES:
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
    """Return some names for a sentence, and how many more there are."""
    names = list(names)
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(_short(name) for name in names[:most]) + more


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:77] + "…"


def _lie(file: str, detail: str) -> StudioError:
    return StudioError("weights-header", file=file, detail=detail)
