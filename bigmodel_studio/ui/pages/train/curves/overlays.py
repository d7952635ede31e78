"""Other runs' losses in the chart of the run that is shown: which ones, and their points as the watcher says them.

Knows the list of runs and the curves; what is drawn, and how, is ``curves``' affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton

from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.runs.comparison import Measures, measures_of
from bigmodel_studio.core.runs.reader import Columns, RunSummary
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.runs.runs_list import RunsModel


class Overlays(QObject):
    """``chosen`` runs are drawn beside the one that is shown; the button's menu chooses them.

    ``changed``: it was another choice.
    """

    changed = Signal()

    def __init__(self, watcher: RunWatcher, runs: RunsModel, curves: Curves) -> None:
        super().__init__(curves)
        self._watcher, self._runs, self._curves = watcher, runs, curves
        self._shown: str | None = None
        self._watched: set[str] = set()
        self.chosen: list[str] = []
        self._awaited: list[str] = []
        """Chosen, and not in the list yet: the runs of a sweep come one after the other."""
        self.button: QPushButton = curves.compare
        self._menu = QMenu(self.button)
        self._menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self._menu)
        curves.across.currentIndexChanged.connect(self._begin_again)
        watcher.points.connect(self._on_points)
        watcher.reset.connect(self._on_reset)

    def show_for(self, shown: str | None) -> None:
        """Follow, once another run is shown or runs came or went, those that are to be seen beside it."""
        self._shown = shown
        there = {run.name for run in self._runs.runs}
        came = [name for name in self._awaited if name in there and name not in self.chosen]
        self.chosen = [name for name in self.chosen if name in there] + came
        self._awaited = [name for name in self._awaited if name not in there]
        beside = {name for name in self.chosen if name != shown and self._comparable(name)}
        wanted = beside | self._parent()
        for name in self._watched - wanted:
            if name != shown:  # the page follows that one by itself
                self._watcher.unwatch(name)
            self._curves.forget(name)
        for name in sorted(wanted - self._watched):
            self._begin(name)
        self._watched = wanted
        several = len(self._runs.runs) > 1
        self.button.setEnabled(several)
        count = len(beside)
        self.button.setText(self.tr("Compare ({count})").format(count=count) if count else self.tr("Compare"))

    def choose(self, names: Sequence[str]) -> None:
        """Draw these, as soon as they are in the list, and no others."""
        self.chosen, self._awaited = [], list(names)
        self.show_for(self._shown)
        self.changed.emit()

    def toggle(self, name: str) -> None:
        """Draw a run beside the one that is shown, or do not any longer."""
        if name in self.chosen:
            self.chosen.remove(name)
        else:
            self.chosen.append(name)
        self.show_for(self._shown)
        self.changed.emit()

    def _begin(self, name: str) -> None:
        run = self._runs.run(name)
        measures = measures_of(run) if run is not None else Measures()
        self._curves.begin_other(name, self._runs.colour_of(name), measures)
        self._watcher.watch(name)

    @Slot()
    def _begin_again(self) -> None:
        """They are drawn over something else, and what lies on that is read anew."""
        for name in sorted(self._watched):
            self._begin(name)

    def compared(self) -> list[RunSummary]:
        """Return the run that is shown, those beside it, and those of its sweep, as the list has them."""
        shown = self._runs.run(self._shown or "")
        wanted = {self._shown, *filter(self._comparable, self.chosen)}
        sweep = shown.sweep if shown is not None else ""
        return [run for run in self._runs.runs if run.name in wanted or (sweep and run.sweep == sweep)]

    def _comparable(self, name: str) -> bool:
        """Return whether the losses of a run and of the one that is shown mean the same."""
        other, shown = self._runs.run(name), self._runs.run(self._shown or "")
        if other is None or shown is None or not (other.objective and shown.objective):
            return True
        return other.objective == shown.objective

    def _parent(self) -> set[str]:
        """Return the run that the shown one was forked from: its curve lies under the fork's."""
        shown = self._runs.run(self._shown or "")
        parent = shown.parent.run if shown is not None and shown.parent is not None else ""
        return {parent} if self._runs.run(parent) is not None else set()

    def stop(self) -> None:
        """Stop timers and jobs: the page closes."""
        for name in self._watched:
            self._watcher.unwatch(name)
        self._watched = set()

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        for run in (each for each in self._runs.runs if self._comparable(each.name)):
            action = self._menu.addAction(run.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(run.name in self.chosen or run.name == self._shown)
            action.setEnabled(run.name != self._shown)
            action.triggered.connect(partial(self.toggle, run.name))
        self._menu.addSeparator()
        none = self._menu.addAction(self.tr("None"))
        none.setEnabled(bool(self._watched))
        none.triggered.connect(self._clear)

    @Slot()
    def _clear(self) -> None:
        self.choose([])

    @Slot(str, object)
    def _on_points(self, name: str, columns: Columns) -> None:
        if name in self._watched:
            self._curves.add_other(name, columns)

    @Slot(str, int)
    def _on_reset(self, name: str, kept: int) -> None:
        if name in self._watched:
            self._curves.cut_other(name, kept)
