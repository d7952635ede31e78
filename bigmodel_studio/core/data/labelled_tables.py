"""Tables with a class in each row, as people keep them: CSV and TSV (RFC 4180), JSON lines, Parquet.

What has the class is a text or a picture's path, and is called a text here. Everything wrong is named by file and line.
Which columns are meant is decided by ``core.data.columns``, and never by their order.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.data.columns import (
    SAMPLE_ROWS,
    SEVERAL_NAMES,
    About,
    Columns,
    Names,
    Places,
    find_names,
    find_places,
    flag_names,
    name_of,
)
from bigmodel_studio.core.data.faults import FATAL, Faults, text_lines
from bigmodel_studio.core.data.label_sets import classes_of_list
from bigmodel_studio.core.data.one_hot import flag_of
from bigmodel_studio.core.data.plain_text import refuse_binary
from bigmodel_studio.core.data.records import Record, bad_row, is_parquet, records
from bigmodel_studio.core.text.messages import StudioError

MOST_TEXT_BYTES = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_EXCEL_SEPARATOR = re.compile("sep=.")
"""A first line that tells Excel what separates the columns."""
_CSV_ERRORS = {
    "unexpected end of data": "a quote opens a field here and is never closed",
    "field larger than": "it has a field of more than 4 MiB (is a quote never closed?)",
    "'": "text follows the closing quote of a field (a quote inside is written twice)",
}
"""What the csv module says, by its beginning, and what is wrong."""
csv.field_size_limit(MOST_TEXT_BYTES * 4)


class Labelled(NamedTuple):
    """One text: what it is, its class, and where it stands (``line`` counts from 1; 0: a file of its own).

    ``second`` is the text that it makes a pair with, if any. ``several`` are its classes where it may have any number
    of them; None: ``label`` is its class, or names some that are not told apart yet.
    """

    text: str
    label: str
    file: str
    line: int
    second: str = ""
    several: tuple[str, ...] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Its classes: one, or as many as it has where it may have several."""
        return (self.label,) if self.several is None else self.several

    @property
    def whole(self) -> str:
        """The text, or both of a pair with a tab between them."""
        return f"{self.text}\t{self.second}" if self.second else self.text


Reader = Callable[[Path, Columns, About, Faults], Iterator[Labelled]]


def read_table(path: Path, columns: Columns, about: About, faults: Faults = FATAL) -> Iterator[Labelled]:
    """Yield the rows of a table in order; its name ends as one of ``READERS``.

    Refuses what cannot be used: "data-row", "data-column", "data-not-utf8", "data-utf16", "data-binary", and as
    ``records`` does.
    """
    if not is_parquet(path):
        try:
            refuse_binary(path)
        except StudioError as error:
            faults.refuse(error)
            return
    yield from READERS[path.suffix.lower()](path, columns, about, faults)


def _delimited(delimiter: str) -> Reader:
    def read(path: Path, columns: Columns, about: About, faults: Faults) -> Iterator[Labelled]:
        rows = _rows(path, delimiter, faults)
        first = list(itertools.islice(rows, SAMPLE_ROWS))
        if first and _EXCEL_SEPARATOR.fullmatch(delimiter.join(first[0][1])):
            del first[0]
        if not first:
            return
        try:
            places = _layout(path, [row for _, row in first], delimiter, columns, about)
        except StudioError as error:
            faults.refuse(error)
            return
        (line, row), header = first[0], None
        if places.header:
            header = row
            del first[0]
            if (needed := max(places.text, places.label, places.pair) + 1) > len(header):
                detail = f"it has {len(header)} columns and the rows below have {needed}, so it is no header"
                faults.refuse(bad_row(path, line, detail=detail))
                return
        if places.by_values:
            text = name_of(header or (), places.text).strip()
            label = flag_names(header or (), places.flags) or name_of(header or (), places.label).strip()
            faults.decided(_by_values(path, text, label, about))
        check = _RowCheck(path, header, places, columns, about, faults)
        yield from filter(None, itertools.starmap(check.labelled, itertools.chain(first, rows)))

    return read


def _rows(path: Path, delimiter: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with their lines."""
    quoted = delimiter == "," or _has_quoted_fields(path, delimiter)
    form: dict[str, Any] = {"strict": True} if quoted else {"quoting": csv.QUOTE_NONE}
    rows = csv.reader(text_lines(path, faults), delimiter=delimiter, **form)
    while True:
        begin = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            detail = next((words for start, words in _CSV_ERRORS.items() if str(error).startswith(start)), str(error))
            faults.refuse(bad_row(path, begin, detail=detail))
            continue
        if row is None:
            return
        if "".join(row).strip():
            yield rows.line_num, row


def _has_quoted_fields(path: Path, delimiter: str) -> bool:
    """Return whether quotes in a file of tabs hold fields together; else a quote is a character like any other.

    They do where some line has fewer columns than the first unless they do.
    """
    with open(path, encoding="utf-8-sig", errors="replace") as stream:
        lines = [line.rstrip("\r\n") for line in itertools.islice(stream, SAMPLE_ROWS)]
    counts = {line.count(delimiter) for line in lines if line.strip()}
    return len(counts) > 1 and any('"' in line for line in lines)


def _layout(path: Path, rows: list[list[str]], delimiter: str, columns: Columns, about: About) -> Places:
    other = _other_in_header(rows, delimiter)
    try:
        if other is None:
            return find_places(rows, columns, about, str(path))
    except StudioError:
        if (other := _other_delimiter(rows, delimiter)) is None:
            raise
    raise StudioError("data-separator", path=str(path), separator=other, expected=delimiter)


def _other_in_header(rows: list[list[str]], delimiter: str) -> str | None:
    """Return what separates the columns where the header is a single one and has a separator that each row has, too."""
    (header, *body) = rows
    if len(header) != 1 or not body:
        return None
    counts = ((other, header[0].count(other)) for other in _DELIMITERS if other != delimiter)
    wholes = [delimiter.join(row) for row in body]
    return next((other for other, count in counts if count and all(row.count(other) >= count for row in wholes)), None)


def _other_delimiter(rows: list[list[str]], delimiter: str) -> str | None:
    """Return what the columns are separated by where that is not ``delimiter``: it stands equally often in every
    row.
    """
    for other in _DELIMITERS:
        if other == delimiter:
            continue
        counts = {delimiter.join(row).count(other) for row in rows}
        if len(counts) == 1 and counts != {0}:
            return other
    return None


class _RowCheck:
    """Makes examples of a table's rows; what is the same for all of them is worked out once."""

    def __init__(
        self, path: Path, header: list[str] | None, places: Places, columns: Columns, about: About, faults: Faults
    ) -> None:
        self._path, self._name, self._about, self._faults = path, str(path), about, faults
        self._header, self._places, self._several = header, places, columns.several
        self._needed = max(places.text, places.label, places.pair, *places.flags) + 1

    def labelled(self, line: int, row: list[str]) -> Labelled | None:
        """Return the example in a row; None for one that is refused or empty."""
        header, places = self._header, self._places
        if len(row) < self._needed:
            self._refuse(line, f"it has {len(row)} columns, and {self._needed} are needed")
        elif header is not None and len(row) > len(header) and any(field.strip() for field in row[len(header) :]):
            self._refuse(line, f"it has {len(row)} columns where the header has {len(header)}")
        elif row == header:
            self._refuse(line, "it repeats the header")
        else:
            text = row[places.text].strip()
            second = row[places.pair].strip() if places.pair >= 0 else None
            if places.flags and header is not None:
                several, fault = _flagged({header[place].strip(): row[place] for place in places.flags})
                if fault:
                    self._refuse(line, fault)
                    return None
                label = ""
            else:
                label, fault = (row[places.label].strip(), "") if self._several else _class_of(row[places.label])
                if fault:
                    self._refuse(line, fault)
                    return None
                several = () if self._several and not label else None
            return _checked(self._path, self._name, line, text, label, self._about, self._faults, second, several)
        return None

    def _refuse(self, line: int, detail: str) -> None:
        self._faults.refuse(bad_row(self._path, line, detail=detail))


def _class_of(value: str) -> tuple[str, str]:
    """Return a class, a whole number without pandas's ".0", and what is wrong with it ("": nothing)."""
    value = value.strip()
    if "." not in value or not value.replace(".", "", 1).lstrip("+-").isdecimal():
        return value, ""
    number = float(value)
    return (str(int(number)), "") if number.is_integer() else (value, _fraction(number))


def _fraction(number: float) -> str:
    what = "a number with a fraction" if math.isfinite(number) else "no number"
    return f"its class is {what} ({number:g})"


def _flagged(values: Mapping[str, str]) -> tuple[tuple[str, ...] | None, str]:
    """Return the classes whose columns have a 1, and what is wrong ("": nothing); ``values`` by the classes' names."""
    flags = {name: flag_of(value) for name, value in values.items()}
    wrong = next((name for name, flag in flags.items() if flag is None), None)
    if wrong is not None:
        return None, f"its {wrong[:60]} is neither 0 nor 1"
    return tuple(name for name, flag in flags.items() if flag), ""


def _checked(
    path: Path,
    name: str,
    line: int,
    text: str,
    label: str,
    about: About,
    faults: Faults,
    second: str | None = None,
    several: tuple[str, ...] | None = None,
) -> Labelled | None:
    """Return the row, if it has what is needed; ``second`` is None where there are no pairs. ``name`` is the path as a
    text, which takes longer to make than all else here.
    """
    if not label and several is None:
        faults.refuse(bad_row(path, line, detail="it has no class"))
    elif second == "":
        faults.refuse(bad_row(path, line, detail="it has no second text"))
    elif not text and about.needed:
        faults.refuse(bad_row(path, line, detail=f"it has no {about.what}"))
    elif not text:
        faults.empty(name, line)
    else:
        return Labelled(text, label, name, line, second or "", several)
    return None


def _read_records(path: Path, columns: Columns, about: About, faults: Faults) -> Iterator[Labelled]:
    names = _record_names(path, columns, about, faults)
    if names is None:
        return
    texts, labels, flags = names
    pairs = ((columns.pair,),) if columns.pair else ()
    name = str(path)
    wanted = (texts, *((labels,) if labels else ()), *pairs, *((name,) for name in flags))
    for line, record in records(path, wanted, faults):
        text, label, several = _field(record, texts), _field(record, labels), None
        second = str(_field(record, pairs[0]) or "") if pairs else None
        if label is None or (label == "" and columns.several):
            several, fault = (
                _flagged({name: str(record.get(name, "")) for name in flags})
                if flags
                else _several(record, labels, several_allowed=columns.several)
            )
            if fault:
                faults.refuse(bad_row(path, line, detail=fault))
                continue
        if text is None:
            faults.refuse(bad_row(path, line, detail=f"it has no {about.what}"))
        elif isinstance(label, float):
            faults.refuse(bad_row(path, line, detail=_fraction(label)))
        else:
            found = _checked(path, name, line, str(text), label or "", about, faults, second, several)
            if found is not None:
                yield found


def _several(record: Record, names: Sequence[str], *, several_allowed: bool) -> tuple[tuple[str, ...] | None, str]:
    """Return a record's classes, where they are no text and no number, and what is wrong with them ("": nothing)."""
    value = next((record[name] for name in names if record.get(name) is not None), None)
    if not several_allowed:
        fault = "its class is a list; set data.multi_label if texts have several classes"
        return None, fault if isinstance(value, list) else ""
    if value == "":
        return (), ""
    if not isinstance(value, list):
        return None, "it has no classes (a text without any has an empty list or text)"
    classes = classes_of_list(value)
    return classes, "" if classes is not None else "its classes are not all texts or whole numbers"


def _record_names(path: Path, columns: Columns, about: About, faults: Faults) -> Names | None:
    """Return what the two fields are called in a file of records, from its first ones; None where that is refused."""
    usual = Names((columns.text,) if columns.text else about.names, columns.label_names)
    first = [record for _, record in itertools.islice(records(path, (), Faults.passing()), SAMPLE_ROWS)]
    filled = [
        {
            name: _as_text(value)
            for name, value in each.items()
            if _has_value(value) or (isinstance(value, list) and (columns.several or name in columns.label_names))
        }
        for each in first
    ]
    if not any(filled):
        return usual
    try:
        names = find_names(filled, columns, about, str(path))
        text, label = names.texts[0], flag_names(names.flags, range(len(names.flags))) or names.labels[0]
        first_usual = [next((name for name in each if any(name in one for one in filled)), "") for each in usual[:2]]
        if len(names.texts) == 1 and [text, label] != first_usual:
            faults.decided(_by_values(path, text, label, about))
        return names
    except StudioError as error:
        of_lists = next((name for name in SEVERAL_NAMES for each in first if isinstance(each.get(name), list)), "")
        asks = bool(of_lists) and not columns.several and not columns.label
        faults.refuse(StudioError("data-class-lists", path=str(path), column=of_lists) if asks else error)
        return None


def _by_values(path: Path, text: str, label: str, about: About) -> StudioError:
    """Return what is said of columns whose names do not tell what they hold."""
    return StudioError("preview-columns", path=str(path), text=text, label=label, what=about.what)


def _has_value(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _as_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)


def _field(record: Record, names: Sequence[str]) -> str | float | None:
    """Return the first that says something; "" where one is there and empty, None where there is none; a fraction as it
    is.
    """
    found: str | float | None = None
    for name in names:
        value = record.get(name)
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else value
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
