"""One file of the Hub's cache: fetched where it stopped, checked, and put where every Hugging Face tool looks for it.

The layout is the documented one (``core.hub_cache``). What is under way is ``blobs/ETAG.studio.incomplete``: unlike
``huggingface_hub``, which begins anew each time, it is gone on with after a kill, under the lock that the client takes,
too. A file is what it should be when its hash is its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from huggingface_hub import constants, hf_hub_url
from huggingface_hub.file_download import http_get
from huggingface_hub.utils._fixes import WeakFileLock
from huggingface_hub.utils._headers import build_hf_headers

from bigmodel_studio.core import hub_cache
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.protocol import HubFile

UNDER_WAY = f".studio{hub_cache.UNFINISHED}"
PIECE_BYTES = 1 << 20
_GIT_LENGTH = 40
Say = Callable[[int], None]
"""Told how many bytes more there are; may raise, to stop."""


class RepoCache:
    """A repository's folder in the cache, at one commit."""

    def __init__(self, repo: str, commit: str) -> None:
        self.repo, self.commit = repo, commit
        self.folder = hub_cache.root() / (hub_cache.PREFIX + repo.replace("/", "--"))
        self._locks = hub_cache.root() / ".locks" / self.folder.name

    @property
    def snapshot(self) -> Path:
        """The folder that shows the files under their names."""
        return self.folder / "snapshots" / self.commit

    def blob(self, etag: str) -> Path:
        """Where a whole file lies."""
        return self.folder / "blobs" / etag

    def partial(self, etag: str) -> Path:
        """Where it lies while it comes."""
        return self.folder / "blobs" / f"{etag}{UNDER_WAY}"

    def begin(self, etags: list[str]) -> None:
        """Mark what is still to come, so that nobody takes the copy for whole before it is."""
        (self.folder / "blobs").mkdir(parents=True, exist_ok=True)
        for etag in etags:
            if not self.blob(etag).exists():
                self.partial(etag).touch()

    def fetch(self, file: HubFile, etag: str, say: Say) -> None:
        """Have the file whole under its hash: gone on with where it stopped. Raises the client's errors."""
        self._locks.mkdir(parents=True, exist_ok=True)
        with WeakFileLock(self._locks / f"{etag}.lock"):
            if self.blob(etag).exists():  # another process was here first
                self.partial(etag).unlink(missing_ok=True)
                return
            partial = self.partial(etag)
            partial.parent.mkdir(parents=True, exist_ok=True)
            with open(partial, "ab") as stream:
                there = stream.tell()
                if there > file.bytes:
                    stream.truncate(0)
                    there = 0
                say(there)
                if there < file.bytes or not file.bytes:
                    self._get(file, stream, there, say)
                stream.flush()
                os.fsync(stream.fileno())
            if not is_right(partial, etag, say=lambda _: say(0)):
                partial.unlink()
                say(-file.bytes)
                raise WrongSumError(file.name)
            os.replace(partial, self.blob(etag))

    def _get(self, file: HubFile, stream: Any, there: int, say: Say) -> None:
        url = hf_hub_url(self.repo, file.name, revision=self.commit, endpoint=constants.ENDPOINT)
        http_get(
            url,
            stream,
            resume_size=there,
            headers=build_hf_headers(),
            expected_size=file.bytes if file.bytes <= constants.MAX_HTTP_DOWNLOAD_SIZE else None,
            displayed_filename=file.name,
            tqdm_class=_bar(say),
        )

    def show(self, file: HubFile, etag: str) -> None:
        """Show a whole file under its name, as a link, or as a copy where links cannot be made."""
        at = self.snapshot / file.name
        at.parent.mkdir(parents=True, exist_ok=True)
        target = os.path.relpath(self.blob(etag), at.parent)
        if at.is_symlink() and os.readlink(at) == target:
            return
        fresh = at.with_name(f".{at.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        try:
            fresh.symlink_to(target)
        except OSError:
            shutil.copyfile(self.blob(etag), fresh)
        os.replace(fresh, at)

    def finish(self, revision: str) -> None:
        """Say which commit a name means: from here on this copy is the one that is used."""
        if revision == self.commit:
            return
        ref = self.folder / "refs" / revision
        ref.parent.mkdir(parents=True, exist_ok=True)
        fresh = ref.with_name(f".{ref.name}.{os.getpid()}")
        fresh.write_text(self.commit, "ascii")
        os.replace(fresh, ref)


class WrongSumError(Exception):
    """What came is not what the Hub says that it has."""


def is_right(path: Path, etag: str, say: Say = lambda _: None) -> bool:
    """Whether a file is what its name in the cache says: SHA-256, or git's hash of a small file."""
    size = path.stat().st_size
    hashed = hashlib.sha256()
    if len(etag) == _GIT_LENGTH:
        hashed = hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
    with open(path, "rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            hashed.update(piece)
            say(len(piece))
    return hashed.hexdigest() == etag


def check_space(wanted_bytes: int, repo: str) -> None:
    """Raises ``StudioError`` "hub-disk-full" where the cache's disk has no room for so much."""
    from bigmodel_studio.core import numbers

    root = hub_cache.root()
    root.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root).free
    if wanted_bytes > free:
        needs, room = numbers.size(wanted_bytes), numbers.size(free)
        raise StudioError("hub-disk-full", model=repo, needs=needs, free=room, path=str(root))


def _bar(say: Say) -> Any:
    """What the client tells its progress to, in the form that it wants."""

    class Bar:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def update(self, more: int = 0) -> None:
            say(int(more))

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: Any) -> None:
            pass

        def close(self) -> None:
            pass

    return Bar
