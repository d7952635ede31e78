"""Tables of models on the page: where there is no room for all columns, the least wanted go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QTableView, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.models.table import COLUMNS, GIVEN_UP_FIRST, ROW_PX, ModelTable, NameDelegate, words
from bigmodel_studio.ui.widgets.table_rows import as_rows

NAME_PX = 200
"""The name's column is never narrower while another can go."""
AROUND_PX = 18
"""What a cell has around its text."""
ARROW_PX = 14
"""Beside a column's title, where it is sorted by it."""


class RowsView(QTableView):
    """One row a model, one chosen at a time; the first column, its name, has what room the others leave."""

    def __init__(
        self,
        rows: QAbstractItemModel,
        names: QStyledItemDelegate,
        given_up_first: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        """``given_up_first`` are the columns that go, one after the other, where there is no room for all."""
        super().__init__(parent)
        self._widths: list[int] = []
        self._given_up_first = tuple(given_up_first)
        self.setModel(rows)
        names.setParent(self)
        self.setItemDelegateForColumn(0, names)
        as_rows(self, ROW_PX)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def set_widths(self, widths: Sequence[int]) -> None:
        """Set how wide each column wants to be; the first one's is not looked at."""
        self._widths = list(widths)
        for column, width in enumerate(self._widths[1:], 1):
            self.setColumnWidth(column, width)
        self._fit()

    def _fit(self) -> None:
        if not self._widths:
            return
        room = self.viewport().width() - NAME_PX - sum(self._widths[1:])
        gone = set()
        for column in self._given_up_first:
            if room >= 0:
                break
            gone.add(column)
            room += self._widths[column]
        for column in range(1, len(self._widths)):
            self.setColumnHidden(column, column in gone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class ModelsView(RowsView):
    """The models of this computer."""

    def __init__(self, rows: QSortFilterProxyModel, models: ModelTable, parent: QWidget | None = None) -> None:
        """``rows`` are those of ``models``, sorted and searched."""
        super().__init__(rows, NameDelegate(), GIVEN_UP_FIRST, parent)
        self._models = models
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        rows.modelReset.connect(self.measure)

    @Slot()
    def measure(self) -> None:
        """See how wide the columns want to be: they hold something else. Qt would ask each cell, six times over."""
        metrics, small, records = QFontMetrics(theme.font()), QFontMetrics(theme.font(12)), self._models.records()
        widths = [0]
        for title, shown, _sorted_by in COLUMNS[1:]:
            widest = max(map(metrics.horizontalAdvance, set(map(shown, records))), default=0)
            widths.append(AROUND_PX + max(widest, small.horizontalAdvance(words(title)) + ARROW_PX))
        self.set_widths(widths)
