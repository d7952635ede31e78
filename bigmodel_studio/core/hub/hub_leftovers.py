"""Leftovers of downloads in the Hub's cache that no model uses: parts of files, and whole files that no revision has.

A part is left over when nobody is at work on it (the lock that every Hugging Face tool takes for a file is free), and
the window does not note it as a download to go on with. In a model that is whole without them, such files are deleted;
a model that never became whole goes to the trash as it is. Knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bigmodel_studio.core.hub import downloads, hub_cache
from bigmodel_studio.core.hub.hub_cache import UNFINISHED
from bigmodel_studio.core.models import uses
from bigmodel_studio.core.models.folder import read_config
from bigmodel_studio.core.models.weights import read_weights
from bigmodel_studio.core.system import locks
from bigmodel_studio.core.system.trash import Removed, Trash
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.core.text.numbers import size
from bigmodel_studio.protocol import ModelRef

QUIET_S = 60.0
"""What was written within this time is let be: who wrote it may be about to go on."""


class Leftover(NamedTuple):
    """What one repository's downloads left. ``files`` are to be deleted; none: ``folder`` never became a model."""

    id: str
    folder: Path
    files: tuple[Path, ...]
    bytes: int


def find() -> list[Leftover]:
    """Return what is left over now, by repository; one that cannot be read has nothing. Takes as long as the disk
    does.
    """
    noted = {begun.request.id for begun in downloads.noted()}
    found = []
    for name in hub_cache.ids():
        if name not in noted:
            with contextlib.suppress(OSError, StudioError):
                left = _of(name)
                if left is not None:
                    found.append(left)
    return found


def clean(left: Leftover, trash: Trash) -> Removed | None:
    """Delete the files, or put what never became a model into the trash (then it can be brought back).

    Raises ``OSError`` where that cannot be, and ``StudioError`` "trash-other-disk"; what is in use by now stays.
    """
    now = None
    with contextlib.suppress(FileNotFoundError):  # somebody else was quicker
        now = _of(left.id)
    if now is None:
        return None
    if now.files:
        for path in now.files:
            path.unlink(missing_ok=True)
        return None
    try:
        return trash.put("model", now.id, now.folder, size=now.bytes)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise StudioError("trash-other-disk", model=now.id, size=size(now.bytes)) from error
        raise


def _of(name: str) -> Leftover | None:
    folder = hub_cache.folder_of(name)
    files = _nobodys(folder) if folder is not None else []
    if folder is None or not files or _at_work(folder, files) or uses.is_loaded(ModelRef(source="hub", id=name)):
        return None
    copy = hub_cache.look(name)
    if _is_whole(copy):
        return Leftover(name, copy.folder, tuple(sorted(files)), _bytes(files))
    if any(path.name.endswith(UNFINISHED) for path in files):
        return Leftover(name, copy.folder, (), copy.bytes)
    return None


def _nobodys(folder: Path) -> list[Path]:
    """Return the files of a repository that are parts, or that no revision shows."""
    shown, linked = _shown(folder)
    with os.scandir(folder / "blobs") as entries:
        return [
            Path(entry.path)
            for entry in entries
            if entry.name.endswith(UNFINISHED)
            or (linked and entry.name not in shown and entry.stat(follow_symlinks=False).st_nlink == 1)
        ]


def _shown(folder: Path) -> tuple[set[str], bool]:
    """Return the names of the blobs that some revision has; and whether all revisions show their files as links."""
    shown: set[str] = set()
    linked = True
    for at, _, names in os.walk(folder / "snapshots"):
        for name in names:
            path = os.path.join(at, name)
            if os.path.islink(path):
                shown.add(os.path.basename(os.readlink(path)))
            else:
                linked = False
    return shown, linked


def _at_work(folder: Path, files: Iterable[Path]) -> bool:
    """Return whether somebody fetches one of these, or has just done so."""
    newest = max(max(stat.st_mtime, stat.st_ctime) for stat in (path.lstat() for path in files))
    if newest > time.time() - QUIET_S:
        return True
    lock_files = (hub_cache.root() / ".locks" / folder.name).glob("*.lock")
    return any(locks.is_locked(path) for path in lock_files)


def _is_whole(copy: hub_cache.HubCopy) -> bool:
    """Return whether it is a model without what is left over."""
    if copy.snapshot is None or (copy.problem is not None and copy.problem.code != "hub-unfinished"):
        return False
    try:
        read_config(copy.snapshot)
        read_weights(copy.snapshot)
    except StudioError:
        return False
    return not any(path.is_symlink() and not path.exists() for path in copy.snapshot.rglob("*"))


def _bytes(files: Iterable[Path]) -> int:
    return sum(path.lstat().st_size for path in files)
