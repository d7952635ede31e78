"""The fields of a BERT: what it hides, and whether it learns which sentences follow each other."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QCheckBox, QWidget

from bigmodel_studio.core.models import shape
from bigmodel_studio.core.specs.spec import MaskingSpec
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Row, number
from bigmodel_studio.ui.pages.train.form.language_subject import LanguageSubject
from bigmodel_studio.ui.pages.train.form.subject import Tables
from bigmodel_studio.ui.window.studio import Studio

MOST_PERCENT = 90


class MaskedSubject(LanguageSubject):
    """A masked language model on plain text."""

    objective = "masked-lm"
    title = str(QT_TRANSLATE_NOOP("train", "Masked language model (fill masked words)"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "stories"))
    base_words = str(QT_TRANSLATE_NOOP("train", "a masked language model"))
    first_prompt = "The [MASK] was happy again."

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        usual = MaskingSpec()
        self.share = number(round(100 * usual.share), MOST_PERCENT, self.changed)
        self.share.setSuffix(" %")
        self.whole_words = QCheckBox(self.tr("Whole words"))
        self.next_sentence = QCheckBox(self.tr("Next-sentence prediction"))
        self.next_sentence.setToolTip(self.tr("A blank line or a new file starts a new document"))
        for box, checked in ((self.whole_words, usual.whole_words), (self.next_sentence, usual.next_sentence)):
            box.setMinimumHeight(FIELD_PX)
            box.setChecked(checked)
            box.toggled.connect(self.changed)
        self.lay_out()

    def data_rows(self) -> list[Row]:
        return [
            *super().data_rows(),
            [
                ("masking.share", self.tr("Masked share"), self.share),
                ("masking.whole_words", self.tr("Masking unit"), self.whole_words),
                ("masking.next_sentence", self.tr("Sentence pairs"), self.next_sentence),
            ],
        ]

    def sample_rows(self) -> list[Row]:
        words = self.tr("Sentences with [MASK] to fill at each evaluation, one per line")
        return [[("samples.prompts", words, self.prompts)]]

    def tables(self) -> Tables:
        masking = {
            "share": self.share.value() / 100,
            "whole_words": self.whole_words.isChecked(),
            "next_sentence": self.next_sentence.isChecked(),
        }
        return {**super().tables(), "masking": masking}

    def count(self, vocabulary: int, context: int, width: int, layers: int) -> int:
        pairs = self.next_sentence.isChecked()
        return shape.bert_parameters(
            vocabulary=vocabulary, context=context, width=width, layers=layers, next_sentence=pairs
        )
