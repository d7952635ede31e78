"""Locks between processes: held on an open file, and let go by the system when the process ends, however it ends.

The file's contents mean nothing, and it is never removed: a lock on a name that another process made anew is no lock.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

POLL_S = 0.02


def try_lock(path: Path) -> IO[bytes] | None:
    """Return the file, locked until it is closed; None where another process (or another opening here) has it.

    Makes the file and its folder where they are missing. Raises ``OSError`` where that cannot be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stream = open(path, "ab")  # noqa: SIM115 - it is the lock, and stays open
    if _locked(stream.fileno()):
        return stream
    stream.close()
    return None


def is_locked(path: Path) -> bool:
    """Return whether somebody has the lock now."""
    stream = try_lock(path)
    if stream is not None:
        stream.close()
    return stream is None


@contextlib.contextmanager
def lock(path: Path, wait_s: float) -> Iterator[None]:
    """Have the lock for the block. Raises ``TimeoutError`` where somebody else has it for ``wait_s``."""
    deadline = time.monotonic() + wait_s
    while (stream := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} is locked by another process")
        time.sleep(POLL_S)
    with stream:
        yield


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
