"""Base of every task of the page: which models can do it, what it asks them, and how it shows what they answer.

A subclass of ``Task`` is one; ``tasks.TASKS`` is the table of them. Nothing here knows lanes or the other tasks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem, Request, TextAnswer
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.text.inputs import LinesInput, TextInput
from bigmodel_studio.ui.pages.text.reading import Reading
from bigmodel_studio.ui.pages.text.words import phrase
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel


class Task(QWidget):
    """The answers of one task, under each other; ``input`` is the field that it is given its texts in."""

    id: ClassVar[str]
    title: ClassVar[str]
    kinds: ClassVar[tuple[ModelKind, ...]]
    """The models that do it."""
    about: ClassVar[str]
    """What it does, in a sentence."""
    placeholder: ClassVar[str]
    example: ClassVar[str]
    """A text to begin with: English, as the models that come with the application are."""
    cannot: ClassVar[str]
    """What is said of a model (``{model}``) that does not do it."""
    objective: ClassVar[str]
    """What a model is trained for to do it, by ``core.specs.objectives``; "" where nothing here trains for it."""
    live: ClassVar[bool] = True
    """Whether it is quick enough to be done while one types."""
    most: ClassVar[int] = 50
    """So many texts are read at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.input: TextInput = self.make_input()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)
        self.column.addStretch(1)

    @classmethod
    def able(cls, record: ModelRecord) -> bool:
        """Return whether a model does it."""
        return record.problem is None and record.kind in cls.kinds

    def make_input(self) -> TextInput:
        """Return the field for its texts."""
        return LinesInput(self.tr("Texts, one per line"), phrase(self.placeholder))

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        """Return what the engine is asked."""
        raise NotImplementedError

    def show_reading(self, reading: Reading) -> None:
        """Show what has come so far: again after each answer, and once more at the end."""
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing."""
        raise NotImplementedError


class CardsTask(Task):
    """One whose answers are a card each. A subclass says what stands in one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[QWidget] = []
        self._shown: Reading | None = None

    def card(self, answer: TextAnswer) -> QWidget:
        """Return what stands in the card of an answer that is no error."""
        raise NotImplementedError

    def show_reading(self, reading: Reading) -> None:
        if reading is not self._shown:
            self.clear()
            self._shown = reading
        for answer in reading.answers[len(self.cards) :]:
            made = framed(answer, self.card)
            self.column.insertWidget(len(self.cards), made)
            self.cards.append(made)

    def clear(self) -> None:
        for card in self.cards:
            self.column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards, self._shown = [], None


def framed(answer: TextAnswer, make: Callable[[TextAnswer], QWidget]) -> QFrame:
    """Return an answer in its card; or the text, and why it could not be read."""
    card = panel("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(16, 12, 16, 12)
    column.addWidget(make(answer) if answer.error is None else refusal(text_of(answer), answer.error))
    return card


def refusal(text: str, problem: Problem) -> QWidget:
    """Return a text and why it could not be read."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(ElidedLabel(text))
    column.addWidget(label(i18n.sentence(problem), "bad", wrap=True))
    return made


def text_of(answer: TextAnswer) -> str:
    """Return what the answer is about."""
    first = getattr(answer, "text", "") or getattr(answer, "first", "")
    second = getattr(answer, "second", "")
    return f"{first} | {second}" if second else first
