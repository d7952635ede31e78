"""Texts with the class of each, as people keep them: tables (``core.data.labelled_tables``), or a folder of texts a
class.

Everything wrong is named by file and line, and ends the reading unless the ``Faults`` that are given say otherwise.
Nothing here knows tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bigmodel_studio.core.data.columns import NO_COLUMNS, About, Columns
from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.labelled_tables import MOST_TEXT_BYTES, READERS, Labelled, read_table
from bigmodel_studio.core.system.opening import TEXT_SUFFIXES
from bigmodel_studio.core.text.messages import StudioError

TEXTS = About(("text", "sentence", "content", "review", "utterance", "question", "title"), "text")
MOST_LABELS = 10_000


def read_labelled(paths: Sequence[str], columns: Columns = NO_COLUMNS) -> list[Labelled]:
    """Return every text of these files and folders, in order. Raises ``StudioError`` as ``labelled_in``, and
    "data-empty".
    """
    found = list(labelled_in(paths, columns))
    if not found:
        raise StudioError("data-empty", path=", ".join(paths))
    return found


def labelled_in(paths: Sequence[str], columns: Columns = NO_COLUMNS, faults: Faults = FATAL) -> Iterator[Labelled]:
    """Yield the texts of these files and folders, in order.

    Refuses what cannot be used: "data-missing", "data-no-labels" (a kind of file that has none), and as ``read_table``.
    """
    for path in paths:
        yield from _read(Path(path), columns, faults)


def labels_of(texts: Sequence[Labelled], least: int = 2) -> tuple[str, ...]:
    """Return the classes, sorted by code point. Raises ``StudioError``: "data-one-class", "data-many-classes"."""
    labels = tuple(sorted({each.label for each in texts}))
    if len(labels) < least:
        raise StudioError("data-one-class", label=labels[0] if labels else "")
    if len(labels) > MOST_LABELS:
        raise StudioError("data-many-classes", count=len(labels), most=MOST_LABELS)
    return labels


def split(texts: Sequence[Labelled], share: float) -> tuple[list[Labelled], list[Labelled]]:
    """Return the examples for training and for evaluation: of each class every so many-th, so that the same file is
    split the same.
    """
    train: list[Labelled] = []
    evaluation: list[Labelled] = []
    counts: dict[str, int] = {}
    for each in texts:
        number = counts[each.label] = counts.get(each.label, 0) + 1
        kept = int(number * share) > int((number - 1) * share)
        (evaluation if kept else train).append(each)
    return train, evaluation


def _read(path: Path, columns: Columns, faults: Faults) -> Iterator[Labelled]:
    if path.is_dir():
        yield from _read_folder(path, columns, faults)
    elif not path.is_file():
        faults.refuse(StudioError("data-missing", path=str(path)))
    elif path.suffix.lower() not in READERS:
        faults.refuse(StudioError("data-no-labels", path=str(path), suffixes=", ".join(READERS)))
    else:
        yield from read_table(path, columns, TEXTS, faults)


def _read_folder(folder: Path, columns: Columns, faults: Faults) -> Iterator[Labelled]:
    """Tables in it, or a folder in it for each class with a text in each file."""
    tables = sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.lower() in READERS)
    for table in tables:
        yield from _read(table, columns, faults)
    for inside in sorted(each for each in folder.iterdir() if each.is_dir()) if not tables else ():
        for file in sorted(inside.rglob("*")):
            if file.is_file() and file.suffix.lower() in TEXT_SUFFIXES:
                with open(file, encoding="utf-8-sig", errors="replace") as stream:
                    text = stream.read(MOST_TEXT_BYTES).strip()
                if text:
                    yield Labelled(text, inside.name, str(file), 0)
                else:
                    faults.empty(str(file), 0)
