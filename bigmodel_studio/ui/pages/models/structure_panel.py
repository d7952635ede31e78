"""How a model is built: its parameters as a map, and its modules as a tree; what is chosen in one is in the other."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.models.module_roles import Path
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.models.structure_model import (
    DTYPE,
    NAME,
    PARAMETERS,
    SHAPE,
    SHARE,
    SHARE_COLUMN,
    TYPE,
    StructureModel,
)
from bigmodel_studio.ui.plots.treemap import Treemap
from bigmodel_studio.ui.widgets.page_frame import label

WIDE_PX = 560
"""From here on there is room for shapes and types of numbers."""
_EXPANDED_BELOW = 40
"""A tree with more outer modules than this opens closed."""


class StructurePanel(QWidget):
    """Told a description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = Treemap()
        self.tree = QTreeView()
        self.tree.setAccessibleName(self.tr("Structure"))
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        self.tree.setItemDelegateForColumn(SHARE_COLUMN, _ShareBar(self.tree))
        self.note: QLabel = label("", "small", wrap=True)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(9)
        parts.addWidget(self.map)
        parts.addWidget(self.tree)
        parts.setStretchFactor(0, 4)
        parts.setStretchFactor(1, 6)
        self.tree.setMinimumHeight(140)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(parts, 1)
        column.addWidget(self.note)
        self.map.chosen.connect(self._on_map)
        self._model: StructureModel | None = None

    def show_description(self, described: Description) -> None:
        """Show another model's modules."""
        before = self._model
        self._model = StructureModel(described.layers, described.parameters, self.tree)
        self.tree.setModel(self._model)
        if before is not None:
            before.deleteLater()
        if self._model.rowCount() <= _EXPANDED_BELOW:
            self.tree.expandToDepth(0)
        self.tree.selectionModel().currentChanged.connect(self._on_tree)
        self.map.show_layers(described.layers)
        tied = self.tr("{count} parameters are shared with a second module and counted once.")
        self.note.setText(
            tied.format(count=numbers.exact(described.tied_parameters)) if described.tied_parameters else ""
        )
        self.note.setVisible(bool(described.tied_parameters))
        self._fit_columns()

    def _fit_columns(self) -> None:
        if self._model is None:
            return
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        for column in (NAME, TYPE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column in (PARAMETERS, SHARE_COLUMN, SHAPE, DTYPE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (SHAPE, DTYPE):
            self.tree.setColumnHidden(column, self.width() < WIDE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    @Slot(tuple)
    def _on_map(self, path: Path) -> None:
        if self._model is not None:
            index = self._model.index_of(path)
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    @Slot(QModelIndex, QModelIndex)
    def _on_tree(self, current: QModelIndex, _before: QModelIndex) -> None:
        if self._model is not None and self._model.path_of(current) != self.map.path:
            self.map.choose(self._model.path_of(current))


class _ShareBar(QStyledItemDelegate):
    """A share as a bar behind its percentage: without a frame or a handle, for it is neither progress nor a slider."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        share = index.data(SHARE) or 0.0
        wide = max(1 if share else 0, round((rect.width() - 4) * min(1.0, share)))
        painter.fillRect(QRect(rect.right() - 1 - wide, rect.bottom() - 3, wide, 3), theme.colour("accent"))
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        size: QSize = super().sizeHint(option, index)
        return QSize(max(64, size.width()), max(24, size.height()))
