"""The one trash folder: what was removed waits there, and can be brought back, until its time is up.

Each removed thing has a folder of its own: ``manifest.json``, written first, says what it is and where it came from;
``payload`` is the thing itself, renamed into it. A kill between the two leaves a manifest alone, which is swept away,
and the thing where it was. A conversation stays in the file of conversations, marked as removed there, and has a
manifest alone. Knows nothing of Qt; a purge of large folders takes as long as the disk does.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import fsync_folder, write_atomic

TRASH_SCHEMA = 1
DAY_S = 86_400.0
_MANIFEST = "manifest.json"
_PAYLOAD = "payload"
_GOING = ".going"
_SETTLED_S = 60.0
"""A manifest without its thing may be one that is just being removed: it is let be for so long."""

Kind = Literal["conversation", "run", "model", "dataset"]


class Removed(msgspec.Struct, kw_only=True, frozen=True):
    """A removed thing. ``origin``: the path it had, or a conversation's number; ``removed``: seconds since 1970;
    ``bytes``: what deleting it will free, where that was counted.
    """

    schema: int = TRASH_SCHEMA
    id: str
    kind: Kind
    name: str
    origin: str
    removed: float
    moved: bool
    """Whether the thing itself was moved here."""
    bytes: int = 0


class Trash:
    """The trash folder (this home's where none is given). Cheap to make; every call reads afresh."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder or paths.trash()

    def put(self, kind: Kind, name: str, origin: Path, *, size: int = 0) -> Removed:
        """Move a folder here. Raises ``OSError`` where that cannot be; then it is where it was."""
        removed = self._noted(kind, name, str(origin), moved=True, size=size)
        place = self.folder / removed.id
        try:
            os.rename(origin, place / _PAYLOAD)
        except OSError:
            self._take_away(place)
            raise
        fsync_folder(origin.parent)
        return removed

    def note(self, kind: Kind, name: str, origin: str) -> Removed:
        """Remember something that is marked as removed where it is. Raises ``OSError``."""
        return self._noted(kind, name, origin, moved=False)

    def items(self) -> list[Removed]:
        """Return what can be brought back, the last removed first."""
        found = [removed for place, removed in self._places() if not removed.moved or (place / _PAYLOAD).exists()]
        return sorted(found, key=lambda removed: -removed.removed)

    def restore(self, removed: Removed) -> Path | None:
        """Bring it back to where it was, or beside what is there now; where it is now (None: it was never moved).

        Raises ``OSError``; ``FileNotFoundError`` where it is not here any more.
        """
        place = self.folder / removed.id
        target = None
        if removed.moved:
            target = _free(Path(removed.origin))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(place / _PAYLOAD, target)
            fsync_folder(target.parent)
        self._take_away(place)
        return target

    def delete(self, removed: Removed) -> None:
        """Delete it for good."""
        self._take_away(self.folder / removed.id)

    def let_go(self, removed: Removed) -> None:
        """Have it be here no more; ``sweep`` then takes as long as the disk does to delete it."""
        place = self.folder / removed.id
        os.rename(place, place.with_name(place.name + _GOING))

    def sweep(self) -> None:
        """Finish interrupted permanent deletions."""
        for left in list(self.folder.glob(f"*{_GOING}")):
            _delete(left)

    def purge(self, days: float) -> list[Removed]:
        """Delete for good what was removed more than ``days`` days ago, and what a kill left half done."""
        now = time.time()
        gone = []
        for place, removed in list(self._places()):
            halfway = removed.moved and removed.removed < now - _SETTLED_S and not (place / _PAYLOAD).exists()
            if removed.removed < now - days * DAY_S or halfway:
                self._take_away(place)
                gone.append(removed)
        self.sweep()
        return gone

    def _noted(self, kind: Kind, name: str, origin: str, *, moved: bool, size: int = 0) -> Removed:
        made = f"{int(time.time() * 1000):013d}-{os.urandom(4).hex()}"
        removed = Removed(id=made, kind=kind, name=name, origin=origin, removed=time.time(), moved=moved, bytes=size)
        place = self.folder / removed.id
        place.mkdir()
        write_atomic(place / _MANIFEST, msgspec.json.encode(removed))
        return removed

    def _places(self) -> Iterator[tuple[Path, Removed]]:
        for place in self.folder.iterdir() if self.folder.is_dir() else ():
            with contextlib.suppress(OSError, UnicodeDecodeError, msgspec.DecodeError):
                removed = msgspec.json.decode((place / _MANIFEST).read_bytes(), type=Removed)
                if removed.id == place.name:
                    yield place, removed

    @staticmethod
    def _take_away(place: Path) -> None:
        """Delete a place; it is renamed first, so that half of it is never taken for the whole."""
        going = place.with_name(place.name + _GOING)
        with contextlib.suppress(OSError):
            os.rename(place, going)
        _delete(going)


def _delete(folder: Path) -> None:
    import shutil  # here, for the window is shown before anything is deleted

    shutil.rmtree(folder, ignore_errors=True)


def _free(origin: Path) -> Path:
    target, number = origin, 1
    while target.exists():
        number += 1
        target = origin.with_name(f"{origin.name}-{number}")
    return target
