"""Texts with the class of each, as people keep them: CSV and TSV (RFC 4180), JSON lines, or a folder of texts a class.

Everything wrong is named by file and line. Columns go by their names where there is a header that has them, else the
first is the text and the second the class. Nothing here knows tokens.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.opening import TEXT_SUFFIXES

TEXT_NAMES = ("text", "sentence", "content", "review", "utterance", "question", "title")
LABEL_NAMES = ("label", "category", "class", "intent", "sentiment", "target", "tag")
"""What the columns are called by themselves, the likeliest first."""
MOST_TEXT_BYTES = 1 << 20
MOST_LABELS = 10_000
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


def read_labelled(paths: Sequence[str], columns: Columns = NO_COLUMNS) -> list[Labelled]:
    """Every text of these files and folders, in order.

    Raises ``StudioError``: "data-missing", "data-no-labels" (a kind of file that has none), "data-row", "data-column",
    "data-empty".
    """
    found = [each for path in paths for each in _read(Path(path), columns)]
    if not found:
        raise StudioError("data-empty", path=", ".join(paths))
    return found


def labels_of(texts: Sequence[Labelled]) -> tuple[str, ...]:
    """The classes, sorted by code point. Raises ``StudioError``: "data-one-class", "data-many-classes"."""
    labels = tuple(sorted({each.label for each in texts}))
    if len(labels) < 2:
        raise StudioError("data-one-class", label=labels[0] if labels else "")
    if len(labels) > MOST_LABELS:
        raise StudioError("data-many-classes", count=len(labels), most=MOST_LABELS)
    return labels


def split(texts: Sequence[Labelled], share: float) -> tuple[list[Labelled], list[Labelled]]:
    """For training and for evaluation: of each class every so many-th, so that the same file is split the same."""
    train: list[Labelled] = []
    evaluation: list[Labelled] = []
    seen: dict[str, int] = {}
    for each in texts:
        number = seen[each.label] = seen.get(each.label, 0) + 1
        kept = int(number * share) > int((number - 1) * share)
        (evaluation if kept else train).append(each)
    return train, evaluation


def _read(path: Path, columns: Columns) -> Iterator[Labelled]:
    if path.is_dir():
        yield from _read_folder(path, columns)
        return
    if not path.is_file():
        raise StudioError("data-missing", path=str(path))
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise StudioError("data-no-labels", path=str(path), suffixes=", ".join(READERS))
    try:
        yield from reader(path, columns)
    except UnicodeDecodeError as error:
        raise StudioError("data-not-utf8", path=str(path), place=error.start) from error


def _read_folder(folder: Path, columns: Columns) -> Iterator[Labelled]:
    """Tables in it, or a folder in it for each class with a text in each file."""
    tables = sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.lower() in READERS)
    for table in tables:
        yield from _read(table, columns)
    for inside in sorted(each for each in folder.iterdir() if each.is_dir()) if not tables else ():
        for file in sorted(inside.rglob("*")):
            if file.is_file() and file.suffix.lower() in TEXT_SUFFIXES:
                with open(file, encoding="utf-8-sig", errors="replace") as stream:
                    text = stream.read(MOST_TEXT_BYTES).strip()
                if text:
                    yield Labelled(text, inside.name, str(file), 0)


def _read_table(delimiter: str) -> Callable[[Path, Columns], Iterator[Labelled]]:
    def read(path: Path, columns: Columns) -> Iterator[Labelled]:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, delimiter=delimiter, strict=True)
            try:
                first = next(rows, None)
                if first is None:
                    return
                places = _places(first, columns, path)
                if places is None:
                    places = (0, 1)
                    yield from _row(path, rows.line_num, first, places)
                for row in rows:
                    yield from _row(path, rows.line_num, row, places)
            except csv.Error as error:
                raise StudioError("data-row", path=str(path), line=rows.line_num, detail=str(error)) from error

    return read


def _places(header: list[str], columns: Columns, path: Path) -> tuple[int, int] | None:
    """Where text and class stand, by the header; None where there is none."""
    names = [name.strip().lower() for name in header]
    found = []
    for wanted, usual in ((columns.text, TEXT_NAMES), (columns.label, LABEL_NAMES)):
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
        raise StudioError("data-column", path=str(path), column="text, label", columns=", ".join(header)[:200])
    return text, label


def _row(path: Path, line: int, row: list[str], places: tuple[int, int]) -> Iterator[Labelled]:
    if not any(field.strip() for field in row):
        return
    if len(row) <= max(places):
        detail = f"it has {len(row)} columns, and {max(places) + 1} are needed"
        raise StudioError("data-row", path=str(path), line=line, detail=detail)
    text, label = row[places[0]].strip(), row[places[1]].strip()
    if not label:
        raise StudioError("data-row", path=str(path), line=line, detail="it has no class")
    if text:
        yield Labelled(text, label, str(path), line)


def _read_json_lines(path: Path, columns: Columns) -> Iterator[Labelled]:
    with open(path, "rb") as stream:
        for line, data in enumerate(stream, 1):
            if not data.strip():
                continue
            try:
                record = json.loads(data.removeprefix(codecs.BOM_UTF8))
            except ValueError as error:
                raise StudioError("data-row", path=str(path), line=line, detail="it is not JSON") from error
            text = _field(record, columns.text, TEXT_NAMES)
            label = _field(record, columns.label, LABEL_NAMES)
            if text is None or label is None:
                missing = "text" if text is None else "class"
                raise StudioError("data-row", path=str(path), line=line, detail=f"it has no {missing}")
            if text.strip():
                yield Labelled(text.strip(), label.strip(), str(path), line)


def _field(record: object, wanted: str, usual: Sequence[str]) -> str | None:
    if not isinstance(record, dict):
        return None
    for name in (wanted,) if wanted else usual:
        value = record.get(name)
        if isinstance(value, str | int) and str(value).strip():
            return str(value)
    return None


READERS: dict[str, Callable[[Path, Columns], Iterator[Labelled]]] = {
    ".csv": _read_table(","),
    ".tsv": _read_table("\t"),
    ".jsonl": _read_json_lines,
    ".ndjson": _read_json_lines,
}
"""By the end of a file's name."""
