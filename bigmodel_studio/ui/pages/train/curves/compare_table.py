"""Runs beside each other: a row a run, first the settings that differ between them, then how good it became and what
that took. Sortable; a run is shown when its row is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from bigmodel_studio.core.runs.comparison import differences, flops_of
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs.changes import written
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.runs.words import state_word, word
from bigmodel_studio.ui.widgets.table_rows import as_rows

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
NAME_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_PX = 28
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _items(run: RunSummary) -> str:
    return numbers.count(run.items) if run.items is not None else numbers.NOTHING


def _flops(run: RunSummary) -> str:
    flops, _source = flops_of(run)
    return numbers.power(flops or None)


# A figure: its title, what is said, what it is sorted by.
FIGURES: tuple[tuple[str, Callable[[RunSummary], str], Callable[[RunSummary], float | None]], ...] = (
    (str(QT_TRANSLATE_NOOP("train", "Step")), lambda r: numbers.exact(r.step), lambda r: r.step),
    (str(QT_TRANSLATE_NOOP("train", "Loss")), lambda r: numbers.significant(r.loss), lambda r: r.loss),
    (
        str(QT_TRANSLATE_NOOP("train", "Evaluation")),
        lambda r: numbers.significant(r.evaluation_loss),
        lambda r: r.evaluation_loss,
    ),
    (str(QT_TRANSLATE_NOOP("train", "Best")), lambda r: numbers.significant(r.best_loss), lambda r: r.best_loss),
    (str(QT_TRANSLATE_NOOP("train", "Accuracy")), lambda r: numbers.percent(r.accuracy), lambda r: r.accuracy),
    (str(QT_TRANSLATE_NOOP("train", "Training data")), _items, lambda r: r.items),
    (str(QT_TRANSLATE_NOOP("train", "Time")), lambda r: numbers.duration(r.seconds), lambda r: r.seconds),
    (str(QT_TRANSLATE_NOOP("train", "FLOPs")), _flops, lambda r: flops_of(r)[0] or None),
)


class CompareModel(QAbstractTableModel):
    """A row a run: its state, the fields of its spec that differ, its figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        self.fields: list[str] = []
        self._differs: dict[str, list[Any]] = {}

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these from now on."""
        if list(runs) == self.runs:
            return
        same = [run.path for run in runs] == [run.path for run in self.runs]
        if same:
            self.runs = list(runs)
            self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.runs = list(runs)
        self._differs = differences([run.spec for run in runs])
        self.fields = list(self._differs)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 2 + len(self.fields) + len(FIGURES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run, column = self.runs[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(run, index.row(), column)
        if role == NAME_ROLE:
            return run.name
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if column >= 2 else LEFT
        if role == SORT_ROLE:
            return self._sorted_by(run, index.row(), column)
        return None

    def _text(self, run: RunSummary, row: int, column: int) -> str:
        if column < 2:
            return run.name if column == 0 else state_word(run)
        if column < 2 + len(self.fields):
            value = self._differs[self.fields[column - 2]][row]
            return numbers.NOTHING if value is None else written(value)
        return FIGURES[column - 2 - len(self.fields)][1](run)

    def _sorted_by(self, run: RunSummary, row: int, column: int) -> Any:
        if column < 2:
            return self._text(run, row, column).casefold()
        if column < 2 + len(self.fields):
            value = self._differs[self.fields[column - 2]][row]
            return float(value) if isinstance(value, int | float) else str(value)
        number = FIGURES[column - 2 - len(self.fields)][2](run)
        return float("inf") if number is None else float(number)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        field = self.fields[section - 2] if 2 <= section < 2 + len(self.fields) else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return field or None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if section >= 2 else LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section < 2:
            return word(HEADS[section])
        return field.rpartition(".")[2] if field else word(FIGURES[section - 2 - len(self.fields)][0])


HEADS = (str(QT_TRANSLATE_NOOP("train", "Run")), str(QT_TRANSLATE_NOOP("train", "State")))


class CompareTable(QTableView):
    """``opened`` names a run whose row was opened."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.compared = CompareModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.compared)
        self._sorted.setSortRole(SORT_ROLE)
        self.setModel(self._sorted)
        self.setAccessibleName(self.tr("Differences between the compared runs and their results"))
        as_rows(self, ROW_PX)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setMaximumSectionSize(260)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.activated.connect(self._on_activated)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(NAME_ROLE))
