"""The Hub's models as a table that grows while one scrolls: one row a repository, in the Hub's order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QAbstractTableModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from bigmodel_studio.core.advice import fits
from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import HubModel, Sort
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.times import DAY_S, ago
from bigmodel_studio.ui.pages.models.table import ROW_PX, Index, words
from bigmodel_studio.ui.pages.models.view import AROUND_PX

MODEL = Qt.ItemDataRole.UserRole
MARKS = Qt.ItemDataRole.UserRole + 1
WORDS_PX = 150
"""Columns of words are no wider."""

TASKS: dict[str, str] = {
    "text-generation": str(QT_TRANSLATE_NOOP("models", "Text generation and chat")),
    "fill-mask": str(QT_TRANSLATE_NOOP("models", "Fill mask")),
    "text-classification": str(QT_TRANSLATE_NOOP("models", "Text classification")),
    "token-classification": str(QT_TRANSLATE_NOOP("models", "Token classification")),
    "sentence-similarity": str(QT_TRANSLATE_NOOP("models", "Sentence similarity")),
    "feature-extraction": str(QT_TRANSLATE_NOOP("models", "Embedding")),
    "summarization": str(QT_TRANSLATE_NOOP("models", "Summarizing")),
    "translation": str(QT_TRANSLATE_NOOP("models", "Translation")),
    "question-answering": str(QT_TRANSLATE_NOOP("models", "Question answering")),
    "image-classification": str(QT_TRANSLATE_NOOP("models", "Image classification")),
    "image-text-to-text": str(QT_TRANSLATE_NOOP("models", "Pictures and text")),
    "automatic-speech-recognition": str(QT_TRANSLATE_NOOP("models", "Speech to text")),
    "text-to-image": str(QT_TRANSLATE_NOOP("models", "Text to image")),
}
"""The Hub's tasks by its own word for each; one that is not here is said as the Hub says it."""


def task_words(task: str) -> str:
    """Return a task in the window's language."""
    return words(TASKS[task]) if task in TASKS else task


class Column(NamedTuple):
    """A column: its title, what is shown, the longest text that it has room for, and what it orders the search by."""

    title: str
    shown: Callable[[HubModel], str]
    sample: Callable[[], str]
    sort: Sort | None = None


_COUNTS = (888, 8_888, 88_880, 888_800, 8_888_000, 88_880_000, 888_800_000, 88_880_000_000, 888_800_000_000)


def _longest_count() -> str:
    """Languages part large numbers elsewhere."""
    return max(map(numbers.count, _COUNTS), key=len)


def _or_nothing(value: float, shown: Callable[[float], str]) -> str:
    return shown(value) if value else numbers.NOTHING


COLUMNS: tuple[Column, ...] = (
    Column(str(QT_TRANSLATE_NOOP("models", "Model")), lambda m: m.id, str),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Parameters")),
        lambda m: _or_nothing(m.parameters, numbers.count),
        _longest_count,
    ),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Size")),
        lambda m: _or_nothing(m.bytes, numbers.size),
        lambda: numbers.size(888_000_000),
    ),
    Column(str(QT_TRANSLATE_NOOP("models", "Task")), lambda m: task_words(m.task) or numbers.NOTHING, lambda: "M" * 99),
    Column(str(QT_TRANSLATE_NOOP("models", "License")), lambda m: m.licence or numbers.NOTHING, lambda: "cc-by-nc-4.0"),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Downloads")),
        lambda m: numbers.count(m.downloads),
        _longest_count,
        "downloads",
    ),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Likes")),
        lambda m: numbers.count(m.likes),
        lambda: numbers.count(88_800),
        "likes",
    ),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Updated")),
        lambda m: _or_nothing(m.updated, ago),
        lambda: max(ago(0), ago(300 * DAY_S), key=len),
        "updated",
    ),
)
_RIGHT = {1, 2, 5, 6}
GIVEN_UP_FIRST = (4, 6, 7, 3, 2, 5)
"""The columns that go, one after the other, where there is no room for all."""


def widths() -> list[int]:
    """Return how wide the columns want to be, whatever comes: they do not jump while more rows arrive."""
    metrics, small = QFontMetrics(theme.font()), QFontMetrics(theme.font(12))
    return [
        AROUND_PX
        + min(max(metrics.horizontalAdvance(each.sample()), small.horizontalAdvance(words(each.title)) + 4), WORDS_PX)
        for each in COLUMNS
    ]


class HubTable(QAbstractTableModel):
    """The rows that have come so far. Qt asks for more of them as one scrolls; ``more_wanted`` passes that on."""

    more_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._models: list[HubModel] = []
        self._ids: set[str] = set()
        self._here: frozenset[str] = frozenset()
        self._rooms: tuple[Room, ...] = ()
        self._more = False

    # ------------------------------------------------------------------------------- what it holds

    def models(self) -> list[HubModel]:
        """Return the rows, in order."""
        return self._models

    def clear(self) -> None:
        """Clear: another search begins."""
        self.beginResetModel()
        self._models, self._ids, self._more = [], set(), False
        self.endResetModel()

    def append(self, models: Iterable[HubModel], *, more: bool) -> None:
        """Append a page of results; what an earlier one had, for ranks change between the two, is left out."""
        fresh = [model for model in models if model.id not in self._ids]
        self._more = more
        if fresh:
            first = len(self._models)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._models += fresh
            self._ids |= {model.id for model in fresh}
            self.endInsertRows()

    def set_more(self, more: bool) -> None:
        """Set whether there is more to be asked for now."""
        self._more = more

    def set_here(self, ids: Collection[str]) -> None:
        """Mark the repositories that are on this computer."""
        if frozenset(ids) != self._here:
            self._here = frozenset(ids)
            self._marks_changed()

    def set_rooms(self, rooms: tuple[Room, ...]) -> None:
        """Set what the devices of this machine have room for."""
        self._rooms = rooms
        self._marks_changed()

    def _marks_changed(self) -> None:
        if self._models:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._models) - 1, 0), [MARKS])

    def row_of(self, name: str) -> int:
        """Return the row of a repository; −1 where it has none."""
        return next((row for row, model in enumerate(self._models) if model.id == name), -1)

    def marks(self, model: HubModel) -> Iterator[tuple[str, str]]:
        """Yield what is said below a model's name, each with its colour."""
        if model.id in self._here:
            yield words("on this computer"), "good"
        if model.gated:
            yield words("gated"), "warn"
        if model.private:
            yield words("private"), "warn"
        fitting = fits.fits(model.parameters, self._rooms)
        if fitting is not None:
            yield words("fits this computer" if fitting else "too large for this computer"), "secondary"
        if model.library:
            yield model.library, "secondary"

    # ------------------------------------------------------------------------------- what Qt asks

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more

    def fetchMore(self, parent: Index) -> None:
        if self._more:
            self._more = False  # until it has come
            self.more_wanted.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._models)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()].shown(self._models[index.row()])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == MODEL:
            return self._models[index.row()]
        if role == MARKS:
            return tuple(self.marks(self._models[index.row()]))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            model = self._models[index.row()]
            below = " · ".join(text for text, _ in self.marks(model))
            return f"{model.id}\n{below}" if below else model.id
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return words(COLUMNS[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class HubNameDelegate(QStyledItemDelegate):
    """The first column: the repository, elided in the middle, and below it what marks it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.data(MODEL)
        if not isinstance(model, HubModel):
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.colour("accent_soft"))
        room = option.rect.adjusted(8, 4, -8, -4)
        half = room.height() // 2
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        big, small = theme.font(), theme.font(12)
        painter.setFont(big)
        painter.setPen(theme.colour("text"))
        name = QFontMetrics(big).elidedText(model.id, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(QRect(room.left(), room.top(), room.width(), half), middle, name)
        painter.setFont(small)
        metrics, left = QFontMetrics(small), room.left()
        for number, (text, colour) in enumerate(index.data(MARKS)):
            for part, its_colour in ((" · ", "secondary"), (text, colour)) if number else ((text, colour),):
                width = room.right() - left
                shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(width, 0))
                painter.setPen(theme.colour(its_colour))
                painter.drawText(QRect(left, room.top() + half, max(width, 0), half), middle, shown)
                left += metrics.horizontalAdvance(part)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(220, ROW_PX)
