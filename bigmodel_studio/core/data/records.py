"""Rows of data as records, one reader a format, and where a row stands: in a file, at a line (or, of Parquet, a row).

Parquet needs an optional library that the window never loads: its reader is put into the table by
``training.data.readers`` in the processes that learn.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bigmodel_studio.core.data.faults import FATAL, Faults, bounded_lines
from bigmodel_studio.core.text.messages import StudioError

Record = Mapping[str, Any]
Reader = Callable[[Path, Sequence[Sequence[str]], Faults], Iterator[tuple[int, Record]]]
PARQUET = ".parquet"
SUFFIXES = (".jsonl", ".ndjson", PARQUET)
"""What the names of files with records end with."""


def records(path: Path, wanted: Sequence[Sequence[str]] = (), faults: Faults = FATAL) -> Iterator[tuple[int, Record]]:
    """Return the rows of a file with the number of each (from 1).

    Of each of the groups ``wanted`` one column is looked for, the likeliest first; nothing: all columns are. Refuses
    what is no record ("data-row"); of Parquet raises ``StudioError`` "data-column", "data-parquet", "parquet-missing".
    """
    return READERS[path.suffix.lower()](path, wanted, faults)


def json_lines(path: Path, wanted: Sequence[Sequence[str]], faults: Faults) -> Iterator[tuple[int, Record]]:
    """Yield JSON objects, one a line; empty lines are passed over."""
    with open(path, "rb") as stream:
        for line, data in bounded_lines(stream, path, faults):
            if not data.strip():
                continue
            data = data.removeprefix(codecs.BOM_UTF8)
            if data.lstrip()[:1] == b"[" or data.strip() == b"{":
                what = "a JSON array" if data.lstrip()[:1] == b"[" else "JSON over several lines"
                faults.refuse(bad_row(path, line, detail=f"{what} begins here, and one object per line is needed"))
                return
            try:
                record = json.loads(data)
            except (ValueError, RecursionError):
                faults.refuse(bad_row(path, line, detail="it is not JSON"))
                continue
            if b"\\u" in data and not is_unicode(record):
                faults.refuse(bad_row(path, line, detail="it has half of a character (a lone surrogate)"))
                continue
            if isinstance(record, dict):
                yield line, record
            else:
                faults.refuse(bad_row(path, line, detail="it is no JSON object"))


def is_unicode(value: object) -> bool:
    """Return whether every text in a value from JSON can be written: escapes may give halves of characters."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


READERS: dict[str, Reader] = {".jsonl": json_lines, ".ndjson": json_lines}
"""By the end of a file's name."""


def bad_row(path: str | Path, line: int, *, detail: str) -> StudioError:
    """Return the error that names a row: by its line, and in Parquet, which has none, by its number."""
    return StudioError("data-record" if is_parquet(path) else "data-row", path=str(path), line=line, detail=detail)


def place(path: str | Path, line: int) -> str:
    """Return where a row stands, for a log."""
    return f"{path}, {'row' if is_parquet(path) else 'line'} {line:,}"


def is_parquet(path: str | Path) -> bool:
    """Return whether a file's name says so."""
    return str(path).lower().endswith(PARQUET)


def contains_parquet(path: Path) -> bool:
    """Return whether it is Parquet, or a folder with some directly in it."""
    try:
        return is_parquet(path) or (path.is_dir() and any(map(is_parquet, path.iterdir())))
    except OSError:
        return False


def refuse_unreadable(given: Sequence[str]) -> None:
    """Raise ``StudioError`` "parquet-missing" where something is Parquet, and what reads it is not installed.

    Looks at names, and of a folder at those in it; imports nothing.
    """
    if find_spec("pyarrow") is not None:
        return
    for path in map(Path, given):
        if contains_parquet(path):
            raise parquet_missing(path)


def parquet_missing(path: Path) -> StudioError:
    """Return what is said where the optional library is not there."""
    import shlex
    import sys

    command = f'{shlex.quote(sys.executable)} -m pip install "datasets>=4"'
    return StudioError("parquet-missing", path=str(path), command=command)
