"""A process that does something risky for this one, and is killed where it takes too long.

It is ``python -m MODULE``, answers each line of JSON with one, is kept for the next request, and ends when its input
does: it never outlives its parent. What it is asked, and what it may use, are its module's business.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import bigmodel_studio
from bigmodel_studio.core.system import network

START_S = 30.0
"""Within which a fresh process must have answered its first request: on a busy machine Python starts slowly."""


class HelperLateError(Exception):
    """It did not answer in time, and was killed."""


class HelperEndedError(Exception):
    """It died before it answered: mostly of the memory that it may use. ``exit_code`` is as ``Popen`` has it."""

    def __init__(self, exit_code: int = 0) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code


class HelperNotStartedError(Exception):
    """It could not be started, or did not answer its first request."""


class HelperProcess:
    """Sends requests to the process one at a time; any thread may ask. ``close`` ends the process."""

    def __init__(self, module: str, first: Mapping[str, Any]) -> None:
        """Remember which module to start, and the harmless request that a fresh process has to answer."""
        self._module, self._first = module, first
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader: threading.Thread | None = None
        atexit.register(self.close)

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Return the answer to a request.

        Raises ``HelperLateError``, ``HelperEndedError`` (the process is gone then, and the next request starts
        another), ``HelperNotStartedError``.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._start()
            process = self._process
            line = self._exchange(json.dumps(request), seconds)
            if not line:
                self._end()
                raise HelperLateError if line is None else HelperEndedError(process.returncode if process else 0)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process, if there is one, and wait for it."""
        with self._lock:
            self._end()

    def _exchange(self, request: str, wait_s: float) -> str | None:
        """Return the answer's line; "" where the process ended, None where it did not answer in time."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
        except OSError:
            return ""
        try:
            return self._lines.get(timeout=wait_s)
        except queue.Empty:
            return None
        except BaseException:  # Ctrl+C: its answer would be taken for the next one's
            self._end()
            raise

    def _start(self) -> None:
        root = str(Path(bigmodel_studio.__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
                env=network.child_environment({**network.OFFLINE, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}),
                start_new_session=True,  # Ctrl+C in a terminal is for the command, which ends this process itself
            )
        except OSError as error:
            raise HelperNotStartedError from error
        self._lines = queue.Queue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=_read, args=(self._process.stdout, self._lines), name="helper-answers", daemon=True
        )
        self._reader.start()
        if not self._exchange(json.dumps(self._first), START_S):
            self._end()
            raise HelperNotStartedError

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


def limit_memory(most_bytes: int, *, for_good: bool = True) -> None:
    """Have the system refuse this process more memory than that; ``for_good``: it cannot be raised again.

    Windows has no such limit.
    """
    if sys.platform != "win32":
        import resource

        for kind in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
            # On some systems one of the two is not to be set; time is bounded in any case.
            try:
                hard = most_bytes if for_good else resource.getrlimit(kind)[1]
                resource.setrlimit(kind, (most_bytes, hard))
            except (ValueError, OSError):
                continue


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")
