"""Handling of unusable rows, wherever rows are read. Knows no format."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path
from typing import IO, AnyStr

from bigmodel_studio.core.text.messages import StudioError

MOST_LINE = 16 << 20
"""Characters or bytes: a line that is longer is taken for damage, and never read whole."""


class Faults:
    """As a training has it: the first fault ends it, and what is empty is passed over."""

    def refuse(self, error: StudioError) -> None:
        """Report a bad row or file; raises, or returns to skip it."""
        raise error

    def empty(self, file: str, line: int) -> None:
        """Note that there is no text in it; it is left out."""

    def left_out(self, error: StudioError) -> None:
        """Note files left out that somebody may miss."""

    def decided(self, error: StudioError) -> None:
        """Note what nobody had said and the data tell for certain."""

    @staticmethod
    def passing() -> Faults:
        """Return faults that are passed over, for a first look at a file whose reading comes later."""
        return _Passing()


class _Passing(Faults):
    def refuse(self, error: StudioError) -> None:
        """Go on."""


FATAL = Faults()
_ABOUT_WRITING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What is made of data is written to the cache."""


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Guard the block in which data is read: what the system refuses is a ``StudioError`` "data-unreadable"."""
    try:
        yield
    except OSError as error:
        if error.errno in _ABOUT_WRITING:
            raise
        path, detail = str(error.filename or ""), error.strerror or str(error)
        raise StudioError("data-unreadable", path=path, detail=detail) from error


def bounded_lines(stream: IO[AnyStr], path: Path, faults: Faults) -> Iterator[tuple[int, AnyStr]]:
    """Yield the lines with their numbers (from 1). One that is too long is refused ("data-row"), and ends the
    reading.
    """
    number = 0
    while line := stream.readline(MOST_LINE):
        number += 1
        if len(line) == MOST_LINE:
            detail = f"a line of more than {MOST_LINE >> 20} MiB"
            faults.refuse(StudioError("data-row", path=str(path), line=number, detail=detail))
            return
        yield number, line


def text_lines(path: Path, faults: Faults) -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their ends, without a byte order mark.

    One that is not UTF-8 is refused ("data-not-utf8"), and else read with U+FFFD; so is one with a zero byte
    ("data-row"); and as ``bounded_lines`` does.
    Raises ``OSError``.
    """
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for number, line in bounded_lines(stream, path, faults):
            try:
                if not line.isascii():
                    line.encode("utf-8")
            except UnicodeEncodeError:
                faults.refuse(StudioError("data-not-utf8", path=str(path), line=number))
                yield line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            else:
                if "\0" in line:
                    detail = "it has a zero byte, so it is not plain text"
                    faults.refuse(StudioError("data-row", path=str(path), line=number, detail=detail))
                yield line
