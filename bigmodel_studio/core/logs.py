"""One rotating log a process, and Python's fault handler in it. Nothing secret is logged: no prompts, no keys."""

from __future__ import annotations

import faulthandler
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from bigmodel_studio.core import paths

MOST_BYTES = 1_000_000
KEPT = 3


def set_up(name: str) -> Path:
    """Log this process to ``logs/NAME.log`` from here on, crashes of C code included. Returns the file.

    Where the folder cannot be written, the process goes on without a log.
    """
    path = paths.home() / "logs" / f"{name}.log"
    try:
        handler = RotatingFileHandler(paths.logs() / path.name, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    except OSError:
        logging.getLogger().addHandler(logging.NullHandler())
        return path
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    if handler.stream is not None:
        faulthandler.enable(handler.stream)
    return path
