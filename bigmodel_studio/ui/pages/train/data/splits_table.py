"""The splits of datasets as a table: which dataset, configuration and split, how large, and whether it is here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.widgets.table_rows import as_rows

if TYPE_CHECKING:
    from bigmodel_studio.ui.pages.train.data.dataset_dialog import Split

ROW_PX = 36
_SIZE = 3
_SPLIT = Qt.ItemDataRole.UserRole


class SplitsTable(QTableWidget):
    """One row is chosen at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 5, parent)
        titles = [self.tr("Dataset"), self.tr("Configuration"), self.tr("Split"), self.tr("Size"), self.tr("State")]
        self.setHorizontalHeaderLabels(titles)
        self.setAccessibleName(self.tr("Splits of datasets"))
        as_rows(self, ROW_PX)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, 5):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def show_rows(self, rows: Sequence[Split], chosen: int) -> None:
        """Show these from now on, with that one chosen (-1: none)."""
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate((row.id, row.config, row.split, numbers.size(row.bytes), self._state(row))):
                cell = QTableWidgetItem(text)
                if column == _SIZE:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                cell.setData(_SPLIT, row)
                self.setItem(number, column, cell)
        self.clearSelection()
        if chosen >= 0:
            self.selectRow(chosen)

    def chosen(self) -> Split | None:
        """Return the row that is chosen."""
        items = self.selectedItems()
        return cast("Split", items[0].data(_SPLIT)) if items else None

    def _state(self, row: Split) -> str:
        if row.copy is not None:
            return self.tr("on this computer")
        return self.tr("{size} downloaded").format(size=numbers.size(row.here_bytes)) if row.here_bytes else ""
