"""Cache of data prepared once for a run: a folder that is there whole or not at all, and its files
as memory maps that never hold more than a little of themselves in memory.
"""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bigmodel_studio.core.system.files import fsync_folder

READ_AT_MOST = 512
"""Reading a place maps 64 kB around it (Linux): so many are 32 MB."""


@contextmanager
def made_whole(folder: Path, last: str) -> Iterator[Path]:
    """Yield a folder to write into, renamed to ``folder`` when the block ends; ``last`` is a file that it will then
    hold.

    The files in it are flushed to the disk, not those in folders in it.

    Where the block raises, nothing is left. Raises ``OSError``; another process that made the same first is no error.
    """
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for path in filter(Path.is_file, temporary.iterdir()):
            with open(path, "rb+") as stream:
                os.fsync(stream.fileno())
        try:
            temporary.rename(folder)
        except OSError:
            if not (folder / last).is_file():
                raise
        fsync_folder(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class Pages:
    """Gives the pages of memory maps back that were looked at, every so often: they count as this process's memory for
    as long as nobody else needs it, and reading at random looks at all of a file in time.
    """

    def __init__(self, *arrays: Any) -> None:
        self._arrays = arrays
        self._read = 0

    def read(self, places: int) -> None:
        """Report that so many places were read."""
        self._read += places
        if self._read >= READ_AT_MOST:
            self._read = 0
            for array in self._arrays:
                let_go(array)


def let_go(array: Any) -> None:
    """Give the pages of a memory map (or a part of one) back; what is read later comes from the file again."""
    mapped = getattr(array, "_mmap", None) if isinstance(array, np.memmap) else None
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)
