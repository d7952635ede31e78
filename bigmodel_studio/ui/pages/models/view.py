"""The table of models on the page: where there is no room for all columns, the least wanted go."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from bigmodel_studio.ui.pages.models.table import COLUMNS, GIVEN_UP_FIRST, ROW_PX, NameDelegate

NAME_PX = 200
"""The name's column is never narrower while another can go."""
_MEASURED_ROWS = 50


class ModelsView(QTableView):
    """One row a model, one chosen at a time."""

    def __init__(self, rows: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        header.setResizeContentsPrecision(_MEASURED_ROWS)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        rows.modelReset.connect(self.measure)

    @Slot()
    def measure(self) -> None:
        """See how wide the columns want to be: what they hold is another."""
        header = self.horizontalHeader()
        for column in range(len(COLUMNS)):
            self.setColumnHidden(column, False)
        self._widths = [max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) for c in range(len(COLUMNS))]
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
