"""Whether a window can be drawn here, asked before Qt is: Qt itself aborts the process where it cannot.

Linux only; elsewhere a desktop is part of the system.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_DISPLAY = re.compile(r"(?:unix/?)?([^:/]*)(?:/unix)?:(\d+)(?:\.\d+)?")
_X_PORT = 6000
_CONNECT_S = 2.0


def why_not(environment: Mapping[str, str] = os.environ) -> str:
    """Return why no window can be drawn, as the end of a sentence; "" where one can."""
    if sys.platform != "linux" or environment.get("QT_QPA_PLATFORM", "").split(":")[0] not in ("", "xcb", "wayland"):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not _answers(display):
        return f"the display {display} does not answer"
    return _missing_library()


def _answers(display: str) -> bool:
    """Return whether something listens where an X server of that name would; True where the name is not understood."""
    match = _DISPLAY.fullmatch(display)
    if match is None:
        return True
    host, number = match[1], int(match[2])
    if host or sys.platform == "win32":
        return _connects(socket.AF_INET, (host, _X_PORT + number))
    name = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, "\0" + name) or _connects(socket.AF_UNIX, name)


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_CONNECT_S)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


def _missing_library() -> str:
    """Return what Qt's plugin for X would miss. Its libraries stay loaded, so that Qt need not load them again."""
    package = find_spec("PySide6")
    for folder in package.submodule_search_locations or () if package else ():
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.is_file():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return f"Qt cannot use it ({error})"
    return ""
