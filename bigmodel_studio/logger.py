"""Have any training script watched in the window, in three lines; the standard library is all that this needs.

    from bigmodel_studio.logger import RunLogger
    log = RunLogger("my-model", steps=1000)
    log(step, loss=loss, learning_rate=rate)        # for every update, counted from 1

It writes a run's folder (``status.json``, ``metrics.jsonl``) as the application's own runs do, with a heartbeat by
which the window sees that the script is alive. When the script ends, so does the run: finished, or failed with the
exception. Used as ``with RunLogger(…) as log`` it ends with the block. Values may be numbers, or what ``float`` makes
one of (a tensor of one element). This file can also be copied beside a script.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import socket
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, SupportsFloat

WRITER = "RunLogger"
HEARTBEAT_S = 1.0
SPARKLINE_POINTS = 64


class RunLogger:
    """One run. A name that is taken gets a number; ``folder`` is where runs lie, the application's own if left out."""

    def __init__(self, name: str, *, steps: int = 0, parameters: int = 0, folder: str | Path | None = None) -> None:
        self.path = _new_folder(Path(folder) if folder is not None else runs_folder(), name)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._means: list[float] = []
        self._pending: list[float] = []
        self._stride = 1
        now = time.time()
        self._status: dict[str, Any] = {
            "schema": 1, "state": "running", "step": 0, "steps": steps, "pid": os.getpid(),
            "host": socket.gethostname(), "started": now, "updated": now, "message": "", "last": {}, "sparkline": [],
            "parameters": parameters, "foreign": WRITER,
        }  # fmt: skip
        self._metrics = open(self.path / "metrics.jsonl", "a", encoding="utf-8")  # noqa: SIM115 - as long as the run
        self._write()
        atexit.register(self._at_exit)
        self._heart = threading.Thread(target=self._beat, name="run-logger", daemon=True)
        self._heart.start()

    def __call__(self, step: int, **values: SupportsFloat | None) -> None:
        """Write the record of an update; what is not a number is kept as a gap."""
        record = {name: _number(value) for name, value in values.items()}
        line = json.dumps({"step": int(step), "time": time.time(), **record}, allow_nan=False)
        with self._lock:
            self._metrics.write(line + "\n")
            self._metrics.flush()
            self._status["step"] = int(step)
            self._status["last"] = {**self._status["last"], **record}
            if (loss := record.get("loss")) is not None:
                self._add_to_sparkline(loss)

    def finish(self, state: str = "finished", message: str = "") -> None:
        """End the run: "finished", "stopped" or "failed". What comes after this is too late."""
        if self._ended.is_set():
            return
        self._ended.set()
        atexit.unregister(self._at_exit)
        self._heart.join()
        self._status |= {"state": state, "message": message}
        self._write()
        self._metrics.close()

    def __enter__(self) -> RunLogger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.finish("stopped" if isinstance(error, KeyboardInterrupt) else "failed", _error_text(error))

    def _at_exit(self) -> None:
        error = getattr(sys, "last_value", None)
        self.__exit__(None if error is None else type(error), error, None)

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_S):
            with contextlib.suppress(OSError):  # a full disk: the next beat tries again
                self._write()

    def _write(self) -> None:
        with self._lock:
            self._status["updated"] = time.time()
            data = json.dumps(self._status, indent=1, allow_nan=False)
            temporary = self.path / ".status.json.tmp"
            temporary.write_text(data + "\n", encoding="utf-8")
            os.replace(temporary, self.path / "status.json")

    def _add_to_sparkline(self, loss: float) -> None:
        """Means over equal stretches, whose length doubles when there are too many."""
        self._pending.append(loss)
        if len(self._pending) < self._stride:
            return
        self._means.append(sum(self._pending) / len(self._pending))
        self._pending.clear()
        if len(self._means) >= SPARKLINE_POINTS:
            self._means = [(a + b) / 2 for a, b in zip(self._means[::2], self._means[1::2], strict=True)]
            self._stride *= 2
        self._status["sparkline"] = [round(mean, 5) for mean in self._means]


def runs_folder() -> Path:
    """Return where the application keeps its runs (``core.system.paths`` says the same)."""
    home = os.environ.get("BIGMODEL_STUDIO_HOME")
    if home:
        return Path(home).expanduser().absolute() / "runs"
    if sys.platform == "win32":
        data = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        data = Path.home() / "Library" / "Application Support"
    else:
        data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return data / "BigModelStudio" / "runs"


def _new_folder(root: Path, name: str) -> Path:
    safe = "".join("-" if each in '/\\:*?"<>|\0' else each for each in name).strip().lstrip(".")[:100] or "run"
    root.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = root / (safe if number == 1 else f"{safe}-{number}")
        try:
            path.mkdir()
            return path
        except FileExistsError:
            number += 1


def _number(value: SupportsFloat | None) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _error_text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().splitlines()[0][:300]
