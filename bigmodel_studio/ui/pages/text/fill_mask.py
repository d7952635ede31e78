"""Fill the mask: each sentence with the words that the model puts, and its other candidates as chips below it."""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Candidate, Filled, FillMask, ModelRef, Request, TextAnswer
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.text.inputs import LinesInput, TextInput
from bigmodel_studio.ui.pages.text.task import CardsTask
from bigmodel_studio.ui.pages.text.words import phrase
from bigmodel_studio.ui.widgets.flow import FlowLayout
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.span_text import Span, SpanText

MASK = "[MASK]"
_MASKS = re.compile(r"\[MASK\]|<mask>")
CANDIDATES = 8
HIDE_KEYS = "Ctrl+M"


class FillMaskTask(CardsTask):
    """BERT's first task."""

    id = "fill-mask"
    title = str(QT_TRANSLATE_NOOP("text", "Fill mask"))
    kinds = ("masked-lm",)
    about = str(QT_TRANSLATE_NOOP("text", "Mask a word with [MASK] to see the model's predictions."))
    placeholder = str(QT_TRANSLATE_NOOP("text", "One sentence per line, with [MASK] in place of a word"))
    example = (
        "Lena loved a red ball. One day the [MASK] was gone. Lena was [MASK].\n"
        "Omar the dog lives at the school. The dog is at the [MASK]."
    )
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't fill masks"))
    objective = "masked-lm"

    def make_input(self) -> TextInput:
        return MaskInput(self.tr("Texts, one per line"), phrase(self.placeholder))

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        return FillMask(model=model, texts=texts, top_k=CANDIDATES)

    def card(self, answer: TextAnswer) -> QWidget:
        assert isinstance(answer, Filled)
        return FilledSentence(answer)


class MaskInput(LinesInput):
    """Lines, with a button that hides a word."""

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(name, placeholder, parent)
        self.tool = QPushButton(self.tr("Mask word"))
        keys = QKeySequence(HIDE_KEYS)
        tip = self.tr("Replaces the word at the cursor with [MASK] ({keys})")
        self.tool.setToolTip(tip.format(keys=keys.toString(QKeySequence.SequenceFormat.NativeText)))
        self.tool.clicked.connect(self.hide_word)
        shortcut = QShortcut(keys, self.editor)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.hide_word)

    @Slot()
    def hide_word(self) -> None:
        """Put [MASK] in place of the word at the cursor."""
        self.replace_word(MASK)


class FilledSentence(QWidget):
    """A sentence in which each hidden word is one of its candidates: the first, until another is pressed."""

    def __init__(self, filled: Filled, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = _MASKS.split(filled.text)
        self.chosen = [mask[0].token for mask in filled.masks]
        self.sentence = SpanText()
        self.groups: list[QButtonGroup] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.sentence)
        for number, mask in enumerate(filled.masks):
            if len(filled.masks) > 1:
                text = self.tr("Mask {number}").format(number=numbers.exact(number + 1))
                column.addWidget(label(text, "heading"))
            column.addWidget(self._chips(number, mask))
        self._say()

    def text(self) -> str:
        """Return the sentence as it reads now."""
        return self.sentence.text

    def _chips(self, number: int, mask: tuple[Candidate, ...]) -> QWidget:
        row = QWidget()
        flow = FlowLayout(row)
        group = QButtonGroup(self)
        for place, each in enumerate(mask):
            chip = QPushButton(f"{each.token}   {numbers.percent(each.probability)}".replace("&", "&&"))
            set_look(chip, "chip")
            chip.setCheckable(True)
            chip.setChecked(place == 0)
            chip.setAccessibleName(f"{each.token}, {numbers.percent(each.probability)}")
            chip.setProperty("place", (number, each.token))
            group.addButton(chip)
            flow.addWidget(chip)
        group.buttonClicked.connect(self._on_chip)
        self.groups.append(group)
        return row

    @Slot(QAbstractButton)
    def _on_chip(self, chip: QAbstractButton) -> None:
        number, token = chip.property("place")
        self.chosen[number] = token
        self._say()

    def _say(self) -> None:
        text, spans = self._parts[0], []
        for token, part in zip(self.chosen, self._parts[1:], strict=False):
            spans.append(Span(len(text), len(text) + len(token), tint="accent"))
            text += token + part
        self.sentence.show_text(text, spans)
        words = QCoreApplication.translate("text", "Filled in: {text}").format(text=text)
        self.sentence.setAccessibleName(words)
