"""How long a new run trains and how fast it learns: steps, batch, learning rate, evaluations, checkpoints and seed.

Each field follows what is usual for the objective until the user changes it.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.ui.pages.train.form.fields import Fields, field_error, line, number, written_rate


class ScheduleCard(QObject):
    """``card`` lays its fields out with the form's; ``changed`` when one is another."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.steps, self.batch = number(0, 10**9, self.changed), number(0, 65536, self.changed)
        self.rate = line("", self.changed)
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
        }

    def learning_rate(self) -> float:
        """Return the learning rate. Raises ``StudioError`` "spec-field" where it is no number."""
        try:
            return float(self.rate.text())
        except ValueError:
            raise field_error(
                "optimizer.learning_rate", self.rate.text(), self.tr("a number, for example 1e-3")
            ) from None

    def suggest(self, usual: RunSpec) -> None:
        """Fill in the values of ``usual``, except where the user has changed a field."""
        schedule = usual.schedule
        lengths = {
            self.steps: schedule.steps,
            self.batch: schedule.batch,
            self.evaluate: schedule.evaluate_every,
            self.checkpoint: schedule.checkpoint_every,
        }
        for field, length in lengths.items():
            if field.value() == self._suggested.get(field, 0):
                field.setValue(length)
                self._suggested[field] = length
        if self.rate.text() == self._suggested.get(self.rate, ""):
            self.rate.setText(written_rate(usual.optimizer.learning_rate))
            self._suggested[self.rate] = self.rate.text()

    def renew(self) -> None:
        """Take the values that are there as suggestions: the next ``suggest`` replaces them."""
        for field in (self.steps, self.batch, self.evaluate, self.checkpoint):
            self._suggested[field] = field.value()
        self._suggested[self.rate] = self.rate.text()
