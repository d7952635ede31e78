"""One step, slowly: a single update of a run, taken beside it, with each number that leads to a weight's next value."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.runs import update_rule
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Problem, StepTaken, TakeStep, WeightBlock
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.asking import Asking
from bigmodel_studio.ui.pages.train.inside.examples_list import shown
from bigmodel_studio.ui.pages.train.inside.examples_pane import ExamplesPane
from bigmodel_studio.ui.plots.block_view import BlockView
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.code_view import CodeView
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (1080, 660)
STATES = {"exp_avg": "m", "exp_avg_sq": "v", "momentum_buffer": "b"}
"""What torch calls the optimizer's state, and what the formula does."""
DIGITS = 8


class SlowStepDialog(QDialog):
    """Choose where to start from, take the step, then choose a parameter and a weight in it."""

    def __init__(self, studio: Studio, run: str, checkpoints: Sequence[int], parent: QWidget | None = None) -> None:
        """``run`` is its folder; the step is taken from one of its ``checkpoints`` or from its start."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("One update, step by step"))
        self.resize(*SIZE_PX)
        self._run = run
        self.taken: StepTaken | None = None
        self._asking = Asking(studio, self)
        self._asking.answered.connect(self._on_taken)
        self._asking.failed.connect(self._on_failed)
        self.thumbnails = Thumbnails(studio, self)
        self.start = Choice()
        self.start.setAccessibleName(self.tr("Start of the step"))
        for saved in (*sorted(checkpoints, reverse=True), 0):
            words = self.tr("from step {step}") if saved else self.tr("from the start")
            self.start.addItem(words.format(step=numbers.exact(saved)), saved)
        self.take = QPushButton(self.tr("Run step"))
        set_look(self.take, "primary")
        self.take.clicked.connect(self.take_step)
        self.words = label(self.tr("The run is not changed: the step runs on a copy and is discarded."), "small")
        self.words.setWordWrap(True)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Running the step…"))
        self.parameters = QListWidget()
        self.parameters.setAccessibleName(self.tr("Parameters of the model"))
        self.parameters.setTextElideMode(Qt.TextElideMode.ElideLeft)  # names differ at their ends
        self.parameters.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parameters.setSpacing(1)
        self.parameters.currentRowChanged.connect(self._on_parameter)
        self.block = BlockView()
        self.block.setAccessibleName(self.tr("Gradients around the largest one of this parameter"))
        self.block.chosen.connect(self._show_weight)
        self.where = ElidedLabel()
        set_look(self.where, "small")
        self.sums = CodeView(self.tr("Update of the chosen weight, by hand"))
        self.verdict = label("", "strong", wrap=True)
        self.examples = ExamplesPane(self.thumbnails, self.tr("Examples of this step"))
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("One update, step by step"), "title"))
        head.addStretch(1)
        head.addWidget(self.start)
        head.addWidget(self.take)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self._parts(), self.tr("Update"))
        self.tabs.addTab(self.examples, self.tr("Batch"))
        self.empty = Empty("train")
        self.empty.say(
            self.tr("Run a step to see its details"),
            self.tr("Shows every parameter's gradient, the update of any weight, and the batch."),
            "",
        )
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.tabs)
        self.busy.hide()
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.busy)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    def _parts(self) -> QSplitter:
        """Return the parameters, the gradient of the chosen one, and what becomes of the chosen weight."""
        gradient, update = QWidget(), QWidget()
        for container, heading, views in (
            (gradient, self.tr("Gradient"), (self.where, self.block)),
            (update, self.tr("The update of this weight"), (self.sums, self.verdict)),
        ):
            column = QVBoxLayout(container)
            column.setContentsMargins(8, 0, 0, 0)
            column.addWidget(label(heading, "strong"))
            for view in views:
                column.addWidget(view, int(view in (self.block, self.sums)))
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        for part, share in ((self.parameters, 1), (gradient, 1), (update, 2)):
            splitter.addWidget(part)
            splitter.setStretchFactor(splitter.count() - 1, share)
        splitter.setSizes([280, 280, 500])
        return splitter

    def done(self, result: int) -> None:
        self._asking.stop()
        self.thumbnails.stop()
        super().done(result)

    # ------------------------------------------------------------------------------- the step

    @Slot()
    def take_step(self) -> None:
        """Have the step taken from where it shall start."""
        self.take.setEnabled(False)
        self.busy.show()
        self.words.setText(self.tr("Running the step in a separate process…"))
        self._asking.ask(TakeStep(run=self._run, checkpoint=int(self.start.currentData())))

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self.busy.hide()
        self.take.setEnabled(True)
        self.words.setText(i18n.sentence(problem))

    @Slot(object)
    def _on_taken(self, taken: StepTaken) -> None:
        self.busy.hide()
        self.take.setEnabled(True)
        self.stack.setCurrentWidget(self.tabs)
        self.taken = taken
        self.words.setText(self._summary(taken))
        before = self.parameters.currentRow()
        self.parameters.blockSignals(True)
        self.parameters.clear()
        for block in taken.blocks:
            shape = " × ".join(map(numbers.exact, block.shape))
            item = QListWidgetItem(f"{block.name}  {shape}", self.parameters)
            item.setToolTip(item.text())
        self.parameters.blockSignals(False)
        self.parameters.setCurrentRow(before if 0 <= before < len(taken.blocks) else 0)
        self.examples.show_examples([shown(example) for example in taken.examples])

    def _summary(self, taken: StepTaken) -> str:
        parts = [
            self.tr("Step {step}").format(step=numbers.exact(taken.step)),
            self.tr("loss {loss}").format(loss=numbers.significant(taken.loss, 6)),
            self.tr("learning rate η {rate}").format(rate=numbers.significant(taken.learning_rate, 4)),
            self.tr("gradient norm {norm}").format(norm=numbers.significant(taken.gradient_norm, 4)),
        ]
        if taken.scale < 1:
            parts.append(self.tr("clipped by c = {scale}").format(scale=numbers.significant(taken.scale, 4)))
        return " · ".join(parts)

    # ------------------------------------------------------------------------------- a weight

    def _block(self) -> WeightBlock | None:
        row = self.parameters.currentRow()
        return self.taken.blocks[row] if self.taken is not None and 0 <= row < len(self.taken.blocks) else None

    @Slot(int)
    def _on_parameter(self, _row: int) -> None:
        block = self._block()
        if block is not None:
            self.block.show_block(block.gradient, block.width, block.row, block.column)
            self._show_weight()

    @Slot()
    def _show_weight(self) -> None:
        block, taken = self._block(), self.taken
        if block is None or taken is None:
            return
        place = self.block.place
        self.where.setText(self.block.description())
        lines = update_rule.by_hand(taken, block, place)
        self.sums.setPlainText("\n\n".join((self._table(block, place), *map(_sum, lines))))
        if not lines:
            self.verdict.setText("")
            return
        difference = abs(lines[-1].value - block.after[place])
        difference_text = self.tr("By hand {hand}, optimizer {optimizer}: difference {difference}.")
        self.verdict.setText(
            difference_text.format(
                hand=numbers.significant(lines[-1].value, DIGITS),
                optimizer=numbers.significant(block.after[place], DIGITS),
                difference=numbers.significant(difference, 2),
            )
        )

    def _table(self, block: WeightBlock, place: int) -> str:
        """Return the weight and the optimizer's state, before and after the step."""
        rows = [("", self.tr("before"), self.tr("after"))]
        old, new = (numbers.significant(side[place], DIGITS) for side in (block.before, block.after))
        rows.append(("w", old, new))
        for name, after in block.state_after.items():
            before = block.state_before.get(name)
            was = numbers.significant(before[place], DIGITS) if before else "0"
            rows.append((STATES.get(name, name), was, numbers.significant(after[place], DIGITS)))
        widths = [max(_columns(row[column]) for row in rows) for column in range(3)]
        lines = ([" " * (w - _columns(cell)) + cell for cell, w in zip(row, widths, strict=True)] for row in rows)
        return "\n".join("  ".join(line) for line in lines)


def _columns(text: str) -> int:
    """Return how wide it is in a font of equal widths: Chinese takes two columns a character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _sum(line: update_rule.Line) -> str:
    pad = " " * len(line.name)
    return f"{line.name} = {line.symbols}\n{pad} = {line.figures}\n{pad} = {numbers.significant(line.value, DIGITS)}"
