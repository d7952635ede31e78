"""Examples that a model has learnt from or was evaluated on: a list at the left, the chosen one at the right.

Texts have each token coloured by the loss on it; pictures are small ones that a lane has made, or come as PNG from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QListView,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core import numbers
from bigmodel_studio.protocol import ExampleSeen, TokenLoss
from bigmodel_studio.ui import theme
from bigmodel_studio.ui.pages.train.thumbnails import Thumbnails
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.chart import series_colour
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.picture_view import PictureView

Index = QModelIndex | QPersistentModelIndex
SHOWN_ROLE = Qt.ItemDataRole.UserRole
ROW_PX, MARK_PX, LOSS_PX, SPLIT_PX = 44, 36, 46, 260
LOSS_COLOUR = 1
STRONGEST: dict[theme.Scheme, float] = {"light": 0.75, "dark": 0.5}
"""How much of the colour of losses is mixed into the ground for the largest one: text on it stays readable."""
LEAST_WORDS_PX = 40


@dataclass(frozen=True)
class Shown:
    """An example as it is shown; ``file`` is a picture's, ``picture`` the PNG of one where it is here already."""

    loss: float | None = None
    text: str = ""
    tokens: tuple[TokenLoss, ...] = ()
    picture: bytes | None = None
    file: str = ""
    expected: str = ""
    said: str = ""
    probability: float | None = None

    @property
    def line(self) -> str:
        """Its text on one line."""
        return " ".join((self.text or "".join(token.text for token in self.tokens[:200])).split())


def shown(seen: ExampleSeen) -> Shown:
    """An example of a batch: with the loss that the run recorded, where it did."""
    return Shown(
        loss=seen.recorded if seen.recorded is not None else seen.loss,
        tokens=seen.tokens,
        picture=seen.picture,
        file=seen.source,
        expected=seen.expected,
        said=seen.said,
        probability=seen.probability,
    )


class ExamplesModel(QAbstractListModel):
    """The examples, as they are given."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.examples: Sequence[Shown] = ()
        self._pixmaps: dict[int, QPixmap] = {}
        thumbnails.changed.connect(self._on_thumbnails)

    def show_examples(self, examples: Sequence[Shown]) -> None:
        """Show these instead of those before."""
        self.beginResetModel()
        self.examples = list(examples)
        self._pixmaps = {}
        for place, example in enumerate(self.examples):
            pixmap = QPixmap()
            if example.picture is not None and pixmap.loadFromData(example.picture, "PNG"):
                self._pixmaps[place] = pixmap
        self.endResetModel()
        self._thumbnails.want([e.file for e in self.examples if e.file and e.picture is None])

    def pixmap(self, place: int) -> QPixmap | None:
        """The picture of an example; None where there is none (yet)."""
        example = self.examples[place]
        return self._pixmaps.get(place) or (self._thumbnails.picture(example.file) if example.file else None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.examples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        example = self.examples[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return " · ".join(filter(None, (*_titles(example), numbers.significant(example.loss))))
        if role == Qt.ItemDataRole.ToolTipRole:
            return example.file or example.line[:400]
        return example if role == SHOWN_ROLE else None

    @Slot()
    def _on_thumbnails(self) -> None:
        if self.examples:
            self.dataChanged.emit(self.index(0), self.index(len(self.examples) - 1))


def _titles(example: Shown) -> tuple[str, str]:
    """What stands in the upper and in the lower line."""
    if example.expected or example.said:
        sure = numbers.percent(example.probability, 0) if example.probability is not None else ""
        upper = " ".join(filter(None, (example.said, sure)))
        name = PurePath(example.file).name if example.file else example.line
        return upper, " · ".join(filter(None, (example.expected, name)))
    return example.line[:200], ""


class ExamplesPane(QWidget):
    """``show_examples`` in the order in which they shall stand."""

    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the accessible one of the list."""
        super().__init__(parent)
        self.model = ExamplesModel(thumbnails, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setAccessibleName(name)
        self.list.setItemDelegate(_Row(self.model, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
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
        self._detail = QStackedWidget()
        self._detail.addWidget(self.text)
        self._detail.addWidget(self.picture)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(8, 4, 12, 4)
        column.setSpacing(4)
        column.addWidget(self.caption)
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

    def show_examples(self, examples: Sequence[Shown]) -> None:
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
            self.text.clear()
            self._detail.setCurrentWidget(self.text)
            return
        example = self.model.examples[index.row()]
        self.caption.setText(self._words(example))
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

    def _words(self, example: Shown) -> str:
        parts = [self.tr("loss {loss}").format(loss=numbers.significant(example.loss))]
        if example.expected:
            parts.append(self.tr("is {label}").format(label=example.expected))
        if example.said:
            parts.append(self.tr("taken for {label}").format(label=example.said))
        if any(token.loss is not None for token in example.tokens):
            most = max(token.loss for token in example.tokens if token.loss is not None)
            parts.append(self.tr("the stronger the colour, the larger the loss on a token"))
            parts.append(self.tr("up to {loss}").format(loss=numbers.significant(most)))
        if example.file:
            parts.append(example.file)
        return " · ".join(parts)


def write_tokens(view: QTextEdit, example: Shown) -> None:
    """The example's text as plain text, each token on a ground as strong as the loss on it."""
    view.clear()
    cursor = QTextCursor(view.document())
    if not example.tokens:
        cursor.insertText(example.text)
        return
    most = max((token.loss for token in example.tokens if token.loss is not None), default=0.0) or 1.0
    ground, strong, plain = theme.colour("surface"), series_colour(LOSS_COLOUR), theme.colour("secondary")
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


class _Row(QStyledItemDelegate):
    """A small picture where there is one, two lines, and the loss at the right."""

    def __init__(self, model: ExamplesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        example: Shown = index.data(SHOWN_ROLE)
        painter.save()
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(styled.rect, theme.colour("accent_soft"))
        room = QRect(styled.rect).adjusted(12, 4, -12, -4)
        pixmap = self._model.pixmap(index.row())
        if pixmap is not None or example.file:
            place = QRect(room.left(), room.top(), MARK_PX, MARK_PX)
            painter.fillRect(place, theme.colour("raised"))
            if pixmap is not None:
                inner = QRect(place.topLeft(), pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio))
                inner.moveCenter(place.center())
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(inner, pixmap)
            room.setLeft(place.right() + 10)
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.colour("secondary"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, right, numbers.significant(example.loss))
        room.setRight(room.right() - LOSS_PX)
        if room.width() >= LEAST_WORDS_PX:
            self._paint_words(painter, room, example)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, example: Shown) -> None:
        upper, lower = _titles(example)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font())
        wrong = bool(example.expected) and example.said != example.expected
        painter.setPen(theme.colour("bad" if wrong else "text"))
        above = room if not lower else QRect(room.left(), room.top(), room.width(), room.height() // 2)
        mark = ("✗ " if wrong else "✓ ") if example.expected and example.said else ""
        said = painter.fontMetrics().elidedText(mark + upper, Qt.TextElideMode.ElideRight, above.width())
        painter.drawText(above, left, said)
        if lower:
            painter.setFont(theme.font(12))
            painter.setPen(theme.colour("secondary"))
            below = above.translated(0, above.height())
            said = painter.fontMetrics().elidedText(lower, Qt.TextElideMode.ElideMiddle, below.width())
            painter.drawText(below, left, said)
