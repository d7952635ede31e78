"""Plain text as paragraphs, to be counted: what stands between blank lines; lines, where a file has no blank ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bigmodel_studio.protocol import Finding, Problem
from bigmodel_studio.training.data.record_texts import place_in
from bigmodel_studio.training.data.text_files import Part, broken_lines
from bigmodel_studio.training.objectives import CountedExample

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

AT_ONCE = 256
MOST_BYTES = 1 << 20
"""A paragraph that is longer is parted, so that memory stays flat."""
MOST_PLACES = 50
LOOKED_AT_BYTES = 1 << 18


class Paragraph(NamedTuple):
    text: str
    file: Path
    line: int


def paragraphs_in(part: Part) -> Iterator[Paragraph]:
    """Yield those of a part of a file, without the white space around them. Raises ``OSError``."""
    by_line = not _has_blank_lines(part)
    with open(part.path, "rb") as stream:
        line = 1 + _lines_before(stream, part.start)
        stream.seek(part.start)
        found: list[bytes] = []
        size, began, left = 0, line, part.bytes
        while left > 0 and (data := stream.readline(min(left, MOST_BYTES))):
            left -= len(data)
            if data.strip():
                began = began if found else line
                found.append(data)
                size += len(data)
            line += data.endswith(b"\n")
            if found and (by_line or not data.strip() or size >= MOST_BYTES or left <= 0):
                yield Paragraph(b"".join(found).decode("utf-8", "replace").strip("\ufeff \t\r\n"), part.path, began)
                found, size = [], 0


def paragraph_entries(parts: Sequence[Part], tokenizer: PreTrainedTokenizerBase) -> Iterator[CountedExample]:
    """Yield the paragraphs of a text, with their lengths in tokens."""
    backend: Any = tokenizer
    encode, unknown = backend.backend_tokenizer.encode_batch_fast, tokenizer.unk_token_id
    everything = (paragraph for part in parts for paragraph in paragraphs_in(part))
    while taken := list(itertools.islice(everything, AT_ONCE)):
        for paragraph, encoding in zip(taken, encode([p.text for p in taken], add_special_tokens=False), strict=True):
            ids = encoding.ids
            strange = ids.count(unknown) if unknown is not None else 0
            yield CountedExample(place_in(paragraph.file, paragraph.line), paragraph.text, len(ids), unknown=strange)


def not_utf8(parts: Iterable[Part]) -> Iterator[Finding]:
    """Yield the lines of a text in which something could not be read."""
    lines = [(part, line) for part in parts for line in broken_lines(part)]
    if lines:
        problem = Problem(code="preview-not-utf8", arguments={"count": len(lines)})
        places = tuple(place_in(part.path, line) for part, line in lines[:MOST_PLACES])
        yield Finding(problem=problem, weight="warning", count=len(lines), places=places)


def _has_blank_lines(part: Part) -> bool:
    with open(part.path, "rb") as stream:
        stream.seek(part.start)
        ahead = stream.read(min(part.bytes, LOOKED_AT_BYTES)).replace(b"\r", b"")
    return b"\n\n" in ahead.strip(b"\n")


def _lines_before(stream: Any, end: int) -> int:
    lines, left = 0, end
    while left > 0 and (data := stream.read(min(left, 1 << 20))):
        lines += data.count(b"\n")
        left -= len(data)
    return lines
