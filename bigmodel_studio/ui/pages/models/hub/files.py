"""The files of a repository as a table: how large, which are needed and which are here, and how far a download is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import FileProgress, HubFile
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.models.table import Index, words

ROW_PX = 26
SHOWN = 9
"""Rows that are seen at once."""
SHARE = Qt.ItemDataRole.UserRole
COLUMNS = (
    str(QT_TRANSLATE_NOOP("models", "File")),
    str(QT_TRANSLATE_NOOP("models", "Size")),
    str(QT_TRANSLATE_NOOP("models", "State")),
)
STATES: dict[str, str] = {
    "waiting": str(QT_TRANSLATE_NOOP("models", "waits")),
    "checking": str(QT_TRANSLATE_NOOP("models", "verifying")),
    "done": str(QT_TRANSLATE_NOOP("models", "here")),
}


class FilesTable(QAbstractTableModel):
    """The needed files first, each kind by name."""

    def __init__(self) -> None:
        super().__init__()
        self._files: list[HubFile] = []
        self._progress: dict[str, FileProgress] = {}

    def show_files(self, files: Sequence[HubFile]) -> None:
        """Show these from now on."""
        self.beginResetModel()
        self._files = sorted(files, key=lambda file: (not file.needed, file.name))
        self._progress = {}
        self.endResetModel()

    def show_progress(self, files: Sequence[FileProgress]) -> None:
        """Show how far a download has them; nothing of one that is not in it."""
        self._progress = {file.name: file for file in files}
        if self._files:
            self.dataChanged.emit(self.index(0, 2), self.index(len(self._files) - 1, 2))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._files)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file = self._files[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (file.name, numbers.size(file.bytes), self._state(file))[index.column()]
        if role == SHARE:
            found = self._progress.get(file.name)
            loading = found is not None and found.state == "loading" and found.total_bytes
            return found.done_bytes / found.total_bytes if found is not None and loading else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{file.name}\n{numbers.exact(file.bytes)} B"
        if role == Qt.ItemDataRole.ForegroundRole and not file.needed:
            return theme.colour("secondary")
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _state(self, file: HubFile) -> str:
        found = self._progress.get(file.name)
        if found is not None and found.state == "loading":
            return numbers.percent(found.done_bytes / found.total_bytes if found.total_bytes else 0.0, 0)
        if found is not None:
            return words(STATES[found.state])
        if file.here:
            return words("here")
        return words("needed") if file.needed else words("not needed")

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return words(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 1 else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class _StateDelegate(QStyledItemDelegate):
    """The state, and below it a line as long as the file has come."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        share = index.data(SHARE)
        if isinstance(share, float):
            room = option.rect.adjusted(8, 0, -8, 0)
            painter.fillRect(room.left(), room.bottom() - 3, room.width(), 2, theme.colour("border"))
            painter.fillRect(room.left(), room.bottom() - 3, round(room.width() * share), 2, theme.colour("good"))


class FilesView(QTableView):
    """As high as its rows, up to ``SHOWN`` of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files = FilesTable()
        self.files.setParent(self)
        self.setModel(self.files)
        self.setItemDelegateForColumn(2, _StateDelegate(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.setColumnWidth(1, 70)
        self.setColumnWidth(2, 84)
        self.files.modelReset.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        rows = min(max(self.files.rowCount(), 1), SHOWN)
        self.setFixedHeight(rows * ROW_PX + self.horizontalHeader().sizeHint().height() + 2)
