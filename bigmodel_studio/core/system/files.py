"""Writing that survives a kill and a power cut, and reading that survives a torn line."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from bigmodel_studio.core.text.messages import StudioError


def fsync_folder(folder: Path) -> None:
    """Flush a folder's entries, so that a rename in it survives a power cut (Windows cannot, and need not)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Replace a file as ``os.replace`` does, tried again for 2 s where a reader may hold the target (Windows refuses
    then).
    """
    deadline = time.monotonic() + 2.0
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def not_saved(path: Path, error: OSError) -> StudioError:
    """Return what is said where the disk refused what the user wanted to have at ``path``."""
    return StudioError("file-not-saved", blame="work", path=str(path), detail=error.strerror or str(error))


def write_atomic(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace ``path`` with ``data`` so that a reader sees the old or the new file, never a part of one.

    ``durable`` also waits until the disk has it. Raises ``OSError``; then the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        fsync_folder(path.parent)


def open_quietly(path: Path) -> BinaryIO:
    """Open a file to read it without its time of last access becoming now, where the system can. Raises ``OSError``."""
    quietly: int = getattr(os, "O_NOATIME", 0)
    with contextlib.suppress(PermissionError):  # only a file's owner may
        return open(path, "rb", opener=lambda name, flags: os.open(name, flags | quietly))
    return open(path, "rb")


def read_quietly(path: Path) -> bytes:
    """Return a file's bytes, read as ``open_quietly`` opens it. Raises ``OSError``."""
    with open_quietly(path) as stream:
        return stream.read()


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the whole lines of a JSON-lines file; a torn or foreign line is passed over, a missing file has none."""
    try:
        with open(path, "rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(value, dict):
                    yield value
    except FileNotFoundError:
        return
