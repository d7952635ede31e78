"""Next sentence: how probable it is that the second sentence follows the first."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.protocol import Label, ModelRef, NextSentencePrediction, PredictNextSentence, Request, TextAnswer
from bigmodel_studio.ui.pages.text.inputs import PairInput, TextInput
from bigmodel_studio.ui.pages.text.task import CardsTask
from bigmodel_studio.ui.plots.bars import ProbabilityBars
from bigmodel_studio.ui.widgets.page_frame import label

WIDEST_PX = 560
WITH_BOTH_HEADS = "ForPreTraining"
"""The end of the name of an architecture that has BERT's second head."""


class NextSentenceTask(CardsTask):
    """BERT's second task."""

    id = "next-sentence"
    title = str(QT_TRANSLATE_NOOP("text", "Next sentence"))
    kinds = ("masked-lm",)
    about = str(QT_TRANSLATE_NOOP("text", "Enter two sentences to see whether the second follows the first."))
    placeholder = ""
    example = "Long ago there was a frog named Lena. Lena loved a grey hat.\nOne day the hat was gone. Lena was sad."
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} has no next-sentence head"))
    objective = "masked-lm"

    @classmethod
    def able(cls, record: ModelRecord) -> bool:
        return super().able(record) and record.architecture.endswith(WITH_BOTH_HEADS)

    def make_input(self) -> TextInput:
        names = (self.tr("First sentence"), self.tr("Second sentence"))
        return PairInput(names, (self.tr("First sentence"), self.tr("Second sentence")))

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        return PredictNextSentence(model=model, pairs=((texts[0], texts[1]),))

    def card(self, answer: TextAnswer) -> QWidget:
        assert isinstance(answer, NextSentencePrediction)
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        follows, not_ = self.tr("Follows"), self.tr("Does not follow")
        verdict = self.tr("Probably follows.") if answer.follows >= 0.5 else self.tr("Probably doesn't follow.")
        bars = ProbabilityBars()
        bars.setMaximumWidth(WIDEST_PX)
        labels = (Label(follows, answer.follows), Label(not_, 1 - answer.follows))
        bars.show_labels(sorted(labels, key=lambda each: -each.probability))
        column.addWidget(label(verdict, "large"))
        column.addWidget(label(f"{answer.first}\n{answer.second}", "secondary", wrap=True))
        column.addWidget(bars)
        return made
