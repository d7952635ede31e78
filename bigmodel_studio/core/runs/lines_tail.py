"""A growing file of JSON lines, read again and again at little cost: each time only what is new, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

CHUNK_BYTES = 128 * 1024
"""Decoded at once: about a millisecond, so that a thread that reads a long file lets others run."""


class LinesTail:
    """The file from where it was last read. A torn last line waits until it is whole; a foreign one is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder()

    def read(self) -> Iterator[list[dict[str, Any]] | None]:
        """Yield what is new, in chunks of about ``CHUNK_BYTES``; None where the file shrank and is begun again."""
        try:
            size = self._path.stat().st_size
        except OSError:
            size = 0
        if size < self._offset:
            self._offset = 0
            yield None
        while self._offset < size:
            try:
                with open(self._path, "rb") as stream:
                    stream.seek(self._offset)
                    data = stream.read(CHUNK_BYTES)
                    if b"\n" not in data:
                        data += stream.readline()
            except OSError:
                return
            whole = data[: data.rfind(b"\n") + 1]
            if not whole:
                return
            self._offset += len(whole)
            yield [record for record in self._records(whole) if isinstance(record, dict)]

    def _records(self, whole: bytes) -> list[Any]:
        try:
            return self._decoder.decode_lines(whole)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return list(map(_record, whole.splitlines()))


def last_records(path: Path, count: int) -> list[dict[str, Any]]:
    """Return as many of the last whole records as are wanted and stand within ``CHUNK_BYTES`` of the end, the first
    first.
    """
    try:
        with open(path, "rb") as stream:
            start = max(0, stream.seek(0, 2) - CHUNK_BYTES)
            stream.seek(start)
            data = stream.read()
    except OSError:
        return []
    lines = data[: data.rfind(b"\n") + 1].splitlines()[1 if start else 0 :]
    records = (_record(line) for line in lines)
    return [record for record in records if isinstance(record, dict) and "event" not in record][-count:]


def _record(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
