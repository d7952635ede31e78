"""Folders of pictures to learn classes from: a folder for each class, named as the class is, its pictures inside.

Goes by names alone, and only far enough to say what cannot be learnt from: whether a file is a picture is for the
training to find out. Knows nothing of Qt or of PIL.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bigmodel_studio.core.data.pictures import walk
from bigmodel_studio.core.text.messages import StudioError

LOOKED_AT = 2000
"""Entries of a class's folder that are looked at for its first picture."""
EVERYTHING = 10**12
TRAIN_NAMES = ("train", "training")
EVALUATION_NAMES = ("test", "testing", "val", "valid", "validation", "eval", "evaluation", "dev")


class Classes(msgspec.Struct, frozen=True):
    """The classes in the order of their numbers, by name, and the names of folders that hold no picture."""

    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()


def classes_of(folders: Sequence[str]) -> Classes:
    """The classes that folders have together: the names of the folders in them, sorted by code point."""
    found: dict[str, bool] = {}
    for given in folders:
        inside = _folders_in(Path(given))
        _refuse_split(Path(given), inside)
        with_pictures = {folder.name for folder in inside if _first_picture(folder)}
        if not with_pictures:
            raise StudioError("data-no-classes", path=given)
        for folder in inside:
            found[folder.name] = found.get(folder.name, False) or folder.name in with_pictures
    labels = sorted(name for name, any_picture in found.items() if any_picture)
    return Classes(tuple(labels), tuple(sorted(set(found) - set(labels))))


def pictures_of(folders: Sequence[str], label: str, budget: list[int]) -> Iterator[Path]:
    """The files of a class, folder by folder, in an order that is always the same."""
    for given in folders:
        yield from walk(Path(given) / label, budget)


def count_pictures(folders: Sequence[str], labels: Sequence[str], most: int) -> tuple[int, bool]:
    """How many picture files the classes have, and whether there may be more than were looked at."""
    budget = [most]
    count = sum(1 for label in labels for _ in pictures_of(folders, label, budget))
    return count, budget[0] < 0


def split_of(folder: Path) -> tuple[Path, Path | None] | None:
    """The folder to learn from and the one to evaluate on, where ``folder`` only holds such; else None."""
    try:
        inside = _folders_in(folder)
    except StudioError:
        return None
    by_name = {each.name.lower(): each for each in inside}
    train = next((by_name[name] for name in TRAIN_NAMES if name in by_name), None)
    if train is None or not set(by_name) <= {*TRAIN_NAMES, *EVALUATION_NAMES} or not _folders_in(train):
        return None
    return train, next((by_name[name] for name in EVALUATION_NAMES if name in by_name), None)


def _refuse_split(folder: Path, inside: list[Path]) -> None:
    split = split_of(folder)
    if split is not None:
        raise StudioError(
            "data-split-folder",
            path=str(folder),
            parts=", ".join(each.name for each in inside),
            train=split[0].name,
        )


def _folders_in(folder: Path) -> list[Path]:
    """The class folders in a folder, links to folders among them. Raises ``StudioError``."""
    if not folder.exists():
        raise StudioError("data-missing", path=str(folder))
    if not folder.is_dir():
        raise StudioError("data-not-a-folder", path=str(folder))
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(e.path) for e in entries if e.is_dir() and not e.name.startswith("."))
    except OSError as error:
        raise StudioError("folder-unreadable", path=str(folder), detail=error.strerror or "") from error


def _first_picture(folder: Path) -> bool:
    return next(walk(folder, [LOOKED_AT]), None) is not None
