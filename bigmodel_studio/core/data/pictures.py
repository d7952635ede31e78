"""Which picture files are meant by what was dropped, and where a pasted picture is kept.

Goes by names alone: whether a file is a picture is for the engine to say. Knows nothing of Qt.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES

MOST_PICTURES = 500
"""What one drop may bring; more is said and left out."""
MOST_ENTRIES = 20_000
"""Directory entries that are looked at before a folder is given up on."""
JUNK_NAMES = frozenset({"__macosx", "thumbs.db", "desktop.ini", "@eadir"})
"""What systems leave in folders, in lower case; names that begin with a dot are left out, too (``.DS_Store``)."""
UNREAD_SUFFIXES = frozenset({".heic", ".heif", ".avif", ".jxl", ".dng", ".cr2", ".nef", ".arw", ".psd", ".svg", ".ico"})
"""Pictures that are not read here: they are counted, so that none is left out in silence."""


class Found(msgspec.Struct, frozen=True):
    """The pictures in order, whether there were more than are taken, and the folders that held none."""

    pictures: tuple[Path, ...] = ()
    more: bool = False
    empty: tuple[Path, ...] = ()


def find_pictures(given: Iterable[Path], most: int = MOST_PICTURES) -> Found:
    """Return files as they were given, whatever their names; of a folder, its picture files with those below it, by
    name.
    """
    pictures: list[Path] = []
    empty: list[Path] = []
    for path in given:
        before = len(pictures)
        found = walk(path.absolute(), [MOST_ENTRIES]) if path.is_dir() else iter([path.absolute()])
        for picture in found:
            pictures.append(picture)
            if len(pictures) > most:
                return Found(tuple(pictures[:most]), True, tuple(empty))
        if len(pictures) == before:
            empty.append(path)
    return Found(tuple(pictures), False, tuple(empty))


def walk(folder: Path, budget: list[int]) -> Iterator[Path]:
    """Yield the picture files in and below a folder, by their names' ends; looks at ``budget[0]`` entries at most.

    Files before folders, each sorted by name; links to folders are not followed, so that it ends.
    """
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                budget[0] -= 1
                if budget[0] < 0:
                    break
                if is_junk(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif os.path.splitext(entry.name)[1].lower() in PICTURE_SUFFIXES:
                    files.append(entry.path)
    except OSError:
        return
    yield from map(Path, sorted(files, key=_by_name))
    for inner in sorted(folders, key=_by_name):
        if budget[0] > 0:
            yield from walk(Path(inner), budget)


def is_junk(name: str) -> bool:
    """Return whether a file or folder of this name is not the user's data."""
    return name.startswith(".") or name.lower() in JUNK_NAMES


def is_other(path: Path) -> bool:
    """Return whether a file's name says that it is something else than a picture, as ``notes.txt`` does."""
    suffix = path.suffix.lower()
    return bool(suffix) and suffix not in PICTURE_SUFFIXES | UNREAD_SUFFIXES and path.is_file()


def unread_in(folder: Path, budget: list[int]) -> Counter[str]:
    """Return how many pictures of each format that is not read (".heic") lie in and below a folder."""
    return Counter(suffix for suffix in _suffixes_in(folder, budget) if suffix in UNREAD_SUFFIXES)


def other_files_in(folder: Path, budget: list[int]) -> Counter[str]:
    """Return how many files whose names are those of no picture lie in and below a folder, by the names' ends."""
    pictures = PICTURE_SUFFIXES | UNREAD_SUFFIXES
    return Counter(suffix for suffix in _suffixes_in(folder, budget) if suffix not in pictures)


def _suffixes_in(folder: Path, budget: list[int]) -> Iterator[str]:
    for _, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_junk(name))
        budget[0] -= len(files) + len(folders)
        if budget[0] < 0:
            break
        yield from (os.path.splitext(name)[1].lower() for name in files if not is_junk(name))


def _by_name(path: str) -> tuple[str, str]:
    return path.casefold(), path


def pasted_file() -> Path:
    """Return a name for a picture that was pasted, that no file has yet; its folder is there."""
    folder = paths.cache() / "pasted"
    folder.mkdir(exist_ok=True)
    stem = time.strftime("pasted %Y-%m-%d %H.%M.%S")
    number, path = 1, folder / f"{stem}.png"
    while path.exists():
        number += 1
        path = folder / f"{stem} ({number}).png"
    return path
