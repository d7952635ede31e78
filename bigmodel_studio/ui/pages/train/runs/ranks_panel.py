"""The processes of a run that has several: what each holds and how long it takes, and how to have more of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.launch import torchrun_words
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import Rank
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label


class RanksPanel(QWidget):
    """Hidden where the run is one process."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.title = label("", "heading")
        self.rows: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.copy = QPushButton(self.tr("Copy torchrun command"))
        self.copy.setToolTip(self.tr("Start it on each machine; all need access to the run's folder"))
        set_look(self.copy, "quiet")
        self.copy.clicked.connect(self._on_copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addLayout(self._grid)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def show_run(self, run: RunSummary | None, spec: RunSpec | None) -> None:
        """Show the run as it is now."""
        processes = spec.launch.processes if spec is not None else 1
        self.setVisible(run is not None and processes > 1)
        if run is None or spec is None or processes < 2:
            return
        strategy = {"ddp": self.tr("each has the whole model"), "fsdp": self.tr("the model is sharded")}
        words = self.tr("{count} processes, {how}")
        self.title.setText(words.format(count=numbers.exact(processes), how=strategy[spec.launch.strategy]))
        self._words = torchrun_words(Path(run.path), processes)
        ranks = run.ranks if run.live else ()
        self._make_rows(len(ranks))
        for rank, (name, value) in zip(ranks, self.rows, strict=True):
            name.setText(numbers.exact(rank.rank))
            value.setText(self._rank_text(rank))

    def _rank_text(self, rank: Rank) -> str:
        parts = rank.memory
        model_bytes = parts.weights_bytes + parts.gradients_bytes + parts.optimizer_bytes
        words = self.tr("{device} · {memory} reserved · {time} per step · process {pid} on {host}")
        return words.format(
            device=parts.device,
            memory=numbers.size(model_bytes),
            time=numbers.duration(rank.seconds_per_step),
            pid=rank.pid,
            host=rank.host,
        )

    def _make_rows(self, count: int) -> None:
        while len(self.rows) > count:
            for part in self.rows.pop():
                part.deleteLater()
        while len(self.rows) < count:
            name, value = label("", "secondary"), ElidedLabel()
            theme.tabular(name)
            at = len(self.rows)
            self._grid.addWidget(name, at, 0)
            self._grid.addWidget(value, at, 1)
            self.rows.append((name, value))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._words)
