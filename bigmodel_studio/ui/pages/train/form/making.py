"""Ways to make runs on the Train page: a form, a sweep, an experiment, a fork, a smaller one for want of memory, other
programs’ logs.

Each ends the same way: ``made`` names the run that is to be shown, or a problem says why there is none. Folders are
made in a thread: what a run begins with may be large, and disks slow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from bigmodel_studio.client.background import Background
from bigmodel_studio.client.events_import import EventsImport
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.forks import try_smaller
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.specs.sweeps import Grid, Point, points_of, start_sweep
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.form.experiments_dialog import ExperimentsDialog
from bigmodel_studio.ui.pages.train.form.fork_dialog import ForkDialog
from bigmodel_studio.ui.window.studio import Studio


class Making(QObject):
    """``stop`` it before the end."""

    made = Signal(str)
    sweep_made = Signal(object)
    """The names of its runs."""
    failed = Signal()
    """The user was told why."""

    def __init__(self, studio: Studio, page: QWidget) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._background = Background("making-runs", self)
        self._background.done.connect(self._on_done)
        self._background.failed.connect(self._on_failed)
        self._events = EventsImport(self)
        self._events.imported.connect(self._on_imported)
        self._events.failed.connect(studio.report)

    @Slot(object)
    def start(self, resolved: ResolvedSpec) -> None:
        """Make a run's folder and let it into the queue, which starts it where there is room."""

        def begin() -> str:
            run_queue.check_room(resolved.spec)
            run = create_run(resolved)
            run_queue.submit(run)
            return run.name

        self._background.run(begin)

    @Slot(object, object)
    def start_sweep(self, spec: ResolvedSpec, grid: Grid) -> None:
        """Start a run for each combination of the values of a grid; the first is shown, beside the others."""
        self.start_points(spec, points_of(grid))

    @Slot(object, object)
    def start_points(self, spec: RunSpec | ResolvedSpec, points: Sequence[Point]) -> None:
        """Start a run for each point; the first is shown, beside the others."""
        self._background.run(lambda: [run.name for run in start_sweep(spec, points, Path.home())])

    def experiments(self) -> None:
        """Ask which of the experiments that are ready shall be run."""
        dialog = ExperimentsDialog(self._studio, self._page)
        dialog.planned.connect(self.start_points)
        dialog.open()

    def smaller(self, run: RunFolder) -> None:
        """Start again what ran out of memory, with less to hold at once."""
        self._background.run(lambda: try_smaller(run).name)

    def change(self, action: Callable[[], object]) -> None:
        """Do something to a run, which may wait for the queue's lock, and look at once what came of it."""

        def act() -> None:
            action()

        self._background.run(act)

    def fork(self, run: RunFolder, spec: RunSpec, step: int | None) -> None:
        """Ask from which checkpoint (``step`` is offered), and with what other settings, a fork shall go on."""
        dialog = ForkDialog(run, spec, step, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.made.connect(self._on_forked)
        dialog.open()

    def read_events(self, paths: Sequence[Path]) -> None:
        """Read TensorBoard's event files, as runs."""
        self._events.read(paths)

    def stop(self) -> None:
        """Stop timers and jobs: the page closes."""
        self._events.stop()
        self._background.close()

    @Slot(object)
    def _on_done(self, made: str | list[str] | None) -> None:
        match made:
            case None:
                self._studio.runs.refresh()
            case str():
                self.made.emit(made)
            case _:
                self.sweep_made.emit(made)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._studio.report(problem)
        self._studio.runs.refresh()
        self.failed.emit()

    @Slot(object)
    def _on_forked(self, run: RunFolder) -> None:
        self.made.emit(run.name)

    @Slot(object)
    def _on_imported(self, names: list[str]) -> None:
        self.made.emit(names[0])
