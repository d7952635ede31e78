"""A list of examples: a small picture where there is one, its class and the predicted one, and the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Slot,
)
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import NO_CLASS, StepExample, TokenLoss
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.runs.words import word

Index = QModelIndex | QPersistentModelIndex
SHOWN_ROLE = Qt.ItemDataRole.UserRole
ROW_PX, MARK_PX, LOSS_PX = 44, 36, 46
LEAST_WORDS_PX = 40
_NO_CLASS = str(QT_TRANSLATE_NOOP("train", "no class"))


@dataclass(frozen=True)
class ListedExample:
    """An example as it is shown; ``file`` is a picture's, ``picture`` the PNG of one where it is here already.

    ``source`` says where a text is from; ``note`` stands below it where there is no class.
    """

    loss: float | None = None
    text: str = ""
    tokens: tuple[TokenLoss, ...] = ()
    picture: bytes | None = None
    file: str = ""
    source: str = ""
    expected: str = ""
    predicted: str = ""
    probability: float | None = None
    note: str = ""

    @property
    def line(self) -> str:
        """Its text on one line."""
        return " ".join((self.text or "".join(token.text for token in self.tokens[:200])).split())


def shown(step_example: StepExample) -> ListedExample:
    """Return an example of a batch: with the loss that the run recorded, where it did."""
    return ListedExample(
        loss=step_example.recorded if step_example.recorded is not None else step_example.loss,
        tokens=step_example.tokens,
        picture=step_example.picture,
        file=step_example.source if step_example.picture is not None else "",
        source=step_example.source if step_example.picture is None else "",
        expected=step_example.expected,
        predicted=step_example.predicted,
        probability=step_example.probability,
    )


class ExamplesModel(QAbstractListModel):
    """The examples, as they are given."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self.examples: Sequence[ListedExample] = ()
        self.losses = True
        """Whether any has a loss to show."""
        self._pixmaps: dict[int, QPixmap] = {}
        thumbnails.changed.connect(self._on_thumbnails)

    def show_examples(self, examples: Sequence[ListedExample]) -> None:
        """Show these instead of those before."""
        self.beginResetModel()
        self.examples = list(examples)
        self.losses = any(example.loss is not None for example in examples)
        self._pixmaps = {}
        for place, example in enumerate(self.examples):
            pixmap = QPixmap()
            if example.picture is not None and pixmap.loadFromData(example.picture, "PNG"):
                self._pixmaps[place] = pixmap
        self.endResetModel()
        self._thumbnails.want([e.file for e in self.examples if e.file and e.picture is None])

    def pixmap(self, place: int) -> QPixmap | None:
        """Return the picture of an example; None where there is none (yet)."""
        example = self.examples[place]
        return self._pixmaps.get(place) or (self._thumbnails.picture(example.file) if example.file else None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.examples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        example = self.examples[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            loss = numbers.significant(example.loss) if self.losses else ""
            return " · ".join(filter(None, (*_titles(example), loss)))
        if role == Qt.ItemDataRole.ToolTipRole:
            return example.file or example.line[:400]
        return example if role == SHOWN_ROLE else None

    @Slot()
    def _on_thumbnails(self) -> None:
        if self.examples:
            self.dataChanged.emit(self.index(0), self.index(len(self.examples) - 1))


def classes_words(classes: str) -> str:
    """Return the classes of an example in the window's language."""
    return word(_NO_CLASS) if classes == NO_CLASS else classes


def _titles(example: ListedExample) -> tuple[str, str]:
    """Return what stands in the upper and in the lower line."""
    if example.expected or example.predicted:
        sure = numbers.percent(example.probability, 0) if example.probability is not None else ""
        upper = " ".join(filter(None, (classes_words(example.predicted), sure)))
        name = PurePath(example.file).name if example.file else example.line
        return upper, " · ".join(filter(None, (classes_words(example.expected), name)))
    return example.line[:200], example.note


class ExamplesList(QListView):
    """The list, with its model."""

    def __init__(self, thumbnails: Thumbnails, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the accessible one."""
        super().__init__(parent)
        self.examples = ExamplesModel(thumbnails, self)
        self.setModel(self.examples)
        self.setAccessibleName(name)
        self.setItemDelegate(_Row(self.examples, self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)


class _Row(QStyledItemDelegate):
    """A small picture where there is one, two lines, and the loss at the right."""

    def __init__(self, model: ExamplesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        example: ListedExample = index.data(SHOWN_ROLE)
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
        if self._model.losses:
            painter.drawText(room, right, numbers.significant(example.loss))
            room.setRight(room.right() - LOSS_PX)
        if room.width() >= LEAST_WORDS_PX:
            self._paint_words(painter, room, example)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, example: ListedExample) -> None:
        upper, lower = _titles(example)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font())
        wrong = bool(example.expected) and example.predicted != example.expected
        painter.setPen(theme.colour("bad" if wrong else "text"))
        above = room if not lower else QRect(room.left(), room.top(), room.width(), room.height() // 2)
        mark = ("✗ " if wrong else "✓ ") if example.expected and example.predicted else ""
        elided = painter.fontMetrics().elidedText(mark + upper, Qt.TextElideMode.ElideRight, above.width())
        painter.drawText(above, left, elided)
        if lower:
            painter.setFont(theme.font(12))
            painter.setPen(theme.colour("secondary"))
            below = above.translated(0, above.height())
            elided = painter.fontMetrics().elidedText(lower, Qt.TextElideMode.ElideMiddle, below.width())
            painter.drawText(below, left, elided)
