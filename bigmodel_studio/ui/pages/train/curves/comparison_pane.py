"""The compared runs as a table; above it, of an experiment that has ended, what came of it in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.experiments import DEPTH_RUNS, Depths, depths_of, verdict
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.curves.compare_table import CompareTable
from bigmodel_studio.ui.pages.train.runs.words import experiment_word
from bigmodel_studio.ui.widgets.page_frame import label


class ComparisonPane(QWidget):
    """``show_runs`` whenever they may be others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ended: list[tuple[str, float]] = []
        self._ends = Latest("comparison", self)
        self._ends.answered.connect(self._on_read)
        self.table = CompareTable()
        self.verdict = label("", "strong", wrap=True)
        self.verdict.setContentsMargins(16, 8, 16, 0)
        self.verdict.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.verdict)
        column.addWidget(self.table, 1)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these beside each other."""
        self.table.compared.show_runs(runs)
        ended = [(run.path, run.updated) for run in runs if run.state == "finished"]
        if len(ended) != len(runs):
            ended = []
        if ended == self._ended:
            return
        self._ended = ended
        if len(ended) == DEPTH_RUNS:
            folders = [(RunFolder(Path(run.path)), run.spec) for run in runs]
            self._ends.ask(lambda: depths_of(folders))
        else:
            self._ends.forget()
            self._on_read(None)

    def stop(self) -> None:
        """Join the thread: the window closes."""
        self._ends.close()

    @Slot(object)
    def _on_read(self, found: Depths | Problem | None) -> None:
        words = verdict(found, experiment_word) if isinstance(found, Depths) else ""
        self.verdict.setText(words)
        self.verdict.setVisible(bool(words))
