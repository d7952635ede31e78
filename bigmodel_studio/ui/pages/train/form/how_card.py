"""How a new run is computed: how a batch is split, in what numbers, when it ends early, what is kept; and the values
that a sweep tries, one run each.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QWidget

from bigmodel_studio.core.specs.changes import read_choices
from bigmodel_studio.core.specs.spec import LaunchSpec, ScheduleSpec
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Fields, number
from bigmodel_studio.ui.widgets.choice import Choice

DTYPES = ("auto", "float32", "bfloat16", "float16")
SWEEP_LINES = 3


class HowCard(QObject):
    """``card`` lays its fields out with the form's; ``changed`` when one is another."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        usual = ScheduleSpec()
        self.accumulate = number(usual.accumulate, 65536, self.changed)
        self.patience = number(usual.patience, 10**6, self.changed)
        self.patience.setToolTip(self.tr("Stops the run after this many evaluations without improvement"))
        self.keep = number(usual.keep, 10**6, self.changed)
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
                    ("schedule.keep", self.tr("Checkpoints to keep (0: all)"), self.keep),
                ],
                [
                    ("launch.dtype", self.tr("Precision"), self.dtype),
                    ("launch.checkpointing", self.tr("Memory"), self.recompute),
                ],
                [("sweep", self.tr("Sweep over values"), self.sweep)],
            ]
        )

    def schedule(self) -> dict[str, Any]:
        """Return fields of the spec's ``schedule``."""
        return {
            "accumulate": self.accumulate.value(),
            "patience": self.patience.value(),
            "keep": self.keep.value(),
        }

    def launch(self) -> dict[str, Any]:
        """Return fields of the spec's ``launch``: those that are not as usual."""
        usual = LaunchSpec()
        chosen = {"dtype": self.dtype.currentData(), "checkpointing": self.recompute.isChecked()}
        return {name: value for name, value in chosen.items() if value != getattr(usual, name)}

    def grid(self) -> dict[str, list[Any]]:
        """Return what a sweep tries, by field; empty: one run. Raises ``StudioError`` "change-form"."""
        return dict(read_choices(line) for line in self.sweep.toPlainText().splitlines() if line.strip())
