"""The fields that all models of text have: texts, a transformer's shape or a model to start from, and prompts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bigmodel_studio.core.data.records import contains_parquet
from bigmodel_studio.core.specs.spec import ModelSpec, make_spec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.data.data_field import DataField, TextField
from bigmodel_studio.ui.pages.train.form.fields import Row, field_error, line, number
from bigmodel_studio.ui.pages.train.form.subject import Subject, Tables
from bigmodel_studio.ui.window.studio import Studio


class LanguageSubject(Subject):
    """A subclass counts its parameters, and says what its prompts are and what else it has."""

    least_vocabulary = 257
    """A byte-level BPE has every byte, and the end of a text."""
    first_prompt = ""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        usual = self.usual_shape()
        self.data = self.make_data()
        self.text_column = line("", self.changed)
        self.text_column.setPlaceholderText(self.tr("automatic"))
        self.layers, self.heads = number(usual.layers, 1000, self.changed), number(usual.heads, 1024, self.changed)
        self.model_width = number(usual.width, 65536, self.changed)
        self.context = number(usual.context, 1_048_576, self.changed)
        self.vocabulary = number(int(usual.tokenizer.rpartition(":")[2]), 1_000_000, self.changed)
        self.prompts = QPlainTextEdit(self.first_prompt)
        self.prompts.setFixedHeight(64)
        self.prompts.setTabChangesFocus(True)
        self.prompts.textChanged.connect(self.changed)

    def make_data(self) -> DataField:
        """Return where what it learns from is given."""
        return TextField()

    def count(self, vocabulary: int, context: int, width: int, layers: int) -> int:
        """Return the parameters of such a model from scratch."""
        raise NotImplementedError

    def usual_shape(self) -> ModelSpec:
        """Return what is trained where nothing is said."""
        return make_spec({"name": "", "objective": self.objective, "data": {"train": []}}).model

    def data_rows(self) -> list[Row]:
        return [
            [("data.train", self.tr("Training text"), self.data)],
            [("data.text_column", self.tr("Text column"), self.text_column)],
        ]

    def lay_out(self) -> None:
        super().lay_out()
        self.data.changed.connect(self._show_column)
        self._show_column()

    @Slot()
    def _show_column(self) -> None:
        """Ask for the column where there are tables."""
        container = self.text_column.parentWidget()
        if container is not None:
            container.setVisible(bool(self.text_column.text()) or any(map(contains_parquet, self.data.files)))

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

    def tables(self) -> Tables:
        return {
            "data": {
                "train": [str(file) for file in self.data.files],
                "text_column": self.text_column.text().strip(),
            },
            "model": self.model_table(),
            "samples": {"prompts": self.prompt_lines()},
        }

    def model_table(self) -> dict[str, Any]:
        """Return the spec's model. Raises ``StudioError`` where a field is no value."""
        model: dict[str, Any] = {"base": self.base, "context": self.context.value()}
        if not self.fine.isChecked():
            if self.vocabulary.value() < self.least_vocabulary:
                may_be = self.tr("{least} or more: every byte and the end-of-text token")
                raise field_error(
                    "model.tokenizer", str(self.vocabulary.value()), may_be.format(least=self.least_vocabulary)
                )
            model |= {
                "layers": self.layers.value(),
                "heads": self.heads.value(),
                "width": self.model_width.value(),
                "tokenizer": f"train:{self.vocabulary.value()}",
            }
        return model

    def prompt_lines(self) -> list[str]:
        """Return the prompts, but for empty lines."""
        return [text for text in self.prompts.toPlainText().splitlines() if text.strip()]

    def parameters(self) -> int | None:
        if self.fine.isChecked():
            record = self.base_record()
            return record.parameters if record is not None else None
        values = [each.value() for each in (self.vocabulary, self.context, self.model_width, self.layers)]
        return self.count(*values) if min(values) >= 1 else None

    def amount_words(self, batch: int, steps: int) -> str:
        return self.tr("{tokens} tokens per step").format(tokens=numbers.exact(batch * self.context.value()))

    def _show_kind(self) -> None:
        super()._show_kind()
        self.vocabulary.setEnabled(not self.fine.isChecked())
