"""The task that fetches a repository into the Hub's cache: only what is needed, checked, and gone on with when stopped.

The files come one after the other on a thread, while the task says how far it is, twice a second, a stall included.
Each is on the disk at most once whole and once under way.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.engine.hub import client, faults
from bigmodel_studio.engine.hub.cache_files import RepoCache, WrongSumError, check_space, is_right
from bigmodel_studio.engine.hub.repo import etag_of, files_of, info_of
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
TRIES = 2
"""How often a file that came wrong is fetched anew."""


def download(request: Download, session: Session) -> Iterator[Event]:
    """Says ``Downloading``; ends with ``Done(Downloaded)``. Stopped, it leaves what came, to go on from."""
    yield Progress(what="looking-at-repo")
    with client.asking(request.id, "download") as api:
        info = info_of(api, request.id, request.revision)
    etags = {str(one.rfilename): etag_of(one) for one in info.siblings or ()}
    files = _wanted(request, files_of(info, request.id))
    cache = RepoCache(request.id, str(info.sha))
    fetch = _Fetch(cache, files, etags)
    check_space(sum(file.bytes for file in files if not file.here) - fetch.here_bytes, request.id)
    cache.begin([etags[file.name] for file in files])
    thread = threading.Thread(target=fetch.run, name="download", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            yield fetch.said()
            thread.join(SAY_S)
            client.ledger().flush()
    finally:
        fetch.stop()
        thread.join()
        client.ledger().flush(all_=True)
    if fetch.error is not None:
        raise faults.explained(fetch.error, request.id) from fetch.error
    cache.finish(request.revision or "main")
    yield fetch.said()
    yield Done(
        result=Downloaded(
            id=request.id,
            revision=cache.commit,
            path=str(cache.snapshot),
            bytes=sum(file.bytes for file in files),
            fetched_bytes=fetch.fetched_bytes,
            again=tuple(fetch.again),
        )
    )


def _wanted(request: Download, files: tuple[HubFile, ...]) -> list[HubFile]:
    if request.files:
        found = [file for file in files if file.name in request.files]
        missing = sorted(set(request.files) - {file.name for file in found})
        if missing:
            raise StudioError("hub-no-file", model=request.id, file=missing[0])
        return found
    found = [file for file in files if file.needed]
    if not any(file.name.endswith(".safetensors") for file in found):
        raise StudioError("hub-no-safetensors", model=request.id)
    return sorted(found, key=lambda file: file.bytes)


class _Stopped(Exception):  # noqa: N818
    """The user does not want the rest."""


class _Fetch:
    """The work on the thread, and how far it is."""

    def __init__(self, cache: RepoCache, files: list[HubFile], etags: dict[str, str]) -> None:
        self._cache, self._files, self._etags = cache, files, etags
        self._done = dict.fromkeys((file.name for file in files), 0)
        self._states: dict[str, FileState] = dict.fromkeys(self._done, "waiting")
        self._stopping = False
        self._marks: deque[tuple[float, int]] = deque()
        self.fetched_bytes = 0
        self.again: list[str] = []
        self.error: Exception | None = None

    @property
    def here_bytes(self) -> int:
        """What of the files that are under way is here already."""
        partials = [self._cache.partial(self._etags[file.name]) for file in self._files if not file.here]
        return sum(partial.stat().st_size for partial in partials if partial.is_file())

    def stop(self) -> None:
        """End the thread at its next piece."""
        self._stopping = True

    def run(self) -> None:
        """All files, the small ones first."""
        try:
            for file in self._files:
                self._have(file, self._etags[file.name])
        except _Stopped:
            pass
        except Exception as error:
            self.error = error

    def _have(self, file: HubFile, etag: str) -> None:
        blob = self._cache.blob(etag)
        self._states[file.name] = "checking"
        if blob.exists() and not is_right(blob, etag, say=lambda _: self._look()):
            self.again.append(file.name)
            blob.unlink()
        self._states[file.name] = "loading"
        for turn in range(TRIES):
            try:
                self._cache.fetch(file, etag, lambda more: self._say(file, more))
                break
            except WrongSumError as error:
                self.again.append(file.name)
                if turn + 1 == TRIES:
                    raise StudioError("hub-wrong-sum", file=file.name, blame="work") from error
        self._cache.show(file, etag)
        self._done[file.name] = file.bytes
        self._states[file.name] = "done"

    def _look(self) -> None:
        if self._stopping:
            raise _Stopped

    def _say(self, file: HubFile, more: int) -> None:
        self._look()
        first = self._states[file.name] == "loading" and self._done[file.name] == 0
        self._done[file.name] = max(0, self._done[file.name] + more)
        if not first or more <= 0:
            self.fetched_bytes += max(0, more)
        elif not self._cache.partial(self._etags[file.name]).stat().st_size:
            self.fetched_bytes += more

    def said(self) -> Downloading:
        """How far it is now."""
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
