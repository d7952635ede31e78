"""The list of what was removed, to be brought back or deleted for good. How that is done is ``removals``' part."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.system.trash import Removed
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.look.times import ago
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.table_rows import as_rows
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (680, 420)
ROW_PX = 36
_SIZE = 2
_REMOVED = Qt.ItemDataRole.UserRole


class RecentlyRemoved(QDialog):
    """Restore brings back what is chosen; deleting for good asks once, on its own button."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Recently removed"))
        self.resize(*SIZE_PX)
        self._studio = studio
        self._asked = False
        self.table = self._made_table()
        self.empty = label(self.tr("Nothing was removed recently."), "secondary")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.restore = QPushButton(self.tr("Restore"))
        set_look(self.restore, "primary")
        self.delete = QPushButton()
        set_look(self.delete, "danger")
        close = QPushButton(self.tr("Close"))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.delete)
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(self.restore)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(self._limit(), "secondary", wrap=True))
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)
        self.table.itemSelectionChanged.connect(self._on_chosen)
        self.table.itemActivated.connect(self._on_restore)
        self.restore.clicked.connect(self._on_restore)
        self.delete.clicked.connect(self._on_delete)
        close.clicked.connect(self.reject)
        for signal in (studio.removals.removed, studio.removals.restored):
            signal.connect(self.refresh)
        self.refresh()

    def _limit(self) -> str:
        days = self._studio.settings.values.trash_days
        if days == 1:
            return self.tr("Removed items are kept for a day, then deleted.")
        return self.tr("Removed items are kept {days} days, then deleted.").format(days=days)

    def _made_table(self) -> QTableWidget:
        table = QTableWidget(0, 4)
        table.setHorizontalHeaderLabels([self.tr("Name"), self.tr("Kind"), self.tr("Size"), self.tr("Removed")])
        table.setAccessibleName(self.tr("Removed items"))
        as_rows(table, ROW_PX)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, _SIZE, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return table

    @Slot()
    def refresh(self) -> None:
        """Read the trash again."""
        items = self._studio.removals.trash.items()
        self.table.setRowCount(len(items))
        kinds = {
            "conversation": self.tr("Chat"),
            "run": self.tr("Run"),
            "model": self.tr("Model"),
            "dataset": self.tr("Dataset"),
        }
        for row, removed in enumerate(items):
            size = numbers.size(removed.bytes) if removed.bytes else numbers.NOTHING
            for column, text in enumerate((removed.name, kinds[removed.kind], size, ago(removed.removed))):
                cell = QTableWidgetItem(text)
                if column == _SIZE:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                cell.setToolTip(text)
                cell.setData(_REMOVED, removed)
                self.table.setItem(row, column, cell)
        self.table.setVisible(bool(items))
        self.empty.setVisible(not items)
        if items:
            self.table.selectRow(0)
        self._on_chosen()

    def _chosen(self) -> Removed | None:
        cell = self.table.item(self.table.currentRow(), 0) if self.table.selectedItems() else None
        removed = cell.data(_REMOVED) if cell is not None else None
        return removed if isinstance(removed, Removed) else None

    @Slot()
    def _on_chosen(self) -> None:
        self._asked = False
        self.delete.setText(self.tr("Delete for good"))
        for button in (self.restore, self.delete):
            button.setEnabled(self._chosen() is not None)

    @Slot()
    def _on_restore(self) -> None:
        removed = self._chosen()
        if removed is not None:
            self._studio.removals.restore(removed)

    @Slot()
    def _on_delete(self) -> None:
        removed = self._chosen()
        if removed is None:
            return
        if not self._asked:
            self._asked = True
            self.delete.setText(self.tr("Really delete? This can't be undone"))
            return
        self._studio.removals.delete(removed)
        self.refresh()
