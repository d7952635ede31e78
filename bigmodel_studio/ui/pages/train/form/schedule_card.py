"""How long a new run trains and how fast it learns: steps, batch, learning rate with its warm-up and its decay, weight
decay, evaluations, checkpoints and seed.

Each field follows what is usual for the objective until the user changes it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.ui.pages.train.form.fields import (
    FIELD_PX,
    Fields,
    field_error,
    line,
    number,
    written_rate,
)
from bigmodel_studio.ui.widgets.choice import Choice

AUTOMATIC = -1
"""Of the warm-up: a twentieth of the steps."""


class ScheduleCard(QObject):
    """``card`` lays its fields out with the form's; ``changed`` when one is another."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.steps, self.batch = number(0, 10**9, self.changed), number(0, 65536, self.changed)
        self.rate = line("", self.changed)
        self.warmup = number(0, 10**9, self.changed)
        self.warmup.setMinimum(AUTOMATIC)
        self.warmup.setValue(AUTOMATIC)
        self.warmup.setSpecialValueText(self.tr("auto (5% of steps)"))
        self.warmup.setToolTip(self.tr("Steps over which the learning rate rises from 0"))
        self.decay = Choice()
        self.decay.setMinimumHeight(FIELD_PX)
        for name, text in (
            ("cosine", self.tr("cosine")),
            ("linear", self.tr("linear")),
            ("constant", self.tr("constant")),
        ):
            self.decay.addItem(text, name)
        self.decay.currentIndexChanged.connect(self.changed)
        self.weight_decay = line("", self.changed)
        self.seed = number(1, 2**31 - 1, self.changed)
        self.evaluate, self.checkpoint = number(0, 10**9, self.changed), number(0, 10**9, self.changed)
        self._suggested: dict[QWidget, object] = {}

    def card(self, parts: Fields) -> QWidget:
        """Return the card, its fields among those that the form says what is wrong with."""
        return parts.card(
            [
                [
                    ("schedule.steps", self.tr("Steps"), self.steps),
                    ("schedule.batch", self.tr("Batch"), self.batch),
                    ("optimizer.learning_rate", self.tr("Learning rate"), self.rate),
                ],
                [
                    ("schedule.warmup", self.tr("Warm-up (steps)"), self.warmup),
                    ("schedule.decay", self.tr("Learning rate schedule"), self.decay),
                    ("optimizer.weight_decay", self.tr("Weight decay"), self.weight_decay),
                ],
                [
                    ("schedule.evaluate_every", self.tr("Evaluate every (steps)"), self.evaluate),
                    ("schedule.checkpoint_every", self.tr("Save every (steps)"), self.checkpoint),
                    ("seed", self.tr("Seed"), self.seed),
                ],
            ]
        )

    def schedule(self) -> dict[str, Any]:
        """Return fields of the spec's ``schedule``."""
        return {
            "steps": self.steps.value(),
            "batch": self.batch.value(),
            "evaluate_every": self.evaluate.value(),
            "checkpoint_every": self.checkpoint.value(),
            "warmup": self.warmup.value(),
            "decay": self.decay.currentData(),
        }

    def optimizer(self) -> dict[str, Any]:
        """Return fields of the spec's ``optimizer``. Raises ``StudioError`` "spec-field" where one is no number."""
        return {
            "learning_rate": self._float("optimizer.learning_rate", self.rate.text(), "1e-3"),
            "weight_decay": self._float("optimizer.weight_decay", self.weight_decay.text(), "0.01"),
        }

    def _float(self, field: str, text: str, example: str) -> float:
        try:
            return float(text)
        except ValueError:
            may_be = self.tr("a number, for example {example}").format(example=example)
            raise field_error(field, text, may_be) from None

    def suggest(self, usual: RunSpec) -> None:
        """Fill in the values of ``usual``, except where the user has changed a field."""
        schedule = usual.schedule
        lengths = {
            self.steps: schedule.steps,
            self.batch: schedule.batch,
            self.evaluate: schedule.evaluate_every,
            self.checkpoint: schedule.checkpoint_every,
            self.warmup: schedule.warmup,
        }
        for field, length in lengths.items():
            if field.value() == self._suggested.get(field, field.minimum()):
                field.setValue(length)
                self._suggested[field] = length
        texts = {
            self.rate: written_rate(usual.optimizer.learning_rate),
            self.weight_decay: f"{usual.optimizer.weight_decay:g}",
        }
        for written, text in texts.items():
            if written.text() == self._suggested.get(written, ""):
                written.setText(text)
                self._suggested[written] = text
        if self.decay.currentData() == self._suggested.get(self.decay, "cosine"):
            self.decay.setCurrentIndex(self.decay.findData(schedule.decay))
            self._suggested[self.decay] = schedule.decay

    def renew(self) -> None:
        """Take the values that are there as suggestions: the next ``suggest`` replaces them."""
        for field in (self.steps, self.batch, self.evaluate, self.checkpoint, self.warmup):
            self._suggested[field] = field.value()
        for written in (self.rate, self.weight_decay):
            self._suggested[written] = written.text()
        self._suggested[self.decay] = self.decay.currentData()
