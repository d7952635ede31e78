"""Training data of an image classifier, as one listing: of each picture its file, its class, and where that is said.

A path is a folder that holds a folder of pictures for each class (``core.data.picture_folders``), a table with a
picture's path and its class in each row, or a folder of such tables. A path in a table is absolute, or begins at the
table; it may lead anywhere, as an absolute one does, but only to a file. Names are gone by: whether a file is a picture
is for the training to find out. Knows nothing of Qt or of PIL.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bigmodel_studio.core.data.columns import NO_COLUMNS, About, Columns
from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.labelled_tables import read_table
from bigmodel_studio.core.data.picture_folders import (
    EVERYTHING,
    LOOKED_AT,
    classes_of,
    count_pictures,
    one_class,
    pictures_of,
    unread_of,
)
from bigmodel_studio.core.data.records import bad_row, is_parquet, place
from bigmodel_studio.core.text.messages import StudioError

PATHS = About(
    ("path", "file_name", "filename", "file", "image", "image_path", "filepath", "file_path", "image_file", "picture"),
    "path of a picture",
    needed=True,
    paths=True,
)
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
"""What the names of tables end with."""
Say = Callable[[str, int, int], None]
"""Told what takes time, how much is done, and of how much."""
REPORT_EVERY = 100


class ListedPicture(NamedTuple):
    """A picture's file and its class, and where that is said: a table and a line in it, or (0) the folder given."""

    path: Path
    label: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.path} ({place(self.file, self.line)})" if self.line else str(self.path)


class Listing(NamedTuple):
    """All pictures of a spec. ``evaluation`` is a share of ``train``, or pictures of its own; ``labels`` are the
    classes in the order of their numbers; ``empty`` names the folders that hold no picture."""

    train: list[ListedPicture]
    evaluation: float | list[ListedPicture]
    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()


class ListingSummary(NamedTuple):
    """What a look at some of it found. ``more``: there may be more than so many ``pictures``; ``all_classes``: there
    are no others than ``labels``."""

    labels: tuple[str, ...]
    pictures: int
    more: bool
    all_classes: bool


def read_listing(
    train: Sequence[str],
    evaluation: float | Sequence[str],
    columns: Columns = NO_COLUMNS,
    faults: Faults = FATAL,
    say: Say = lambda *_: None,
) -> Listing:
    """Return every picture that a spec names; ``say`` is called with the progress, and may raise.

    Raises ``StudioError``: those of ``core.data.picture_folders``. Refuses as ``core.data.labelled_tables`` does, and a
    file that is not there, or a class that is evaluated on and not learnt.
    """
    learnt = list(_reporting(pictures_in(train, columns, faults), say))
    labels = tuple(sorted({each.label for each in learnt}))
    if not labels:
        raise StudioError("data-no-examples", path=", ".join(train))
    folders = [path for path in train if not tables_in(Path(path))]
    empty = classes_of(folders).empty if folders else ()
    if len(labels) < 2:
        raise one_class(folders, labels, empty)
    if isinstance(evaluation, float | int):
        return Listing(learnt, float(evaluation), labels, empty)
    known = set(labels)
    evaluated: list[ListedPicture] = []
    for picture in _reporting(pictures_in(evaluation, columns, faults), say):
        if picture.label in known:
            evaluated.append(picture)
        else:
            faults.refuse(_strange(picture))
    return Listing(learnt, evaluated, labels, empty)


def _reporting(pictures: Iterator[ListedPicture], say: Say) -> Iterator[ListedPicture]:
    for number, picture in enumerate(pictures):
        if number % REPORT_EVERY == 0:
            say("reading pictures", 0, 1)
        yield picture


def look(given: Sequence[str], columns: Columns = NO_COLUMNS, most: int = LOOKED_AT) -> ListingSummary:
    """Return the classes and the pictures of ``given``, as far as so many show them. Raises as ``read_listing`` does.

    Parquet is not opened: there may be more in it.
    """
    labels: set[str] = set()
    count, more, all_classes = 0, False, True
    for path in map(Path, given):
        tables = tables_in(path)
        if not tables:
            found = classes_of([str(path)]).labels
            pictures, beyond = count_pictures([str(path)], found, most)
            labels.update(found)
            count, more = count + pictures, more or beyond
        for table in tables:
            rows = [] if is_parquet(table) else list(itertools.islice(_read(table, columns, FATAL), most))
            labels.update(picture.label for picture in rows)
            count += len(rows)
            if is_parquet(table) or len(rows) == most:
                more, all_classes = True, False
    return ListingSummary(tuple(sorted(labels)), count, more, all_classes)


def check_pictures(train: Sequence[str], evaluation: float | Sequence[str], columns: Columns = NO_COLUMNS) -> None:
    """Check that the pictures of a spec can be learnt from, as far as a look shows. Raises as ``read_listing`` does."""
    learnt = look(train, columns)
    if learnt.all_classes and not learnt.labels:
        raise StudioError("data-no-examples", path=", ".join(train))
    if learnt.all_classes and len(learnt.labels) < 2:
        folders = [path for path in train if not tables_in(Path(path))]
        raise one_class(folders, learnt.labels, classes_of(folders).empty if folders else ())
    if not isinstance(evaluation, float | int):
        strange = [label for label in look(evaluation, columns).labels if label not in learnt.labels]
        if strange and learnt.all_classes:
            raise StudioError("data-strange-class", label=", ".join(strange[:5]))


def pictures_in(given: Sequence[str], columns: Columns = NO_COLUMNS, faults: Faults = FATAL) -> Iterator[ListedPicture]:
    """Yield the pictures of these folders and tables, in an order that is always the same."""
    for path in map(Path, given):
        tables = tables_in(path)
        for table in tables:
            yield from _read(table, columns, faults)
        labels, empty = ((), ()) if tables else _folders_of(str(path))
        for label, count, formats in unread_of([str(path)], (*labels, *empty), [EVERYTHING]):
            faults.left_out(StudioError("data-unread", path=str(path / label), count=count, formats=formats))
        for label in labels:
            for file in pictures_of([str(path)], label, [EVERYTHING]):
                yield ListedPicture(file, label, str(path), 0)


def _folders_of(folder: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the folders in a folder: those with pictures, and those without."""
    found = classes_of([folder])
    return found.labels, found.empty


def tables_in(path: Path) -> list[Path]:
    """Return the tables that ``path`` means: itself, or those in it where it holds fewer than two folders; none: it is
    a folder of classes. Raises ``StudioError``: "data-missing", "data-not-a-folder" (a file that is no table).
    """
    if not path.is_dir():
        if not path.is_file():
            raise StudioError("data-missing", path=str(path))
        if path.suffix.lower() not in TABLES:
            raise StudioError("data-not-a-folder", path=str(path))
        return [path]
    inside = [each for each in path.iterdir() if not each.name.startswith(".")]
    if sum(each.is_dir() for each in inside) >= 2:
        return []
    return sorted(each for each in inside if each.suffix.lower() in TABLES and each.is_file())


def _read(table: Path, columns: Columns, faults: Faults) -> Iterator[ListedPicture]:
    return READERS[table.suffix.lower()](table, columns, faults)


def of_table(table: Path, columns: Columns, faults: Faults) -> Iterator[ListedPicture]:
    """Yield the pictures whose paths are in a table. Refuses ("data-row") one that is no file."""
    for row in read_table(table, columns, PATHS, faults):
        try:
            yield ListedPicture(file_of(table, row.text, row.line), row.label, row.file, row.line)
        except StudioError as error:
            faults.refuse(error)


READERS: dict[str, Callable[[Path, Columns, Faults], Iterator[ListedPicture]]] = dict.fromkeys(
    (".csv", ".tsv", ".jsonl", ".ndjson"), of_table
)
"""By the end of a table's name; Parquet's is put here by ``training.data.readers`` (see ``core.data.records``)."""


def file_of(table: Path, text: str, line: int) -> Path:
    """Return the file that a row names. Raises ``StudioError`` "data-row" where there is none."""
    if "://" in text or text.startswith("data:"):
        raise bad_row(table, line, detail=f"{text[:80]} is an address, and a file on this computer is needed")
    path = table.absolute().parent / text
    try:
        if path.is_file():
            return path
        there = path.exists()
    except (OSError, ValueError) as error:  # a name that is too long, or that has a zero byte
        raise bad_row(table, line, detail=f"{text[:80]!r} is no path") from error
    raise bad_row(table, line, detail=f"{path} is no file" if there else f"there is no file {path}")


def _strange(picture: ListedPicture) -> StudioError:
    if not picture.line:
        return StudioError("data-strange-class", label=picture.label)
    detail = f"the class {picture.label} is missing from the training data"
    return bad_row(picture.file, picture.line, detail=detail)
