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

from bigmodel_studio.core.runs.run_folder import process_lives, process_started
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.protocol import ModelRef


class ModelProcess(msgspec.Struct, frozen=True):
    """A process that has the model in memory. ``started`` is in clock ticks since the system's start, of which ``boot``
    is the id: no clock that is set moves it. Where a system has none of these, ``boot`` is empty, and ``started`` is
    as ``core.runs.run_folder.process_lives`` knows it.
    """

    pid: int
    started: float
    boot: str = ""

    @classmethod
    def now(cls) -> ModelProcess:
        """Return this process."""
        pid, boot = os.getpid(), _boot()
        ticks = _ticks(pid)
        return cls(pid, process_started(pid)) if not boot or ticks is None else cls(pid, ticks, boot)

    @property
    def lives(self) -> bool:
        """Whether that very process is there still."""
        if not self.boot:
            return process_lives(self.pid, self.started)
        return self.boot == _boot() and _ticks(self.pid) == self.started and process_lives(self.pid, None)


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The last use of a model; the file's own time says when."""

    source: str
    id: str
    processes: tuple[ModelProcess, ...] = msgspec.field(name="holders", default=())


def note(ref: ModelRef, *, loaded: bool) -> None:
    """Note that this process uses the model now, and has it ``loaded`` in memory or does not (any more)."""
    own = ModelProcess.now()
    others = [process for process in _processes(ref) if process.pid != own.pid]
    use = Use(source=ref.source, id=ref.id, processes=(*others, own) if loaded else tuple(others))
    with contextlib.suppress(OSError):
        path = _path(ref)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, msgspec.json.encode(use), durable=False)


def last_used(ref: ModelRef) -> float:
    """Return when it was used last, in seconds since 1970; 0 where that is not known."""
    try:
        return os.stat(_path(ref)).st_mtime
    except OSError:
        return 0.0


def is_loaded(ref: ModelRef) -> bool:
    """Return whether a process of this machine that lives has it loaded."""
    return next(_processes(ref), None) is not None


def _processes(ref: ModelRef) -> Iterator[ModelProcess]:
    try:
        use = msgspec.json.decode(_path(ref).read_bytes(), type=Use)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return
    yield from (process for process in use.processes if process.lives)


def _boot() -> str:
    """Return another at every start of the system; "" where it tells none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _ticks(pid: int) -> float | None:
    """When a process started, in clock ticks since the system's start (proc(5): field 22, after the name's bracket)."""
    try:
        return float(Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def _path(ref: ModelRef) -> Path:
    import hashlib  # here, for the window is shown before any model is looked for

    name = hashlib.sha256(f"{ref.source}:{ref.id}".encode()).hexdigest()[:32]
    return Path(f"{paths.home()}/uses/{name}.json")
