"""The run that is shown, watched closely for as long as it is: what the watcher says goes to curves and story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Slot

from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.runs.comparison import Measures, measures_of
from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.core.runs.reader import Columns, RunSummary
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.runs.runs_list import RunsModel
from bigmodel_studio.ui.pages.train.runs.story import Story


class WatchedRun(QObject):
    """``name`` is the run's, None where there is none; ``spec`` what it was asked for, None where that is not known."""

    def __init__(self, watcher: RunWatcher, runs: RunsModel, curves: Curves, story: Story, parent: QObject) -> None:
        super().__init__(parent)
        self._watcher, self._runs, self._curves, self._story = watcher, runs, curves, story
        self.name: str | None = None
        self.spec: RunSpec | None = None
        watcher.points.connect(self._on_points)
        watcher.reset.connect(self._on_reset)
        watcher.samples_changed.connect(self._on_samples)
        watcher.inside.connect(self._on_inside)

    def summary(self) -> RunSummary | None:
        """Return the run as it is listed."""
        row = self._runs.row_of(self.name) if self.name is not None else None
        return self._runs.runs[row] if row is not None else None

    def show(self, name: str) -> bool:
        """Watch that run instead of the one before; False where it is watched already."""
        if name == self.name:
            return False
        self.stop()
        self.name = name
        run = self.summary()
        self.spec = run.spec if run is not None else None
        measures = measures_of(run) if run is not None else Measures()
        self._curves.begin(self._runs.colour_of(name), measures, run.parent if run is not None else None)
        self._story.begin(Path(run.path) if run is not None else None)
        self._watcher.watch(name, inside=True)
        return True

    def stop(self) -> None:
        """Watch nothing any more."""
        if self.name is not None:
            self._watcher.unwatch(self.name)

    @Slot(str, object)
    def _on_points(self, name: str, columns: Columns) -> None:
        if name == self.name:
            self._curves.add(columns)

    @Slot(str, int)
    def _on_reset(self, name: str, kept: int) -> None:
        if name == self.name:
            self._curves.cut(kept)

    @Slot(str, object)
    def _on_samples(self, name: str, samples: list[dict[str, Any]]) -> None:
        if name == self.name:
            self._story.show_samples(samples)

    @Slot(str, str, object)
    def _on_inside(self, name: str, file: str, gained: Recorded) -> None:
        if name == self.name:
            self._story.add_inside(file, gained)
