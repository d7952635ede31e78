"""Detects how the window ended last time: a marker that a clean end takes away, and what the fault handler wrote.

``begin`` is called once by the process that holds the home (see ``core.system.instance``). The report is text for the
user to read and to copy; it is sent nowhere. Knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Literal

import msgspec

from bigmodel_studio.core.system import logs, paths
from bigmodel_studio.core.system.files import write_atomic

MARKER_SCHEMA = 1
LOG_LINES = 60
MOST_BYTES = 64 * 1024

How = Literal["fault", "gone"]


class Marker(msgspec.Struct, kw_only=True, frozen=True):
    """What lies in the logs' folder while the window is open; ``started`` in seconds since 1970."""

    schema: int = MARKER_SCHEMA
    version: str = "?"
    pid: int = 0
    started: float = 0.0


class CrashReport(msgspec.Struct, kw_only=True, frozen=True):
    """``how``: "fault", it crashed, and ``text`` has the stack; "gone", it was killed or the machine went off."""

    how: How
    started: float
    text: str


def begin(version: str) -> CrashReport | None:
    """Say what became of the window the last time (None: it was closed), and mark that one of ``version`` is open.

    A home that cannot be written to has neither marker nor report.
    """
    report = _last()
    with contextlib.suppress(OSError):
        os.truncate(logs.fault_file("window"), 0)
    with contextlib.suppress(OSError):
        marker = Marker(version=version, pid=os.getpid(), started=time.time())
        write_atomic(paths.logs() / _marker().name, msgspec.json.encode(marker), durable=False)
    return report


def end() -> None:
    """Record that the window was closed as it should be."""
    with contextlib.suppress(OSError):
        _marker().unlink()


def _marker() -> Path:
    return paths.home() / "logs" / "window.open"


def _last() -> CrashReport | None:
    fault = _end_of(logs.fault_file("window"))
    try:
        marker = msgspec.json.decode(_marker().read_bytes(), type=Marker)
    except FileNotFoundError:
        marker = None
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        marker = Marker()
    if marker is None and not fault.strip():
        return None
    marker = marker or Marker()
    how: How = "fault" if fault.strip() else "gone"
    return CrashReport(how=how, started=marker.started, text=_text(marker, fault))


def _text(marker: Marker, fault: str) -> str:
    import platform

    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(marker.started)) if marker.started else "?"
    head = [
        f"Big Model Studio {marker.version}, process {marker.pid}, started {started}",
        f"Python {platform.python_version()}, {platform.platform()}, {sys.executable}",
    ]
    lines = _end_of(logs.log_file("window")).splitlines()[-LOG_LINES:]
    parts = ["\n".join(head), fault.strip() or "It left no stack: it was killed, or the machine went off."]
    if lines:
        parts.append("The end of its log:\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _end_of(path: Path) -> str:
    try:
        with open(path, "rb") as stream:
            stream.seek(max(0, path.stat().st_size - MOST_BYTES))
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
