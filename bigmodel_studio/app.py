"""The composition root of the window: it makes the application, the lane, the studio and the window, and ends them.

Everything that takes long waits for the first paint: the engine starts, models and runs are listed and the machine is
sampled while the window can already be used. Every way out goes through ``Application.close``: lanes are closed,
threads joined, timers stopped.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bigmodel_studio import __version__
from bigmodel_studio.core.system import instance, logs, paths, privacy
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.window import display

if TYPE_CHECKING:
    from bigmodel_studio.client.fake import FakeLane
    from bigmodel_studio.client.lane import Lane
    from bigmodel_studio.client.sampler import Sampler
    from bigmodel_studio.client.second_start import SecondStart
    from bigmodel_studio.core.runs.reader import RunSummary
    from bigmodel_studio.core.system.crashes import CrashReport
    from bigmodel_studio.ui.window.idle_measuring import IdleMeasuring

EXIT_NO_DISPLAY = 2
RESTART = -1
"""In place of an exit status: the window was closed to be opened again."""
WAKE_QUEUE_MS = 5000
"""How often the window sees to it that runs in the queue have somebody to let them in."""


def main(open_paths: Sequence[Path] = ()) -> int:
    """Open the window with these paths in it; returns the exit status (2: there is no display to draw on).

    Where this home has a window already, that one takes the paths, and this process has done its part.
    """
    unusable = paths.settle()
    privacy.begin()
    start = instance.begin(open_paths)
    try:
        status = 0 if start.role == "handed" else _window(open_paths, start, unusable)
    finally:
        start.close()
    return _begin_again() if status == RESTART else status


def _begin_again() -> int:
    """Become a new window in this one's place; where a process cannot, start one and end."""
    command = [sys.executable, "-m", "bigmodel_studio"]
    if sys.platform == "win32":
        subprocess.Popen(command)
        return 0
    else:
        os.execv(command[0], command)


def _window(open_paths: Sequence[Path], start: instance.Start, unusable: Problem | None) -> int:
    from bigmodel_studio.core.system import crashes

    problem = display.why_not()
    if problem:
        print(f"error: no window can be opened: {problem}", file=sys.stderr)
        print(
            "hint: run it on a desktop or over “ssh -X”; “bigmodel-studio --help” lists what needs none",
            file=sys.stderr,
        )
        return EXIT_NO_DISPLAY
    crash = crashes.begin(__version__) if start.role == "first" else None
    logs.set_up("window")
    logs.log_exceptions()
    if start.role == "homeless":
        unusable = Problem(code="home-read-only", arguments={"path": str(paths.home())})
    studio = Application(open_paths, start=start, crash=crash, unusable=unusable)
    try:
        status = studio.run()
    finally:
        studio.close()
    if start.role == "first":
        crashes.end()
    return status


class Application:
    """What lives as long as the window. A ``lane`` that is given takes the place of both engines (for tests)."""

    def __init__(
        self,
        open_paths: Sequence[Path],
        *,
        lane: Lane | FakeLane | None = None,
        start: instance.Start | None = None,
        crash: CrashReport | None = None,
        unusable: Problem | None = None,
    ) -> None:
        from bigmodel_studio.ui.window import qt_start

        qt_start.skip_feature_scan()
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        from bigmodel_studio.client.lane import LANES, Lane
        from bigmodel_studio.client.library import LibraryWatcher
        from bigmodel_studio.client.network import Network
        from bigmodel_studio.client.run_watcher import RunWatcher
        from bigmodel_studio.core.system.settings import SettingsStore
        from bigmodel_studio.ui.look import i18n
        from bigmodel_studio.ui.look.theme import Theme
        from bigmodel_studio.ui.window.collecting import Collector
        from bigmodel_studio.ui.window.main_window import MainWindow
        from bigmodel_studio.ui.window.studio import Studio
        from bigmodel_studio.ui.window.warming import Warming

        QApplication.setApplicationName("Big Model Studio")
        QApplication.setDesktopFileName("big-model-studio")
        existing = QApplication.instance()
        arguments = [*sys.argv[:1], "-style", "fusion"]
        self.application = existing if isinstance(existing, QApplication) else QApplication(arguments)
        self.collector = Collector()  # from here on; before the first paint it would be a tenth of the start
        self._unusable = unusable or paths.settle()
        settings = SettingsStore()
        i18n.install(self.application, settings.values.language)
        self.theme = Theme(self.application, settings.values.appearance)
        threads = settings.values.threads or None
        self.lane = lane or Lane(replace(LANES["interactive"], threads=threads), deferred=True)
        self.library = LibraryWatcher()
        self.runs = RunWatcher(deferred=True)
        self.measure = lane or Lane(replace(LANES["measure"], threads=1))
        self.network = Network(settings)
        self.studio = Studio(
            settings=settings,
            interactive=self.lane,
            measure=self.measure,
            network=self.network,
            library=self.library,
            runs=self.runs,
        )
        self.window = MainWindow(self.studio, self.theme)
        self.sampler: Sampler | None = None  # made after the first paint: what it imports is much
        self.warming = Warming()
        self.runs.runs_changed.connect(self._on_runs_changed)
        self.lane.memory_changed.connect(self._on_memory_changed)
        self.measure.memory_changed.connect(self._on_memory_changed)
        self._queue_timer = QTimer(interval=WAKE_QUEUE_MS)
        self._queue_timer.timeout.connect(self._wake_queue)
        self._signals = _Signals(self.window.close)
        self._start = start
        self._crash = crash
        self._later: SecondStart | None = None
        self._idle_measuring: IdleMeasuring | None = None
        self._open_paths = list(open_paths)
        self._closed = False
        self._checkpoints: set[tuple[str, tuple[int, ...]]] = set()
        self.window.session.restore()
        self.window.painted.connect(self._after_first_paint)
        self.window.show()

    def run(self) -> int:
        """Run until the window is closed; return the exit status, or ``RESTART``."""
        status = self.application.exec()
        return RESTART if self.window.restart_wanted else status

    def _after_first_paint(self) -> None:
        from bigmodel_studio.ui.window.idle_measuring import IdleMeasuring
        from bigmodel_studio.ui.window.making_room import MakingRoom
        from bigmodel_studio.ui.window.notices import Notices

        self.collector.start()
        self.lane.start()
        self.runs.start()
        self.library.refresh()
        self._start_sampler()
        self._queue_timer.start()
        self.warming.start()
        if self._open_paths:
            self.window.open_paths(self._open_paths)
        self.studio.removals.purge()
        self._notices = Notices(self.studio, self.window, self.window.toast)
        self._making_room = MakingRoom(self.studio, self.window.toast, self.window)
        self._idle_measuring = IdleMeasuring(self.studio)
        self._idle_measuring.start()
        self._listen()
        if self._unusable is not None:
            self.studio.report(self._unusable)
        if self._crash is not None:
            self.window.show_crash(self._crash)

    def _start_sampler(self) -> None:
        from bigmodel_studio.client.sampler import Sampler

        self.sampler = Sampler()
        self.sampler.sampled.connect(self.window.show_sample)
        self.window.monitor.looked_at.connect(self.sampler.set_detailed)
        dock = self.window.monitor.dock
        self.sampler.set_detailed(dock is not None and dock.isVisible())
        self.sampler.start()

    def _listen(self) -> None:
        """Take the paths of later starts from here on; they wait for it meanwhile."""
        if self._start is None:
            return
        if self._start.role == "beside":
            self.studio.report(Problem(code="window-hangs"))
            return
        from bigmodel_studio.client.second_start import SecondStart

        self._later = SecondStart(self._start)
        self._later.handed.connect(self.window.take_over)

    def _on_runs_changed(self, runs: list[RunSummary]) -> None:
        checkpoints = {(run.name, run.checkpoints) for run in runs}
        if checkpoints != self._checkpoints:
            self._checkpoints = checkpoints
            self.library.refresh()
        if self.sampler is not None:
            from bigmodel_studio.core.memory.split import TensorProcess

            self.sampler.set_runs([TensorProcess(run.pid, run.memory) for run in runs if run.live and run.pid])

    def _on_memory_changed(self) -> None:
        if self.sampler is not None:
            from bigmodel_studio.core.memory.split import TensorProcess

            lanes = (self.lane, self.measure)
            self.sampler.set_lanes([TensorProcess(lane.pid, lane.memory) for lane in lanes if lane.pid and lane.memory])

    def _wake_queue(self) -> None:
        """Wake the queue where runs wait: the keeper may have been killed."""
        if any(run.waiting for run in self.runs.runs):
            from bigmodel_studio.core.runs import run_queue

            run_queue.wake()

    def close(self) -> None:
        """End the lane and what it started, and join the threads."""
        if self._closed:
            return
        self._closed = True
        self._queue_timer.stop()
        self._signals.close()
        if self._later is not None:
            self._later.close()
        if self._idle_measuring is not None:
            self._idle_measuring.close()
        self.studio.downloads.close()
        self.lane.close()
        self.measure.close()
        self.network.close()
        if self.sampler is not None:
            self.sampler.close()
        self.warming.close()
        self.runs.close()
        self.library.close()
        self.studio.removals.close()
        self.collector.close()


class _Signals:
    """SIGINT and SIGTERM close the window, as a click does (Python's handlers would wait for the next event)."""

    def __init__(self, wanted: object) -> None:
        from PySide6.QtCore import QSocketNotifier

        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        self._wakeup = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in self._before:
            signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(wanted)

    def close(self) -> None:
        """Put back what was there."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reading.close()
        self._writing.close()
