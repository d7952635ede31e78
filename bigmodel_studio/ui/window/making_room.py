"""Gives the idle model of the window back where a run waits for just that memory, and says so.

The ledger (``core.memory.ledger``) says what a run lacks and what would help; a model that is at work is never taken
away.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from bigmodel_studio.core.memory import ledger
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.protocol import Load, ModelFacts, Unload
from bigmodel_studio.ui.widgets.toast import Toast
from bigmodel_studio.ui.window.studio import Studio


class MakingRoom(QObject):
    """One for a window."""

    def __init__(self, studio: Studio, toast: Toast, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._toast = toast
        self._given: ModelFacts | None = None
        studio.runs.runs_changed.connect(self._on_runs)

    @Slot(object)
    def _on_runs(self, runs: list[RunSummary]) -> None:
        facts = self._studio.facts
        if facts is None or self._studio.at_work:
            return
        lane = ledger.Reservation("interactive", "lane", facts.device, facts.weight_bytes)
        for run in runs:
            if run.waiting and run.waits is not None and ledger.evicts(run.waits, lane):
                self._give(facts, run)
                return

    def _give(self, facts: ModelFacts, run: RunSummary) -> None:
        self._given = facts
        self._studio.submit(Unload())
        words = self.tr("was unloaded so {run} can start.").format(run=run.name)
        self._toast.offer(facts.name, words, self.tr("Load again"), self.load_again)

    @Slot()
    def load_again(self) -> None:
        """Take up again what was given back last."""
        if self._given is not None:
            self._studio.submit(Load(model=self._given.model))
