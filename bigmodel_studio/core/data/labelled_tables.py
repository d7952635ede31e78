"""Tables with a class in each row, as people keep them: CSV and TSV (RFC 4180), JSON lines, Parquet.

What has the class is a text or a picture's path, and is called a text here. Everything wrong is named by file and line.
Columns go by their names where there is a header that has them, else the first is the text and the second the class.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bigmodel_studio.core.data.faults import FATAL, Faults, text_lines
from bigmodel_studio.core.data.records import Record, bad_row, records
from bigmodel_studio.core.text.messages import StudioError

LABEL_NAMES = ("label", "category", "class", "intent", "sentiment", "target", "tag", "labels", "class_name")
"""What the column of the class is called by itself, the likeliest first."""
MOST_TEXT_BYTES = 1 << 20
csv.field_size_limit(MOST_TEXT_BYTES * 4)


class Labelled(NamedTuple):
    """One text: what it is, its class, and where it stands (``line`` counts from 1; 0: a file of its own)."""

    text: str
    label: str
    file: str
    line: int


class Columns(NamedTuple):
    """What the columns of the text and of the class are called; "": found by themselves."""

    text: str = ""
    label: str = ""


NO_COLUMNS = Columns()


class About(NamedTuple):
    """What has a class: what its column is called by itself, and what it is in words; ``needed``: none may lack it."""

    names: tuple[str, ...]
    what: str
    needed: bool = False


Reader = Callable[[Path, Columns, About, Faults], Iterator[Labelled]]


def read_table(path: Path, columns: Columns, about: About, faults: Faults = FATAL) -> Iterator[Labelled]:
    """The rows of a table in order; its name ends as one of ``READERS``.

    Refuses what cannot be used: "data-row", "data-column", "data-not-utf8", and as ``records`` does.
    """
    yield from READERS[path.suffix.lower()](path, columns, about, faults)


def _delimited(delimiter: str) -> Reader:
    def read(path: Path, columns: Columns, about: About, faults: Faults) -> Iterator[Labelled]:
        rows = csv.reader(text_lines(path, faults), delimiter=delimiter, strict=True)
        places: tuple[int, int] | None = None
        first = True
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                faults.refuse(bad_row(path, rows.line_num, detail=str(error)))
                continue
            if row is None:
                return
            if first:
                first = False
                try:
                    places = _places(row, columns, about, path)
                except StudioError as error:
                    faults.refuse(error)
                    return
                if places is not None:
                    continue
            yield from _row(path, rows.line_num, row, places or (0, 1), about, faults)

    return read


def _places(header: list[str], columns: Columns, about: About, path: Path) -> tuple[int, int] | None:
    """Where text and class stand, by the header; None where there is none."""
    names = [name.strip().lower() for name in header]
    found = []
    for wanted, usual in ((columns.text, about.names), (columns.label, LABEL_NAMES)):
        asked = (wanted.strip().lower(),) if wanted else usual
        place = next((names.index(name) for name in asked if name in names), None)
        if wanted and place is None:
            raise StudioError("data-column", path=str(path), column=wanted, columns=", ".join(header)[:200])
        found.append(place)
    text, label = found
    if text is None and label is None:
        return None
    others = [place for place in range(len(names)) if place not in (text, label)]
    text = text if text is not None else next(iter(others), None)
    label = label if label is not None else next(iter(others), None)
    if text is None or label is None:
        column = f"{about.what}, label"
        raise StudioError("data-column", path=str(path), column=column, columns=", ".join(header)[:200])
    return text, label


def _row(
    path: Path, line: int, row: list[str], places: tuple[int, int], about: About, faults: Faults
) -> Iterator[Labelled]:
    if not any(field.strip() for field in row):
        return
    if len(row) <= max(places):
        faults.refuse(bad_row(path, line, detail=f"it has {len(row)} columns, and {max(places) + 1} are needed"))
        return
    yield from _checked(path, line, row[places[0]].strip(), row[places[1]].strip(), about, faults)


def _checked(path: Path, line: int, text: str, label: str, about: About, faults: Faults) -> Iterator[Labelled]:
    if not label:
        faults.refuse(bad_row(path, line, detail="it has no class"))
    elif not text and about.needed:
        faults.refuse(bad_row(path, line, detail=f"it has no {about.what}"))
    elif not text:
        faults.empty(str(path), line)
    else:
        yield Labelled(text, label, str(path), line)


def _read_records(path: Path, columns: Columns, about: About, faults: Faults) -> Iterator[Labelled]:
    names = (columns.text,) if columns.text else about.names
    labels = (columns.label,) if columns.label else LABEL_NAMES
    for line, record in records(path, (names, labels), faults):
        text, label = _field(record, names), _field(record, labels)
        if text is None:
            faults.refuse(bad_row(path, line, detail=f"it has no {about.what}"))
        else:
            yield from _checked(path, line, text, label or "", about, faults)


def _field(record: Record, names: Sequence[str]) -> str | None:
    """The first that says something; "" where one is there and empty, None where there is none."""
    found = None
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int):
            found = str(value).strip()
            if found:
                break
    return found


READERS: dict[str, Reader] = {
    ".csv": _delimited(","),
    ".tsv": _delimited("\t"),
    ".jsonl": _read_records,
    ".ndjson": _read_records,
    ".parquet": _read_records,
}
"""By the end of a file's name."""
