"""Folders of pictures to learn classes from: a folder for each class, named as the class is, its pictures inside.

Goes by names alone, and only far enough to say what cannot be learnt from: whether a file is a picture is for the
training to find out. Knows nothing of Qt or of PIL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bigmodel_studio.core.data.class_folders import class_folders, refuse_outer, refuse_splits
from bigmodel_studio.core.data.pictures import other_files_in, unread_in, walk
from bigmodel_studio.core.text.messages import StudioError

LOOKED_AT = 2000
"""Entries of a class's folder that are looked at for its first picture."""
EVERYTHING = 10**12
_MOST_NAMED, _MOST_ENDINGS = 5, 3


class Classes(msgspec.Struct, frozen=True):
    """The classes in the order of their numbers, by name, and the names of folders that hold no picture."""

    labels: tuple[str, ...]
    empty: tuple[str, ...] = ()


def classes_of(folders: Sequence[str]) -> Classes:
    """Return the classes that folders have together: the names of the folders in them, sorted by code point."""
    found: dict[str, bool] = {}
    for given in folders:
        inside = class_folders(Path(given))
        with_pictures = {folder.name for folder in inside if _first_picture(folder)}
        if not with_pictures:
            raise _without_pictures(given, inside)
        refuse_splits(Path(given), sorted(with_pictures))
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


def one_class(folders: Sequence[str], labels: Sequence[str], empty: Sequence[str]) -> StudioError:
    """Return why there is a single class: what lies in the other folders in place of pictures.

    Raises ``StudioError`` "data-deeper" where the classes are folders of a folder.
    """
    label = labels[0] if labels else ""
    if len(folders) == 1 and label:
        refuse_outer(Path(folders[0]), label)
    others = _not_used([Path(given) / name for given in folders for name in empty])
    if others:
        return StudioError("data-one-class-used", label=label, others=others)
    return StudioError("data-one-class", label=label)


def _without_pictures(given: str, inside: Sequence[Path]) -> StudioError:
    others = _not_used(inside)
    if others:
        return StudioError("data-no-pictures-used", path=given, others=others)
    return StudioError("data-no-classes", path=given)


def _not_used(folders: Sequence[Path]) -> str:
    """Return what lies in folders in place of pictures, for a sentence ("": nothing)."""
    parts = []
    for folder in folders:
        formats = unread_in(folder, [LOOKED_AT]) if folder.is_dir() else Counter[str]()
        others = other_files_in(folder, [LOOKED_AT]) if folder.is_dir() else Counter[str]()
        said = [f"{count:,} {suffix.removeprefix('.').upper()}" for suffix, count in sorted(formats.items())]
        if others:
            endings = ", ".join(suffix or "no ending" for suffix, _ in others.most_common(_MOST_ENDINGS))
            said.append(f"{others.total():,} not named as pictures ({endings})")
        if said:
            parts.append(f"{folder.name}: {', '.join(said)}")
    return "; ".join(parts[:_MOST_NAMED]) + "; …" * (len(parts) > _MOST_NAMED)


def _first_picture(folder: Path) -> bool:
    return next(walk(folder, [LOOKED_AT]), None) is not None
