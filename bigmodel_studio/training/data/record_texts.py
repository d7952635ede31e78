"""The texts of a file of records (Parquet, JSON lines) as a text file in the cache, made once.

Each record's text is a document, which a blank line ends; what reads text files then reads these, too. Beside each
stands which lines of the user's file its documents are from, for a user knows nothing of the cache.
"""

from __future__ import annotations

import bisect
import json
from array import array
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from bigmodel_studio.core.data.columns import SAMPLE_ROWS
from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.labelled_texts import TEXTS
from bigmodel_studio.core.data.records import records
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Place
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.parquet import Say, batches, column_of, kept_under, no_column, rows_in

_SAY_EVERY = 10_000
_SOURCE, _LINES = "source.json", "lines.bin"


class _Source(NamedTuple):
    """The file that a text was made of: its line ``source_lines[n]`` begins on ``text_lines[n]`` of the text."""

    path: str
    text_lines: array[int]
    source_lines: array[int]


def parquet_as_text(path: Path, column: str, say: Say) -> Path:
    """Return the text file of a Parquet file; ``column`` "": found by its name, or the only one of texts.

    Raises ``StudioError`` as ``parquet.batches`` does, and "data-column"; ``OSError``. Nothing half-made is left.
    """
    return _made(path, column, lambda texts: _write_parquet(path, column, texts, say))


def lines_as_text(path: Path, column: str, say: Say) -> Path:
    """Return the text file of a file of JSON lines; ``column`` "": the field found by its name, or the only one of
    texts.

    Raises ``StudioError`` "data-row" (a line that is no record) and "data-column"; ``OSError``.
    """
    return _made(path, column, lambda texts: _write_lines(path, _field_name(path, column), texts, say))


def place_in(text: Path, line: int) -> Place:
    """Return where a line of a text file is from: that line itself, or a record of the file that the text was made
    of.
    """
    source = _source_of(text) if text.is_relative_to(paths.cache()) else None
    if source is None:
        return Place(str(text), line)
    number = max(0, bisect.bisect_right(source.text_lines, line) - 1)
    return Place(source.path, source.source_lines[number] if source.source_lines else 0)


@lru_cache(maxsize=64)
def _source_of(text: Path) -> _Source | None:
    try:
        path = str(json.loads((text.parent / _SOURCE).read_text("utf-8")))
        numbers = array("I", (text.parent / _LINES).read_bytes())
    except OSError:
        return None
    return _Source(path, numbers[::2], numbers[1::2])


class _Texts:
    """Writes texts as documents, and which record each is from."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._line = 1
        self.lines = array("I")

    @property
    def bytes(self) -> int:
        """How much was written."""
        return self._stream.tell()

    def add(self, text: object, line: int) -> None:
        """Write the text of the record on that line (or in that row); what is no text, or empty, is left out."""
        if isinstance(text, str) and text.strip():
            document = text.rstrip("\n") + "\n\n"
            self._stream.write(document)
            self.lines.extend((self._line, line))
            self._line += document.count("\n")


def _made(path: Path, column: str, write: Callable[[_Texts], None]) -> Path:
    folder = kept_under(path, "text with lines", column)
    made = folder / f"{path.name}.txt"
    if not made.is_file():
        with made_whole(folder, made.name) as temporary:
            with open(temporary / made.name, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
                texts = _Texts(stream)
                write(texts)
            (temporary / _LINES).write_bytes(texts.lines.tobytes())
            (temporary / _SOURCE).write_text(json.dumps(str(path)), "utf-8")
    return made


def _column(path: Path, schema: Any, asked: str) -> str:
    if asked:
        return column_of(path, schema, (asked,))[1]
    there = {name.lower() for name in schema.names}
    usual = [name for name in TEXTS.names if name in there]
    texts = [field.name for field in schema if str(field.type) in ("string", "large_string", "string_view")]
    if not usual and len(texts) != 1:
        raise no_column(path, schema, TEXTS.names[:3])
    return column_of(path, schema, usual or texts)[1]


def _write_parquet(path: Path, asked: str, texts: _Texts, say: Say) -> None:
    done = 0
    for batch, total in batches(path, lambda schema: [_column(path, schema, asked)]):
        for number, row in rows_in(path, done + 1, batch, FATAL):
            (text,) = row.values()
            texts.add(text, number)
        done += batch.num_rows
        say("reading", done, total)


def _field_name(path: Path, asked: str) -> str:
    """Return the field of the texts, from the first records."""
    found = Counter[str]()
    for _, record in islice(records(path, (), Faults.passing()), SAMPLE_ROWS):
        found.update(name for name, value in record.items() if isinstance(value, str))
    usual = [name for name in TEXTS.names if name in found]
    if asked in found:
        return asked
    if not asked and usual:
        return usual[0]
    if not asked and len(found) == 1:
        return next(iter(found))
    names = ", ".join(found) or "no field with text"
    raise StudioError("data-column", path=str(path), column=asked or TEXTS.names[0], columns=names[:200])


def _write_lines(path: Path, name: str, texts: _Texts, say: Say) -> None:
    size = max(1, path.stat().st_size)
    for number, (line, record) in enumerate(records(path, ((name,),))):
        texts.add(record.get(name), line)
        if number % _SAY_EVERY == 0:
            say("reading", min(texts.bytes, size), size)
