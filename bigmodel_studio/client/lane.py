"""A lane: one child process that runs one request at a time, and what the window sees of it.

A lane starts its engine at the first request, hands requests over in order, and comes back by itself when the engine
is lost: the request that was running ends as ``Failed``, those behind it are given to the next engine. Everything
here happens on the window's thread and never blocks it; ``engine_process`` does the waiting.
"""

from __future__ import annotations

import itertools
import logging
import os
import sys
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

import bigmodel_studio
from bigmodel_studio.client.engine_process import EngineProcess, Gone, wait_ms
from bigmodel_studio.client.job import Job
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.network import OFFLINE, child_environment
from bigmodel_studio.protocol import (
    PROTOCOL_VERSION,
    Cancel,
    Cancelled,
    End,
    Event,
    Failed,
    FromEngine,
    Hello,
    JobEvent,
    MemoryParts,
    MemoryReport,
    Problem,
    Request,
    Sent,
    Submit,
)

log = logging.getLogger(__name__)

State = Literal["idle", "starting", "ready", "busy", "lost", "broken", "closed"]

BATCH_S = 0.016
TURN_S = 0.008
TAKE = 64
WATCH_MS = 100


@dataclass(frozen=True)
class LaneSpec:
    """What a lane is: its engine's command, what is added to its environment, and its patience in seconds."""

    name: str
    command: tuple[str, ...] = (sys.executable, "-m", "bigmodel_studio.engine")
    environment: Mapping[str, str] = field(default_factory=dict)
    threads: int | None = None
    """Threads that the engine computes with; None is what torch chooses."""
    start_timeout_s: float = 60.0
    cancel_timeout_s: float = 5.0
    crash_limit: int = 3
    crash_window_s: float = 30.0


LANES: dict[str, LaneSpec] = {
    "interactive": LaneSpec("interactive", environment=OFFLINE),
    "measure": LaneSpec("measure", environment=OFFLINE),
}


class Lane(QObject):
    """Requests in, jobs out. Make it, and call it, on the main thread."""

    state_changed = Signal(str)
    """A ``State``. "lost" and "broken" leave ``problem`` set; a lane that is broken tries again at the next request."""
    memory_changed = Signal()
    """``memory`` is another: what the engine holds was counted anew, or the engine is gone."""
    sent = Signal(object)
    """The ``NetworkRequest`` that the engine has sent, a tuple of them."""
    _arrived = Signal()

    def __init__(
        self, spec: LaneSpec = LANES["interactive"], parent: QObject | None = None, *, deferred: bool = False
    ) -> None:
        """Make a lane. ``deferred``: requests wait until ``start`` is called, instead of starting the engine."""
        super().__init__(parent)
        self._deferred = deferred
        self.spec = spec
        self.state: State = "idle"
        self.problem: Problem | None = None
        self.memory: MemoryParts | None = None
        """What the engine holds, as it last said."""
        self._engine: EngineProcess | None = None
        self._greeted = False
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._deadlines: dict[int, float] = {}
        self._start_deadline = 0.0
        self._ended_for: int | None = None
        self._crashes: deque[float] = deque(maxlen=spec.crash_limit)
        self._pending_ends: list[tuple[int, End]] = []
        self._last_drain = 0.0
        self._drain_timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._drain_timer.timeout.connect(self._drain)
        self._watch_timer = QTimer(self, interval=WATCH_MS)
        self._watch_timer.timeout.connect(self._watch)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    # ------------------------------------------------------------------------------------------ what a page calls

    @property
    def pid(self) -> int | None:
        """The engine's process, while there is one."""
        return self._engine.pid if self._engine is not None else None

    @property
    def jobs(self) -> list[Job]:
        """The jobs that have not ended: the running one, then those that wait."""
        return list(self._jobs.values())

    def submit(self, request: Request) -> Job:
        """Queue a request behind those before it. Its job ends later, never inside this call."""
        job = Job(next(self._numbers), request, self._cancel)
        self._jobs[job.number] = job
        if self.state == "closed":
            self._end_later(job, self._failure("engine-closed"))
        elif self._engine is None:
            if not self._deferred:
                self.start()
        elif self._greeted:
            self._engine.send(Submit(job.number, request))
            self._set_state("busy")
        return job

    def start(self) -> None:
        """Start the engine where it is not running (a request does it as well)."""
        if self._engine is not None or self.state == "closed":
            return
        self._deferred = False
        self._greeted = False
        self._ended_for = None
        try:
            self._engine = EngineProcess(self.spec.command, self._environment(), self.log_path, self._arrived.emit)
        except OSError as error:
            self._give_up("engine-start", detail=str(error))
            return
        self._start_deadline = time.monotonic() + self.spec.start_timeout_s
        self._watch_timer.start()
        self._set_state("starting")

    def restart(self) -> None:
        """End the engine and start a new one; the running request ends as ``Cancelled``, the others are kept."""
        self._crashes.clear()
        if self._engine is None:
            self.start()
        else:
            self._end_engine(next(iter(self._jobs), 0))

    def rest(self) -> None:
        """End the engine now, where there is one; jobs end as ``Cancelled``, and the next request starts another."""
        if self.state == "closed" or self._engine is None:
            return
        self._drop_engine()
        for job in self.jobs:
            self._end_later(job, Cancelled(forced=True))
        self._set_state("idle")

    def close(self) -> None:
        """End the engine and what it started, and join the threads. Jobs that had not ended end as ``Cancelled``."""
        if self.state == "closed":
            return
        self._watch_timer.stop()
        self._drain_timer.stop()
        if self._engine is not None:
            self._engine.close()
            self._engine = None
        self._set_state("closed")
        for job in self.jobs:
            self._end(job, Cancelled(forced=True))

    @property
    def log_path(self) -> Path:
        """Where what the engine prints goes."""
        return paths.logs() / f"engine-{self.spec.name}.log"

    # ------------------------------------------------------------------------------------------ what the engine says

    @Slot()
    def _on_arrived(self) -> None:
        if self._engine is not None and not self._drain_timer.isActive():
            self._drain_timer.start(wait_ms(self._last_drain, BATCH_S))

    @Slot()
    def _drain(self) -> None:
        """Hand on what lies in the inbox, for at most ``TURN_S``; the rest follows in a later turn."""
        self._last_drain = time.monotonic()
        pending_ends, self._pending_ends = self._pending_ends, []
        for number, end in pending_ends:
            if number in self._jobs:
                self._end(self._jobs[number], end)
        engine = self._engine
        while engine is not None and engine is self._engine:
            batch = engine.take(TAKE)
            for message in batch:
                if engine is self._engine:
                    self._receive(message)
            if len(batch) < TAKE:
                return
            if time.monotonic() - self._last_drain > TURN_S:
                self._drain_timer.start(1)
                return

    def _receive(self, message: FromEngine | Gone) -> None:
        match message:
            case JobEvent(number, event):
                self._deliver(number, event)
            case Hello(version, _):
                self._welcome(version)
            case Sent(requests):
                self.sent.emit(requests)
            case MemoryReport(parts):
                self._set_memory(parts)
            case Gone():
                self._on_gone(message)

    def _deliver(self, number: int, event: Event) -> None:
        job = self._jobs.get(number)
        if job is None:
            log.warning("lane %s: %s for job %d, which is not running", self.spec.name, type(event).__name__, number)
        elif isinstance(event, End):
            self._end(job, event)
        else:
            job.deliver(event)

    def _welcome(self, version: int) -> None:
        if version != PROTOCOL_VERSION:
            self._drop_engine()
            self._give_up("engine-version", theirs=version, ours=PROTOCOL_VERSION)
            return
        self._greeted = True
        self.problem = None
        engine = self._engine
        for job in self.jobs:
            if engine is not None and not job.cancelling:
                engine.send(Submit(job.number, job.request))
        self._set_state("busy" if self._jobs else "ready")

    def _end(self, job: Job, end: End) -> None:
        self._jobs.pop(job.number, None)
        self._deadlines.pop(job.number, None)
        job.deliver(end)
        if not self._jobs and self.state == "busy":
            self._set_state("ready")

    # ------------------------------------------------------------------------------------------ when it goes wrong

    def _on_gone(self, gone: Gone) -> None:
        greeted, last_words = self._greeted, self._engine.last_words() if self._engine is not None else ""
        ended_for = self._ended_for
        end: End = Cancelled(forced=True)
        self._drop_engine()
        if ended_for is not None:
            running = self._jobs.pop(ended_for, None)
            self.start()
        elif not greeted:
            detail = f"{gone.how}; {last_words}" if last_words else gone.how
            code = "engine-frame" if gone.why == "frame" else "engine-start"
            self._give_up(code, **({} if gone.why == "frame" else {"detail": detail}))
            return
        else:
            code = "engine-frame" if gone.why == "frame" else "engine-lost"
            end = self._failure(code, **({} if gone.why == "frame" else {"how": gone.how}))
            running = self._jobs.pop(next(iter(self._jobs), 0), None)
            self._come_back(end.problem)
        if running is not None:
            self._end(running, end)

    def _come_back(self, problem: Problem) -> None:
        """Start the next engine, but not for ever: ``crash_limit`` losses within ``crash_window_s`` are enough."""
        now = time.monotonic()
        self._crashes.append(now)
        if len(self._crashes) == self.spec.crash_limit and now - self._crashes[0] < self.spec.crash_window_s:
            self._give_up("engine-broken", times=self.spec.crash_limit, seconds=round(self.spec.crash_window_s))
            return
        self.problem = problem
        self._set_state("lost")
        self.start()

    def _give_up(self, code: str, **arguments: str | int | float) -> None:
        """No engine comes of this: every job that waits for one ends now, and the next request tries again."""
        waiting = self.jobs
        self.problem = Problem(code=code, arguments=arguments)
        self._set_state("broken")
        for job in waiting:
            self._end_later(job, self._failure(code, **arguments))

    def _end_engine(self, number: int) -> None:
        """End the engine for the sake of a job that does not stop (0: of none); no fault, so not counted as a loss."""
        if self._engine is not None:
            self._ended_for = number
            self._engine.end()

    def _drop_engine(self) -> None:
        engine, self._engine = self._engine, None
        self._greeted = False
        self._deadlines.clear()
        self._set_memory(None)
        if engine is not None:
            engine.end()
            engine.close()

    def _failure(self, code: str, **arguments: str | int | float) -> Failed:
        failure = Failed(problem=Problem(code=code, arguments=arguments), id=uuid.uuid4().hex[:8], engine_lost=True)
        log.error("lane %s: %s %s [%s]", self.spec.name, code, arguments, failure.id)
        return failure

    # ------------------------------------------------------------------------------------------ cancel, deadlines

    def _cancel(self, number: int) -> None:
        job = self._jobs[number]
        if self._engine is None or not self._greeted:
            self._end_later(job, Cancelled())
            return
        self._engine.send(Cancel(number))
        self._deadlines[number] = time.monotonic() + self.spec.cancel_timeout_s
        self._watch_timer.start()

    @Slot()
    def _watch(self) -> None:
        """End an engine that did not greet in time, or that runs on after a cancel."""
        now = time.monotonic()
        if self._engine is not None and not self._greeted and now > self._start_deadline:
            self._drop_engine()
            self._give_up("engine-start", detail=f"it did not answer within {self.spec.start_timeout_s:g} s")
        for number in [number for number, deadline in self._deadlines.items() if deadline < now]:
            del self._deadlines[number]
            if number == next(iter(self._jobs)):
                self._end_engine(number)
            else:
                self._end(self._jobs[number], Cancelled())
        if not self._deadlines and (self._engine is None or self._greeted):
            self._watch_timer.stop()

    def _end_later(self, job: Job, end: End) -> None:
        """End a job from here, at the next turn of the event loop."""
        self._pending_ends.append((job.number, end))
        self._drain_timer.start(0)

    # ------------------------------------------------------------------------------------------ small things

    def _set_memory(self, memory: MemoryParts | None) -> None:
        if memory != self.memory:
            self.memory = memory
            self.memory_changed.emit()

    def _set_state(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    def _environment(self) -> dict[str, str]:
        ours = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
        environment = child_environment({**ours, **self.spec.environment})
        if self.spec.threads is not None:
            environment["OMP_NUM_THREADS"] = environment["BIGMODEL_STUDIO_THREADS"] = str(self.spec.threads)
        root = Path(bigmodel_studio.__file__).resolve().parent.parent
        if (root / "pyproject.toml").is_file():  # a checkout that need not be installed
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), environment.get("PYTHONPATH", ""))))
        return environment
