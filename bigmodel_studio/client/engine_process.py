"""One engine process as the window's side sees it: started, written to, read from and ended, without ever blocking the
window. Two threads do the waiting; what the engine says lies in an inbox until the window's thread takes it.

It knows frames and exit codes, not jobs: ``client.lane`` gives them their meaning. No Qt here.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from bigmodel_studio.core.system import process
from bigmodel_studio.protocol import FRAME_LIMIT_BYTES, FromEngine, Quit, ToEngine, decode_for_window, encode

INBOX_LIMIT = 4096
POLITE_S = 0.5
_POLL_S = 0.25


class Gone(NamedTuple):
    """The last thing in the inbox: the engine's process has been ended and reaped. ``frame``: it spoke nonsense."""

    why: Literal["lost", "frame"]
    how: str


class EngineProcess:
    """A running engine. ``notify`` is called from its thread when the inbox is no longer empty."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], log: Path, notify: Callable[[], None]
    ) -> None:
        """Start it, on the main thread. Raises ``OSError``."""
        self.log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        self._child = process.start_child(command, environment, log)
        self._notify = notify
        self._inbox: deque[FromEngine | Gone] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._outbox: queue.SimpleQueue[ToEngine | None] = queue.SimpleQueue()
        name = f"lane-{self.pid}"
        self._reader = threading.Thread(target=self._read, name=f"{name}-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name=f"{name}-writer", daemon=True)
        self._reader.start()
        self._writer.start()

    @property
    def pid(self) -> int:
        return self._child.pid

    def send(self, envelope: ToEngine) -> None:
        """Hand over an envelope; never blocks, and one for an engine that is gone is dropped."""
        self._outbox.put(envelope)

    def take(self, limit: int) -> list[FromEngine | Gone]:
        """Return up to ``limit`` of what has been said, oldest first."""
        with self._changed:
            taken = [self._inbox.popleft() for _ in range(min(limit, len(self._inbox)))]
            self._changed.notify_all()
        return taken

    def end(self) -> None:
        """Kill it and its children; ``Gone`` follows in the inbox."""
        if self._reader.is_alive():
            self._child.end()

    def close(self) -> None:
        """End it, politely for ``POLITE_S``, and join the threads: the process first, for a connection that is closed
        in one thread does not wake a reader in another."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self.send(Quit())
        self._reader.join(POLITE_S)
        self.end()
        self._reader.join()
        self._writer.join()

    def last_words(self) -> str:
        """Return the last line that this process printed, at most 300 characters ("" where it printed nothing)."""
        try:
            with open(self.log, "rb") as stream:
                size = stream.seek(0, 2)
                stream.seek(max(min(self._log_start, size), size - 4096))
                lines = stream.read().decode("utf-8", "replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1].strip()[:300] if lines else ""

    # ------------------------------------------------------------------------------------------ the threads

    def _write(self) -> None:
        while (envelope := self._outbox.get()) is not None:
            try:
                self._child.connection.send_bytes(encode(envelope))
            except OSError:  # it is gone; the reader says so
                return

    def _read(self) -> None:
        why: Literal["lost", "frame"] = "lost"
        try:
            while self._next_frame():
                pass
        except (EOFError, ConnectionError):
            pass
        except (msgspec.DecodeError, UnicodeDecodeError, MemoryError, RecursionError, OSError) as error:
            # "bad message length" leaves the process running; a frame cut short by its death is a death.
            cut_short = isinstance(error, OSError) and self._child.wait(POLITE_S) is not None
            why = "lost" if cut_short else "frame"
        code = self._child.wait(POLITE_S)
        self._child.end()
        self._child.wait(60.0)
        self._outbox.put(None)
        self._writer.join()
        self._child.connection.close()
        self._put(Gone(why, process.exit_words(code)))

    def _next_frame(self) -> bool:
        """Read one envelope, or wait a moment for it. False when the process has gone without closing the channel."""
        connection = self._child.connection
        if not connection.poll(_POLL_S):
            return self._child.wait(0) is None or connection.poll(0)
        self._put(decode_for_window(connection.recv_bytes(FRAME_LIMIT_BYTES)))
        return True

    def _put(self, from_engine: FromEngine | Gone) -> None:
        with self._changed:
            while len(self._inbox) >= INBOX_LIMIT and not self._closing and not isinstance(from_engine, Gone):
                self._changed.wait()
            if self._closing:
                return
            was_empty = not self._inbox
            self._inbox.append(from_engine)
        if was_empty:
            self._notify()


def wait_ms(since: float, interval_s: float) -> int:
    """Return milliseconds until ``interval_s`` have passed since the monotonic time ``since``; 0 where they have."""
    return max(0, round((since + interval_s - time.monotonic()) * 1000))
