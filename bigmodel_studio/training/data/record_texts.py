"""The texts of a file of records (Parquet, JSON lines) as a text file in the cache, made once.

Each record's text is a document, which a blank line ends; what reads text files then reads these, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from bigmodel_studio.core.data.columns import SAMPLE_ROWS
from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.labelled_texts import TEXTS
from bigmodel_studio.core.data.records import records
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.parquet import Say, batches, column_of, kept_under, no_column, rows_in

_SAY_EVERY = 10_000


def parquet_as_text(path: Path, column: str, say: Say) -> Path:
    """Return the text file of a Parquet file; ``column`` "": found by its name, or the only one of texts.

    Raises ``StudioError`` as ``parquet.batches`` does, and "data-column"; ``OSError``. Nothing half-made is left.
    """
    return _made(path, column, lambda target: _write_parquet(path, column, target, say))


def lines_as_text(path: Path, column: str, say: Say) -> Path:
    """Return the text file of a file of JSON lines; ``column`` "": the field found by its name, or the only one of
    texts.

    Raises ``StudioError`` "data-row" (a line that is no record) and "data-column"; ``OSError``.
    """
    return _made(path, column, lambda target: _write_lines(path, _field_name(path, column), target, say))


def _made(path: Path, column: str, write: Callable[[Path], None]) -> Path:
    folder = kept_under(path, "text", column)
    made = folder / f"{path.name}.txt"
    if not made.is_file():
        with made_whole(folder, made.name) as temporary:
            write(temporary / made.name)
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


def _write_parquet(path: Path, asked: str, target: Path, say: Say) -> None:
    done = 0
    with open(target, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
        for batch, total in batches(path, lambda schema: [_column(path, schema, asked)]):
            for _, row in rows_in(path, done + 1, batch, FATAL):
                (text,) = row.values()
                if isinstance(text, str) and text.strip():
                    stream.write(text.rstrip("\n") + "\n\n")
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


def _write_lines(path: Path, name: str, target: Path, say: Say) -> None:
    size = max(1, path.stat().st_size)
    with open(target, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
        for number, (_, record) in enumerate(records(path, ((name,),))):
            text = record.get(name)
            if isinstance(text, str) and text.strip():
                stream.write(text.rstrip("\n") + "\n\n")
            if number % _SAY_EVERY == 0:
                say("reading", min(stream.tell(), size), size)
