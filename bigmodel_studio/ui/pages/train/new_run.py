"""The form of a new run: it edits a ``RunSpec``, says at each field what is wrong with it, and what the model costs.

What can be checked is checked by ``core.spec`` and ``core.launch`` as the form is filled; nothing is trained here.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core import numbers, shape
from bigmodel_studio.core.launch import check_inputs
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.spec import (
    DataSpec,
    ModelSpec,
    OptimizerSpec,
    RunSpec,
    SamplesSpec,
    ScheduleSpec,
)
from bigmodel_studio.core.spec_rules import check_spec
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui import theme
from bigmodel_studio.ui.pages.train.data_field import DataField, sample_text
from bigmodel_studio.ui.pages.train.fields import Fields
from bigmodel_studio.ui.studio import Studio
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import label, panel

SMALLEST_VOCABULARY = 257
"""A byte-level BPE has every byte, and the end of a text."""
CHECK_AFTER_MS = 120
SCRATCH_RATE, FINE_RATE = "1e-3", "1e-4"
WIDEST_PX = 720
_FIRST_PROMPT = "Once upon a time"


class NewRun(QWidget):
    """``started`` carries a ``RunSpec`` that can be trained as far as can be said; ``left``: the user left it."""

    started = Signal(object)
    left = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.parts = Fields()
        self.errors = self.parts.errors
        self._suggested = {"", sample_text().stem}
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self._build_widgets()
        self._lay_out()
        self._on_kind()

    # ------------------------------------------------------------------------------- widgets

    def _build_widgets(self) -> None:
        self.name = self._line("stories")
        self.data = DataField()
        self.data.changed.connect(self._on_data)
        self.data.refused.connect(self._on_refused)
        self.scratch = QRadioButton(self.tr("From scratch"))
        self.fine = QRadioButton(self.tr("Fine-tune a model"))
        self.scratch.setChecked(True)
        kinds = QButtonGroup(self)
        for button in (self.scratch, self.fine):
            kinds.addButton(button)
        kinds.buttonToggled.connect(self._on_kind)
        self.picker = ModelPicker(self.studio.library, ("causal-lm",))
        self.picker.chosen.connect(self._changed)
        self.picker.refused.connect(self.studio.tell)
        self.layers, self.heads = self._number(4, 1000), self._number(4, 1024)
        self.model_width, self.context = self._number(128, 65536), self._number(128, 1_048_576)
        self.vocabulary = self._number(1024, 1_000_000)
        self.steps, self.batch = self._number(300, 10**9), self._number(16, 65536)
        self.rate = self._line(SCRATCH_RATE)
        self.seed = self._number(1, 2**31 - 1)
        self.evaluate, self.checkpoint = self._number(50, 10**9), self._number(100, 10**9)
        self.prompts = QPlainTextEdit(_FIRST_PROMPT)
        self.prompts.setFixedHeight(64)
        self.prompts.setTabChangesFocus(True)
        self.prompts.textChanged.connect(self._changed)
        self.start_button = QPushButton(self.tr("Start"))
        set_look(self.start_button, "primary")
        self.start_button.clicked.connect(self.start)
        self.leave_button = QPushButton(self.tr("Cancel"))
        self.leave_button.clicked.connect(self.left)
        self.cost = label("", "strong", wrap=True)
        self.cost_more = label("", "secondary", wrap=True)
        self.error = label("", "bad", wrap=True)

    def _line(self, text: str) -> QLineEdit:
        made = QLineEdit(text)
        made.textChanged.connect(self._changed)
        return made

    def _number(self, value: int, most: int) -> QSpinBox:
        made = QSpinBox()
        made.setRange(0, most)
        made.setValue(value)
        made.setGroupSeparatorShown(True)
        made.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        made.setMinimumWidth(96)
        made.lineEdit().setTextMargins(6, 0, 6, 0)
        theme.tabular(made)
        made.valueChanged.connect(self._changed)
        return made

    # ------------------------------------------------------------------------------- how it is laid out

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(self.tr("New run"), "large"))
        column.addWidget(
            self.parts.card(
                [[("name", self.tr("Name"), self.name)], [("data.train", self.tr("Text to learn from"), self.data)]]
            )
        )
        column.addWidget(self._model_card())
        column.addWidget(
            self.parts.card(
                [
                    [
                        ("schedule.steps", self.tr("Steps"), self.steps),
                        ("schedule.batch", self.tr("Batch"), self.batch),
                        ("optimizer.learning_rate", self.tr("Learning rate"), self.rate),
                    ],
                    [
                        ("schedule.evaluate_every", self.tr("Evaluate every (steps)"), self.evaluate),
                        ("schedule.checkpoint_every", self.tr("Save every (steps)"), self.checkpoint),
                        ("seed", self.tr("Seed"), self.seed),
                    ],
                    [("samples.prompts", self.tr("Prompts to continue at each evaluation, one a line"), self.prompts)],
                ]
            )
        )
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(inner)
        inner.setMaximumWidth(WIDEST_PX)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self._foot())

    def _foot(self) -> QWidget:
        foot = panel("status")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        for part in (self.cost, self.cost_more, self.error):
            words.addWidget(part)
        row.addLayout(words, 1)
        row.addWidget(self.leave_button)
        row.addWidget(self.start_button)
        return foot

    def _model_card(self) -> QWidget:
        self._shape_rows = self.parts.grid(
            [
                [
                    ("model.layers", self.tr("Layers"), self.layers),
                    ("model.heads", self.tr("Heads"), self.heads),
                    ("model.width", self.tr("Width"), self.model_width),
                ],
            ],
            across=3,
        )
        self._base_rows = self.parts.grid([[("model.base", self.tr("Model to start from"), self.picker)]])
        reach: list[tuple[str, str, QWidget]] = [
            ("model.context", self.tr("Context (tokens)"), self.context),
            ("model.tokenizer", self.tr("Vocabulary (tokens)"), self.vocabulary),
        ]
        context = self.parts.grid([reach], across=3)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 16)
        inside.setSpacing(12)
        choice = QHBoxLayout()
        choice.setSpacing(16)
        for button in (self.scratch, self.fine):
            choice.addWidget(button)
        choice.addStretch(1)
        inside.addLayout(choice)
        for part in (self._base_rows, self._shape_rows, context):
            inside.addWidget(part)
        return card

    # ------------------------------------------------------------------------------- the value

    def spec(self) -> RunSpec:
        """What the form says now, whether or not it can be trained. Raises ``StudioError`` where it is no value."""
        return RunSpec(
            name=self.name.text().strip(),
            data=DataSpec(train=tuple(str(file) for file in self.data.files)),
            seed=self.seed.value(),
            model=self._model(),
            optimizer=OptimizerSpec(learning_rate=self._rate()),
            schedule=ScheduleSpec(
                steps=self.steps.value(),
                batch=self.batch.value(),
                evaluate_every=self.evaluate.value(),
                checkpoint_every=self.checkpoint.value(),
            ),
            samples=SamplesSpec(
                prompts=tuple(line for line in self.prompts.toPlainText().splitlines() if line.strip())
            ),
        )

    def _model(self) -> ModelSpec:
        if self.fine.isChecked():
            ref = self.picker.ref()
            if ref is None:
                raise _field_error("model.base", self.tr("nothing"), self.tr("a model that continues text"))
            base = ref.id if ref.step is None else f"{ref.id}@{ref.step}"
            return ModelSpec(base=base, context=self.context.value())
        if self.vocabulary.value() < SMALLEST_VOCABULARY:
            may_be = self.tr("{least} or more: every byte, and the end of a text").format(least=SMALLEST_VOCABULARY)
            raise _field_error("model.tokenizer", str(self.vocabulary.value()), may_be)
        return ModelSpec(
            layers=self.layers.value(),
            heads=self.heads.value(),
            width=self.model_width.value(),
            context=self.context.value(),
            tokenizer=f"train:{self.vocabulary.value()}",
        )

    def _rate(self) -> float:
        try:
            return float(self.rate.text())
        except ValueError:
            raise _field_error("optimizer.learning_rate", self.rate.text(), self.tr("a number, as 1e-3")) from None

    # ------------------------------------------------------------------------------- checking

    def open(self) -> None:
        """The form is shown."""
        self.picker.choose_first()
        self.check()
        self.name.setFocus()
        self.name.selectAll()

    @Slot()
    def check(self) -> bool:
        """Say what is wrong, at its field; whether the run can be started."""
        self._timer.stop()
        problem: Problem | None = None
        try:
            spec = self.spec()
            check_spec(spec)
            check_inputs(spec)
        except StudioError as error:
            problem = error.problem
        words = self.parts.show_problem(problem)
        self.error.setText(words)
        self.error.setVisible(bool(words))
        self._show_cost()
        self.start_button.setEnabled(problem is None)
        return problem is None

    def _show_cost(self) -> None:
        parameters = self._parameters()
        if parameters is None:
            self.cost.setText("")
            self.cost_more.setText("")
            return
        self.cost.setText(self.tr("{count} parameters").format(count=numbers.exact(parameters)))
        held, kept = numbers.size(shape.training_bytes(parameters)), numbers.size(shape.weight_bytes(parameters))
        words = self.tr("{held} for weights, gradients and optimizer, {kept} a saved model · {tokens} tokens a step")
        tokens = numbers.exact(self.batch.value() * self.context.value())
        self.cost_more.setText(words.format(held=held, kept=kept, tokens=tokens))

    def _parameters(self) -> int | None:
        if self.fine.isChecked():
            record = self.picker.record()
            return record.parameters if record is not None else None
        values = [each.value() for each in (self.vocabulary, self.context, self.model_width, self.layers)]
        if min(values) < 1:
            return None
        vocabulary, context, width, layers = values
        return shape.gpt_parameters(vocabulary=vocabulary, context=context, width=width, layers=layers)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    # ------------------------------------------------------------------------------- hands

    @Slot()
    def start(self) -> None:
        """Start the run, if it can be."""
        if self.check():
            self.started.emit(self.spec())

    @Slot()
    def _changed(self) -> None:
        self._timer.start()

    @Slot()
    def _on_data(self) -> None:
        if self.name.text() in self._suggested and self.data.files:
            name = self.data.files[0].stem
            self._suggested.add(name)
            self.name.setText(name)
        self.check()

    @Slot()
    def _on_refused(self) -> None:
        self.studio.tell(Problem(code="open-not-local"))

    @Slot()
    def _on_kind(self) -> None:
        fine = self.fine.isChecked()
        self._shape_rows.setVisible(not fine)
        self._base_rows.setVisible(fine)
        self.vocabulary.setEnabled(not fine)
        if self.rate.text() in {SCRATCH_RATE, FINE_RATE}:
            self.rate.setText(FINE_RATE if fine else SCRATCH_RATE)
        self.check()


def _field_error(field: str, was: str, may_be: str) -> StudioError:
    return StudioError("spec-field", field=field, was=was, may_be=may_be)
