"""The compared runs as a table; above it, of an experiment that has ended, what came of it in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.experiments import DEPTH_RUNS, depths_of, verdict
from bigmodel_studio.ui.pages.train.curves.compare_table import CompareTable
from bigmodel_studio.ui.pages.train.runs.words import experiment_word
from bigmodel_studio.ui.widgets.page_frame import label


class ComparisonPane(QWidget):
    """``show_runs`` whenever they may be others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ended: list[tuple[str, float]] = []
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
        folders = [RunFolder(Path(path)) for path, _ in ended] if len(ended) == DEPTH_RUNS else []
        found = depths_of([(folder, folder.spec()) for folder in folders])
        self.verdict.setText(verdict(found, experiment_word) if found is not None else "")
        self.verdict.setVisible(found is not None)
