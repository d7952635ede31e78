"""Examples as an update of a training sees them: a list at the left, the chosen one at the right.

A text is shown as its tokens, with what the model has to make of each; a picture as a whole beside what the model gets
of it, cut, mirrored and mixed. Another step draws others.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ClassShare, DataPreview, PreviewExample, PreviewToken
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.data_words import PAIRS, UNITS
from bigmodel_studio.ui.pages.train.data.places import copy_place, open_place, place_text
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.fields import number
from bigmodel_studio.ui.pages.train.inside.examples_list import ExamplesList, ListedExample
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.flow import FlowLayout
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.picture_view import PictureView
from bigmodel_studio.ui.widgets.token_looks import LOOKS, TokenSample
from bigmodel_studio.ui.widgets.token_view import TokenView
from bigmodel_studio.ui.window.studio import Studio

LIST_PX = 260
STEP_PX = 96
MOST_CHIPS = 6
CHIP_PX = 280
MOST_STEP = 10**9
LINE_CHARACTERS = 200


class DataExamples(QWidget):
    """``show_preview``; ``step_wanted`` says that another step's examples are asked for."""

    step_wanted = Signal(int)

    def __init__(self, studio: Studio, thumbnails: Thumbnails, *, mixed: bool, parent: QWidget | None = None) -> None:
        """``mixed``: each picture is mixed with another."""
        super().__init__(parent)
        self._studio, self._mixed = studio, mixed
        self._examples: tuple[PreviewExample, ...] = ()
        self._objective = ""
        self._several = False
        self._step = 1
        self.list = ExamplesList(thumbnails, self.tr("Examples of this step"))
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.previous, self.next = QPushButton(self.tr("Previous")), QPushButton(self.tr("Next"))
        self.previous.clicked.connect(self._on_previous)
        self.next.clicked.connect(self._on_next)
        self.at = label("", "small")
        self.step = number(1, MOST_STEP, self._on_typed)
        self.step.setMinimum(1)
        self.step.setFixedWidth(STEP_PX)
        self.step.setKeyboardTracking(False)
        self.step.setAccessibleName(self.tr("Step of the examples"))
        self.another = QPushButton(self.tr("Shuffle"))
        self.another.setToolTip(self.tr("Draws the next step's examples"))
        self.another.clicked.connect(self._on_another)
        for button in (self.previous, self.next, self.another):
            button.setAutoDefault(False)
        self.where = ElidedLabel()
        self.copy = self._tool("copy", self.tr("Copy location"), self._on_copy)
        self.open = self._tool("folder", self.tr("Open file"), self._on_open)
        self.facts = label("", "small")
        self.chips = FlowLayout(gap=6)
        self.tokens = TokenView()
        self.tokens.read_out.connect(self._on_read_out)
        self.legend = FlowLayout(gap=16)
        self.read_out = ElidedLabel()
        set_look(self.read_out, "small")
        self.whole, self.model_input = PictureView(), PictureView()
        self._lay_out()

    def _tool(self, mark: str, words: str, slot: object) -> QToolButton:
        made = QToolButton()
        made.setIcon(icon(mark))
        made.setToolTip(words)
        made.setAccessibleName(words)
        made.clicked.connect(slot)
        return made

    # ------------------------------------------------------------------------------- how it is laid out

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Step"), "secondary"))
        head.addWidget(self.step)
        head.addWidget(self.another)
        head.addStretch(1)
        for part in (self.at, self.previous, self.next):
            head.addWidget(part)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self._detail())
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([LIST_PX, 3 * LIST_PX])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(splitter, 1)

    def _detail(self) -> QWidget:
        container = QWidget()
        column = QVBoxLayout(container)
        column.setContentsMargins(12, 0, 0, 0)
        column.setSpacing(8)
        place = QHBoxLayout()
        place.setSpacing(4)
        place.addWidget(self.where, 1)
        for part in (self.facts, self.copy, self.open):
            place.addWidget(part)
        column.addLayout(place)
        self._chips = QWidget()
        self._chips.setLayout(self.chips)
        column.addWidget(self._chips)
        self.views = QStackedWidget()
        self.views.addWidget(self._text_view())
        self.views.addWidget(self._picture_view())
        column.addWidget(self.views, 1)
        return container

    def _text_view(self) -> QWidget:
        container, card, legend = QWidget(), panel("card"), QWidget()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.tokens)
        legend.setLayout(self.legend)
        column = QVBoxLayout(container)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(card, 1)
        column.addWidget(legend)
        column.addWidget(self.read_out)
        return container

    def _picture_view(self) -> QWidget:
        container = QWidget()
        row = QHBoxLayout(container)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.whole_words, self.input_words = label("", "small"), label("", "small")
        for view, words in ((self.whole, self.whole_words), (self.model_input, self.input_words)):
            card = panel("card")
            column = QVBoxLayout(card)
            column.setContentsMargins(12, 10, 12, 12)
            column.addWidget(words)
            column.addWidget(view, 1)
            row.addWidget(card, 1)
        return container

    # ------------------------------------------------------------------------------- what is shown

    def show_preview(self, preview: DataPreview) -> None:
        """Show these examples instead of those before; one in the same place is chosen."""
        before = max(0, self.list.currentIndex().row())
        self._examples, self._objective, self._step = preview.examples, preview.objective, preview.step
        self._several = preview.several_classes
        self.step.blockSignals(True)
        self.step.setValue(preview.step)
        self.step.blockSignals(False)
        self.list.examples.show_examples([self._in_list(example) for example in preview.examples])
        if preview.examples:
            self.list.setCurrentIndex(self.list.examples.index(min(before, len(preview.examples) - 1)))
        self._show_current()

    def set_busy(self, busy: bool) -> None:
        """Set whether other examples are being drawn."""
        self.another.setEnabled(not busy)

    def _in_list(self, example: PreviewExample) -> ListedExample:
        line = "".join(each.text for each in example.tokens[:LINE_CHARACTERS] if each.role != "added")
        class_name = self._classes(example) if self._objective != "masked-lm" else ""
        name = place_text(example.place)
        if example.model_input is not None:
            return ListedExample(text=name, picture=example.model_input, note=class_name)
        return ListedExample(text=line[:LINE_CHARACTERS], note=" · ".join(filter(None, (class_name, name))))

    def _classes(self, example: PreviewExample) -> str:
        if not self._several:
            return example.classes[0].label if example.classes else ""
        return ", ".join(each.label for each in example.classes) or self.tr("no class")

    def _label(self, share: ClassShare) -> str:
        return word(PAIRS.get(share.label, share.label)) if self._objective == "masked-lm" else share.label

    @property
    def current(self) -> PreviewExample | None:
        """The example that is shown."""
        row = self.list.currentIndex().row()
        return self._examples[row] if 0 <= row < len(self._examples) else None

    def _show_current(self) -> None:
        example, row = self.current, self.list.currentIndex().row()
        self.previous.setEnabled(row > 0)
        self.next.setEnabled(0 <= row < len(self._examples) - 1)
        for button in (self.copy, self.open):
            button.setVisible(example is not None)
        if example is None:
            for words in (self.at, self.where, self.facts):
                words.setText("")
            self._show_chips(())
            self._show_text(())
            return
        at = self.tr("Example {number} of {count}")
        self.at.setText(at.format(number=numbers.exact(row + 1), count=numbers.exact(len(self._examples))))
        self.where.setText(place_text(example.place))
        self.where.setToolTip(place_text(example.place, whole=True))
        self.facts.setText(self._facts(example))
        self._show_chips(example.classes)
        if example.model_input is not None:
            self._show_picture(example)
        else:
            self._show_text(example.tokens)

    def _facts(self, example: PreviewExample) -> str:
        tokens = word(UNITS["tokens"])
        parts = [f"{numbers.exact(example.length)} {tokens}"] if example.tokens else []
        parts += [self.tr("truncated to the context")] if example.cut else []
        return " · ".join(parts)

    def _show_chips(self, classes: tuple[ClassShare, ...]) -> None:
        self.chips.clear()
        self._chips.setVisible(bool(classes) or (self._several and self.current is not None))
        alone = len(classes) == 1 or self._several
        if not classes and self._several:
            self.chips.addWidget(label(self.tr("no class"), "key"))
        metrics = QFontMetrics(theme.font(12))
        for each in classes[:MOST_CHIPS]:
            name = metrics.elidedText(self._label(each), Qt.TextElideMode.ElideMiddle, CHIP_PX)
            chip = label(name if alone else f"{name}  {numbers.percent(each.share)}", "key")
            chip.setToolTip(self._label(each))
            self.chips.addWidget(chip)
        left = classes[MOST_CHIPS:]
        if left:
            words = self.tr("and {count} more with {share} in total")
            if self._several:
                words = self.tr("and {count} more")
            share = numbers.percent(sum(each.share for each in left))
            self.chips.addWidget(label(words.format(count=numbers.exact(len(left)), share=share), "small"))

    # ------------------------------------------------------------------------------- a text

    def _show_text(self, tokens: tuple[PreviewToken, ...]) -> None:
        self.tokens.show_tokens(tokens)
        self.legend.clear()
        counts = Counter(token.role for token in tokens)
        answered = any(token.answer for token in tokens if token.role == "learnt")
        meanings = {
            "read": self.tr("context only"),
            "learnt": self.tr("target: the token below") if answered else self.tr("predicted by the model"),
            "hidden": self.tr("masked: predict the word below"),
            "swapped": self.tr("replaced by a random token"),
            "kept": self.tr("kept: predict it"),
            "added": self.tr("added by the tokenizer or template"),
            "rejected": self.tr("rejected answer"),
        }
        for role in LOOKS:
            if counts[role]:
                self._add_to_legend(TokenSample(role, "ab", meanings[role]), f"{meanings[role]} ({counts[role]:,})")
        self.views.setCurrentIndex(0)

    def _add_to_legend(self, sample: TokenSample, words: str) -> None:
        entry = QWidget()
        row = QHBoxLayout(entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(sample)
        row.addWidget(label(words, "small"))
        self.legend.addWidget(entry)

    @Slot(str)
    def _on_read_out(self, text: str) -> None:
        self.read_out.setText(text or self.tr("Point at a token, or use the arrow keys."))

    # ------------------------------------------------------------------------------- a picture

    def _show_picture(self, example: PreviewExample) -> None:
        whole, model_input = self.tr("Original picture"), self.tr("Model input")
        model_input = self.tr("Model input, mixed with another picture") if self._mixed else model_input
        for view, words, data, title in (
            (self.whole, self.whole_words, example.whole, whole),
            (self.model_input, self.input_words, example.model_input, model_input),
        ):
            pixmap = QPixmap()
            if data is not None and pixmap.loadFromData(data, "PNG"):
                view.show_pixmap(pixmap, f"{title}, {Path(example.place.file).name}")
            else:
                view.show_words(self.tr("No picture"), "images")
            words.setText(title)
        self.views.setCurrentIndex(1)

    # ------------------------------------------------------------------------------- hands

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._show_current()

    def _go(self, by: int) -> None:
        self.list.setCurrentIndex(self.list.examples.index(self.list.currentIndex().row() + by))

    @Slot()
    def _on_previous(self) -> None:
        self._go(-1)

    @Slot()
    def _on_next(self) -> None:
        self._go(1)

    @Slot()
    def _on_another(self) -> None:
        self.step_wanted.emit(self._step + 1)

    @Slot(int)
    def _on_typed(self, step: int) -> None:
        self.step_wanted.emit(step)

    @Slot()
    def _on_copy(self) -> None:
        if self.current is not None:
            copy_place(self.current.place)

    @Slot()
    def _on_open(self) -> None:
        if self.current is not None:
            open_place(self._studio, self.current.place)
