"""When each model was last used, and which process holds it now: a small file a model, written by whoever loads it.

The files' own times cannot say it: a list of models reads them too, and many disks do not keep when they were read.
What cannot be written is not known, and stops nobody.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from bigmodel_studio.core import paths
from bigmodel_studio.core.files import write_atomic
from bigmodel_studio.core.runs import own_process, process_lives
from bigmodel_studio.protocol import ModelRef


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The last use of a model: by which process, while that holds it (0: it was given back)."""

    source: str
    id: str
    pid: int = 0
    process_started: float = 0.0


def note(ref: ModelRef, *, holds: bool) -> None:
    """This process uses the model now, and ``holds`` it in memory or has given it back."""
    pid, started = own_process() if holds else (0, 0.0)
    use = Use(source=ref.source, id=ref.id, pid=pid, process_started=started)
    with contextlib.suppress(OSError):
        path = Path(_path(ref))
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
    try:
        use = msgspec.json.decode(Path(_path(ref)).read_bytes(), type=Use)
    except (OSError, msgspec.DecodeError):
        return False
    return process_lives(use.pid, use.process_started)


def _path(ref: ModelRef) -> str:
    import hashlib  # here, for the window is shown before any model is looked for

    name = hashlib.sha256(f"{ref.source}:{ref.id}".encode()).hexdigest()[:32]
    return f"{paths.home()}/uses/{name}.json"
