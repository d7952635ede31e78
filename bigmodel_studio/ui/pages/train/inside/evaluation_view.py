"""A run's evaluations looked at example by example: the hardest ones, and a classifier's table of confusions."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.inside.evaluation_data import Evaluation, EvaluationData
from bigmodel_studio.ui.pages.train.inside.examples_pane import ExamplesPane
from bigmodel_studio.ui.plots.confusion_matrix import ConfusionMatrix
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.segments import Segments

SPLIT_PX = 400
MOST_HARDEST, MOST_IN_CELL, MOST_PAIRS = 64, 200, 100
CELL_ROLE = Qt.ItemDataRole.UserRole


class EvaluationView(QWidget):
    """``begin`` a run, then ``add`` what its evaluations gain; the newest is shown until another is chosen."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.data = EvaluationData()
        self.steps = Choice()
        self.steps.setAccessibleName(self.tr("Evaluation after step"))
        self.steps.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.what = Segments(
            self.tr("Evaluation view"),
            {"hardest": self.tr("Hardest"), "confusions": self.tr("Confusion matrix")},
        )
        self.read_out = ElidedLabel()
        set_look(self.read_out, "small")
        self.hardest = ExamplesPane(thumbnails, self.tr("Examples with the largest losses"))
        self.matrix = ConfusionMatrix(self.tr("The confusion matrix appears after the first evaluation."))
        self.matrix.setAccessibleName(self.tr("Confusion matrix"))
        self.pairs = QListWidget()
        self.pairs.setSpacing(2)
        self.pairs.setAccessibleName(self.tr("Most confused classes"))
        self.back = QPushButton(self.tr("All"))
        set_look(self.back, "quiet")
        self.of_cell = ExamplesPane(thumbnails, self.tr("Examples of the chosen cell"))
        self._lay_out()
        self.steps.currentIndexChanged.connect(self.refresh)
        self.what.chosen.connect(self.refresh)
        self.matrix.read_out.connect(self.read_out.setText)
        self.matrix.chosen.connect(self._on_cell)
        self.pairs.itemActivated.connect(self._on_pair)
        self.pairs.itemClicked.connect(self._on_pair)
        self.back.clicked.connect(self._on_back)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 12, 0)
        head.setSpacing(12)
        for part in (self.what, self.steps):
            head.addWidget(part)
        head.addWidget(self.read_out, 1)
        head.addWidget(self.back)
        self._beside = QStackedWidget()
        self._beside.addWidget(self.pairs)
        self._beside.addWidget(self.of_cell)
        confusions = QSplitter(Qt.Orientation.Horizontal)
        confusions.setChildrenCollapsible(False)
        confusions.addWidget(self.matrix)
        confusions.addWidget(self._beside)
        confusions.setStretchFactor(0, 1)
        confusions.setStretchFactor(1, 1)
        confusions.setSizes([SPLIT_PX, SPLIT_PX])
        self._views = QStackedWidget()
        self._views.addWidget(self.hardest)
        self._views.addWidget(confusions)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._views, 1)

    # ------------------------------------------------------------------------------- what there is

    def begin(self) -> None:
        """Begin another run."""
        self.data = EvaluationData()
        self.matrix.cell = None
        self._follow()

    def add(self, gained: Recorded) -> None:
        """Add what the run's evaluations gained."""
        self.data.add(gained)
        self._follow()

    @property
    def any(self) -> bool:
        """Whether there is an evaluation to be shown."""
        return bool(self.data.evaluations)

    def _follow(self) -> None:
        """Offer the evaluations that there are; who looks at the newest goes on looking at the newest."""
        newest_first = [one.step for one in reversed(self.data.evaluations)]
        before = self.steps.currentData() if self.steps.currentIndex() > 0 else None
        self.steps.blockSignals(True)
        self.steps.clear()
        for step in newest_first:
            self.steps.addItem(self.tr("after step {step}").format(step=numbers.exact(step)), step)
        self.steps.setCurrentIndex(newest_first.index(before) if before in newest_first else 0)
        self.steps.blockSignals(False)
        self.refresh()

    def _current(self) -> Evaluation | None:
        step = self.steps.currentData()
        return self.data.at(int(step)) if step is not None else None

    # ------------------------------------------------------------------------------- what is shown

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show the chosen evaluation, while this can be seen."""
        classes = bool(self.data.labels) and not self.data.several
        self.what.setVisible(classes)
        confusions = classes and self.what.key == "confusions"
        self._views.setCurrentIndex(int(confusions))
        self.back.setVisible(confusions and self.matrix.cell is not None)
        if not confusions:
            self.read_out.setText("")
        evaluation = self._current()
        if not self.isVisible():
            return
        if evaluation is None:
            self.hardest.show_examples([])
            return
        if not confusions:
            self.hardest.show_examples(self.data.hardest(evaluation, MOST_HARDEST))
            return
        self.matrix.show_counts(self.data.labels, self.data.counts(evaluation))
        self._show_pairs(evaluation)
        self._show_cell(evaluation)

    def _show_pairs(self, evaluation: Evaluation) -> None:
        self.pairs.clear()
        for row, column, count in self.data.confused(evaluation, MOST_PAIRS):
            text = self.tr("{label} predicted as {other}: {count}").format(
                label=self.data.labels[row], other=self.data.labels[column], count=numbers.exact(count)
            )
            item = QListWidgetItem(text, self.pairs)
            item.setData(CELL_ROLE, (row, column))

    def _show_cell(self, evaluation: Evaluation) -> None:
        cell = self.matrix.cell
        self._beside.setCurrentWidget(self.pairs if cell is None else self.of_cell)
        self.back.setVisible(cell is not None)
        if cell is not None:
            self.of_cell.show_examples(self.data.of_cell(evaluation, *cell, MOST_IN_CELL))

    @Slot(int, int)
    def _on_cell(self, _row: int, _column: int) -> None:
        evaluation = self._current()
        if evaluation is not None:
            self._show_cell(evaluation)

    @Slot(QListWidgetItem)
    def _on_pair(self, item: QListWidgetItem) -> None:
        row, column = item.data(CELL_ROLE)
        self.matrix.choose(row, column)
        self._on_cell(row, column)

    @Slot()
    def _on_back(self) -> None:
        self.matrix.cell = None
        self.matrix.viewport().update()
        evaluation = self._current()
        if evaluation is not None:
            self._show_cell(evaluation)
