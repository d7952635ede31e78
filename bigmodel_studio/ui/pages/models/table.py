"""The models of this computer as a table: one row a record of the library, its problem in plain words where it has one.

A model/view table draws only the rows in sight, so that hundreds of models scroll smoothly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.times import ago

RECORD = Qt.ItemDataRole.UserRole
SORT = Qt.ItemDataRole.UserRole + 1
SEARCHED = Qt.ItemDataRole.UserRole + 2
LOADED = Qt.ItemDataRole.UserRole + 3
ROW_PX = 44
Index = QModelIndex | QPersistentModelIndex

KINDS: dict[str, str] = {
    "causal-lm": str(QT_TRANSLATE_NOOP("models", "Text generation")),
    "masked-lm": str(QT_TRANSLATE_NOOP("models", "Fill mask")),
    "text-classifier": str(QT_TRANSLATE_NOOP("models", "Text classification")),
    "token-classifier": str(QT_TRANSLATE_NOOP("models", "Token classification")),
    "encoder": str(QT_TRANSLATE_NOOP("models", "Encoder")),
    "seq2seq": str(QT_TRANSLATE_NOOP("models", "Encoder-decoder")),
    "image-classifier": str(QT_TRANSLATE_NOOP("models", "Image classification")),
    "other": str(QT_TRANSLATE_NOOP("models", "Other")),
}
SOURCES: dict[str, str] = {
    "builtin": str(QT_TRANSLATE_NOOP("models", "bundled")),
    "local": str(QT_TRANSLATE_NOOP("models", "folder")),
    "run": str(QT_TRANSLATE_NOOP("models", "run")),
    "hub": str(QT_TRANSLATE_NOOP("models", "Hub, on disk")),
}


def words(text: str) -> str:
    """Return a word of this page's tables, in the window's language."""
    return QCoreApplication.translate("models", text)


def _used(record: ModelRecord) -> str:
    return ago(record.last_used) if record.last_used else numbers.NOTHING


# A column: its title, what is shown, what it is sorted by.
COLUMNS: tuple[tuple[str, Callable[[ModelRecord], str], Callable[[ModelRecord], Any]], ...] = (
    (str(QT_TRANSLATE_NOOP("models", "Model")), lambda r: r.name, lambda r: r.name.casefold()),
    (str(QT_TRANSLATE_NOOP("models", "Kind")), lambda r: words(KINDS.get(r.kind, r.kind)), lambda r: r.kind),
    (
        str(QT_TRANSLATE_NOOP("models", "Parameters")),
        lambda r: numbers.count(r.parameters) if r.parameters else numbers.NOTHING,
        lambda r: r.parameters,
    ),
    (
        str(QT_TRANSLATE_NOOP("models", "On disk")),
        lambda r: numbers.size(r.disk_bytes) if r.disk_bytes else numbers.NOTHING,
        lambda r: r.disk_bytes,
    ),
    (str(QT_TRANSLATE_NOOP("models", "Type")), lambda r: r.dtype or numbers.NOTHING, lambda r: r.dtype),
    (
        str(QT_TRANSLATE_NOOP("models", "Source")),
        lambda r: words(SOURCES.get(r.source, r.source)),
        lambda r: r.source,
    ),
    (str(QT_TRANSLATE_NOOP("models", "Last used")), _used, lambda r: r.last_used),
)
_RIGHT = {2, 3}
GIVEN_UP_FIRST = (4, 5, 6, 1, 2)
"""The columns that go, one after the other, where there is no room for all."""


def _is_same(one: ModelRef, other: ModelRef) -> bool:
    return (one.source, one.id) == (other.source, other.id)


class ModelTable(QAbstractTableModel):
    """The library's records, in its order."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[ModelRecord] = []
        self._loaded: ModelRef | None = None

    def set_loaded(self, ref: ModelRef | None) -> None:
        """Mark the model that is loaded now."""
        self._loaded = ref
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._records) - 1, 0), [LOADED])

    def records(self) -> list[ModelRecord]:
        """Return what is shown, before it is searched."""
        return self._records

    def set_records(self, records: list[ModelRecord]) -> None:
        """Show these from now on."""
        self.beginResetModel()
        self._records = records
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._records)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        record = self._records[index.row()]
        _title, shown, sorted_by = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown(record)
        if role == RECORD:
            return record
        if role == SORT:
            return sorted_by(record)
        if role == SEARCHED:
            return " ".join((record.name, record.architecture, *(shown(record) for _, shown, _ in COLUMNS[1:])))
        if role == LOADED:
            return self._loaded is not None and _is_same(self._loaded, record.ref)
        if role == Qt.ItemDataRole.ToolTipRole:
            below = record.path if record.problem is None else i18n.sentence(record.problem)
            return f"{record.name}\n{below}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return words(COLUMNS[section][0])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


def sorted_and_filtered(table: ModelTable) -> QSortFilterProxyModel:
    """Return the table as the user orders it and searches it, by whatever is in a row."""
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(table)
    proxy.setSortRole(SORT)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setFilterKeyColumn(0)
    proxy.setFilterRole(SEARCHED)
    return proxy


class NameDelegate(QStyledItemDelegate):
    """The first column: the name, elided in the middle, and below it its architecture, or what is wrong with it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        record = index.data(RECORD)
        if not isinstance(record, ModelRecord):
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.colour("accent_soft"))
        room = option.rect.adjusted(8, 4, -8, -4)
        half = room.height() // 2
        upper = QRect(room.left(), room.top(), room.width(), half)
        lower = QRect(room.left(), room.top() + half, room.width(), half)
        big, small = theme.font(), theme.font(12)
        painter.setFont(big)
        painter.setPen(theme.colour("text"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(
            upper, middle, QFontMetrics(big).elidedText(record.name, Qt.TextElideMode.ElideMiddle, upper.width())
        )
        painter.setFont(small)
        if record.only_looked_at:
            painter.setPen(theme.colour("secondary"))
            below = " · ".join((record.architecture, words("GGUF (inspect only)")))
        elif record.problem is not None:
            painter.setPen(theme.colour("bad"))
            below = i18n.sentences(record.problem)[0]
        elif index.data(LOADED):
            painter.setPen(theme.colour("good"))
            below = words("loaded")
        else:
            painter.setPen(theme.colour("secondary"))
            below = f"{record.architecture} · GGUF" if record.format == "gguf" else record.architecture
        painter.drawText(
            lower, middle, QFontMetrics(small).elidedText(below, Qt.TextElideMode.ElideRight, lower.width())
        )

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(220, ROW_PX)
