"""When each model was last used, and which processes hold it now: a small file a model, written by whoever loads it.

The files' own times cannot say it: a list of models reads them too, and many disks do not keep when they were read.
What cannot be written is not known, and stops nobody.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bigmodel_studio.core import paths
from bigmodel_studio.core.files import write_atomic
from bigmodel_studio.core.runs import own_process, process_lives
from bigmodel_studio.protocol import ModelRef


class Holder(msgspec.Struct, frozen=True):
    """A process that has the model in memory, as ``core.runs.process_lives`` knows it."""

    pid: int
    started: float


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The last use of a model; the file's own time says when."""

    source: str
    id: str
    holders: tuple[Holder, ...] = ()


def note(ref: ModelRef, *, holds: bool) -> None:
    """This process uses the model now, and ``holds`` it in memory or does not (any more)."""
    own = Holder(*own_process())
    holders = [holder for holder in _holders(ref) if holder.pid != own.pid]
    use = Use(source=ref.source, id=ref.id, holders=(*holders, own) if holds else tuple(holders))
    with contextlib.suppress(OSError):
        path = _path(ref)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, msgspec.json.encode(use), durable=False)


def last_used(ref: ModelRef) -> float:
    """When it was used last, in seconds since 1970; 0 where that is not known."""
    try:
        return os.stat(_path(ref)).st_mtime
    except OSError:
        return 0.0


def is_held(ref: ModelRef) -> bool:
    """Whether a process of this machine that lives has it loaded."""
    return next(_holders(ref), None) is not None


def _holders(ref: ModelRef) -> Iterator[Holder]:
    try:
        use = msgspec.json.decode(_path(ref).read_bytes(), type=Use)
    except (OSError, msgspec.DecodeError):
        return
    yield from (holder for holder in use.holders if process_lives(holder.pid, holder.started))


def _path(ref: ModelRef) -> Path:
    import hashlib  # here, for the window is shown before any model is looked for

    name = hashlib.sha256(f"{ref.source}:{ref.id}".encode()).hexdigest()[:32]
    return Path(f"{paths.home()}/uses/{name}.json")
