"""Compile translations: from .ts, which people edit and git keeps, to .qm, which Qt loads and nobody commits.

The same bytes as Qt's lrelease makes (a test compares them), in Python's standard library alone: set-up, the tests
and a wheel build compile with it, whether PySide6 is installed yet or not.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAGIC = bytes.fromhex("3cb86418caef9c95cd211cbf60a1bddd")
LANGUAGE, HASHES, MESSAGES, NUMERUS = 0xA7, 0x42, 0x69, 0x88
"""The sections of a .qm file."""
END, TRANSLATION, SOURCE, CONTEXT, COMMENT = 1, 3, 6, 7, 8
"""The parts of a message."""
NUMERUS_RULES = {"en": bytes([1, 1]), "zh": b""}
"""Qt's rules for plural forms, by language: in English the first form is for n = 1, Chinese has one form."""
LEFT_OUT = frozenset({"vanished", "obsolete"})


class Entry(NamedTuple):
    """A message as it is sorted and written: everything in UTF-8, the translations in UTF-16 (big-endian)."""

    context: bytes
    source: bytes
    comment: bytes
    translations: tuple[bytes, ...]


def bring_up_to_date(folder: Path) -> list[Path]:
    """Compile those .ts files of ``folder`` whose .qm is missing or older; returns what was written."""
    written = []
    for ts in sorted(folder.glob("*.ts")):
        qm = ts.with_suffix(".qm")
        if not qm.exists() or qm.stat().st_mtime_ns < ts.stat().st_mtime_ns:
            write(ts, qm)
            written.append(qm)
    return written


def write(ts: Path, qm: Path) -> None:
    """Write what the window loads: whole or not at all, since a window that is open has the file mapped."""
    fresh = qm.with_name(f"{qm.name}.{os.getpid()}.new")
    fresh.write_bytes(compiled(ts))
    os.replace(fresh, qm)


def compiled(ts: Path) -> bytes:
    """The .qm file of a .ts file. Raises ``KeyError`` where nobody has said how its language counts."""
    import xml.etree.ElementTree as ET  # here: a start that has nothing to compile does without it

    root = ET.parse(ts).getroot()
    language = root.get("language", "")
    hashes, messages = [], bytearray()
    for entry in sorted(_shortened(list(_entries(root)))):
        hashes.append((_elf_hash(entry.source + entry.comment), len(messages)))
        for text in entry.translations:
            messages += _part(TRANSLATION, text)
        messages += _part(COMMENT, entry.comment) + _part(SOURCE, entry.source) + _part(CONTEXT, entry.context)
        messages.append(END)
    table = b"".join(struct.pack(">II", *pair) for pair in sorted(hashes))
    sections = [
        (LANGUAGE, language.encode()),
        (HASHES, table),
        (MESSAGES, bytes(messages)),
        (NUMERUS, NUMERUS_RULES[language.partition("_")[0]]),
    ]
    return MAGIC + b"".join(_part(tag, content) for tag, content in sections if content)


def _entries(root: Element) -> Iterator[Entry]:
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") in LEFT_OUT:
                continue
            texts = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            if any(texts):
                yield Entry(
                    (context.findtext("name") or "").encode(),
                    (message.findtext("source") or "").encode(),
                    (message.findtext("comment") or "").encode(),
                    tuple(text.encode("utf-16-be") for text in texts),
                )


def _shortened(entries: list[Entry]) -> list[Entry]:
    """Without the comments that tell nothing apart: Qt looks for a message without its comment too."""
    kept: dict[tuple[bytes, bytes, bytes], Entry] = {}
    plain = {entry[:2] for entry in entries if not entry.comment}
    for entry in entries:
        if entry.comment and entry.context and entry[:2] not in plain and (*entry[:2], b"") not in kept:
            entry = entry._replace(comment=b"")
        kept[entry[:3]] = entry
    return list(kept.values())


def _part(tag: int, content: bytes) -> bytes:
    return struct.pack(">BI", tag, len(content)) + content


def _elf_hash(text: bytes) -> int:
    """How Qt finds a message (after the hash of ELF's symbol tables)."""
    hashed = 0
    for byte in text:
        hashed = (hashed << 4) + byte
        high = hashed & 0xF0000000
        hashed = (hashed ^ (high >> 24)) & ~high
    return hashed or 1
