"""How a new run is computed: how a batch is split, in what numbers, when it ends early, its dropout, what is kept; and
the values that a sweep tries, one run each.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.specs.changes import fields_of, read_choices, written
from bigmodel_studio.core.specs.spec import LaunchSpec, RunSpec, ScheduleSpec
from bigmodel_studio.core.specs.sweeps import SWEPT
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Fields, number, share_field
from bigmodel_studio.ui.widgets.choice import Choice

DTYPES = ("auto", "float32", "bfloat16", "float16")
SWEEP_LINES = 3
MOST_DROPOUT = 0.9


class HowCard(QObject):
    """``card`` lays its fields out with the form's; ``changed`` when one is another."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        usual = ScheduleSpec()
        self.accumulate = number(usual.accumulate, 65536, self.changed)
        self.patience = number(usual.patience, 10**6, self.changed)
        self.patience.setToolTip(self.tr("Stops the run after this many evaluations without improvement"))
        self.dropout = share_field(MOST_DROPOUT, self.changed)
        self.keep = number(usual.keep, 10**6, self.changed)
        self.keep_state = number(usual.keep_state, 10**6, self.changed)
        self.keep_state.setToolTip(
            self.tr("The newest checkpoints keep the trainer's state, from which a run resumes exactly")
        )
        self.disk_budget = number(round(100 * usual.disk_budget), 100, self.changed)
        self.disk_budget.setSuffix(" %")
        self.disk_budget.setToolTip(self.tr("Beyond it older checkpoints are thinned out, never the best"))
        self.dtype = Choice()
        self.dtype.setMinimumHeight(FIELD_PX)
        for name in DTYPES:
            self.dtype.addItem(self.tr("automatic") if name == "auto" else name, name)
        self.dtype.currentIndexChanged.connect(self.changed)
        self.recompute = QCheckBox(self.tr("Gradient checkpointing (less memory, slower)"))
        self.recompute.setToolTip(self.tr("About a third slower; saves much memory with many layers or a long context"))
        self.recompute.setMinimumHeight(FIELD_PX)
        self.recompute.toggled.connect(self.changed)
        self.sweep = QPlainTextEdit()
        self.sweep.setTabChangesFocus(True)
        self.sweep.setPlaceholderText("optimizer.learning_rate = 1e-3, 3e-4")
        self.sweep.setToolTip(self.tr("One setting per line with its values; each combination becomes a run"))
        self.sweep.setMaximumHeight(self.sweep.fontMetrics().lineSpacing() * SWEEP_LINES + 20)
        self.sweep.textChanged.connect(self.changed)
        self.swept = Choice()
        self.swept.setMinimumHeight(FIELD_PX)
        self.swept.setAccessibleName(self.tr("Setting to sweep"))
        self.swept.addItem(self.tr("Add a setting…"), "")
        for field in SWEPT:
            self.swept.addItem(field, field)
        self.swept.activated.connect(self._on_swept)
        self._spec: RunSpec | None = None

    def card(self, parts: Fields) -> QWidget:
        """Return the card, its fields among those that the form says what is wrong with."""
        return parts.card(
            [
                [
                    ("schedule.accumulate", self.tr("Gradient accumulation"), self.accumulate),
                    (
                        "schedule.patience",
                        self.tr("Patience (evaluations; 0: off)"),
                        self.patience,
                    ),
                    ("model.dropout", self.tr("Dropout"), self.dropout),
                ],
                [
                    ("schedule.keep", self.tr("Checkpoints to keep (0: all)"), self.keep),
                    ("schedule.disk_budget", self.tr("Share of the free disk (0: no limit)"), self.disk_budget),
                    ("schedule.keep_state", self.tr("Resumable (0: all)"), self.keep_state),
                ],
                [
                    ("launch.dtype", self.tr("Precision"), self.dtype),
                    ("launch.checkpointing", self.tr("Memory"), self.recompute),
                ],
                [("sweep", self.tr("Sweep over values"), self._sweep_field())],
            ]
        )

    def _sweep_field(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.swept)
        column.addWidget(self.sweep)
        self.sweep.setAccessibleName(self.tr("Sweep over values"))
        whole.setFocusProxy(self.swept)
        return whole

    def show_spec(self, spec: RunSpec | None) -> None:
        """Take note of what the form says: a setting is added to the sweep with the value that it has there."""
        self._spec = spec

    @Slot(int)
    def _on_swept(self, at: int) -> None:
        """Write the chosen setting below the others, ready for more values."""
        field = self.swept.itemData(at)
        self.swept.setCurrentIndex(0)
        if not field:
            return
        value = fields_of(self._spec)[field] if self._spec is not None else ""
        shown = f'"{value}"' if isinstance(value, str) else written(value)
        lines = [line for line in self.sweep.toPlainText().splitlines() if line.strip()]
        self.sweep.setPlainText("\n".join([*lines, f"{field} = {shown}, "]))
        self.sweep.moveCursor(self.sweep.textCursor().MoveOperation.End)
        self.sweep.setFocus()

    def schedule(self) -> dict[str, Any]:
        """Return fields of the spec's ``schedule``."""
        return {
            "accumulate": self.accumulate.value(),
            "patience": self.patience.value(),
            "keep": self.keep.value(),
            "keep_state": self.keep_state.value(),
            "disk_budget": self.disk_budget.value() / 100,
        }

    def launch(self) -> dict[str, Any]:
        """Return fields of the spec's ``launch``: those that are not as usual."""
        usual = LaunchSpec()
        chosen = {"dtype": self.dtype.currentData(), "checkpointing": self.recompute.isChecked()}
        return {name: value for name, value in chosen.items() if value != getattr(usual, name)}

    def grid(self) -> dict[str, list[Any]]:
        """Return what a sweep tries, by field; empty: one run. Raises ``StudioError`` "change-form"."""
        return dict(read_choices(line) for line in self.sweep.toPlainText().splitlines() if line.strip())
