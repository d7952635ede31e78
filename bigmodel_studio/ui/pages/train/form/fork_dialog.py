"""Asks for a fork: from which checkpoint of a run, and with what other settings. What is left alone stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.background import Background
from bigmodel_studio.client.input_check import InputCheck
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.forks import changed_for_fork, fork
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.changes import fields_of, read_change
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Fields, field_error, line, number
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label

WIDTH_PX = 520
CHECK_AFTER_MS = 120
OTHER_LINES = 3


class ForkDialog(QDialog):
    """``made`` carries the ``RunFolder`` of the fork, which waits in the queue."""

    made = Signal(object)

    def __init__(self, run: RunFolder, spec: RunSpec, step: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run, self._spec = run, spec
        self.setWindowTitle(self.tr("Fork {run}").format(run=run.name))
        self.setMinimumWidth(WIDTH_PX)
        self.parts = Fields(self)
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self._inputs = InputCheck(self)
        self._inputs.answered.connect(self._on_inputs)
        self._inputs.costs_known.connect(self._on_memory)
        self._background = Background("making-a-fork", self)
        self._background.done.connect(self._on_made)
        self._background.failed.connect(self._on_failed)
        self._making = False
        """The fork is being made: a checkpoint is copied where it can't be linked."""
        self._starting = False
        """The fork was asked for, and waits until what it names has been looked at."""
        self.at = Choice()
        self.at.setMinimumHeight(FIELD_PX)
        for each in run.checkpoints():
            self.at.addItem(self.tr("step {step}").format(step=numbers.exact(each)), each)
        chosen = self.at.findData(step) if step is not None else -1
        self.at.setCurrentIndex(chosen if chosen >= 0 else self.at.count() - 1)
        self.name = line(spec.name, self._changed)
        self.steps = number(spec.schedule.steps, 10**9, self._changed)
        self.rate = line(f"{spec.optimizer.learning_rate:g}", self._changed)
        self.batch = number(spec.schedule.batch, 65536, self._changed)
        self.accumulate = number(spec.schedule.accumulate, 65536, self._changed)
        self.other = QPlainTextEdit()
        self.other.setTabChangesFocus(True)
        self.other.setPlaceholderText("optimizer.weight_decay = 0.01")
        self.other.setMaximumHeight(self.other.fontMetrics().lineSpacing() * OTHER_LINES + 20)
        self.other.textChanged.connect(self._changed)
        self.error = label("", "bad", wrap=True)
        self.leave_button = QPushButton(self.tr("Cancel"))
        self.leave_button.setAutoDefault(False)
        self.leave_button.clicked.connect(self.reject)
        self.fork_button = QPushButton(self.tr("Fork"))
        self.fork_button.setDefault(True)
        set_look(self.fork_button, "primary")
        self.fork_button.clicked.connect(self.start)
        self._lay_out()
        if self.steps.value() <= self._step():
            self.steps.setValue(self._step() + spec.schedule.steps)  # there would be nothing left to do
        self.at.currentIndexChanged.connect(self._changed)
        self.check()

    def _lay_out(self) -> None:
        words = self.tr(
            "A separate run that continues from a checkpoint with its optimizer state. Steps "
            "continue, so the curves can be compared."
        )
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.fork_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(words, "small", wrap=True))
        column.addWidget(
            self.parts.grid(
                [
                    [("at", self.tr("From step"), self.at), ("name", self.tr("Name"), self.name)],
                    [
                        ("schedule.steps", self.tr("Total steps"), self.steps),
                        ("optimizer.learning_rate", self.tr("Learning rate"), self.rate),
                    ],
                    [
                        ("schedule.batch", self.tr("Batch"), self.batch),
                        ("schedule.accumulate", self.tr("Gradient accumulation"), self.accumulate),
                    ],
                    [("other", self.tr("Other settings, one per line"), self.other)],
                ],
                across=2,
            )
        )
        column.addWidget(self.error)
        column.addLayout(foot)

    def changes(self) -> dict[str, Any]:
        """Return the fields that shall differ from the run's. Raises ``StudioError`` where one is no value."""
        try:
            rate = float(self.rate.text())
        except ValueError:
            raise field_error(
                "optimizer.learning_rate", self.rate.text(), self.tr("a number, for example 1e-3")
            ) from None
        asked: dict[str, Any] = {
            "name": self.name.text().strip(),
            "schedule.steps": self.steps.value(),
            "optimizer.learning_rate": rate,
            "schedule.batch": self.batch.value(),
            "schedule.accumulate": self.accumulate.value(),
        }
        before = fields_of(self._spec)
        changed = {field: value for field, value in asked.items() if value != before[field]}
        lines = (each for each in self.other.toPlainText().splitlines() if each.strip())
        return changed | dict(map(read_change, lines))

    @Slot()
    def _changed(self) -> None:
        self._timer.start()

    @Slot()
    def check(self) -> None:
        """Have what the fork names looked at again, and say what is wrong, at its field, as far as it is known."""
        self._timer.stop()
        self._starting = False
        self._say(look=True)

    def _say(self, *, look: bool) -> ResolvedSpec | None:
        """Return what is wrong, at its field. What could be forked, None where something is wrong or not known yet."""
        problem: Problem | None = None
        ready: ResolvedSpec | None = None
        try:
            spec = changed_for_fork(self._spec, self._step(), self.changes(), Path.home())
            if look:
                self._inputs.ask(spec)
            match self._inputs.answer(spec):
                case Problem() as wrong:
                    raise StudioError.of(wrong)
                case ready:
                    pass
        except StudioError as error:
            problem, ready = error.problem, None
        self._show(self.parts.show_problem(problem))
        self.fork_button.setEnabled(ready is not None and not self._making)
        return ready

    @Slot()
    def start(self) -> None:
        """Make the fork, once what it names has been looked at as it is now."""
        self.check()
        self._starting = not self._making

    @Slot()
    def _on_memory(self) -> None:
        self._say(look=False)

    @Slot()
    def _on_inputs(self) -> None:
        ready = self._say(look=False)
        starting, self._starting = self._starting, False
        if starting and ready is not None:
            self._make(ready)

    def done(self, result: int) -> None:
        self._timer.stop()
        self._inputs.close()
        self._background.close()
        super().done(result)

    def _make(self, ready: ResolvedSpec) -> None:
        """Make the fork and let it into the queue."""
        step, changes = self._step(), self.changes()

        def make() -> RunFolder:
            run = fork(self._run, step, changes, Path.home(), ready)
            run_queue.submit(run)
            return run

        self._making = True
        self.fork_button.setEnabled(False)
        self._background.run(make)

    @Slot(object)
    def _on_made(self, run: RunFolder) -> None:
        self.made.emit(run)
        self.accept()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._making = False
        self.fork_button.setEnabled(True)
        self._show(i18n.sentence(problem))

    def _step(self) -> int:
        step = self.at.currentData()
        return int(step) if step is not None else 0

    def _show(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))
