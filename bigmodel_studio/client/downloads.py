"""Downloads from the Hub as the window has them: what runs, waits, is paused or has failed, and what to do with it.

Each is a job on a lane of its own; ending the job pauses it, for what came stays in the Hub's cache and the next one
goes on from there. What has not come to its end is noted (``core.hub.downloads``) and is there again, paused, at the
next start. Knows no widget.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from bigmodel_studio.client.job import Job
from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.hub import downloads, hub_cache
from bigmodel_studio.core.hub.downloads import Begun
from bigmodel_studio.protocol import Done, Download, Downloaded, Downloading, End, Event, Failed, Problem

MOST_AT_ONCE = 2
"""Others wait for their turn: more would only share the same line."""
JOIN_S = 2.0
NOTE_S = 5.0
"""How often what has come is noted while a download runs."""

Stage = Literal["waiting", "running", "pausing", "paused", "failed", "leaving"]


class Fetches(Protocol):
    """What downloads need of the network."""

    def download(self, request: Download) -> Job:
        """Fetch on a lane of its own."""
        ...


@dataclass(eq=False)
class Item:
    """One download that has not come to its end."""

    begun: Begun
    stage: Stage
    progress: Downloading | None = None
    """How far it is; None before the first word."""
    problem: Problem | None = None
    job: Job | None = None

    @property
    def id(self) -> str:
        """The repository."""
        return self.begun.request.id

    @property
    def done_bytes(self) -> int:
        return self.progress.done_bytes if self.progress is not None else self.begun.done_bytes

    @property
    def total_bytes(self) -> int:
        return self.progress.total_bytes if self.progress is not None else self.begun.total_bytes

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where it is not known."""
        return min(self.done_bytes / self.total_bytes, 1.0) if self.total_bytes else None


class Downloads(QObject):
    """One for a window. ``close`` before the lanes are closed, so that nothing is taken for a failure."""

    changed = Signal()
    """There is another, or one is in another stage."""
    progressed = Signal(object)
    """The ``Item`` that has come further."""
    finished = Signal(object)
    """A ``Downloaded``: the copy is whole."""
    failed = Signal(object)
    """The ``Item`` that could not go on."""
    dropped = Signal()
    """What came of one that was given up is deleted."""

    def __init__(self, network: Fetches, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._items = [Item(begun, "paused") for begun in downloads.noted()]
        self._noted_at = 0.0
        self._closing = False
        self._errands = Errands("downloads")

    def items(self) -> list[Item]:
        """Return those that have not come to their end, in the order of their beginning."""
        return list(self._items)

    def find(self, name: str) -> Item | None:
        """Return the download of that repository."""
        return next((item for item in self._items if item.id == name), None)

    @property
    def running(self) -> int:
        """How many take up a lane."""
        return sum(item.job is not None for item in self._items)

    # ------------------------------------------------------------------------------- what the user wants

    def begin(self, request: Download) -> Item:
        """Fetch a repository, as soon as it is its turn; one that is there already goes on."""
        item = self.find(request.id)
        if item is None:
            was_there = hub_cache.folder_of(request.id) is not None
            item = Item(Begun(request=request, was_there=was_there), "waiting")
            self._items.append(item)
        self.go_on(item)
        return item

    def go_on(self, item: Item) -> None:
        """Fetch what is missing of one that was paused or has failed."""
        if item.job is None:
            item.stage, item.problem = "waiting", None
            self._settle()

    def pause(self, item: Item) -> None:
        """End it, and keep what came."""
        if item.stage == "waiting":
            item.stage = "paused"
        elif item.job is not None and item.stage == "running":
            item.stage = "pausing"
            item.job.cancel()
        self._settle()

    def cancel(self, item: Item) -> None:
        """End it, and delete what came of it alone; one that has just come to its end stays."""
        if item not in self._items:
            return
        if item.job is None:
            self._leave(item)
        else:
            item.stage = "leaving"
            item.job.cancel()
        self._settle()

    def close(self) -> None:
        """Note how far they are; what their jobs say from here on is not heard."""
        self._closing = True
        self._note()
        self._errands.close(JOIN_S)

    def forget_whole(self, whole: Collection[str]) -> None:
        """Offer no more what somebody else has fetched meanwhile: ``whole`` are the repositories that are."""
        done = [item for item in self._items if item.job is None and not item.begun.request.files and item.id in whole]
        if done:
            self._items = [item for item in self._items if item not in done]
            self._settle()

    # ------------------------------------------------------------------------------- what the jobs say

    def _settle(self) -> None:
        """Start what may run, note how things are, and say so."""
        for item in [item for item in self._items if item.stage == "waiting"][: MOST_AT_ONCE - self.running]:
            item.stage, item.progress = "running", None
            item.job = self._network.download(item.begun.request)
            item.job.happened.connect(partial(self._on_happened, item))
            item.job.ended.connect(partial(self._on_ended, item))
        self._note()
        self.changed.emit()

    def _on_happened(self, item: Item, event: Event) -> None:
        if isinstance(event, Downloading) and not self._closing:
            item.progress = event
            if time.monotonic() - self._noted_at > NOTE_S:
                self._note()
            self.progressed.emit(item)

    def _on_ended(self, item: Item, end: End) -> None:
        if self._closing:
            return
        item.job, leaving = None, item.stage == "leaving"
        if isinstance(end, Done):
            self._items.remove(item)
        elif leaving:
            self._leave(item)
        elif isinstance(end, Failed):
            item.stage, item.problem = "failed", end.problem
        else:
            item.stage = "paused"
        self._settle()
        if isinstance(end, Done) and isinstance(end.result, Downloaded):
            self.finished.emit(end.result)
        elif item.stage == "failed":
            self.failed.emit(item)

    def _leave(self, item: Item) -> None:
        """Forget it, and delete in a thread what came of it: a disk takes its time with large files."""
        self._items.remove(item)
        self._errands.run(self._drop, item.begun)

    def _drop(self, begun: Begun) -> None:
        downloads.drop(begun)
        self.dropped.emit()

    def _note(self) -> None:
        self._noted_at = time.monotonic()
        for item in self._items:
            if item.progress is not None:
                item.begun = replace(item.begun, done_bytes=item.done_bytes, total_bytes=item.total_bytes)
        downloads.note(item.begun for item in self._items)
