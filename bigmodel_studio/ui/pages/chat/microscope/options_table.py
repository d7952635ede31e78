"""The alternatives of a place: a row for each token, a column for the raw model and after each logits processor."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import (
    QT_TRANSLATE_NOOP,
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import TokenOption
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.widgets.table_rows import as_rows
from bigmodel_studio.ui.widgets.token_looks import shown_text

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 26
NUMBER_PX = 60
TABLE_PX = 200
COLUMNS = {
    "raw": QT_TRANSLATE_NOOP("microscope", "Raw"),
    "repetition-penalty": QT_TRANSLATE_NOOP("microscope", "Repetition"),
    "presence-penalty": QT_TRANSLATE_NOOP("microscope", "Presence"),
    "frequency-penalty": QT_TRANSLATE_NOOP("microscope", "Frequency"),
    "temperature": QT_TRANSLATE_NOOP("microscope", "Temp."),
    "top-k": QT_TRANSLATE_NOOP("microscope", "Top-k"),
    "top-p": QT_TRANSLATE_NOOP("microscope", "Top-p"),
    "min-p": QT_TRANSLATE_NOOP("microscope", "Min-p"),
    "typical-p": QT_TRANSLATE_NOOP("microscope", "Typical"),
    "processed": QT_TRANSLATE_NOOP("microscope", "After all"),
}
_ROOT = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class OptionsModel(QAbstractTableModel):
    """``show_options``; probabilities by column, a dash where a token is ruled out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options: Sequence[TokenOption] = ()
        self.columns: Sequence[str] = ()
        self._chosen: int | None = None

    def show_options(self, options: Sequence[TokenOption], columns: Sequence[str], chosen: int | None) -> None:
        """Show the tokens of a place; ``chosen`` is the id of the one that stands there."""
        self.beginResetModel()
        self.options, self.columns, self._chosen = options, columns, chosen
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.options)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.columns) + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return _RIGHT
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            name = (
                QT_TRANSLATE_NOOP("microscope", "Token") if not section else COLUMNS.get(self.columns[section - 1], "")
            )
            return QCoreApplication.translate("microscope", str(name))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        option = self.options[index.row()]
        chosen = option.id == self._chosen
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return _RIGHT
        if role == Qt.ItemDataRole.FontRole and chosen:
            return theme.font(weight=QFont.Weight.DemiBold, tabular=True)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and not index.column():
            return shown_text(option.text)
        if role == Qt.ItemDataRole.DisplayRole:
            value = option.logprobs[index.column() - 1]
            return "–" if value is None else numbers.percent(math.exp(value))
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and chosen:
            return QCoreApplication.translate("microscope", "the token of the reply")
        return None


class OptionsTable(QTableView):
    """The table; Enter on a row or a double click is the caller's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options = OptionsModel(self)
        self.setModel(self.options)
        as_rows(self, ROW_PX)
        theme.tabular(self)
        self.setAccessibleName(self.tr("Alternatives"))
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)

    def sizeHint(self) -> QSize:
        return QSize(240, TABLE_PX)

    def show_options(self, options: Sequence[TokenOption], columns: Sequence[str], chosen: int | None) -> None:
        """Show the tokens of a place."""
        self.options.show_options(options, columns, chosen)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(NUMBER_PX)

    def option(self) -> TokenOption | None:
        """Return the option of the row that is chosen."""
        row = self.currentIndex().row()
        return self.options.options[row] if 0 <= row < len(self.options.options) else None
