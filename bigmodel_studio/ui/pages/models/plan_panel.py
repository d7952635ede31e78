"""Does it fit, and how fast is it: a form that edits a ``PlanQuestion``, and what ``core.memory.plan`` answers as one
types.

Told a model's costs, the devices and their measured speed; asks for a measurement of what it predicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.memory.plan import DEFAULT_CONTEXT, PARTS, Plan, packed_of, plan, settled
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Costs, Device, Measured, PlanQuestion, Problem, Speed
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.measured_table import MeasuredTable
from bigmodel_studio.ui.pages.models.plan_words import part_words
from bigmodel_studio.ui.pages.models.quality_row import QualityRow
from bigmodel_studio.ui.plots.stacked_bar import BarPart, StackedBar
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.number_slider import NumberSlider
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.segments import Segments
from bigmodel_studio.ui.widgets.wheel import scroll_past

MOST_BATCH = 1024
PACKED = frozenset({"8-bit", "4-bit"})
MOST_CONTEXT = 131_072
COLOURS: dict[str, int | str] = {
    "weights": 0,
    "gradients": 2,
    "optimizer": 3,
    "activations": 1,
    "kv_cache": "accent",
    "logits": "warn",
    "overhead": "secondary",
}
_CHANGES = {
    "plan-batch": "batch",
    "plan-context": "context",
    "plan-dtype": "dtype",
    "plan-precision": "precision",
    "plan-optimizer": "optimizer",
}
"""What a line of advice changes, where it says what it is changed to."""
_SWITCHES: dict[str, dict[str, object]] = {
    "plan-checkpointing": {"checkpointing": True},
    "plan-lora": {"method": "lora"},
    "plan-qlora": {"method": "qlora"},
    "plan-frozen": {"method": "frozen"},
}


class AdviceRow(QWidget):
    """A sentence of advice, and a button that does it where that can be done here."""

    wanted = Signal(object)
    """The ``Problem`` that the advice is."""

    def __init__(self, problem: Problem, *, can_do: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = problem
        self.words = label(i18n.sentence(problem), wrap=True)
        self.button = QPushButton(self.tr("Apply"))
        self.button.setAccessibleName(self.tr("Apply: {advice}").format(advice=self.words.text()))
        self.button.setVisible(can_do)
        set_look(self.button, "link")
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit(self._problem)


class PlanPanel(QScrollArea):
    """``question`` is what the form says now; ``answer`` what the plan says of it."""

    measure_wanted = Signal(object)
    """A ``PlanQuestion``: two real steps of it."""
    speed_wanted = Signal(str, str)
    """A device and a dtype whose speed is not known here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._costs: Costs | None = None
        self._devices: Sequence[Device] = ()
        self._speeds: Mapping[tuple[str, str], Speed] = {}
        self.answer: Plan | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._build()
        self._lay_out()
        scroll_past(self)
        self._show_nothing(self.tr("Waiting for the model's structure…"))

    # ------------------------------------------------------------------------------- widgets

    def _build(self) -> None:
        self.purpose = Segments(
            self.tr("Purpose"), {"inference": self.tr("Inference"), "training": self.tr("Training")}
        )
        self.device = Choice()
        self.bar = StackedBar()
        self.verdict = label("", "good", wrap=True)
        self.batch = NumberSlider(self.tr("Batch"), MOST_BATCH)
        self.context = NumberSlider(self.tr("Context (tokens)"), MOST_CONTEXT)
        self.dtype = _choices({"auto": self.tr("Automatic"), "float32": "float32", "bfloat16": "bfloat16"})
        self.method = _choices(
            {
                "full": self.tr("All weights"),
                "lora": "LoRA",
                "qlora": self.tr("QLoRA (base in 4 bits)"),
                "frozen": self.tr("Last layer only"),
            }
        )
        self.rank = NumberSlider(self.tr("LoRA rank"), 256)
        self.rank.set_value(8)
        self.optimizer = _choices({"adamw": "AdamW", "sgd": "SGD"})
        self.checkpointing = QCheckBox(self.tr("Gradient checkpointing"))
        self.largest = label("", "secondary", wrap=True)
        self.speed = label("", "secondary", wrap=True)
        self.measure = QPushButton(self.tr("Measure two steps"))
        self.measured = MeasuredTable()
        self.quality = QualityRow()
        self.state = label("", "secondary", wrap=True)
        self.advice = QVBoxLayout()
        self.advice.setSpacing(4)
        self.advice_rows: list[AdviceRow] = []
        for box, name in (
            (self.device, self.tr("Device")),
            (self.dtype, self.tr("Precision")),
            (self.method, self.tr("Method")),
            (self.optimizer, self.tr("Optimizer")),
        ):
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self.refresh)
        for slider in (self.batch, self.context, self.rank):
            slider.edited.connect(self.refresh)
        self.purpose.chosen.connect(self.refresh)
        self.checkpointing.toggled.connect(self.refresh)
        self.measure.clicked.connect(self._on_measure)

    def _lay_out(self) -> None:
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        top = QHBoxLayout()
        top.addWidget(self.purpose)
        top.addStretch(1)
        top.addWidget(self.device)
        column.addLayout(top)
        for part in (self.bar, self.verdict, self.batch, self.context):
            column.addWidget(part)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        self._training: list[QWidget] = []
        for row, (box, training) in enumerate(((self.dtype, False), (self.method, True), (self.optimizer, True))):
            name = label(box.accessibleName(), "secondary")
            grid.addWidget(name, row, 0)
            grid.addWidget(box, row, 1)
            self._training += [name, box] if training else []
        grid.setColumnStretch(0, 1)
        column.addLayout(grid)
        self._training.append(self.checkpointing)
        for below in (self.rank, self.checkpointing, self.largest, self.speed):
            column.addWidget(below)
        column.addLayout(self.advice)
        row_ = QHBoxLayout()
        row_.addWidget(self.measure)
        row_.addStretch(1)
        column.addLayout(row_)
        column.addWidget(self.measured)
        column.addWidget(self.quality)
        outer = QWidget()
        around = QVBoxLayout(outer)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.state)
        around.addWidget(self._form)
        around.addStretch(1)
        self.setWidget(outer)

    # ------------------------------------------------------------------------------- what is known

    def show_costs(self, costs: Costs | None, *, runs_here: bool = True) -> None:
        """Show another model; None where its structure gave no costs. ``runs_here``: its weights are on this
        computer.
        """
        self._costs = costs
        self.measured.clear()
        self.measure.setVisible(runs_here)
        if costs is None:
            self._show_nothing(self.tr("No plan for this model: its structure can't be run without weights."))
            return
        longest = costs.context_length or MOST_CONTEXT
        self.context.set_most(min(longest, 10**7))
        self.context.set_value(costs.context_length or DEFAULT_CONTEXT)
        self.context.setVisible(not costs.picture_px)
        self.batch.set_value(1)
        self._offer_precisions(costs)
        self.refresh()

    def _offer_precisions(self, costs: Costs) -> None:
        """Offer 8 and 4 bits where the model can be loaded so, after the dtypes."""
        chosen = self.dtype.currentData()
        self.dtype.blockSignals(True)
        for precision, name in {"8-bit": self.tr("8 bits"), "4-bit": self.tr("4 bits")}.items():
            at = self.dtype.findData(precision)
            if precision in costs.packed and at < 0:
                self.dtype.addItem(name, precision)
            elif precision not in costs.packed and at >= 0:
                self.dtype.removeItem(at)
        self.dtype.setCurrentIndex(max(0, self.dtype.findData(chosen)))
        self.dtype.blockSignals(False)

    def show_devices(self, devices: Sequence[Device], speeds: Mapping[tuple[str, str], Speed]) -> None:
        """Show what there is to run on, with what was measured of it, by device and dtype."""
        chosen = self.device.currentData()
        self._devices, self._speeds = devices, speeds
        self.device.blockSignals(True)
        self.device.clear()
        for device in devices:
            self.device.addItem(device.id, device.id)
        self.device.setCurrentIndex(max(0, self.device.findData(chosen)))
        self.device.setVisible(len(devices) > 1)
        self.device.blockSignals(False)
        self.refresh()

    @property
    def question(self) -> PlanQuestion:
        """What the form asks now."""
        kept = self.dtype.currentData()
        training = self.purpose.key == "training"
        return PlanQuestion(
            purpose="training" if training else "inference",
            dtype="auto" if kept in PACKED else kept,
            precision=kept if kept in PACKED and not training else "stored",
            batch=self.batch.value,
            context=0 if self.context.isHidden() else self.context.value,
            method=self.method.currentData(),
            lora_rank=self.rank.value,
            optimizer=self.optimizer.currentData(),
            checkpointing=self.checkpointing.isChecked(),
        )

    def ask(self, question: PlanQuestion) -> None:
        """Put a question into the form."""
        self.purpose.choose(question.purpose)
        for box, value in (
            (self.dtype, question.dtype if question.precision == "stored" else question.precision),
            (self.method, question.method),
            (self.optimizer, question.optimizer),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.batch.set_value(question.batch)
        if question.context:
            self.context.set_value(question.context)
        self.rank.set_value(question.lora_rank)
        self.checkpointing.setChecked(question.checkpointing)
        self.refresh()

    # ------------------------------------------------------------------------------- what is said

    @Slot()
    def refresh(self) -> None:
        """Answer what the form says now."""
        device = next((each for each in self._devices if each.id == self.device.currentData()), None)
        if self._costs is None or device is None:
            if self._costs is not None:
                self._show_nothing(self.tr("Reading hardware…"))
            return
        question = self.question
        if packed_of(self._costs, question) is not None:
            device = next((each for each in self._devices if each.kind == "cpu"), device)
        training = question.purpose == "training"
        for part in self._training:
            part.setVisible(training)
        self.dtype.setEnabled(not training)
        self.rank.setVisible(training and question.method in ADAPTERS)
        if training:
            question = msgspec.structs.replace(question, dtype="float32")
        dtype = settled(self._costs, question, device).dtype
        speed = self._speeds.get((device.id, dtype))
        if speed is None and dtype in device.dtypes and self.isVisible():
            self.speed_wanted.emit(device.id, dtype)
        self.answer = plan(self._costs, question, device, speed)
        self.state.hide()
        self._form.show()
        self._show(self.answer)

    def _show(self, planned: Plan) -> None:
        names = part_words()
        self.bar.show_parts(
            [BarPart(names[key], planned.parts[key], COLOURS[key]) for key in PARTS], planned.free_bytes
        )
        total, free = numbers.size(planned.total_bytes), numbers.size(planned.free_bytes)
        fits = self.tr("Fits: {total} of {free} free.")
        not_ = self.tr("Doesn't fit: {total} needed, {free} free.")
        self.verdict.setText((fits if planned.fits else not_).format(total=total, free=free))
        set_look(self.verdict, "good" if planned.fits else "bad")
        batch = self.tr("Largest batch that fits: {count}").format(count=numbers.exact(planned.largest_batch))
        context = self.tr("longest context: {count} tokens").format(count=numbers.exact(planned.largest_context))
        self.largest.setText(batch if self.context.isHidden() else f"{batch} · {context}")
        self._show_speed(planned)
        self._show_advice(planned.advice)
        self.measure.setEnabled(planned.fits)

    def _show_speed(self, planned: Plan) -> None:
        step = planned.seconds_per_step
        if step is None:
            self.speed.setText(self.tr("Speed is unknown until this device is measured."))
        elif planned.question.purpose == "training":
            self.speed.setText(self.tr("About {time} per step").format(time=numbers.duration(step)))
        elif self._costs is not None and self._costs.decodes:
            rate = numbers.rate(planned.question.batch / max(step, 1e-9), self.tr("tokens"))
            self.speed.setText(self.tr("About {rate}").format(rate=rate))
        else:
            self.speed.setText(self.tr("About {time} for one batch").format(time=numbers.duration(step)))

    def _show_advice(self, advice: Sequence[Problem]) -> None:
        for row in self.advice_rows:
            self.advice.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.advice_rows = []
        for problem in advice:
            row = AdviceRow(problem, can_do=problem.code in _CHANGES or problem.code in _SWITCHES)
            row.wanted.connect(self._on_advice)
            self.advice.addWidget(row)
            self.advice_rows.append(row)

    def _show_nothing(self, why: str) -> None:
        self.answer = None
        self.state.setText(why)
        self.state.show()
        self._form.hide()

    def show_measuring(self, text: str) -> None:
        """Say what the measurement is at, or what is wrong with it."""
        self.measured.say(text)
        self.measure.setEnabled(not text)

    def show_measured(self, measured: Measured) -> None:
        """Show predicted beside measured memory, part by part."""
        self.measure.setEnabled(True)
        if self.answer is not None:
            self.measured.show_both(self.answer, measured)

    # ------------------------------------------------------------------------------- hands

    @Slot(object)
    def _on_advice(self, problem: Problem) -> None:
        changes = dict(_SWITCHES.get(problem.code, {}))
        if problem.code in _CHANGES:
            changes[_CHANGES[problem.code]] = problem.arguments["to"]
        self.ask(msgspec.structs.replace(self.question, **changes))

    @Slot()
    def _on_measure(self) -> None:
        if self.answer is not None and self._costs is not None:
            question = self.answer.question
            if packed_of(self._costs, self.question) is not None:  # blocks are measured as they are: in no dtype
                question = msgspec.structs.replace(question, dtype="auto")
            self.measure_wanted.emit(question)


def _choices(texts: Mapping[str, str]) -> Choice:
    box = Choice()
    for key, text in texts.items():
        box.addItem(text, key)
    return box
