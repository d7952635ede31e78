"""One file of the Hub's cache: fetched where it stopped, checked, and put where every Hugging Face tool looks for it.

The layout is the documented one (``core.hub.hub_cache``). What is under way is ``blobs/ETAG.studio.incomplete``: unlike
``huggingface_hub``, which begins anew each time, it is gone on with after a kill, under the lock that the client takes,
too. A file is what it should be when its hash is its name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

from filelock import Timeout
from huggingface_hub import constants, hf_hub_url
from huggingface_hub.utils._fixes import WeakFileLock

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.hub.hub_cache import RepoKind
from bigmodel_studio.core.system.files import replace, write_atomic
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import transfer
from bigmodel_studio.engine.hub.transfer import Say, WrongBytesError
from bigmodel_studio.protocol import HubFile

UNDER_WAY = f".studio{hub_cache.UNFINISHED}"
PIECE_BYTES = 1 << 20
_GIT_LENGTH = 40
LOCK_TURN_S = 0.5


class Watch(Protocol):
    """Who is told how far a file is; each may raise, to stop."""

    def found(self, there: int) -> None:
        """Report that so many bytes were there already."""

    def came(self, more: int) -> None:
        """Report that so many more bytes came over the network."""

    def checking(self) -> None:
        """Report that all files are there and are being checked."""


class RepoCache:
    """A repository's folder in the cache, at one commit."""

    def __init__(self, repo: str, commit: str, kind: RepoKind = "model") -> None:
        self.repo, self.commit, self.kind = repo, commit, kind
        self.folder = hub_cache.root() / (hub_cache.PREFIXES[kind] + repo.replace("/", "--"))
        self._locks = hub_cache.root() / ".locks" / self.folder.name

    @property
    def snapshot(self) -> Path:
        """The folder that shows the files under their names."""
        return self.folder / "snapshots" / self.commit

    def blob(self, etag: str) -> Path:
        """Return where a whole file lies."""
        return self.folder / "blobs" / etag

    def partial(self, etag: str) -> Path:
        """Return where it lies while it comes."""
        return self.folder / "blobs" / f"{etag}{UNDER_WAY}"

    def begin(self, etags: list[str]) -> None:
        """Mark what is still to come, so that nobody takes the copy for whole before it is."""
        (self.folder / "blobs").mkdir(parents=True, exist_ok=True)
        for etag in etags:
            if not self.blob(etag).exists():
                self.partial(etag).touch()

    def fetch(self, file: HubFile, etag: str, watch: Watch) -> None:
        """Have the file whole under its hash: gone on with where it stopped, or waited for where another process
        fetches it now. Raises the client's errors, and ``WrongBytesError`` where the checksum is wrong."""
        with self._file_lock(etag, watch):
            if self.blob(etag).exists():  # another process was here first
                self.partial(etag).unlink(missing_ok=True)
                return
            partial = self.partial(etag)
            partial.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(partial, "ab") as stream:
                    if stream.tell() > file.bytes:
                        stream.seek(0)
                        stream.truncate()
                    watch.found(stream.tell())
                    if stream.tell() < file.bytes:
                        transfer.fetch(self._url(file), stream, file.bytes, watch.came)
                    stream.flush()
                    os.fsync(stream.fileno())
                watch.checking()
                if not is_right(partial, etag, say=lambda _: watch.came(0)):
                    raise WrongBytesError
            except WrongBytesError:
                partial.unlink(missing_ok=True)
                raise
            replace(partial, self.blob(etag))

    def _url(self, file: HubFile) -> str:
        endpoint = constants.ENDPOINT
        return hf_hub_url(self.repo, file.name, revision=self.commit, repo_type=self.kind, endpoint=endpoint)

    @contextlib.contextmanager
    def _file_lock(self, etag: str, watch: Watch) -> Iterator[None]:
        """Hold the lock that every Hugging Face tool takes for that file."""
        self._locks.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    stack.enter_context(WeakFileLock(self._locks / f"{etag}.lock", timeout=LOCK_TURN_S))
                    break
                except Timeout:  # another process fetches it: say how far that one is
                    with contextlib.suppress(FileNotFoundError):
                        watch.found(self.partial(etag).stat().st_size)
            yield

    def show(self, file: HubFile, etag: str) -> None:
        """Show a whole file under its name, as a link, or as a second name of the same file, or a copy."""
        at = self.snapshot / file.name
        at.parent.mkdir(parents=True, exist_ok=True)
        target = os.path.relpath(self.blob(etag), at.parent)
        if at.is_symlink() and os.readlink(at) == target:
            return
        fresh = self.blob(f"{etag}.{os.getpid()}.link{UNDER_WAY}")  # here, where a kill leaves it to be cleaned up
        fresh.unlink(missing_ok=True)
        try:
            fresh.symlink_to(target)
        except OSError:
            _second_name(self.blob(etag), fresh)
        replace(fresh, at)

    def finish(self, revision: str) -> None:
        """Say which commit a name means: from here on this copy is the one that is used."""
        if revision == self.commit:
            return
        ref = self.folder / "refs" / revision
        ref.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(ref, self.commit.encode("ascii"))


def _second_name(file: Path, fresh: Path) -> None:
    try:
        os.link(file, fresh)
    except OSError:
        shutil.copyfile(file, fresh)


def is_right(path: Path, etag: str, say: Say = lambda _: None) -> bool:
    """Return whether a file is what its name in the cache says."""
    pieces = hashing(path, etag)
    try:
        while True:
            say(next(pieces))
    except StopIteration as end:
        return bool(end.value)


def hashing(path: Path, etag: str) -> Generator[int, None, bool]:
    """Yield the bytes of each piece that was read, and return whether the whole has the checksum: SHA-256, or git's
    hash of a small file. Raises ``OSError``."""
    hashed = hashlib.sha256()
    if len(etag) == _GIT_LENGTH:
        hashed = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with open(path, "rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            hashed.update(piece)
            yield len(piece)
    return hashed.hexdigest() == etag


def check_space(wanted_bytes: int, repo: str) -> None:
    """Raise ``StudioError`` "hub-disk-full" where the cache's disk has no room for so much."""
    root = hub_cache.root()
    root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root).free
    if wanted_bytes > free:
        needs, room = numbers.size(wanted_bytes), numbers.size(free)
        raise StudioError("hub-disk-full", model=repo, needs=needs, free=room, path=str(root))
