"""The fields of a model that learns to answer from conversations."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.data.data_field import ChatField, DataField
from bigmodel_studio.ui.pages.train.form.fields import Row
from bigmodel_studio.ui.pages.train.form.language_subject import LanguageSubject
from bigmodel_studio.ui.window.studio import Studio


class ChatSubject(LanguageSubject):
    """A causal language model on conversations; it always begins from a model."""

    objective = "chat"
    title = str(QT_TRANSLATE_NOOP("train", "Chat: train on conversations"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "chat"))
    base_words = str(QT_TRANSLATE_NOOP("train", "a language model"))
    first_prompt = "What can you do?"

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.context.setToolTip(self.tr("Longer examples are truncated"))
        self.make_fields()
        self.lay_out()

    def make_fields(self) -> None:
        """Make the fields that a subclass has besides."""

    def make_data(self) -> DataField:
        return ChatField()

    def data_rows(self) -> list[Row]:
        return [[("data.train", self.tr("Training chats"), self.data)]]

    def model_rows(self) -> list[Row]:
        return [[("model.context", self.tr("Context (tokens)"), self.context)]]

    def sample_rows(self) -> list[Row]:
        return [[("samples.prompts", self.tr("Questions to answer at each evaluation, one per line"), self.prompts)]]

    def amount_words(self, batch: int, steps: int) -> str:
        words = self.tr("{batch} chats per step, up to {tokens} tokens")
        return words.format(batch=numbers.exact(batch), tokens=numbers.exact(batch * self.context.value()))
