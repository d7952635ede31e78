"""The fields of a language model that continues texts."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.models import shape
from bigmodel_studio.ui.pages.train.form.fields import Row
from bigmodel_studio.ui.pages.train.form.language_subject import LanguageSubject
from bigmodel_studio.ui.window.studio import Studio


class TextSubject(LanguageSubject):
    """A causal language model on plain text."""

    objective = "causal-lm"
    title = str(QT_TRANSLATE_NOOP("train", "Language model (continue text)"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "stories"))
    base_words = str(QT_TRANSLATE_NOOP("train", "a language model"))
    first_prompt = "Once upon a time"

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.lay_out()

    def sample_rows(self) -> list[Row]:
        return [[("samples.prompts", self.tr("Sample prompts at each evaluation, one per line"), self.prompts)]]

    def count(self, vocabulary: int, context: int, width: int, layers: int) -> int:
        return shape.gpt_parameters(vocabulary=vocabulary, context=context, width=width, layers=layers)
