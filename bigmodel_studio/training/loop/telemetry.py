"""Status and control of a run on disk: status, records, and the wishes in control.json.

The status is written by one thread at least once a second, whatever the loop is busy with; records are appended and
handed to the system at once, so that a kill loses none. Knows files, and nothing of torch or of training.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any, Literal

import msgspec

from bigmodel_studio.core.runs.run_folder import (
    SPARKLINE_POINTS,
    Control,
    RunFolder,
    RunStatus,
    dump_status,
    own_process,
)
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.protocol import MemoryParts

HEARTBEAT_S = 0.5


Ending = Literal["stopped", "paused"]
"""What a run that was asked to end is then: "paused" where it was asked to give its memory back."""


class StopAsked(Exception):  # noqa: N818 - it is a wish, not an error
    """The user (or the system, by SIGTERM) wants the run to end."""

    def __init__(self, state: Ending) -> None:
        super().__init__(state)
        self.state: Ending = state


class StatusWriter:
    """``status.json``, kept fresh by a thread. ``set`` changes it in memory; ``write`` also puts it on disk now."""

    def __init__(self, run: RunFolder, process: tuple[int, float] | None = None) -> None:
        """``process`` (pid, start) answers for the run, where it is not this one."""
        pid, started = process or own_process()
        self._path = run.path / "status.json"
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._status = msgspec.structs.replace(
            run.status(),
            pid=pid,
            process_started=started,
            host=socket.gethostname(),
            message="",
            place=0.0,
            resume=False,
            waits=None,
            problem=None,
            exit_code=None,
            accelerator_bytes=0,
            memory=MemoryParts(),
            ranks=(),
        )
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    @property
    def status(self) -> RunStatus:
        return self._status

    def set(self, **changes: Any) -> None:
        """Change fields of ``RunStatus``; the next heartbeat writes them."""
        self._status = msgspec.structs.replace(self._status, **changes)

    def write(self, **changes: Any) -> None:
        """Change fields and write them durably before returning. Raises ``OSError``."""
        self.set(**changes)
        self._save(durable=True)

    def close(self) -> None:
        """Stop the heartbeat (the last status stays as it is)."""
        self._ending.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._ending.is_set():
            # A full or read-only disk is met by the loop, which ends the run with a sentence; the heart only skips.
            with contextlib.suppress(OSError):
                self._save(durable=False)
            self._ending.wait(HEARTBEAT_S)

    def _save(self, *, durable: bool) -> None:
        with self._lock:
            status = msgspec.structs.replace(self._status, updated=time.time())
            write_atomic(self._path, dump_status(status), durable=durable)


class Records:
    """An append-only file of JSON lines. A line torn by an earlier kill is closed, so that it spoils only itself."""

    def __init__(self, path: Path) -> None:
        torn = False
        if path.exists() and path.stat().st_size:
            with open(path, "rb") as stream:
                stream.seek(-1, os.SEEK_END)
                torn = stream.read(1) != b"\n"
        self._stream = open(path, "ab")  # noqa: SIM115 - closed by `close`
        if torn:
            self._stream.write(b"\n")

    def append(self, record: dict[str, Any]) -> None:
        """Write one record and hand it to the system; a not-a-number becomes null. Raises ``OSError``."""
        self._stream.write(msgspec.json.encode(record) + b"\n")
        self._stream.flush()

    def sync(self) -> None:
        """Wait until the disk has every record."""
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.close()


class RunControl:
    """What ``control.json`` asks for, read when it changed; ``stop`` may be set by a signal as well."""

    def __init__(self, run: RunFolder, acknowledged: int) -> None:
        self._run = run
        self._seq = acknowledged
        self._stamp: tuple[int, int] | None = None
        self.stop = False
        self.save = False
        self.release = False
        self.want: Literal["run", "pause"] = "run"

    @property
    def end(self) -> Ending | None:
        """What the run shall end as, None where it shall not."""
        if self.stop:
            return "stopped"
        return "paused" if self.want == "pause" and self.release else None

    def read(self) -> int | None:
        """Read ``control.json``; return the sequence number to acknowledge, None where nothing is new."""
        try:
            stat = (self._run.path / "control.json").stat()
        except OSError:
            return None
        stamp = (stat.st_mtime_ns, stat.st_ino)
        if stamp == self._stamp:
            return None
        self._stamp = stamp
        control: Control = self._run.control()
        if control.seq <= self._seq:
            return None
        self._seq = control.seq
        if control.want == "stop":
            self.stop = True
        else:
            self.want = control.want
            self.release = control.release
        self.save = self.save or control.save
        return control.seq


class Sparkline:
    """A curve in at most 64 points: means over equal stretches, whose length doubles when they are full."""

    def __init__(self) -> None:
        self._stride = 1
        self._points: list[float] = []
        self._pending: list[float] = []

    def add(self, value: float) -> None:
        self._pending.append(value)
        if len(self._pending) < self._stride:
            return
        self._points.append(sum(self._pending) / len(self._pending))
        self._pending.clear()
        if len(self._points) >= SPARKLINE_POINTS:
            self._points = [(a + b) / 2 for a, b in zip(self._points[::2], self._points[1::2], strict=True)]
            self._stride *= 2

    @property
    def points(self) -> tuple[float, ...]:
        return tuple(round(point, 5) for point in self._points)
