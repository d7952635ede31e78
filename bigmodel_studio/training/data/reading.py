"""How a run's data is read: all of it, and the first fault ends it; or, to be looked at only, so much and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.training.data.text_files import Corpus, excerpt
from bigmodel_studio.training.data.token_data import Say

_Row = TypeVar("_Row")


class Reading:
    """``say`` gets what takes time; at most so many bytes of text (of each part of rows), or pictures, are read.

    ``share`` says afterwards which share of everything that was, about, and ``bytes`` how much.
    """

    def __init__(
        self, say: Say, faults: Faults | None = None, most_bytes: int | None = None, most_pictures: int | None = None
    ) -> None:
        self.say, self.faults = say, faults if faults is not None else _Deciding(self)
        self.most_bytes, self.most_pictures = most_bytes, most_pictures
        self.share = 1.0
        self.bytes = 0
        self.decisions: list[str] = []
        """Sentences about what nobody had said and the data told; where faults are noted, those have them."""

    @property
    def whole(self) -> bool:
        """Whether everything was read."""
        return self.share == 1

    @property
    def least_classes(self) -> int:
        """How many classes there must be: of data in their order a part may be of one class alone."""
        return 2 if self.whole else 1

    def strange(self, error: StudioError) -> None:
        """Report an example of a class missing from training: it is refused, unless its class may be in what was not
        read.
        """
        if self.whole:
            self.faults.refuse(error)

    def corpus(self, corpus: Corpus) -> Corpus:
        """Return the beginning of a large text's both parts."""
        taken = corpus
        if self.most_bytes is not None and corpus.bytes > self.most_bytes:
            taken = excerpt(corpus, self.most_bytes)
            self.share = taken.bytes / corpus.bytes
        self.bytes += taken.bytes
        return taken

    def rows(self, paths: Sequence[str], rows: Iterable[_Row], size: Callable[[_Row], int]) -> Iterator[_Row]:
        """Yield the first of many rows, whose ``size`` is in bytes, from these files and folders."""
        read = 0
        for row in rows:
            if self.most_bytes is not None and read >= self.most_bytes:
                self.share = min(self.share, read / max(read + 1, sum(map(_bytes_of, map(Path, paths)))))
                break
            read += size(row)
            yield row
        self.bytes += read

    def every(self, count: int) -> int:
        """Return which of so many pictures are read: every so many-th."""
        every = 1 if self.most_pictures is None else max(1, -(-count // self.most_pictures))
        self.share = 1 / every
        return every


class _Deciding(Faults):
    """The first fault ends the reading; what was decided is kept for the log."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def decided(self, error: StudioError) -> None:
        self._reading.decisions.append(sentence(error.problem))


def _bytes_of(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
