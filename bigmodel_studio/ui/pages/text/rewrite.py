"""Summarise and translate: what an encoder-decoder model makes of each text, in other words."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef, Request, Rewrite, RewritePurpose, Rewritten, TextAnswer
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.text.task import CardsTask
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label


class RewriteTask(CardsTask):
    """A subclass says what for."""

    kinds = ("seq2seq",)
    placeholder = str(QT_TRANSLATE_NOOP("text", "One text per line"))
    objective = ""
    most = 20
    live = False
    purpose: ClassVar[RewritePurpose]

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        return Rewrite(model=model, texts=texts, purpose=self.purpose)

    def card(self, answer: TextAnswer) -> QWidget:
        assert isinstance(answer, Rewritten)
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        given = ElidedLabel(f"{answer.prefix}{answer.text}")
        set_look(given, "small")
        output = label(answer.output or numbers.NOTHING, "answer", wrap=True)
        output.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(given)
        column.addWidget(output)
        column.addWidget(label(self.tr("%n token(s)", "", answer.tokens), "small"))
        return made


class SummarizeTask(RewriteTask):
    id = "summarize"
    title = str(QT_TRANSLATE_NOOP("text", "Summarize"))
    about = str(QT_TRANSLATE_NOOP("text", "Enter texts, one per line, to summarize them."))
    example = (
        "Tom lost his red ball in the park. He looked under every tree, and asked everybody whom he met. "
        "In the evening a dog brought the ball to his door."
    )
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't summarize"))
    purpose = "summarize"


class TranslateTask(RewriteTask):
    id = "translate"
    title = str(QT_TRANSLATE_NOOP("text", "Translate"))
    about = str(QT_TRANSLATE_NOOP("text", "Enter texts, one per line, to translate them."))
    example = "The house is wonderful.\nWhere is the nearest station?"
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't translate"))
    purpose = "translate"
