"""What becomes of rows that cannot be used, wherever rows are read. Knows no format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core.messages import StudioError


class Faults:
    """As a training has it: the first fault ends it, and what is empty is passed over."""

    def refuse(self, error: StudioError) -> None:
        """A row or a file cannot be used. Where this returns, it is left out and reading goes on."""
        raise error

    def empty(self, file: str, line: int) -> None:
        """There is no text in it; it is left out."""


FATAL = Faults()


def text_lines(path: Path, faults: Faults) -> Iterator[str]:
    """The lines of a UTF-8 file with their ends, without a byte order mark.

    One that is not UTF-8 is refused ("data-not-utf8"), and else read with U+FFFD. Raises ``OSError``.
    """
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.encode("utf-8")
            except UnicodeEncodeError:
                faults.refuse(StudioError("data-not-utf8", path=str(path), line=number))
                yield line.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            else:
                yield line
