"""Folders in a folder, each of which is a class by its name, and layouts that only look like that: splits, marks for
detection or segmentation, classes a level deeper.

Goes by names alone; what lies in a class's folder is for others. Knows nothing of Qt or of PIL.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from bigmodel_studio.core.data.pictures import is_junk
from bigmodel_studio.core.text.messages import StudioError

TRAIN_NAMES = ("train", "training")
EVALUATION_NAMES = ("test", "testing", "val", "valid", "validation", "eval", "evaluation", "dev")
_SPLITS = frozenset((*TRAIN_NAMES, *EVALUATION_NAMES))
_AROUND = re.compile(r"^(seg|images?|imgs?|data|my)[_-]|[_-](set|data|images?|imgs?)$|(?<=.)set$|(?<=[a-z])[_-]?\d+$")
"""What some put before or behind such a name: ``seg_train``, ``train_images``, ``testset``, ``train2017``."""
_PICTURES = frozenset({"images", "image", "imgs", "img", "jpegimages", "pictures", "photos"})
_MARKS = frozenset(
    {"labels", "label", "annotations", "annotation", "masks", "mask", "segmentation", "segmentations",
     "segmentationclass", "segmentationobject", "trimaps", "groundtruth", "ground_truth", "gt", "bboxes",
     "boxes", "xmls"}
)  # fmt: skip
"""What lies beside the pictures of a data set for detection or segmentation, in lower case."""
_MOST_LEVELS = 8


def class_folders(folder: Path) -> list[Path]:
    """Return the folders of the classes in a folder, sorted by code point; links to folders among them.

    Raises ``StudioError``: "data-missing", "data-not-a-folder", "folder-unreadable", "data-class-name",
    "data-split-folder", "data-split-flat", "data-split-inside", "data-marks", "data-deeper".
    """
    inside = folders_in(folder)
    _refuse_split(folder, inside)
    _refuse_marks(folder, inside)
    refuse_splits(folder, [each.name for each in inside])
    _refuse_splits_inside(folder, inside)
    return inside


def refuse_splits(folder: Path, names: Sequence[str]) -> None:
    """Raise "data-split-flat" where folders of these names, all that hold something, are splits and no classes."""
    if len(names) > 1 and all(split_name(name) in _SPLITS for name in names):
        raise StudioError("data-split-flat", path=str(folder), parts=", ".join(names))


def refuse_outer(folder: Path, only: str = "") -> None:
    """Raise "data-deeper" where the ``only`` class of a folder is none: it holds the folders of the classes itself.

    "": the only folder in it, if there is one.
    """
    inside = [folder / only] if only else folders_in(folder)
    if len(inside) == 1:
        _refuse_deeper(folder, inside[0])


def split_of(folder: Path) -> tuple[Path, Path | None] | None:
    """Return the folder to learn from and the one to evaluate on, where ``folder`` holds such, whatever else; else
    None.
    """
    try:
        inside = folders_in(folder)
        by_name = {split_name(each.name): each for each in reversed(inside)}
        train = next((by_name[name] for name in TRAIN_NAMES if name in by_name), None)
        if train is None or not folders_in(train):
            return None
    except StudioError:
        return None
    return train, next((by_name[name] for name in EVALUATION_NAMES if name in by_name), None)


def split_name(name: str) -> str:
    """Return a folder's name in lower case, without what some put around the name of a split."""
    return _AROUND.sub("", name.lower())


def folders_in(folder: Path) -> list[Path]:
    """Return the folders in a folder, but for links that lead back to it. Raises ``StudioError``."""
    if not folder.exists():
        raise StudioError("data-missing", path=str(folder))
    if not folder.is_dir():
        raise StudioError("data-not-a-folder", path=str(folder))
    try:
        with os.scandir(folder) as entries:
            found = sorted(
                Path(e.path) for e in entries if e.is_dir() and not is_junk(e.name) and not _leads_back(e, folder)
            )
    except OSError as error:
        raise StudioError("folder-unreadable", path=str(folder), detail=error.strerror or "") from error
    for each in found:
        _refuse_name(each)
    return found


def _leads_back(entry: os.DirEntry[str], folder: Path) -> bool:
    return entry.is_symlink() and folder.resolve().is_relative_to(Path(entry.path).resolve())


def _refuse_name(folder: Path) -> None:
    try:
        folder.name.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = os.fsencode(folder.name).decode("utf-8", "backslashreplace")
        raise StudioError("data-class-name", path=str(folder.parent), name=shown) from error


def _refuse_split(folder: Path, inside: list[Path]) -> None:
    split = split_of(folder)
    if split is not None:
        _refuse_marks(split[0], folders_in(split[0]))
        parts = ", ".join(each.name for each in inside if split_name(each.name) in _SPLITS)
        raise StudioError("data-split-folder", path=str(folder), parts=parts, train=split[0].name)


def _refuse_splits_inside(folder: Path, inside: list[Path]) -> None:
    """Raise where each class has the splits inside it, as ``cat/train`` and ``cat/test``."""
    if len(inside) < 2:
        return
    parts: set[str] = set()
    for each in inside:
        names = {inner.name for inner in folders_in(each)}
        if len(names) < 2 or not all(split_name(name) in _SPLITS for name in names):
            return
        parts |= names
    raise StudioError("data-split-inside", path=str(folder), parts=", ".join(sorted(parts)), label=inside[0].name)


def _refuse_marks(folder: Path, inside: list[Path]) -> None:
    by_name = {each.name.lower(): each for each in inside}
    pictures, marks = ([by_name[name] for name in by_name if name in names] for names in (_PICTURES, _MARKS))
    if not pictures or not marks:
        return
    for each in pictures:
        try:
            _refuse_deeper(folder, each)
        except StudioError as error:
            if error.problem.code != "data-split-flat":  # pictures of both splits, without a class
                raise
    parts = ", ".join(each.name for each in (*pictures, *marks))
    raise StudioError("data-marks", path=str(folder), parts=parts)


def _refuse_deeper(folder: Path, outer: Path) -> None:
    """Raise where ``outer`` holds several folders, or a single one that does, and no file of its own."""
    for _ in range(_MOST_LEVELS):
        inner = folders_in(outer)
        if not inner or _has_files(outer):
            return
        if split_of(outer) is not None or len(inner) > 1:
            class_folders(outer)
            raise StudioError("data-deeper", path=str(folder), deeper=str(outer))
        (outer,) = inner


def _has_files(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(entry.is_file() and not is_junk(entry.name) for entry in entries)
