"""The fields of a language model: texts, a GPT's shape or a model to start from, and prompts to continue."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bigmodel_studio.core import numbers, shape
from bigmodel_studio.ui.pages.train.data_field import TextField
from bigmodel_studio.ui.pages.train.fields import Row, field_error, number
from bigmodel_studio.ui.pages.train.subject import Subject, Tables
from bigmodel_studio.ui.studio import Studio

SMALLEST_VOCABULARY = 257
"""A byte-level BPE has every byte, and the end of a text."""
_FIRST_PROMPT = "Once upon a time"


class TextSubject(Subject):
    """A causal language model on plain text."""

    objective = "causal-lm"
    title = str(QT_TRANSLATE_NOOP("train", "Text: a model that continues it"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "stories"))
    base_words = str(QT_TRANSLATE_NOOP("train", "a model that continues text"))

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.data = TextField()
        self.layers, self.heads = number(4, 1000, self.changed), number(4, 1024, self.changed)
        self.model_width = number(128, 65536, self.changed)
        self.context = number(128, 1_048_576, self.changed)
        self.vocabulary = number(1024, 1_000_000, self.changed)
        self.prompts = QPlainTextEdit(_FIRST_PROMPT)
        self.prompts.setFixedHeight(64)
        self.prompts.setTabChangesFocus(True)
        self.prompts.textChanged.connect(self.changed)
        self.lay_out()

    def data_rows(self) -> list[Row]:
        return [[("data.train", self.tr("Text to learn from"), self.data)]]

    def shape_fields(self) -> dict[str, QWidget]:
        return {"layers": self.layers, "heads": self.heads, "width": self.model_width, "context": self.context}

    def scratch_rows(self) -> list[Row]:
        return [
            [
                ("model.layers", self.tr("Layers"), self.layers),
                ("model.heads", self.tr("Heads"), self.heads),
                ("model.width", self.tr("Width"), self.model_width),
            ],
        ]

    def model_rows(self) -> list[Row]:
        return [
            [
                ("model.context", self.tr("Context (tokens)"), self.context),
                ("model.tokenizer", self.tr("Vocabulary (tokens)"), self.vocabulary),
            ]
        ]

    def sample_rows(self) -> list[Row]:
        return [[("samples.prompts", self.tr("Prompts to continue at each evaluation, one a line"), self.prompts)]]

    def tables(self) -> Tables:
        model: dict[str, object] = {"base": self.base, "context": self.context.value()}
        if not self.fine.isChecked():
            if self.vocabulary.value() < SMALLEST_VOCABULARY:
                may_be = self.tr("{least} or more: every byte, and the end of a text")
                raise field_error(
                    "model.tokenizer", str(self.vocabulary.value()), may_be.format(least=SMALLEST_VOCABULARY)
                )
            model |= {
                "layers": self.layers.value(),
                "heads": self.heads.value(),
                "width": self.model_width.value(),
                "tokenizer": f"train:{self.vocabulary.value()}",
            }
        prompts = [line for line in self.prompts.toPlainText().splitlines() if line.strip()]
        return {
            "data": {"train": [str(file) for file in self.data.files]},
            "model": model,
            "samples": {"prompts": prompts},
        }

    def parameters(self) -> int | None:
        if self.fine.isChecked():
            record = self.base_record()
            return record.parameters if record is not None else None
        values = [each.value() for each in (self.vocabulary, self.context, self.model_width, self.layers)]
        if min(values) < 1:
            return None
        vocabulary, context, width, layers = values
        return shape.gpt_parameters(vocabulary=vocabulary, context=context, width=width, layers=layers)

    def amount_words(self, batch: int, steps: int) -> str:
        return self.tr("{tokens} tokens a step").format(tokens=numbers.exact(batch * self.context.value()))

    def _show_kind(self) -> None:
        super()._show_kind()
        self.vocabulary.setEnabled(not self.fine.isChecked())
