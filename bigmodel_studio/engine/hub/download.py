"""The task that fetches a repository into the Hub's cache: only what is needed, checked, and gone on with when stopped.

The files come one after the other on a thread, while the task says how far it is, twice a second, a stall included.
Each is on the disk at most once whole and once under way.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from typing import NamedTuple

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.cache_files import RepoCache, check_space, is_right
from bigmodel_studio.engine.hub.repo import Listing, listing
from bigmodel_studio.engine.hub.transfer import WrongBytesError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import (
    Done,
    Download,
    Downloaded,
    Downloading,
    Event,
    FileProgress,
    FileState,
    HubFile,
    Progress,
)

SAY_S = 0.4
SPEED_S = 8.0
"""Over how long a time the speed is a mean."""
STOP_S = 1.0
TRIES = 2
"""How often a file is fetched before its checksum is said to be wrong."""
MOST_NEEDED = 2000
"""Files of a model; the largest there are have some 200."""


def download(request: Download, session: Session) -> Iterator[Event]:
    """Say ``Downloading``; ends with ``Done(Downloaded)``. Stopped, it leaves what came, to go on from."""
    yield Progress(what="looking-at-repo")
    with client.asking(request.id, "download") as api:
        found = listing(api, request.id, request.revision)
    files = _wanted(request, found)
    cache = RepoCache(request.id, found.commit)
    fetch = yield from fetching(cache, files, found.etags, request.id)
    with client.asking(request.id, "download"):  # whose disk may be full by now
        cache.finish(request.revision or "main")
    yield Done(
        result=Downloaded(
            id=request.id,
            revision=cache.commit,
            path=str(cache.snapshot),
            bytes=sum(file.bytes for file in files),
            fetched_bytes=fetch.fetched_bytes,
            again=tuple(dict.fromkeys(fetch.again)),
        )
    )


def fetching(
    cache: RepoCache, files: list[HubFile], etags: Mapping[str, str], what: str
) -> Generator[Event, None, Fetch]:
    """Fetch these files of ``what``, and say how far it is. Raises ``StudioError``."""
    fetch = Fetch(cache, files, etags)
    check_space(sum(file.bytes for file in files if not file.here) - fetch.partial_bytes, what)
    with client.asking(what, "download"):
        cache.begin([etags[file.name] for file in files])
        yield from _watched(fetch)
    yield fetch.progress()
    return fetch


def _watched(fetch: Fetch) -> Iterator[Event]:
    """Yield the work on its thread, and how far it is; raises what it raised."""
    thread = threading.Thread(target=fetch.run, name="download", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            yield fetch.progress()
            thread.join(SAY_S)
            client.ledger().flush()
    finally:
        fetch.stop()
        thread.join(STOP_S)  # one that waits for a silent server writes nothing more, and ends with its process
    if fetch.error is not None:
        raise fetch.error


def _wanted(request: Download, found: Listing) -> list[HubFile]:
    if request.files:
        by_name = {file.name: file for file in found.files}
        for name in request.files:
            if name not in by_name:
                raise StudioError("hub-no-file", model=request.id, file=name)
        return [by_name[name] for name in dict.fromkeys(request.files)]
    needed = [file for file in found.files if file.needed]
    if not any(file.name.endswith(".safetensors") for file in needed):
        raise StudioError("hub-no-safetensors", model=request.id)
    if len(needed) > MOST_NEEDED:
        raise StudioError("hub-too-many-files", model=request.id, count=len(needed), most=MOST_NEEDED)
    return sorted(needed, key=lambda file: file.bytes)


class _Stopped(Exception):  # noqa: N818
    """The user does not want the rest."""


class Fetch:
    """The work on the thread, and how far it is."""

    def __init__(self, cache: RepoCache, files: list[HubFile], etags: Mapping[str, str]) -> None:
        self._cache, self._files, self._etags = cache, files, etags
        self._done = dict.fromkeys((file.name for file in files), 0)
        self._states: dict[str, FileState] = dict.fromkeys(self._done, "waiting")
        self._stopping = False
        self._marks: deque[tuple[float, int]] = deque()
        self.fetched_bytes = 0
        self.again: list[str] = []
        self.error: Exception | None = None

    @property
    def partial_bytes(self) -> int:
        """What is here already of the files that are not whole."""
        partials = [self._cache.partial(self._etags[file.name]) for file in self._files if not file.here]
        return sum(partial.stat().st_size for partial in partials if partial.is_file())

    def stop(self) -> None:
        """End the thread at its next piece."""
        self._stopping = True

    def run(self) -> None:
        """Download all files, the small ones first."""
        try:
            for file in self._files:
                self._have(file, self._etags[file.name])
        except _Stopped:
            pass
        except Exception as error:
            self.error = error

    def _have(self, file: HubFile, etag: str) -> None:
        watch = _Watch(self, file.name)
        blob = self._cache.blob(etag)
        watch.checking()
        if blob.exists() and not is_right(blob, etag, say=lambda _: watch.came(0)):
            self.again.append(file.name)
            blob.unlink()
        for turn in range(TRIES):
            self._states[file.name] = "loading"
            try:
                self._cache.fetch(file, etag, watch)
                break
            except WrongBytesError as error:
                self.again.append(file.name)
                if turn + 1 == TRIES:
                    raise StudioError("hub-wrong-sum", file=file.name, blame="work") from error
        self._cache.show(file, etag)
        self._done[file.name] = file.bytes
        self._states[file.name] = "done"

    def found(self, name: str, there: int) -> None:
        """Report how much of a file is here."""
        self._look()
        self._done[name] = there

    def came(self, name: str, more: int) -> None:
        """Count ``more`` bytes received."""
        self._look()
        self._done[name] += more
        self.fetched_bytes += max(0, more)

    def checking(self, name: str) -> None:
        """Report that it is being compared with its checksum."""
        self._look()
        self._states[name] = "checking"

    def _look(self) -> None:
        if self._stopping:
            raise _Stopped

    def progress(self) -> Downloading:
        """Return how far it is now."""
        files = tuple(
            FileProgress(file.name, min(self._done[file.name], file.bytes), file.bytes, self._states[file.name])
            for file in self._files
        )
        done, total = sum(file.done_bytes for file in files), sum(file.total_bytes for file in files)
        now = time.monotonic()
        self._marks.append((now, self.fetched_bytes))
        while now - self._marks[0][0] > SPEED_S:
            self._marks.popleft()
        since, before = self._marks[0]
        speed = (self.fetched_bytes - before) / (now - since) if now - since > SAY_S else 0.0
        left = (total - done) / speed if speed > 0 else None
        return Downloading(files=files, done_bytes=done, total_bytes=total, bytes_per_s=speed, seconds_left=left)


class _Watch(NamedTuple):
    """Who is told how far one file is (``cache_files.Watch``)."""

    fetch: Fetch
    name: str

    def found(self, there: int) -> None:
        self.fetch.found(self.name, there)

    def came(self, more: int) -> None:
        self.fetch.came(self.name, more)

    def checking(self) -> None:
        self.fetch.checking(self.name)
