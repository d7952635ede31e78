"""The header of a GGUF file, read without trusting it: what the model says of itself, and which tensors it has.

The format is https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3, little and big endian. A
stranger's file may say anything, so every count and length is checked against the file's size and limits of ours
before it is believed, long lists (a vocabulary) are counted and passed over, and nothing is read but the header. Each
fault has a code of its own in ``core.text.messages``. Knows nothing of torch, nor of where such files are kept.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from bigmodel_studio.core.models.ggml_types import FILE_TYPES, GGML_TYPES, name_of
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.files import open_quietly
from bigmodel_studio.core.text.messages import StudioError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_NAME_BYTES = 256
MAX_KEY_BYTES = 65_535
MAX_DIMENSIONS = 4
MAX_ALIGNMENT = 1 << 20
KEPT_TEXT_BYTES = 64 * 1024
KEPT_IN_ALL_BYTES = 4 * 1024 * 1024
KEPT_NUMBERS = 2048
DEFAULT_ALIGNMENT = 32
LARGEST_FILE_BYTES = 1 << 50
_CHUNK_BYTES = 256 * 1024
STRING, _ARRAY, _BOOL = 8, 9, 7
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
"""By the number of a value's type, how ``struct`` unpacks it."""

Value = str | int | float | bool | tuple[int | float, ...]


class GgufTensor(NamedTuple):
    """A tensor by its header. ``shape`` is in torch's order (GGUF has the innermost first), ``start`` in the file."""

    type: str
    shape: tuple[int, ...]
    start: int
    bytes: int

    @property
    def parameters(self) -> int:
        """How many values it has."""
        return math.prod(self.shape)


class GgufList(NamedTuple):
    """Where a list stands in the file: the type and number of its items, its first byte and how many it takes."""

    type: int
    length: int
    start: int
    bytes: int


class GgufHeader(NamedTuple):
    """What a GGUF file says. ``lengths`` has the lists that were passed over, and texts too long to keep; ``lists``
    where each list stands, for ``core.models.gguf_lists``."""

    version: int
    big_endian: bool
    metadata: dict[str, Value]
    lengths: dict[str, int]
    tensors: dict[str, GgufTensor]
    lists: dict[str, GgufList]

    @property
    def architecture(self) -> str:
        """llama.cpp's name of it ("llama", "qwen3", "bert"), "" where none is given."""
        return self.text("general.architecture")

    @property
    def name(self) -> str:
        """What its maker calls it."""
        return self.text("general.name")

    @property
    def licence(self) -> str:
        """As its maker gives it, mostly an SPDX name."""
        return self.text("general.license")

    @property
    def parameters(self) -> int:
        """Values of all tensors; a tied output matrix is not stored twice."""
        return sum(tensor.parameters for tensor in self.tensors.values())

    @property
    def bytes(self) -> int:
        """Of all tensors, without what aligns them."""
        return sum(tensor.bytes for tensor in self.tensors.values())

    @property
    def dtype(self) -> str:
        """The mix of types, as llama.cpp calls it; where the file does not say, the type of most values."""
        named = FILE_TYPES.get(self.number("general.file_type", -1))
        if named is not None or not self.tensors:
            return named or ""
        return self.mix().most_common(1)[0][0]

    def mix(self) -> Counter[str]:
        """Return how many values there are of each type."""
        found = Counter[str]()
        for tensor in self.tensors.values():
            found[name_of(tensor.type)] += tensor.parameters
        return found

    @property
    def context_length(self) -> int | None:
        """How many tokens it can see."""
        return self.size("context_length")

    @property
    def vocabulary(self) -> int | None:
        """How many tokens it knows: by its list of them, else by the count that it gives."""
        return self.lengths.get("tokenizer.ggml.tokens") or self.size("vocab_size")

    def text(self, key: str) -> str:
        """Return a text of the metadata, "" where there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str, other: int = 0) -> int:
        """Return a whole number of the metadata."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else other

    def size(self, name: str) -> int | None:
        """Return a size of this architecture, such as ``block_count``; of one that differs by layer, the largest."""
        value = self.metadata.get(f"{self.architecture}.{name}")
        if isinstance(value, tuple):
            value = max(value, default=0)
        return value if isinstance(value, int) and 0 < value < 10**9 else None


def read_header(path: Path) -> GgufHeader:
    """Return the header of a GGUF file, checked against itself and the file's size.

    Raises ``StudioError`` "gguf-…" with what is wrong, ``OSError`` where the file cannot be read.
    """
    size = path.stat().st_size
    if size == 0:
        raise StudioError("weights-empty", file=path.name)
    with open_quietly(path) as stream:
        return _read(_Reader(stream, size, path.name))


def _read(reader: _Reader) -> GgufHeader:
    version = _version(reader)
    tensors, entries = reader.number("Q"), reader.number("Q")
    # The least that an entry takes: an empty key, its type and a byte; a tensor: an empty name, no shape, type, place.
    if entries > limits.GGUF_ENTRIES or tensors > limits.GGUF_TENSORS or 13 * entries + 24 * tensors > reader.size:
        raise StudioError("gguf-counts", file=reader.file, tensors=tensors, entries=entries)
    metadata, lengths = _read_metadata(reader, entries)
    alignment = _alignment(reader, metadata)
    infos = [_read_tensor(reader) for _ in range(tensors)]
    data = -(-reader.position // alignment) * alignment
    placed = _placed(reader, infos, data, alignment)
    return GgufHeader(version, reader.order == ">", metadata, lengths, placed, reader.lists)


def _version(reader: _Reader) -> int:
    start = reader.take(min(8, reader.size))
    if start[:4] != MAGIC:
        raise StudioError("gguf-magic", file=reader.file)
    if len(start) < 8:
        raise reader.cut_off(8)
    little, big = (struct.unpack(f"{order}I", start[4:])[0] for order in "<>")
    if big == VERSIONS[-1]:
        reader.order = ">"
        return int(big)
    if little not in VERSIONS:
        raise StudioError("gguf-version", file=reader.file, version=min(little, big))
    return int(little)


# ---------------------------------------------------------------------------------------------- metadata


def _read_metadata(reader: _Reader, entries: int) -> tuple[dict[str, Value], dict[str, int]]:
    metadata: dict[str, Value] = {}
    lengths: dict[str, int] = {}
    for _ in range(entries):
        key = reader.text(MAX_KEY_BYTES)
        if key in metadata or key in lengths:
            raise StudioError("gguf-twice", file=reader.file, name=_short(key))
        kind = reader.number("I")
        value = _read_array(reader, key, lengths) if kind == _ARRAY else _read_value(reader, kind, key, lengths)
        if value is not None:
            metadata[key] = value
    return metadata, lengths


def _read_value(reader: _Reader, kind: int, key: str, lengths: dict[str, int]) -> Value | None:
    if kind == STRING:
        length = reader.length()
        if length > KEPT_TEXT_BYTES or reader.kept + length > KEPT_IN_ALL_BYTES:
            reader.skip(length)
            lengths[key] = length
            return None
        reader.kept += length
        return reader.decoded(reader.take(length))
    if kind not in SCALARS:
        raise StudioError("gguf-value-type", file=reader.file, name=_short(key), type=kind)
    value: int | float = reader.number(SCALARS[kind])
    if kind == _BOOL:
        if value not in (0, 1):
            raise StudioError("gguf-value-type", file=reader.file, name=_short(key), type=kind)
        return bool(value)
    return value


def _read_array(reader: _Reader, key: str, lengths: dict[str, int]) -> Value | None:
    """Return the numbers of a short list; a long one, and one of texts, is counted and passed over."""
    kind, count = reader.number("I"), reader.number("Q")
    if kind == _ARRAY:
        raise StudioError("gguf-nested", file=reader.file, name=_short(key))
    start = reader.position
    if kind == STRING:
        reader.skip_strings(count)
        lengths[key] = count
        reader.lists[key] = GgufList(kind, count, start, reader.position - start)
        return None
    if kind not in SCALARS:
        raise StudioError("gguf-value-type", file=reader.file, name=_short(key), type=kind)
    form = f"{reader.order}{min(count, KEPT_NUMBERS)}{SCALARS[kind]}"
    reader.lists[key] = GgufList(kind, count, start, count * struct.calcsize(f"={SCALARS[kind]}"))
    if count <= KEPT_NUMBERS:
        return struct.unpack(form, reader.take(struct.calcsize(form)))
    reader.skip(reader.lists[key].bytes)
    lengths[key] = count
    return None


def _alignment(reader: _Reader, metadata: dict[str, Value]) -> int:
    value = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    if not isinstance(value, int) or not 0 < value <= MAX_ALIGNMENT or value & (value - 1):
        raise StudioError("gguf-alignment", file=reader.file, was=_short(str(value)))
    return value


# ---------------------------------------------------------------------------------------------- tensors


def _read_tensor(reader: _Reader) -> tuple[str, GgufTensor]:
    """Return a tensor's name and what it is, its ``start`` counted from the first byte of data yet."""
    name = reader.text(MAX_NAME_BYTES)
    dimensions = reader.number("I")
    if dimensions > MAX_DIMENSIONS:
        raise StudioError("gguf-shape", file=reader.file, name=_short(name), shape=f"{dimensions}-D")
    shape = tuple(reader.number("Q") for _ in range(dimensions))
    number, offset = reader.number("I"), reader.number("Q")
    if number not in GGML_TYPES:
        raise StudioError("gguf-tensor-type", file=reader.file, name=_short(name), type=number)
    kind = GGML_TYPES[number]
    values = math.prod(shape)
    if not 0 < values < 2**60 or (shape[0] if shape else 1) % kind.values:
        shown = _short(" × ".join(map(str, shape)))
        raise StudioError("gguf-shape", file=reader.file, name=_short(name), shape=shown)
    return name, GgufTensor(kind.name, shape[::-1], offset, values // kind.values * kind.bytes)


def _placed(reader: _Reader, infos: list[tuple[str, GgufTensor]], data: int, alignment: int) -> dict[str, GgufTensor]:
    """Return the tensors by name, each within the file and none over another; ``data`` is where their bytes begin."""
    tensors: dict[str, GgufTensor] = {}
    for name, tensor in infos:
        if name in tensors:
            raise StudioError("gguf-twice", file=reader.file, name=_short(name))
        if tensor.start % alignment:
            raise StudioError("gguf-overlap", file=reader.file, name=_short(name))
        tensors[name] = tensor._replace(start=data + tensor.start)
    end = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].start):
        if tensor.start < end:
            raise StudioError("gguf-overlap", file=reader.file, name=_short(name))
        end = tensor.start + tensor.bytes
    if end > reader.size:
        raise reader.cut_off(end)
    return tensors


def _short(name: str) -> str:
    return name if len(name) <= 80 else name[:77] + "…"


# ---------------------------------------------------------------------------------------------- bytes


class _Reader:
    """A file from its start, never past its end nor past the largest header, a chunk in memory at a time."""

    def __init__(self, stream: BinaryIO, size: int, file: str) -> None:
        self.size = size
        self.file = file
        self.order = "<"
        self.lists: dict[str, GgufList] = {}
        self.kept = 0
        """Bytes of texts that are kept so far."""
        self._stream = stream
        self._chunk = b""
        self._base = 0
        """Where in the file the chunk begins."""
        self._at = 0
        """Where in the chunk the next byte is."""
        self._strings = 0

    @property
    def position(self) -> int:
        """Where in the file the next byte is."""
        return self._base + self._at

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if self._at + count > len(self._chunk):
            self._fill(count)
        taken = self._chunk[self._at : self._at + count]
        self._at += count
        return taken

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        self._check(count)
        self._at += count

    def number(self, form: str) -> int:
        """Return a number, as ``struct`` writes its form; whole unless the form is of a float."""
        form = self.order + form
        found: int = struct.unpack(form, self.take(struct.calcsize(form)))[0]
        return found

    def length(self) -> int:
        """Return the length of a text that follows, which is there whole."""
        count = self.number("Q")
        self._check(count)
        return count

    def text(self, most_bytes: int) -> str:
        """Return a text with its length before it. A key or a name that is longer is none."""
        count = self.length()
        if count > most_bytes:
            raise StudioError("gguf-name", file=self.file, length=count)
        return self.decoded(self.take(count))

    def decoded(self, data: bytes) -> str:
        """Return bytes as text."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise StudioError("gguf-text", file=self.file) from error

    def skip_strings(self, count: int) -> None:
        """Pass over texts, each with its length before it."""
        self._strings += count
        if self._strings > limits.GGUF_STRINGS:
            raise StudioError("gguf-list", file=self.file, count=count)
        self._check(8 * count)
        length_of = struct.Struct(self.order + "Q").unpack_from
        while count:
            if self._at + 8 > len(self._chunk):
                self._fill(8)
            chunk, at, last = self._chunk, self._at, len(self._chunk) - 8
            while count and at <= last:
                at += 8 + length_of(chunk, at)[0]
                count -= 1
            self._check(at - self._at)
            self._at = at

    def cut_off(self, needs: int) -> StudioError:
        """Return the error that says that the file ends before what it says it holds."""
        if needs > LARGEST_FILE_BYTES:
            return StudioError("gguf-length", file=self.file, length=min(needs, 2**64 - 1))
        if needs > self.size:
            return StudioError("weights-truncated", file=self.file, has=self.size, needs=needs)
        return StudioError("gguf-header", file=self.file)

    def _check(self, count: int) -> None:
        end = self.position + count
        if count > limits.GGUF_HEADER_BYTES:
            raise StudioError("gguf-length", file=self.file, length=min(count, 2**64 - 1))
        if end > min(self.size, limits.GGUF_HEADER_BYTES):
            raise self.cut_off(end)

    def _fill(self, count: int) -> None:
        """Have the next ``count`` bytes in the chunk."""
        self._check(count)
        self._base, self._at = self.position, 0
        self._stream.seek(self._base)
        self._chunk = self._stream.read(min(max(count, _CHUNK_BYTES), self.size - self._base))
        if len(self._chunk) < count:  # it became shorter meanwhile
            raise self.cut_off(self.size + 1)
