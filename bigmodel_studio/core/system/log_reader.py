"""Reading logs while they are written: which there are, their last lines, and what came since, each with its level.

A line without a level of its own (a traceback, a print) goes with the one before it. Rotation and truncation are seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bigmodel_studio.core.system import paths

LAST_BYTES = 512 * 1024
"""As much of a log's end is read at first, and at once later."""
LEVELS: dict[str, int] = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
_LEVEL = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:\d+ )?(DEBUG|INFO|WARNING|ERROR|CRITICAL) ")
_FIRST = {"traceback (most recent call last):": "ERROR", "fatal python error": "CRITICAL"}


@dataclass(frozen=True)
class LogFile:
    """A log: what it is called in a list, and where it is."""

    name: str
    path: Path


@dataclass(frozen=True)
class Line:
    """A line without its end; ``level`` as a number of ``LEVELS``."""

    level: int
    text: str


def logs() -> list[LogFile]:
    """Return the logs of this home: the window's first, then the other processes', then the runs', the newest first."""
    folder = paths.home() / "logs"
    own = [path for path in sorted(folder.glob("*.log")) if path.stat().st_size] if folder.is_dir() else []
    own.sort(key=lambda path: path.stem != "window")
    runs = [path for path in (paths.home() / "runs").glob("*/log.txt") if path.is_file()]
    runs.sort(key=lambda path: -path.stat().st_mtime)
    return [LogFile(path.stem, path) for path in own] + [LogFile(path.parent.name, path) for path in runs]


class LogTail:
    """A log from its last ``LAST_BYTES`` on. A line that is still being written waits until it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = -1
        self._file: tuple[int, int] | None = None
        self._level = LEVELS["INFO"]

    def read(self) -> tuple[bool, list[Line]]:
        """Return whether what was read before is void (another file has its name now), and the lines since then."""
        try:
            with open(self._path, "rb") as stream:
                stat = self._path.stat()
                same = self._file == (stat.st_dev, stat.st_ino) and stat.st_size >= self._offset
                void = self._file is not None and not same
                self._file = (stat.st_dev, stat.st_ino)
                start = self._offset if same else 0
                if stat.st_size - start > LAST_BYTES:
                    start = stat.st_size - LAST_BYTES
                    stream.seek(start)
                    start += len(stream.readline())
                stream.seek(start)
                data = stream.read(LAST_BYTES)
        except OSError:
            return False, []
        whole = data[: data.rfind(b"\n") + 1]
        self._offset = start + len(whole)
        return void, [self._line(text) for text in whole.decode("utf-8", "replace").splitlines()]

    def _line(self, text: str) -> Line:
        match = _LEVEL.match(text)
        if match is not None:
            self._level = LEVELS[match[1]]
        else:
            begun = next((level for start, level in _FIRST.items() if text.lower().startswith(start)), None)
            if begun is not None:
                self._level = max(self._level, LEVELS[begun])
        return Line(self._level, text)
