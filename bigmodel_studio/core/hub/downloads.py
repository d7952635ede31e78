"""The downloads that the user began and that have not come to their end, so that a later start can offer to go on.

One small file in this home notes them. What has come of them lies in the Hub's cache (``core.hub.hub_cache``), and is
deleted from here where the user gives one up. Nothing is fetched here.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import library
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Download, ModelRef

DOWNLOADS_SCHEMA = 1
log = logging.getLogger(__name__)


class Begun(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A download: what was asked for, and how far it had come when that was last noted (bytes; 0: not known)."""

    request: Download
    done_bytes: int = 0
    total_bytes: int = 0
    was_there: bool = False
    """Whether the cache had something of the repository before: then only what is unfinished goes with a cancel."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    schema: int
    downloads: tuple[Begun, ...]


def file() -> Path:
    """Return where they are noted."""
    return paths.home() / "downloads.json"


def noted() -> list[Begun]:
    """Return the downloads as they were noted last; none where the file is missing, damaged or of a later version."""
    try:
        kept = msgspec.json.decode(file().read_bytes(), type=_Kept)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        log.warning("%s cannot be read: %s", file(), error)
        return []
    if kept.schema > DOWNLOADS_SCHEMA:
        log.warning("%s is of a later version", file())
        return []
    return list(kept.downloads)


def note(downloads: Iterable[Begun]) -> None:
    """Note these in place of those before; what cannot be written is logged, for it stops no download."""
    kept = _Kept(schema=DOWNLOADS_SCHEMA, downloads=tuple(downloads))
    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        write_atomic(file(), msgspec.json.encode(kept), durable=False)
    except OSError as error:
        log.warning("%s cannot be written: %s", file(), error)


def drop(begun: Begun) -> None:
    """Delete what came of a download that was given up; a copy that was there before it, or is whole now, stays.

    Takes as long as the disk does. What cannot be deleted is logged.
    """
    folder = hub_cache.folder_of(begun.request.id)
    if folder is None:
        return
    if begun.was_there or _is_whole(begun.request.id):
        gone = list(folder.glob(f"blobs/*{hub_cache.UNFINISHED}"))
    else:
        gone = [folder]
    for path in gone:
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be deleted: %s", path, error)


def _is_whole(name: str) -> bool:
    try:
        return library.record(ModelRef(source="hub", id=name)).problem is None
    except (StudioError, OSError):
        return False
