"""The window's eyes on run folders: a thread that polls them and says what changed, as signals on the window's thread.

A run and its window share nothing but the folder, so a live run, an old one and one found again after a restart are
all seen by this same code. Files are read and parsed in the thread, a chunk at a time, with at most a few messages
under way to the window, so that a hundred runs of a hundred thousand points never hold it up. It never writes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.runs.inside_reader import EVALUATIONS, HISTOGRAMS, LAYERS, RecordsTail
from bigmodel_studio.core.runs.reader import MetricsTail, RunSummary, in_order, summary
from bigmodel_studio.core.runs.run_folder import RunFolder, is_run
from bigmodel_studio.core.system import paths

LIVE_INTERVAL_S = 0.25
IDLE_INTERVAL_S = 1.0
UNDER_WAY = 4
"""Messages to the window that may wait there; the thread waits when there are more."""
BREATH_S = 0.002
"""A pause between chunks, in which the window's thread takes the interpreter."""

Stamp = tuple[int, int]
Order = Literal["outside", "inside", "no more"]
SHOWN_INSIDE = (LAYERS, HISTOGRAMS, EVALUATIONS)
logger = logging.getLogger(__name__)


class RunWatcher(QObject):
    """Signals about run folders, all emitted on the thread that made this object. ``close`` it before the end."""

    runs_changed = Signal(object)
    """``list[RunSummary]``, those that wait first, then the newest: every run, whenever any of them changed."""
    points = Signal(str, object)
    """A watched run's name, and its new points: ``dict[metric, (steps, values)]``; a value of None is a gap."""
    reset = Signal(str, int)
    """A watched run's points past this step are void (0: all of them); emitted at the start of a watch too."""
    samples_changed = Signal(str, object)
    """A watched run's name, and all its samples that count: ``list[dict]`` as in ``samples.jsonl``."""
    inside = Signal(str, str, object)
    """A run watched from the inside, the file, and what it gained: ``core.runs.inside_reader.Recorded``."""
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None, *, deferred: bool = False) -> None:
        """``deferred``: it looks at nothing before ``start``."""
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        """The last list that ``runs_changed`` carried."""
        self._watched: set[str] = set()
        self._credit = threading.Semaphore(UNDER_WAY)
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._poller = _Poller(self._say)
        self._started = False
        if not deferred:
            self.start()

    def start(self) -> None:
        """Begin to look."""
        self._started = True
        self._poller.worker.wake()

    def watch(self, name: str, *, inside: bool = False) -> None:
        """Follow a run's points and samples from its beginning (again from the beginning if it is watched already).

        ``inside``: and what it records of its layers and evaluations.
        """
        self._watched.add(name)
        self._order(name, "inside" if inside else "outside")

    def unwatch(self, name: str) -> None:
        """Say no more about this run's points and samples."""
        self._watched.discard(name)
        self._order(name, "no more")

    def _order(self, name: str, how: Order) -> None:
        self._poller.order(name, how)
        self.refresh()

    def refresh(self) -> None:
        """Look now instead of at the next turn, as after a start."""
        if self._started:
            self._poller.worker.wake()

    def summary_of(self, name: str) -> RunSummary | None:
        """Return the run's line in the last list, None where it has none."""
        return next((run for run in self.runs if run.name == name), None)

    def close(self) -> None:
        """Stop watching and join the thread. Nothing is emitted after this."""
        self._watched.clear()
        self._poller.worker.close()
        with contextlib.suppress(RuntimeError):
            self._reported.disconnect(self._deliver)

    def _say(self, emit: Callable[[RunWatcher], None]) -> None:
        """For the thread: have ``emit`` called on the window's thread, waiting while too much is under way."""
        while not self._credit.acquire(timeout=0.1):
            if self._poller.worker.closing:
                return
        self._reported.emit(emit)

    @Slot(object)
    def _deliver(self, emit: Callable[[RunWatcher], None]) -> None:
        self._credit.release()
        if not self._poller.worker.closing:
            emit(self)

    def _emit_runs(self, runs: list[RunSummary]) -> None:
        self.runs = runs
        self.runs_changed.emit(runs)

    def _emit_watched(self, signal: str, name: str, *values: object) -> None:
        if name in self._watched:
            getattr(self, signal).emit(name, *values)


class _Poller:
    """What the thread does. It owns everything here but ``worker`` and the queue of orders."""

    def __init__(self, say: Callable[[Callable[[RunWatcher], None]], None]) -> None:
        self.worker = Worker("run-watcher", self._look)
        self._say = say
        self._lock = threading.Lock()
        self._orders: list[tuple[str, Order]] = []
        self._looked_up: dict[Path, tuple[tuple[Stamp, ...], RunSummary]] = {}
        self._shown: list[RunSummary] | None = None
        self._tails: dict[str, _Tail] = {}

    def order(self, name: str, how: Order) -> None:
        with self._lock:
            self._orders.append((name, how))

    def _look(self) -> float:
        try:
            live = self._turn()
        except Exception:
            logger.exception("a turn of the run watcher failed")
            live = False
        return LIVE_INTERVAL_S if live else IDLE_INTERVAL_S

    def _turn(self) -> bool:
        """Look at everything once; whether any run is live."""
        runs = in_order(self._summaries().values())
        if runs != self._shown:
            self._shown = runs
            self._say(lambda watcher: watcher._emit_runs(runs))
        self._obey({run.name: Path(run.path) for run in runs})
        for tail in list(self._tails.values()):
            self._follow(tail)
        return any(run.live for run in runs)

    def _obey(self, known: dict[str, Path]) -> None:
        with self._lock:
            orders, self._orders = self._orders, []
        for name, how in orders:
            self._tails.pop(name, None)
            if how != "no more":
                self._tails[name] = _Tail(name, RunFolder(known.get(name, paths.runs() / name)), how == "inside")
                self._send("reset", name, 0)

    def _summaries(self) -> dict[str, RunSummary]:
        found: dict[str, RunSummary] = {}
        looked_up: dict[Path, tuple[tuple[Stamp, ...], RunSummary]] = {}
        for root, bundled in ((paths.runs(), False), (paths.starter_runs(), True)):
            for path in sorted(root.iterdir()) if root.is_dir() else ():
                if path.name in found or not (stamps := _stamps(path)):
                    continue
                before = self._looked_up.get(path)
                # A live run that dies without a word changes no file: its process has to be asked for.
                if before is None or before[0] != stamps or before[1].live:
                    before = (stamps, summary(RunFolder(path), bundled=bundled))
                looked_up[path] = before
                found[path.name] = before[1]
        self._looked_up = looked_up
        return found

    def _follow(self, tail: _Tail) -> None:
        for gained in tail.metrics.read():
            if self.worker.closing:
                return
            if gained.kept is not None:
                self._send("reset", tail.name, gained.kept)
            if gained.columns:
                self._send("points", tail.name, gained.columns)
            self.worker.pause(BREATH_S)
        stamp = _stamp(tail.run.path / "samples.jsonl")
        if stamp != tail.samples:
            tail.samples = stamp
            self._send("samples_changed", tail.name, tail.run.samples())
        for file, records in tail.inside.items():
            for recorded in records.read():
                if self.worker.closing:
                    return
                self._send("inside", tail.name, file, recorded)
                self.worker.pause(BREATH_S)

    def _send(self, signal: str, name: str, *values: object) -> None:
        self._say(lambda watcher: watcher._emit_watched(signal, name, *values))


class _Tail:
    """A watched run: how far its files have been read."""

    def __init__(self, name: str, run: RunFolder, inside: bool) -> None:
        self.name = name
        self.run = run
        self.metrics = MetricsTail(run.path / "metrics.jsonl")
        self.samples: Stamp | None = None
        self.inside = {file: RecordsTail(run.path / file) for file in SHOWN_INSIDE if inside}


def _stamps(path: Path) -> tuple[Stamp, ...]:
    """Return what changes when the run's line may: its spec, its status, its newest checkpoint. Empty where it is no
    run.
    """
    spec = _stamp(path / "spec.toml")
    if spec is None and not is_run(path):
        return ()
    # A checkpoint is renamed into its folder whole, so that the folder's own time tells of it.
    rest = (_stamp(path / "status.json"), _stamp(path / "checkpoints"))
    return tuple(stamp or (0, 0) for stamp in (spec, *rest))


def _stamp(path: Path) -> Stamp | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
