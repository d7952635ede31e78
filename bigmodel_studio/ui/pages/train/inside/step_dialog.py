"""The very examples that a step of a run learnt from, the hardest first: what a spike of the loss was about."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import LookAtStep, Problem, StepExamples
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.asking import Asking
from bigmodel_studio.ui.pages.train.inside.examples_list import shown
from bigmodel_studio.ui.pages.train.inside.examples_pane import ExamplesPane
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (860, 560)


class StepDialog(QDialog):
    """Opens at once, and is filled when the lane has answered. The neighbours' batches are a press away."""

    def __init__(self, studio: Studio, run: str, step: int, last: int, parent: QWidget | None = None) -> None:
        """``run`` is its folder, ``last`` the newest step that was taken."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE_PX)
        self._run, self.step, self._last = run, step, last
        self._asking = Asking(studio, self)
        self._asking.answered.connect(self._on_answer)
        self._asking.failed.connect(self._on_failed)
        self.heading = label("", "title")
        self.words = label("", "small", wrap=True)
        self.thumbnails = Thumbnails(studio, self)
        self.examples = ExamplesPane(self.thumbnails, self.tr("Examples of this step, largest loss first"))
        self.problem = label("", wrap=True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Drawing the batch…"))
        self.earlier = QPushButton(self.tr("Previous step"))
        self.later = QPushButton(self.tr("Next step"))
        self.earlier.clicked.connect(self._on_earlier)
        self.later.clicked.connect(self._on_later)
        self._lay_out()
        self.examples.list.setFocus()
        self._ask()

    def _lay_out(self) -> None:
        self._views = QStackedWidget()
        self._views.addWidget(self.examples)
        self._views.addWidget(self.problem)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        for button in (self.earlier, self.later):
            set_look(button, "quiet")
            button.setAutoDefault(False)  # Enter in the list presses neither
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.busy)
        column.addWidget(self._views, 1)
        column.addLayout(foot)

    def done(self, result: int) -> None:
        self._asking.stop()
        self.thumbnails.stop()
        super().done(result)

    def _ask(self) -> None:
        self.setWindowTitle(self.tr("Step {step}").format(step=numbers.exact(self.step)))
        self.heading.setText(self.windowTitle())
        self.words.setText(self.tr("Drawing the batch of this step…"))
        self.earlier.setEnabled(self.step > 1)
        self.later.setEnabled(self.step < self._last)
        self.examples.show_examples([])
        self._views.setCurrentWidget(self.examples)
        self.busy.show()
        self._asking.ask(LookAtStep(run=self._run, step=self.step))

    @Slot()
    def _on_earlier(self) -> None:
        self.step -= 1
        self._ask()

    @Slot()
    def _on_later(self) -> None:
        self.step += 1
        self._ask()

    @Slot(object)
    def _on_answer(self, step_examples: StepExamples) -> None:
        self.busy.hide()
        self.words.setText(self._summary(step_examples))
        self.examples.show_examples([shown(example) for example in step_examples.examples])
        if not step_examples.examples:
            self.problem.setText(self.tr("Examples of this objective can't be shown."))
            self._views.setCurrentWidget(self.problem)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self.busy.hide()
        self.words.setText("")
        self.problem.setText(i18n.sentence(problem))
        self._views.setCurrentWidget(self.problem)

    def _summary(self, step_examples: StepExamples) -> str:
        """Whose losses these are: the run's own where it recorded them, else a checkpoint's."""
        parts = [self.tr("{shown} of {count} examples, largest loss first.")]
        recorded = any(example.recorded is not None for example in step_examples.examples)
        if recorded:
            parts.append(self.tr("Losses as recorded by the run at this step."))
        if step_examples.exact:
            parts.append(self.tr("Token losses and predictions use the weights before this step."))
        elif step_examples.checkpoint:
            parts.append(self.tr("Token losses and predictions use the previous checkpoint, at step {checkpoint}."))
        else:
            parts.append(self.tr("Token losses and predictions use the run's initial weights."))
        return " ".join(parts).format(
            shown=numbers.exact(len(step_examples.examples)),
            count=numbers.exact(step_examples.count),
            checkpoint=numbers.exact(step_examples.checkpoint),
        )
