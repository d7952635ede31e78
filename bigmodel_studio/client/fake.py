"""A lane without a process, for tests and for looking at pages: a handler answers in the window's own thread.

``FakeNetwork`` stands on such lanes where the window has a way to the Hub. A lane behaves as ``Lane`` does to a page:
jobs run one at a time in order, events come later than ``submit``, a cancelled job is silent but for its end, and what
the handler raises ends the job as ``Failed``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    Cancelled,
    Done,
    Download,
    DownloadDataset,
    End,
    Event,
    Failed,
    HubPage,
    MemoryParts,
    NetworkRequest,
    Problem,
    Request,
    SearchHub,
)

Handler = Callable[[Request], Iterator[Event]]


class FakeLane(QObject):
    """``handler(request)`` yields the events, one a turn of the event loop (``interval_ms`` apart)."""

    state_changed = Signal(str)
    memory_changed = Signal()

    def __init__(self, handler: Handler, parent: QObject | None = None, *, interval_ms: int = 0) -> None:
        super().__init__(parent)
        self.handler = handler
        self.requests: list[Request] = []
        self.state = "ready"
        self.problem: Problem | None = None
        self.pid: int | None = None
        self.memory: MemoryParts | None = None
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._events: Iterator[Event] | None = None
        self._timer = QTimer(self, interval=interval_ms)
        self._timer.timeout.connect(self._step)

    @property
    def jobs(self) -> list[Job]:
        return list(self._jobs.values())

    def submit(self, request: Request) -> Job:
        self.requests.append(request)
        job = Job(next(self._numbers), request, self._cancel)
        self._jobs[job.number] = job
        self._timer.start()
        self._set_state("busy")
        return job

    def start(self) -> None:
        """Do nothing: there is nothing to start."""

    def restart(self) -> None:
        """Do nothing: there is nothing to start again."""

    def close(self) -> None:
        for job in self.jobs:
            self._end(job, Cancelled(forced=True))
        self._set_state("closed")

    def _cancel(self, number: int) -> None:
        self._timer.start()

    @Slot()
    def _step(self) -> None:
        for waiting in self.jobs[1:]:
            if waiting.cancelling:
                self._end(waiting, Cancelled())
        job = next(iter(self._jobs.values()))
        if job.cancelling:
            self._end(job, Cancelled())
            return
        try:
            if self._events is None:
                self._events = self.handler(job.request)
            event = next(self._events)
        except StudioError as error:
            event = Failed(problem=error.problem, id="fake", blame=error.blame)
        except StopIteration:
            event = _internal("the handler ended without a result")
        except Exception as error:
            event = _internal(f"{type(error).__name__}: {error}")
        if isinstance(event, End):
            self._end(job, event)
        else:
            job.deliver(event)

    def _end(self, job: Job, end: End) -> None:
        if job is next(iter(self._jobs.values())):
            self._events = None
        del self._jobs[job.number]
        if not self._jobs:
            self._timer.stop()
            self._set_state("ready")
        job.deliver(end)

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _nobody(request: Request) -> Iterator[Event]:
    """Yield a Hub that has nothing."""
    yield Done(result=HubPage(models=()) if isinstance(request, SearchHub) else None)


class FakeNetwork(QObject):
    """What the window knows of the network, answered by a handler; each download has a lane of its own."""

    changed = Signal()

    def __init__(self, handler: Handler = _nobody, parent: QObject | None = None, *, interval_ms: int = 0) -> None:
        super().__init__(parent)
        self.locked = False
        self.locking_variable = ""
        self.hub = FakeLane(handler, self, interval_ms=interval_ms)
        self.downloads: list[FakeLane] = []
        self.sent: list[NetworkRequest] = []
        self._interval_ms = interval_ms

    def requests(self) -> list[NetworkRequest]:
        return list(self.sent)

    def send(self, request: NetworkRequest) -> None:
        """Have it that this was sent."""
        self.sent.append(request)
        self.changed.emit()

    def set_locked(self, locked: bool) -> None:
        self.locked = locked or bool(self.locking_variable)
        self.changed.emit()

    def lane(self) -> FakeLane:
        return self.hub

    def download(self, request: Download | DownloadDataset) -> Job:
        lane = FakeLane(self.hub.handler, self, interval_ms=self._interval_ms)
        self.downloads.append(lane)
        return lane.submit(request)


def _internal(detail: str) -> Failed:
    return Failed(problem=Problem(code="internal", arguments={"detail": detail, "id": "fake"}), id="fake")
