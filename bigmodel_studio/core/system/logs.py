"""One rotating log a process, and beside it what Python's fault handler wrote of a crash.

Nothing secret is logged: no prompts, no keys.
"""

from __future__ import annotations

import atexit
import faulthandler
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO

from bigmodel_studio.core.system import paths

MOST_BYTES = 1_000_000
KEPT = 3
FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_in_use: list[tuple[RotatingFileHandler, IO[bytes]]] = []
"""The fault handler writes by descriptor, at the worst moment: its file stays open as long as the process, or until
another takes its place.
"""


def log_file(name: str) -> Path:
    """Return the log of the process of that name (not made here)."""
    return paths.home() / "logs" / f"{name}.log"


def fault_file(name: str) -> Path:
    """Return where that process's fault handler writes (not made here)."""
    return paths.home() / "logs" / f"{name}.fault"


def set_up(name: str) -> Path:
    """Log this process to ``logs/NAME.log`` from here on, crashes of C code to ``NAME.fault``. Returns the log's path.

    Where the folder cannot be written, the process goes on without a log.
    """
    path = log_file(name)
    try:
        handler = RotatingFileHandler(paths.logs() / path.name, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
        fault = open(fault_file(name), "ab", buffering=0)  # noqa: SIM115 — see _in_use
    except OSError:
        logging.getLogger().addHandler(logging.NullHandler())
        return path
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    faulthandler.enable(fault)
    _close()
    _in_use[:] = [(handler, fault)]
    return path


def _close() -> None:
    """Close the files in use, if there are any. The fault handler must not write to them any more."""
    for handler, stream in _in_use:
        logging.getLogger().removeHandler(handler)
        handler.close()
        stream.close()
    _in_use.clear()


@atexit.register
def _close_at_exit() -> None:
    if _in_use:
        faulthandler.disable()
    _close()


def log_exceptions() -> None:
    """Have what nobody caught logged, before it is printed as ever."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("uncaught").critical("%s", error, exc_info=(kind, error, trace))
        before(kind, error, trace)

    sys.excepthook = hook
