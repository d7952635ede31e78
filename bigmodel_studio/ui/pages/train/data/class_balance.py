"""How many examples each class has, in training and in evaluation, as bars: a row a class, sortable.

A model/view table draws only the rows in sight, so that a thousand classes scroll smoothly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSortFilterProxyModel, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import PartCounts
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.data.data_words import ROLES
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.table_rows import as_rows

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
BAR_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX, BAR_PX = 26, 8
NAMES_SHARE = 0.46
_LEAST_PX = 1.5


class Bar(NamedTuple):
    """A count beside the largest of its column."""

    value: int
    most: int


class BalanceModel(QAbstractTableModel):
    """The classes as they are given: the first column is the label, then one for each part that has some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[str] = []
        self._counts: list[list[int]] = []
        self._titles: list[str] = []
        self._title = ""

    def show_parts(self, parts: Sequence[PartCounts], title: str) -> None:
        """Show these from now on; a class that a part lacks has none there. ``title``: what the labels are."""
        self.beginResetModel()
        self._title = title
        self._labels = list(dict.fromkeys(each.label for part in parts for each in part.classes))
        with_classes = [part for part in parts if part.classes]
        known = [{each.label: each.count for each in part.classes} for part in with_classes]
        self._counts = [[counts.get(name, 0) for name in self._labels] for counts in known]
        self._titles = [word(ROLES[part.role]) for part in with_classes]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + len(self._counts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if column == 0:
            shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, SORT_ROLE)
            return self._labels[row] if role in shown else None
        counts = self._counts[column - 1]
        if role == Qt.ItemDataRole.DisplayRole:
            return numbers.exact(counts[row])
        if role == BAR_ROLE:
            return Bar(counts[row], max(counts))
        return counts[row] if role == SORT_ROLE else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section - 1] if section else self._title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class ClassBalance(QTableView):
    """The table, the largest class first until the user orders it otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = BalanceModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.counts)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setAccessibleName(self.tr("Examples per class"))
        self.setItemDelegate(_Bars(self))
        as_rows(self, ROW_PX)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortingEnabled(True)

    def show_parts(self, parts: Sequence[PartCounts], title: str) -> None:
        """Show how the classes of these are spread; ``title`` is above their names."""
        self.counts.show_parts(parts, title)
        self._share_out()
        self.sortByColumn(1, Qt.SortOrder.DescendingOrder)
        self.scrollToTop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Names have as much room as all bars together, nearly."""
        room, columns = self.viewport().width(), self.model().columnCount()
        names = round(room * NAMES_SHARE)
        for column in range(columns):
            self.setColumnWidth(column, names if not column else (room - names) // (columns - 1))


class _Bars(QStyledItemDelegate):
    """A count as a number and a bar; everything else as it is."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        bar = index.data(BAR_ROLE)
        if bar is None:
            super().paint(painter, option, index)
            return
        styled: Any = option
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(styled.rect, theme.colour("accent_soft"))
        room = QRectF(styled.rect).adjusted(8, 0, -12, 0)
        painter.save()
        painter.setFont(theme.font(tabular=True))
        painter.setPen(theme.colour("text"))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(numbers.exact(bar.most)) + 2
        number = QRectF(room.left(), room.top(), wide, room.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        track = room.adjusted(wide + 8, 0, 0, 0)
        if bar.value and track.width() > 0:
            length = max(_LEAST_PX, track.width() * bar.value / bar.most)
            middle = track.center().y()
            painter.fillRect(QRectF(track.left(), middle - BAR_PX / 2, length, BAR_PX), theme.colour("accent"))
        painter.restore()
