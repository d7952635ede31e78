"""Read the long lists of a GGUF file's metadata (a vocabulary, its merges and scores), which the header passes over.

The header was checked against the file when it was read; the file may have changed since, so every length is checked
again. Knows nothing of what the lists are for.
"""

from __future__ import annotations

import struct
from pathlib import Path

from bigmodel_studio.core.models.gguf import SCALARS, STRING, GgufHeader, GgufList
from bigmodel_studio.core.system.files import open_quietly
from bigmodel_studio.core.text.messages import StudioError


def read_texts(path: Path, header: GgufHeader, key: str) -> list[str]:
    """Return a list of texts, [] where the file has none under ``key``.

    Raises ``StudioError`` "gguf-text" for what is not UTF-8, "weights-truncated" where the file became shorter,
    "gguf-value-type" where the list holds something else; ``OSError``.
    """
    place = header.lists.get(key)
    if place is None:
        return []
    if place.type != STRING:
        raise StudioError("gguf-value-type", file=path.name, name=key[:80], type=place.type)
    data = _bytes(path, place)
    length_of = struct.Struct((">" if header.big_endian else "<") + "Q").unpack_from
    texts: list[str] = []
    at = 0
    try:
        for _ in range(place.length):
            end = at + 8 + length_of(data, at)[0]
            if end > len(data):
                raise StudioError("gguf-length", file=path.name, length=min(end - at, 2**64 - 1))
            texts.append(data[at + 8 : end].decode("utf-8"))
            at = end
    except UnicodeDecodeError as error:
        raise StudioError("gguf-text", file=path.name) from error
    except struct.error as error:
        raise StudioError("gguf-length", file=path.name, length=at + 8) from error
    return texts


def read_numbers(path: Path, header: GgufHeader, key: str) -> tuple[int | float, ...]:
    """Return a list of numbers, () where the file has none under ``key``. Raises as ``read_texts``."""
    place = header.lists.get(key)
    if place is None:
        return ()
    if place.type not in SCALARS:
        raise StudioError("gguf-value-type", file=path.name, name=key[:80], type=place.type)
    order = ">" if header.big_endian else "<"
    return struct.unpack(f"{order}{place.length}{SCALARS[place.type]}", _bytes(path, place))


def _bytes(path: Path, place: GgufList) -> bytes:
    with open_quietly(path) as stream:
        stream.seek(place.start)
        data = stream.read(place.bytes)
    if len(data) < place.bytes:
        raise StudioError(
            "weights-truncated", file=path.name, has=place.start + len(data), needs=place.start + place.bytes
        )
    return data
