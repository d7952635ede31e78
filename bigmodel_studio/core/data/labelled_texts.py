"""Texts with the class of each, as people keep them: tables (``core.data.labelled_tables``), or a folder of texts a
class.

Everything wrong is named by file and line, and ends the reading unless the ``Faults`` that are given say otherwise.
Nothing here knows tokens.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from pathlib import Path

from bigmodel_studio.core.data import label_sets
from bigmodel_studio.core.data.class_folders import class_folders, refuse_outer
from bigmodel_studio.core.data.columns import NO_COLUMNS, About, Columns
from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.labelled_tables import MOST_TEXT_BYTES, READERS, Labelled, read_table
from bigmodel_studio.core.data.records import bad_row
from bigmodel_studio.core.system.opening import TEXT_SUFFIXES
from bigmodel_studio.core.text.messages import StudioError

TEXTS = About(("text", "sentence", "content", "review", "utterance", "question", "title"), "text")
MOST_LABELS = 10_000
MOST_CHECKED = 50_000
"""Rows of the training, and of the evaluation, that are read before a run is made: a quarter of a second's work."""
_NO_CLASS = ""
"""What texts without a class are counted under."""


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
    if len(paths) == 1 and Path(paths[0]).is_dir() and not _tables_in(Path(paths[0])):
        refuse_outer(Path(paths[0]))
    for path in paths:
        yield from _read(Path(path), columns, faults)


def check_tables(train: Sequence[str], evaluation: Sequence[str], columns: Columns, separator: str = "") -> None:
    """Refuse files and folders whose first ``MOST_CHECKED`` rows cannot be used, in the words of the training.

    Where these are all rows, their classes are looked at, too: there must be several, and those that are evaluated on
    must be learnt. ``separator`` parts the classes of a text that may have several.
    """
    given = [paths for paths in (train, evaluation) if paths]
    parts = [list(itertools.islice(labelled_in(paths, columns), MOST_CHECKED)) for paths in given]
    if any(len(texts) == MOST_CHECKED for texts in parts):
        return
    for paths, texts in zip(given, parts, strict=True):
        if not texts:
            raise StudioError("data-empty", path=", ".join(paths))
    if columns.several:
        parts, _ = with_classes(parts, separator, train[0])
    labels = frozenset(labels_of(parts[0]))
    for each in itertools.chain.from_iterable(parts[1:]):
        if (fault := not_learnt(each, labels)) is not None:
            raise fault


def not_learnt(text: Labelled, labels: Container[str]) -> StudioError | None:
    """Return what is wrong with a text that is evaluated on where a class of it is not among those that are learnt."""
    strange = next((label for label in text.labels if label not in labels), None)
    if strange is None:
        return None
    return bad_row(text.file, text.line, detail=f"the class {strange} is missing from the training data")


def with_classes(
    parts: Sequence[Sequence[Labelled]], separator: str = "", path: str = ""
) -> tuple[list[list[Labelled]], str | None]:
    """Return the texts of these parts with their classes told apart, and what ``label_sets`` found to part them in all
    parts together (None: it is ``separator``, or nothing had to be parted).

    Raises ``StudioError`` "data-label-separator" where that is not certain; ``path`` is what it names.
    """
    values = {each.label for texts in parts for each in texts if each.several is None}
    found = label_sets.separator_of(values)
    if separator and found != label_sets.LISTS:
        found = separator
    elif found is None:
        raise StudioError("data-label-separator", path=path, values=label_sets.examples_of(values))
    apart = {value: label_sets.classes_in(value, found) for value in values}
    made = [
        [each if each.several is not None else each._replace(several=apart[each.label]) for each in texts]
        for texts in parts
    ]
    return made, found if values and found != separator else None


def labels_of(texts: Sequence[Labelled], least: int = 2) -> tuple[str, ...]:
    """Return the classes, sorted by code point. Where texts may have several, one class is enough if some lack it.

    Raises ``StudioError``: "data-one-class", "data-same-classes", "data-many-classes".
    """
    labels = tuple(sorted({label for each in texts for label in each.labels}))
    if any(each.several is not None for each in texts):
        if not labels or (least > 1 and len({frozenset(each.labels) for each in texts}) < 2):
            raise StudioError("data-same-classes", labels=", ".join(labels) or "none")
    elif len(labels) < least:
        raise StudioError("data-one-class", label=labels[0] if labels else "")
    if len(labels) > MOST_LABELS:
        raise StudioError("data-many-classes", count=len(labels), most=MOST_LABELS)
    return labels


def split(texts: Sequence[Labelled], share: float) -> tuple[list[Labelled], list[Labelled]]:
    """Return the examples for training and for evaluation: of each class every so many-th, so that the same file is
    split the same.

    A text of several classes counts for all of them, and is held out for the sake of its rarest: the common ones have
    others (after Sechidis et al. 2011, "On the stratification of multi-label data").
    """
    train: list[Labelled] = []
    evaluation: list[Labelled] = []
    frequency = Counter(label for each in texts for label in each.labels)
    read: Counter[str] = Counter()
    held_out: Counter[str] = Counter()
    for each in texts:
        labels = each.labels or (_NO_CLASS,)
        rarest = labels[0] if len(labels) == 1 else min(labels, key=lambda label: (frequency[label], label))
        for label in labels:
            read[label] += 1
        if int(read[rarest] * share) > held_out[rarest]:
            for label in labels:
                held_out[label] += 1
            evaluation.append(each)
        else:
            train.append(each)
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
    tables = _tables_in(folder)
    for table in tables:
        yield from _read(table, columns, faults)
    for inside in class_folders(folder) if not tables else ():
        for file in sorted(inside.rglob("*")):
            if file.is_file() and file.suffix.lower() in TEXT_SUFFIXES:
                with open(file, encoding="utf-8-sig", errors="replace") as stream:
                    text = stream.read(MOST_TEXT_BYTES).strip()
                if text:
                    several = (inside.name,) if columns.several else None
                    yield Labelled(text, inside.name, str(file), 0, several=several)
                else:
                    faults.empty(str(file), 0)


def _tables_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.is_file() and file.suffix.lower() in READERS)
