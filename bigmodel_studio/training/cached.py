"""What is made once from a run's data and kept in the cache: a folder that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bigmodel_studio.core.files import fsync_folder


@contextmanager
def made_whole(folder: Path, last: str) -> Iterator[Path]:
    """A folder to write into, renamed to ``folder`` when the block ends; ``last`` is a file that it will then hold.

    Where the block raises, nothing is left. Raises ``OSError``; another process that made the same first is no error.
    """
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for path in temporary.iterdir():
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
