"""Folders of pictures to learn classes from: a folder for each class, named as the class is, its pictures inside.

Goes by names alone, and only far enough to say what cannot be learnt from: whether a file is a picture is for the
training to find out. Knows nothing of Qt or of PIL.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bigmodel_studio.core.data.pictures import is_junk, unread_in, walk
from bigmodel_studio.core.text.messages import StudioError

LOOKED_AT = 2000
"""Entries of a class's folder that are looked at for its first picture."""
EVERYTHING = 10**12
TRAIN_NAMES = ("train", "training")
EVALUATION_NAMES = ("test", "testing", "val", "valid", "validation", "eval", "evaluation", "dev")
_SPLITS = frozenset((*TRAIN_NAMES, *EVALUATION_NAMES))
_AROUND = re.compile(r"^(seg|images?|imgs?|data|my)[_-]|[_-](set|data|images?|imgs?)$|(?<=.)set$")
"""What some put before or behind such a name: ``seg_train``, ``train_images``, ``testset``."""


class Classes(msgspec.Struct, frozen=True):
    """The classes in the order of their numbers, by name, and the names of folders that hold no picture."""

    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()


def classes_of(folders: Sequence[str]) -> Classes:
    """Return the classes that folders have together: the names of the folders in them, sorted by code point."""
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
    """Yield the files of a class, folder by folder, in an order that is always the same."""
    for given in folders:
        yield from walk(Path(given) / label, budget)


def unread_of(folders: Sequence[str], labels: Sequence[str], budget: list[int]) -> Iterator[tuple[str, int, str]]:
    """Yield, for each class that has pictures in formats that are not read: its name, how many, and which formats."""
    for label in labels:
        found = sum((unread_in(Path(given) / label, budget) for given in folders), Counter[str]())
        if found:
            yield label, found.total(), ", ".join(suffix.removeprefix(".").upper() for suffix in sorted(found))


def count_pictures(folders: Sequence[str], labels: Sequence[str], most: int) -> tuple[int, bool]:
    """Return how many picture files the classes have, and whether there may be more than were looked at."""
    budget = [most]
    count = sum(1 for label in labels for _ in pictures_of(folders, label, budget))
    return count, budget[0] < 0


def split_of(folder: Path) -> tuple[Path, Path | None] | None:
    """Return the folder to learn from and the one to evaluate on, where ``folder`` holds such, whatever else; else
    None.
    """
    try:
        inside = _folders_in(folder)
    except StudioError:
        return None
    by_name = {split_name(each.name): each for each in reversed(inside)}
    train = next((by_name[name] for name in TRAIN_NAMES if name in by_name), None)
    if train is None or not _folders_in(train):
        return None
    return train, next((by_name[name] for name in EVALUATION_NAMES if name in by_name), None)


def split_name(name: str) -> str:
    """Return a folder's name in lower case, without what some put around the name of a split."""
    return _AROUND.sub("", name.lower())


def _refuse_split(folder: Path, inside: list[Path]) -> None:
    split = split_of(folder)
    if split is not None:
        raise StudioError(
            "data-split-folder",
            path=str(folder),
            parts=", ".join(each.name for each in inside if split_name(each.name) in _SPLITS),
            train=split[0].name,
        )


def _folders_in(folder: Path) -> list[Path]:
    """Return the class folders in a folder, links to folders among them. Raises ``StudioError``."""
    if not folder.exists():
        raise StudioError("data-missing", path=str(folder))
    if not folder.is_dir():
        raise StudioError("data-not-a-folder", path=str(folder))
    try:
        with os.scandir(folder) as entries:
            found = sorted(Path(e.path) for e in entries if e.is_dir() and not is_junk(e.name))
    except OSError as error:
        raise StudioError("folder-unreadable", path=str(folder), detail=error.strerror or "") from error
    for each in found:
        _refuse_name(each)
    return found


def _refuse_name(folder: Path) -> None:
    try:
        folder.name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(folder.name).decode("utf-8", "backslashreplace")
        raise StudioError("data-class-name", path=str(folder.parent), name=shown) from error


def _first_picture(folder: Path) -> bool:
    return next(walk(folder, [LOOKED_AT]), None) is not None
