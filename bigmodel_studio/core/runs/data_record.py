"""The record of the data that a run began with, by which other data are noticed at a resume: ``data.json``.

Data are the same where names and contents are: sizes and times of change first, and where those differ a hash of the
contents, which is taken where all of it is small enough to be read twice. Knows no file format.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError

RECORD = "data.json"
MOST_HASHED_BYTES = 1 << 30
"""Of all data of a run: more is known by sizes and times alone."""
_PART_BYTES = 1 << 20


class Source(msgspec.Struct, kw_only=True, frozen=True):
    """A file or folder that the spec names: how many files and bytes, a hash of names, sizes and times (``stamp``), and
    one of names and contents ("": not taken).
    """

    path: str
    files: int
    bytes: int
    stamp: str
    contents: str = ""


class DataRecord(msgspec.Struct, kw_only=True, frozen=True):
    """``data.json``."""

    schema: int = 1
    sources: tuple[Source, ...] = ()


def record_data(run: RunFolder, spec: RunSpec, *, anew: bool) -> list[str]:
    """Write down what the data are, where a run begins (``anew``) or has no record; return the sources that changed,
    which count from now on. Data that cannot be read count as the same: whoever reads them says so.
    """
    changed = [] if anew else changed_data(run, spec)
    if anew or changed or not (run.path / RECORD).exists():
        with contextlib.suppress(OSError):
            write_atomic(run.path / RECORD, msgspec.json.encode(DataRecord(sources=tuple(_sources(spec)))))
    return changed


def changed_data(run: RunFolder, spec: RunSpec) -> list[str]:
    """Return the files and folders of the spec whose contents are no longer what the run began with."""
    try:
        known = msgspec.json.decode((run.path / RECORD).read_bytes(), type=DataRecord).sources
    except (OSError, msgspec.DecodeError):
        return []
    before = {source.path: source for source in known}
    found = []
    for path in _named(spec):
        was = before.get(path)
        with contextlib.suppress(OSError):
            if was is not None and os.path.exists(path) and not _is_same(was):
                found.append(path)
    return found


def check_data(run: RunFolder) -> None:
    """Raise ``StudioError`` "data-changed" where a resume would learn from other data than the run began with.

    Reads files: not on the window's thread.
    """
    spec = run.spec()
    if spec is None or not run.checkpoints():
        return
    if changed := changed_data(run, spec):
        more = f" (+{len(changed) - 3})" if len(changed) > 3 else ""
        raise StudioError("data-changed", run=run.name, paths=", ".join(changed[:3]) + more)


def _named(spec: RunSpec) -> list[str]:
    evaluation = () if isinstance(spec.data.evaluation, float | int) else spec.data.evaluation
    return [*spec.data.train, *evaluation]


def _sources(spec: RunSpec) -> Iterator[Source]:
    left = MOST_HASHED_BYTES
    for path in _named(spec):
        found = _look(path)
        left -= found.bytes
        yield msgspec.structs.replace(found, contents=_hash(path)) if left >= 0 else found


def _is_same(was: Source) -> bool:
    now = _look(was.path)
    if now.stamp == was.stamp:
        return True
    same_size = (now.files, now.bytes) == (was.files, was.bytes)
    return same_size and bool(was.contents) and _hash(was.path) == was.contents


def _look(path: str) -> Source:
    digest, files, total = hashlib.sha256(), 0, 0
    for name, file in _files(path):
        stat = file.stat()
        files, total = files + 1, total + stat.st_size
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return Source(path=path, files=files, bytes=total, stamp=digest.hexdigest())


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    for name, file in _files(path):
        digest.update(f"{name}\0{file.stat().st_size}\0".encode("utf-8", "surrogateescape"))
        with open(file, "rb") as stream:
            while part := stream.read(_PART_BYTES):
                digest.update(part)
    return digest.hexdigest()


def _files(path: str) -> Iterator[tuple[str, Path]]:
    """Each file with its name in the folder, in an order of their names; of a file itself, with none."""
    if os.path.isfile(path):
        yield "", Path(path)
        return
    for inside, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(inside, name)
            if file.is_file():
                yield os.path.relpath(file, path), file
