"""Measured quality of precisions, by model and precision, in one file of the application's home.

An engine measures it (``engine.measuring.quality``); the window and the command line read it. What was measured of
files that have changed since counts for nothing, and so does a file that cannot be read.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import read_quietly, write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef, Quality

SCHEMA = 1
MOST_KEPT = 500


class _Kept(msgspec.Struct, frozen=True):
    schema: int
    qualities: tuple[Quality, ...]


def qualities_file() -> Path:
    """Return where they are kept."""
    return paths.home() / "qualities.json"


def fingerprint(path: Path) -> str:
    """Return what changes when a model's files do: their names, sizes and times; "" where they can't be listed."""
    try:
        if gguf_models.is_one(path):
            files = sorted((name, size, written) for name, size, written in gguf_models.stamp_of(path))
        else:
            entries = [entry for entry in os.scandir(path) if entry.is_file()]
            files = sorted((each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in entries)
    except (OSError, StudioError):
        return ""
    return hashlib.sha256(repr(files).encode()).hexdigest()[:20]


def quality_of(ref: ModelRef, path: Path) -> Quality | None:
    """Return what was measured of a model at ``path`` in the precision of ``ref``; None where nothing was."""
    found = _known().get(_key(ref))
    return found if found is not None and found.fingerprint == fingerprint(path) else None


def keep(quality: Quality) -> None:
    """Keep one in place of an older one of the same model and precision. Raises ``OSError``."""
    known = _known()
    known.pop(_key(quality.model), None)
    known[_key(quality.model)] = quality
    kept = tuple(known.values())[-MOST_KEPT:]
    write_atomic(qualities_file(), msgspec.json.format(msgspec.json.encode(_Kept(SCHEMA, kept))))


def _known() -> dict[tuple[object, ...], Quality]:
    try:
        kept = msgspec.json.decode(read_quietly(qualities_file()), type=_Kept)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return {}
    return {_key(each.model): each for each in kept.qualities} if kept.schema == SCHEMA else {}


def _key(ref: ModelRef) -> tuple[object, ...]:
    return ref.source, ref.id, ref.step, ref.precision
