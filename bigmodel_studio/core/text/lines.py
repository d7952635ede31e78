"""The lines of a text file, where it is small enough to be read a line at a time on a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

MOST_BYTES = 2_000_000


def read_lines(path: Path, most: int) -> list[str]:
    """Return the first ``most`` lines that have a word in them, of the first two megabytes.

    Raises ``StudioError`` "data-not-utf8", and ``OSError`` where the file cannot be read.
    """
    with open(path, "rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        data = data[: data.rfind(b"\n", 0, MOST_BYTES) + 1] or data[:MOST_BYTES]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StudioError("data-not-utf8", path=str(path), line=data.count(b"\n", 0, error.start) + 1) from error
    return [line for line in text.splitlines() if line.strip()][:most]


def lines_of(paths: Iterable[Path], most: int) -> tuple[list[str], list[Problem]]:
    """Return the lines of several files one after the other, until there are ``most``, and what was wrong with some."""
    lines: list[str] = []
    problems: list[Problem] = []
    for path in paths:
        if len(lines) >= most:
            break
        try:
            lines += read_lines(path, most)
        except StudioError as error:
            problems.append(error.problem)
        except OSError as error:
            detail = error.strerror or str(error)
            problems.append(Problem(code="folder-unreadable", arguments={"path": str(path), "detail": detail}))
    return lines, problems
