"""The reference models as a table: what was published, and beside it what is counted from the structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from bigmodel_studio.core.advice.catalog import CATALOG, Reference
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.models.table import Index, words
from bigmodel_studio.ui.pages.models.view import AROUND_PX

REFERENCE = Qt.ItemDataRole.UserRole
COUNTING = "…"


class Column(NamedTuple):
    """A column: its title, and what it shows of a model and of its parameters as counted (None: not yet)."""

    title: str
    shown: Callable[[Reference, int | None], str]


def _or_nothing(value: float, shown: Callable[[float], str]) -> str:
    return shown(value) if value else numbers.NOTHING


def _exact(value: float) -> str:
    return numbers.exact(round(value))


COLUMNS: tuple[Column, ...] = (
    Column(str(QT_TRANSLATE_NOOP("models", "Model")), lambda r, _: r.title),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Published")), lambda r, _: _or_nothing(r.published.parameters, numbers.count)
    ),
    Column(
        str(QT_TRANSLATE_NOOP("models", "Computed")),
        lambda _, counted: COUNTING if counted is None else numbers.exact(counted),
    ),
    Column(str(QT_TRANSLATE_NOOP("models", "Depth")), lambda r, _: _or_nothing(r.published.layers, _exact)),
    Column(str(QT_TRANSLATE_NOOP("models", "Width")), lambda r, _: _or_nothing(r.published.width, _exact)),
    Column(str(QT_TRANSLATE_NOOP("models", "Heads")), lambda r, _: _or_nothing(r.published.heads, _exact)),
    Column(str(QT_TRANSLATE_NOOP("models", "Year")), lambda r, _: str(r.year)),
)
GIVEN_UP_FIRST = (6, 5, 4, 3, 1)
"""The columns that go, one after the other, where there is no room for all."""


class CatalogueTable(QAbstractTableModel):
    """One row a model of the catalogue, in its order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counted: dict[str, int] = {}
        """Parameters as counted from the structure, by id."""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(CATALOG)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        reference = CATALOG[index.row()]
        if role == REFERENCE:
            return reference
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[index.column()].shown(reference, self.counted.get(reference.id))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return f"{reference.title}\n{reference.source.citation}"
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{reference.title}, {reference.family}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return words(COLUMNS[section].title)
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def count(self, id_: str, parameters: int) -> None:
        """Take in the number of a model's parameters."""
        self.counted[id_] = parameters
        row = next(row for row, reference in enumerate(CATALOG) if reference.id == id_)
        at = self.index(row, 2)
        self.dataChanged.emit(at, at)

    def widths(self) -> list[int]:
        """Return how wide the columns want to be; that of the counts has room for the longest from the start."""
        metrics, small = QFontMetrics(theme.font()), QFontMetrics(theme.font(12))
        found = []
        for column in COLUMNS:
            longest = max(metrics.horizontalAdvance(column.shown(each, 888_888_888_888)) for each in CATALOG)
            found.append(AROUND_PX + max(longest, small.horizontalAdvance(words(column.title)) + 4))
        return found


class Searched(QSortFilterProxyModel):
    """The rows whose title, family, id or paper has every word that was typed."""

    def __init__(self, rows: CatalogueTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self.setSourceModel(rows)

    def search(self, text: str) -> None:
        """Search for other words."""
        self.beginFilterChange()
        self._words = text.casefold().split()
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        reference = CATALOG[row]
        text = f"{reference.title} {reference.family} {reference.id} {reference.source.citation} {reference.year}"
        return all(word in text.casefold() for word in self._words)


class NameDelegate(QStyledItemDelegate):
    """The title, and below it the family and the paper's first words."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view_option: Any = QStyleOptionViewItem(option)
        self.initStyleOption(view_option, index)
        view_option.text = ""
        style = view_option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, view_option, painter, view_option.widget)
        reference: Reference = index.data(REFERENCE)
        painter.save()
        room = view_option.rect.adjusted(12, 6, -6, -6)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(reference.title, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("secondary"))
        below = painter.fontMetrics().elidedText(_authors(reference), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, below)
        painter.restore()


def _authors(reference: Reference) -> str:
    """Return who published it: the citation up to its title."""
    return reference.source.citation.partition(",")[0]
