"""Reading the rows of an SQLite file without SQLite: what a damaged, locked or read-only file still holds.

Every page of the file, and every version of it in the write-ahead log, is looked at on its own; a page that is a leaf
of a table gives its rows, whether or not the pages above it can be read. Nothing is written. The layout is that of
https://www.sqlite.org/fileformat2.html (section numbers below). It knows nothing of conversations.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEADER_BYTES = 100
MAGIC = b"SQLite format 3\x00"
_WAL_MAGIC = (0x377F0682, 0x377F0683)
_WAL_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24
_TABLE_LEAF = 0x0D
_DEFAULT_PAGE_BYTES = 4096
_DAMAGED_BITS = 3
"""Salts are random: those of one generation that differ in so few bits were damaged."""
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)

Value = int | float | str | bytes | None


@dataclass(frozen=True)
class Row:
    """One row as it stands on a page. ``age`` orders versions: larger is newer. ``whole``: all text was UTF-8."""

    id: int
    values: tuple[Value, ...]
    age: int
    whole: bool


@dataclass
class Frames:
    """The page versions of a write-ahead log, oldest first: page numbers and where each page's bytes begin."""

    pages: list[tuple[int, int]] = field(default_factory=list)
    committed: int = 0
    """How many frames lie up to the last one that ends a transaction."""


@dataclass(frozen=True)
class Header:
    """What the first 100 bytes of a database say (1.3), of its newest version."""

    sane: bool
    user_version: int


def read_header(path: Path) -> Header | None:
    """Return the header of the database, None where there is no file or nothing in it. Raises ``OSError``."""
    try:
        with open(path, "rb") as stream:
            first = stream.read(HEADER_BYTES)
    except FileNotFoundError:
        return None
    log = wal_path(path)
    frames = read_frames(log)
    if not first:
        return Header(False, 0) if frames.committed else None
    sane = _is_sane(first)
    offsets = [offset for number, offset in frames.pages[: frames.committed] if number == 1]
    if offsets:
        with open(log, "rb") as stream:
            stream.seek(offsets[-1])
            newest = stream.read(HEADER_BYTES)
        first = newest if _is_sane(newest) else first
    return Header(sane, int.from_bytes(first[60:64], "big") if len(first) >= 64 else 0)


def _is_sane(first: bytes) -> bool:
    if len(first) < HEADER_BYTES or first[:16] != MAGIC:
        return False
    page_bytes = _page_bytes(first)
    versions, fractions = first[18:20], first[20:24]
    return (
        page_bytes is not None
        and versions in (b"\x01\x01", b"\x02\x02")
        and fractions == b"\x00\x40\x20\x20"
        and int.from_bytes(first[44:48], "big") <= 4
        and int.from_bytes(first[56:60], "big") in (0, 1)
    )


def _page_bytes(first: bytes) -> int | None:
    size = int.from_bytes(first[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else None


def wal_path(path: Path) -> Path:
    """Return where SQLite keeps the write-ahead log of a database."""
    return path.with_name(path.name + "-wal")


def read_frames(log: Path) -> Frames:
    """Return the frames of a write-ahead log that belong to its newest generation (4.1), damaged ones among them.

    Checksums are left unread: a frame behind a damaged one still holds a page. Raises ``OSError``; a missing log has
    none.
    """
    found = Frames()
    try:
        stream = open(log, "rb")  # noqa: SIM115 (closed by the next with)
    except FileNotFoundError:
        return found
    with stream:
        head = stream.read(_WAL_HEADER_BYTES)
        if len(head) < _WAL_HEADER_BYTES:
            return found
        magic, _, page_bytes = struct.unpack(">III", head[:12])
        if magic not in _WAL_MAGIC or page_bytes < 512 or page_bytes & (page_bytes - 1):
            page_bytes = _DEFAULT_PAGE_BYTES
        salts = head[16:24]
        offset = _WAL_HEADER_BYTES
        while True:
            stream.seek(offset)
            frame = stream.read(_FRAME_HEADER_BYTES)
            if len(frame) < _FRAME_HEADER_BYTES:
                break
            number, ends = struct.unpack(">II", frame[:8])
            if _bits_apart(frame[8:16], salts) > _DAMAGED_BITS:
                break  # what an older generation left behind
            found.pages.append((number, offset + _FRAME_HEADER_BYTES))
            if ends:
                found.committed = len(found.pages)
            offset += _FRAME_HEADER_BYTES + page_bytes
    return found


def is_whole(log: Path) -> bool:
    """Return whether SQLite will use every transaction of a write-ahead log: it passes over what follows a damaged
    frame, in silence. Checksums as in 4.2; 0.1 s a thousand frames. Raises ``OSError``; a missing log is whole.
    """
    frames = read_frames(log)
    if not frames.committed:
        return True
    data = log.read_bytes()
    magic, _, page_bytes = struct.unpack(">III", data[:12])
    order = {0x377F0682: "<", 0x377F0683: ">"}.get(magic)
    if order is None:
        return False
    sums = _sums((0, 0), data[:24], order)
    whole = struct.pack(">II", *sums) == data[24:32]
    for _, start in frames.pages[: frames.committed]:
        head = data[start - _FRAME_HEADER_BYTES : start]
        sums = _sums(_sums(sums, head[:8], order), data[start : start + page_bytes], order)
        whole = whole and head[8:16] == data[16:24] and struct.pack(">II", *sums) == head[16:24]
        if not whole:
            return False
    return whole


def _sums(sums: tuple[int, int], data: bytes, order: str) -> tuple[int, int]:
    one, other = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data[: len(data) // 4 * 4])
    for place in range(0, len(words) - 1, 2):
        one = one + words[place] + other & 0xFFFFFFFF
        other = other + words[place + 1] + one & 0xFFFFFFFF
    return one, other


def _bits_apart(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


def read_rows(path: Path) -> Iterator[Row]:
    """Yield every row of every table that a page of the file or of its log still holds, in no order. Raises
    ``OSError``.
    """
    pages = _Pages(path)
    for number, versions in pages.versions.items():
        for age, page in reversed(versions):
            yield from pages.rows_of(number, page, age)


class _Pages:
    """All versions of all pages. ``versions``: by page number (from 1), (age, bytes), the newest last."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes() if path.exists() else b""
        self.size = _page_bytes(data[:HEADER_BYTES]) or _DEFAULT_PAGE_BYTES
        self.versions: dict[int, list[tuple[int, bytes]]] = {}
        for start in range(0, len(data), self.size):
            self.versions[start // self.size + 1] = [(-1, data[start : start + self.size])]
        log = wal_path(path)
        frames = read_frames(log)
        self._visited: set[tuple[int, bytes]] = set()
        if frames.pages:
            written, whole = log.read_bytes(), is_whole(log)
            used = frames.pages[: frames.committed] if whole else frames.pages
            for age, (number, offset) in enumerate(used):
                version = (age, written[offset : offset + self.size])
                if whole:
                    self.versions[number] = [version]  # as SQLite has it; older ones count where newer are damaged
                else:
                    self.versions.setdefault(number, []).append(version)

    def rows_of(self, number: int, page: bytes, age: int) -> Iterator[Row]:
        """Yield the rows of one page, where it is a leaf of a table (1.6); a row that cannot be read is passed over."""
        start = HEADER_BYTES if number == 1 else 0
        if len(page) < start + 8 or page[start] != _TABLE_LEAF:
            return
        cells = int.from_bytes(page[start + 3 : start + 5], "big")
        visited = set()
        for cell in range(min(cells, (len(page) - start - 8) // 2)):
            place = start + 8 + 2 * cell
            offset = int.from_bytes(page[place : place + 2], "big")
            if offset in visited or not start + 8 <= offset < len(page):
                continue
            visited.add(offset)
            try:
                row = self._row(page, offset, age)
            except (IndexError, ValueError, struct.error):
                continue
            if row is not None:
                yield row

    def _row(self, page: bytes, offset: int, age: int) -> Row | None:
        """Return one row; None where a newer version of its page had it as well."""
        length, offset = _varint(page, offset)
        identity, offset = _varint(page, offset)
        payload = self._payload(page, offset, length)
        if (identity, payload) in self._visited:
            return None
        self._visited.add((identity, payload))
        if len(payload) < length:
            raise ValueError("a part of the row is missing")
        values, whole = _record(payload)
        return Row(identity - (1 << 64) if identity >> 63 else identity, values, age, whole)

    def _payload(self, page: bytes, offset: int, length: int) -> bytes:
        """Return a row's bytes: on its page, and beyond a size on a chain of overflow pages (1.6, 1.7)."""
        most = self.size - 35
        if length <= most:
            return page[offset : offset + length]
        if length > self.size * (len(self.versions) + 1):
            raise ValueError("longer than the file")
        least = (self.size - 12) * 32 // 255 - 23
        here = least + (length - least) % (self.size - 4)
        here = here if here <= most else least
        parts, missing = [page[offset : offset + here]], length - here
        following = int.from_bytes(page[offset + here : offset + here + 4], "big")
        while missing > 0 and following in self.versions:
            overflow = self.versions[following][-1][1]
            parts.append(overflow[4 : 4 + missing])
            missing -= len(parts[-1])
            if len(overflow) <= 4:
                break
            following = int.from_bytes(overflow[:4], "big")
        return b"".join(parts)


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """Return a variable-length integer (1.6) at ``offset``, and where the next thing begins."""
    value = 0
    for place in range(8):
        byte = data[offset + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, offset + place + 1
    return value << 8 | data[offset + 8], offset + 9


def _record(payload: bytes) -> tuple[tuple[Value, ...], bool]:
    """Return the values of a record (2.1), and whether its text could be read as UTF-8 throughout."""
    header_bytes, offset = _varint(payload, 0)
    body, values, whole = header_bytes, list[Value](), True
    if header_bytes > len(payload):
        raise ValueError("a header longer than its record")
    while offset < header_bytes:
        kind, offset = _varint(payload, offset)
        if kind >= 12:
            length = (kind - 12) // 2
            part = payload[body : body + length]
            if len(part) < length:
                raise ValueError("a value longer than its record")
            if kind % 2:
                text = part.decode("utf-8", "replace")
                whole = whole and text.encode("utf-8", "replace") == part
                values.append(text)
            else:
                values.append(part)
            body += length
        elif kind == 7:
            values.append(struct.unpack(">d", payload[body : body + 8])[0])
            body += 8
        elif kind in (8, 9):
            values.append(kind - 8)
        elif kind == 0:
            values.append(None)
        elif kind < 7:
            length = _INTEGER_BYTES[kind]
            values.append(int.from_bytes(payload[body : body + length], "big", signed=True))
            body += length
        else:
            raise ValueError("a reserved kind of value")
    return tuple(values), whole
