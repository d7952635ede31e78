"""The table of models on the page: where there is no room for all columns, the least wanted go."""

from __future__ import annotations

from PySide6.QtCore import QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from bigmodel_studio.ui import theme
from bigmodel_studio.ui.pages.models.table import COLUMNS, GIVEN_UP_FIRST, ROW_PX, ModelTable, NameDelegate, words

NAME_PX = 200
"""The name's column is never narrower while another can go."""
_AROUND_PX = 18
"""What a cell has around its text."""
_ARROW_PX = 14
"""Beside a column's title, where it is sorted by it."""


class ModelsView(QTableView):
    """One row a model, one chosen at a time."""

    def __init__(self, rows: QSortFilterProxyModel, models: ModelTable, parent: QWidget | None = None) -> None:
        """``rows`` are those of ``models``, sorted and searched."""
        super().__init__(parent)
        self._models = models
        self._widths: list[int] = []
        self.setModel(rows)
        self.setItemDelegateForColumn(0, NameDelegate(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(1)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        rows.modelReset.connect(self.measure)

    @Slot()
    def measure(self) -> None:
        """See how wide the columns want to be: they hold something else. Qt would ask each cell, six times over."""
        metrics, small, records = QFontMetrics(theme.font()), QFontMetrics(theme.font(12)), self._models.records()
        self._widths = [0]
        for title, shown, _sorted_by in COLUMNS[1:]:
            widest = max(map(metrics.horizontalAdvance, set(map(shown, records))), default=0)
            self._widths.append(_AROUND_PX + max(widest, small.horizontalAdvance(words(title)) + _ARROW_PX))
        for column, width in enumerate(self._widths[1:], 1):
            self.setColumnWidth(column, width)
        self._fit()

    def _fit(self) -> None:
        if not self._widths:
            return
        room = self.viewport().width() - NAME_PX - sum(self._widths[1:])
        gone = set()
        for column in GIVEN_UP_FIRST:
            if room >= 0:
                break
            gone.add(column)
            room += self._widths[column]
        for column in range(1, len(COLUMNS)):
            self.setColumnHidden(column, column in gone)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
