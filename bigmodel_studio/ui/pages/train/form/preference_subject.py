"""The fields of a model that learns which of two answers is preferred."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP

from bigmodel_studio.core.specs.spec import MethodSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.data.data_field import DataField, PairField
from bigmodel_studio.ui.pages.train.form.chat_subject import ChatSubject
from bigmodel_studio.ui.pages.train.form.fields import Row, share_field

MOST_BETA = 100.0


class PreferenceSubject(ChatSubject):
    """A causal language model on pairs of answers; it always begins from a model."""

    objective = "preference"
    title = str(QT_TRANSLATE_NOOP("train", "Preference: train on chosen and rejected answers (DPO)"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "preference"))

    def make_fields(self) -> None:
        self.beta = share_field(MOST_BETA, self.changed)
        self.beta.setValue(MethodSpec().beta)
        self.beta.setToolTip(self.tr("Higher values keep the model closer to the base model; 0.1 is usual"))

    def make_data(self) -> DataField:
        return PairField()

    def data_rows(self) -> list[Row]:
        return [[("data.train", self.tr("Training pairs"), self.data)]]

    def model_rows(self) -> list[Row]:
        return [
            [
                ("model.context", self.tr("Context (tokens)"), self.context),
                ("method.beta", self.tr("Beta"), self.beta),
            ]
        ]

    def method_table(self) -> dict[str, Any]:
        return {**super().method_table(), "beta": round(self.beta.value(), 2)}

    def amount_words(self, batch: int, steps: int) -> str:
        words = self.tr("{batch} pairs per step, up to {tokens} tokens")
        return words.format(batch=numbers.exact(batch), tokens=numbers.exact(2 * batch * self.context.value()))
