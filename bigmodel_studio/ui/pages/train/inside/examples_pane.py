"""Examples that a model has learnt from or was evaluated on: a list at the left, the chosen one at the right.

Texts have each token coloured by the loss on it; pictures are small ones that a lane has made, or come as PNG from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.inside.examples_list import ExamplesList, ListedExample, classes_words
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.picture_view import PictureView

SPLIT_PX = 260
LOSS_COLOUR = 1
STRONGEST: dict[theme.Scheme, float] = {"light": 0.75, "dark": 0.5}
"""How much of the colour of losses is mixed into the ground for the largest one: text on it stays readable."""


class ExamplesPane(QWidget):
    """``show_examples`` in the order in which they shall stand."""

    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the accessible one of the list."""
        super().__init__(parent)
        self.list = ExamplesList(thumbnails, name)
        self.model = self.list.examples
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("The chosen example"))
        set_look(self.text, "bare")
        self.text.document().setDocumentMargin(12)
        self.picture = PictureView()
        self.caption = ElidedLabel()
        set_look(self.caption, "small")
        self.legend = label("", "small", wrap=True)
        self._detail = QStackedWidget()
        self._detail.addWidget(self.text)
        self._detail.addWidget(self.picture)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 4, 12, 4)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.legend)
        column.addWidget(self._detail, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(right)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([SPLIT_PX, SPLIT_PX])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)
        thumbnails.changed.connect(self._show_current)

    def show_examples(self, examples: Sequence[ListedExample]) -> None:
        """Show these, the first of them chosen; the same ones stay as they are."""
        if list(examples) == list(self.model.examples):
            return
        self.model.show_examples(examples)
        if examples:
            self.list.setCurrentIndex(self.model.index(0))
        self._show_current()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._show_current()

    @Slot()
    def _show_current(self) -> None:
        index = self.list.currentIndex()
        if not index.isValid() or index.row() >= len(self.model.examples):
            self.caption.setText("")
            self._show_legend("")
            self.text.clear()
            self._detail.setCurrentWidget(self.text)
            return
        example = self.model.examples[index.row()]
        self.caption.setText(self._words(example))
        self.caption.setToolTip(example.file or example.source)
        self._show_legend(self._colours(example))
        if example.picture is not None or (example.file and not example.line):
            pixmap = self.model.pixmap(index.row())
            if pixmap is not None:
                self.picture.show_pixmap(pixmap, PurePath(example.file).name)
            else:
                self.picture.show_words(self.tr("No picture"), "images")
            self._detail.setCurrentWidget(self.picture)
        else:
            write_tokens(self.text, example)
            self._detail.setCurrentWidget(self.text)

    def _words(self, example: ListedExample) -> str:
        parts = [self.tr("loss {loss}").format(loss=numbers.significant(example.loss))]
        if example.expected:
            parts.append(self.tr("true: {label}").format(label=classes_words(example.expected)))
        if example.predicted:
            parts.append(self.tr("predicted: {label}").format(label=classes_words(example.predicted)))
        if example.file or example.source:
            parts.append(PurePath(example.file or example.source).name)
        return " · ".join(parts)

    def _colours(self, example: ListedExample) -> str:
        losses = [token.loss for token in example.tokens if token.loss is not None]
        if not losses:
            return ""
        parts = (
            self.tr("stronger color = larger loss on a token"),
            self.tr("up to {loss}").format(loss=numbers.significant(max(losses))),
        )
        return " · ".join(parts)

    def _show_legend(self, words: str) -> None:
        self.legend.setText(words)
        self.legend.setVisible(bool(words))


def write_tokens(view: QTextEdit, example: ListedExample) -> None:
    """Write the example's text as plain text, each token on a ground as strong as the loss on it."""
    view.clear()
    cursor = QTextCursor(view.document())
    if not example.tokens:
        cursor.insertText(example.text)
        return
    most = max((token.loss for token in example.tokens if token.loss is not None), default=0.0) or 1.0
    ground, strong, plain = theme.colour("surface"), theme.series_colour(LOSS_COLOUR), theme.colour("secondary")
    cursor.beginEditBlock()
    for token in example.tokens:
        form = QTextCharFormat()
        if token.loss is None:
            form.setForeground(plain)
        else:
            share = min(1.0, token.loss / most) * STRONGEST[theme.scheme()]
            form.setBackground(QColor.fromRgbF(*(_mixed(strong, ground, share))))
            form.setForeground(theme.colour("text"))
            form.setToolTip(numbers.significant(token.loss))
        cursor.insertText(token.text, form)
    cursor.endEditBlock()


def _mixed(one: QColor, other: QColor, share: float) -> tuple[float, float, float]:
    parts = ((one.redF(), other.redF()), (one.greenF(), other.greenF()), (one.blueF(), other.blueF()))
    red, green, blue = (a * share + b * (1 - share) for a, b in parts)
    return red, green, blue
