"""How well each class is told from the others, at the newest evaluation: a row a class, shares as bars, sortable.

A model/view table draws only the rows in sight, so that a thousand classes scroll smoothly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.table_rows import as_rows

Index = QModelIndex | QPersistentModelIndex
Score = dict[str, Any]
SORT_ROLE = Qt.ItemDataRole.UserRole
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX = 28
_BAR_PX = 6
_NUMBER_PX = 56


def _share(score: Score, name: str) -> float | None:
    value = score.get(name)
    return float(value) if isinstance(value, int | float) else None


def _of_share(name: str) -> tuple[Callable[[Score], str], Callable[[Score], Any]]:
    return lambda s: numbers.percent(_share(s, name)), lambda s: _share(s, name) if name in s else None


# A column: its title, what is said, what it is sorted by (and drawn as a bar, where that is a share of one).
COLUMNS: tuple[tuple[str, Callable[[Score], str], Callable[[Score], Any], bool], ...] = (
    (str(QT_TRANSLATE_NOOP("train", "Class")), lambda s: str(s.get("label", "")), lambda s: str(s.get("label")), False),
    (
        str(QT_TRANSLATE_NOOP("train", "Examples")),
        lambda s: numbers.exact(int(s.get("pictures", 0))),
        lambda s: int(s.get("pictures", 0)),
        False,
    ),
    (str(QT_TRANSLATE_NOOP("train", "Recall")), *_of_share("recall"), True),
    (str(QT_TRANSLATE_NOOP("train", "Precision")), *_of_share("precision"), True),
    (
        str(QT_TRANSLATE_NOOP("train", "Most confused with")),
        lambda s: str(s.get("taken_for", "")),
        lambda s: str(s.get("taken_for")),
        False,
    ),
)


class ClassesModel(QAbstractTableModel):
    """The records of ``classes``, in the order of the classes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores: list[Score] = []

    def show_scores(self, scores: list[Score]) -> None:
        """Show these from now on."""
        if scores == self._scores:
            return
        self.beginResetModel()
        self._scores = scores
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._scores)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        taken = any("taken_for" in score for score in self._scores)  # of tags and of several classes none is
        return 0 if parent.isValid() else len(COLUMNS) - (not taken)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        _title, shown, value, is_share = COLUMNS[index.column()]
        score = self._scores[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return shown(score)
        if role == SORT_ROLE:
            found = value(score)
            return -1.0 if is_share and found is None else found
        if role == SHARE_ROLE:
            return value(score) if is_share else None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return word(COLUMNS[section][0])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 1 else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class ClassesTable(QTableView):
    """The table, worst recognised first until the user orders it otherwise."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scores = ClassesModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.scores)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setAccessibleName(self.tr("Scores per class"))
        self.setItemDelegate(_Bars(self))
        as_rows(self, ROW_PX)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSortingEnabled(True)
        self.sortByColumn(2, Qt.SortOrder.AscendingOrder)


class _Bars(QStyledItemDelegate):
    """A share as a number and a bar, square-ended as every probability; everything else as it is."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        share = index.data(SHARE_ROLE)
        if share is None:
            super().paint(painter, option, index)
            return
        styled: Any = option
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(styled.rect, theme.colour("accent_soft"))
        room = QRectF(styled.rect).adjusted(8, 0, -12, 0)
        painter.save()
        painter.setFont(theme.font(tabular=True))
        painter.setPen(theme.colour("text"))
        number = QRectF(room.left(), room.top(), _NUMBER_PX, room.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        track = QRectF(number.right(), room.center().y() - _BAR_PX / 2, room.right() - number.right(), _BAR_PX)
        painter.fillRect(track, theme.colour("raised"))
        painter.fillRect(QRectF(track.left(), track.top(), track.width() * share, _BAR_PX), theme.colour("accent"))
        painter.restore()
