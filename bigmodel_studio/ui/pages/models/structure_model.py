"""A model's modules as Qt's item models have them: rows are made when they are looked at, so size costs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from bigmodel_studio.core.models.module_roles import Path
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Layer

Index = QModelIndex | QPersistentModelIndex
SHARE = Qt.ItemDataRole.UserRole + 1
"""A module's share of all parameters, of 1."""
NAME, TYPE, PARAMETERS, SHARE_COLUMN, SHAPE, DTYPE = range(6)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class Node:
    """A module in the tree, with the way to the one around it."""

    __slots__ = ("_children", "layer", "parent", "row")

    def __init__(self, layer: Layer, parent: Node | None, row: int) -> None:
        self.layer, self.parent, self.row = layer, parent, row
        self._children: list[Node] | None = None

    @property
    def children(self) -> list[Node]:
        """What is in it, made when it is asked for."""
        if self._children is None:
            self._children = [Node(layer, self, row) for row, layer in enumerate(self.layer.children)]
        return self._children

    @property
    def path(self) -> Path:
        """The names from the outermost to its own."""
        return (*(self.parent.path if self.parent is not None else ()), self.layer.name)


class StructureModel(QAbstractItemModel):
    """Columns: module, type, parameters, share, shape of its weight, dtype."""

    def __init__(self, layers: Sequence[Layer], whole: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._roots = [Node(layer, None, row) for row, layer in enumerate(layers)]
        self._whole = max(1, whole)
        self._titles = [
            self.tr("Module"), self.tr("Type"), self.tr("Parameters"), self.tr("Share"), self.tr("Shape"),
            self.tr("Stored as"),
        ]  # fmt: skip

    def index_of(self, path: Path) -> QModelIndex:
        """Return the row of a module, an invalid index where there is none."""
        found, nodes = QModelIndex(), self._roots
        for name in path:
            node = next((node for node in nodes if node.layer.name == name), None)
            if node is None:
                return QModelIndex()
            found, nodes = self.createIndex(node.row, 0, node), node.children
        return found

    def path_of(self, index: Index) -> Path:
        """Return where the module of a row stands."""
        node = self._node(index)
        return node.path if node is not None else ()

    def _node(self, index: Index) -> Node | None:
        return index.internalPointer() if index.isValid() else None

    def _below(self, index: Index) -> list[Node]:
        node = self._node(index)
        return self._roots if node is None else node.children

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        nodes = self._below(parent)
        known = 0 <= row < len(nodes) and 0 <= column < len(self._titles)
        return self.createIndex(row, column, nodes[row]) if known else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        node = self._node(index)
        around = node.parent if node is not None else None
        return QModelIndex() if around is None else self.createIndex(around.row, 0, around)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (PARAMETERS, SHARE_COLUMN):
            return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self._node(index)
        if node is None:
            return None
        layer, column = node.layer, index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(layer, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            parts = [".".join(node.path), layer.type, self._text(layer, SHAPE), self._text(layer, DTYPE)]
            return "\n".join(filter(None, parts))
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (PARAMETERS, SHARE_COLUMN):
            return _RIGHT
        if role == SHARE:
            return layer.parameters / self._whole
        return None

    def _text(self, layer: Layer, column: int) -> str:
        if column == PARAMETERS:
            return self.tr("tied") if layer.tied_to and not layer.parameters else numbers.exact(layer.parameters)
        return {
            NAME: layer.name,
            TYPE: layer.type,
            SHARE_COLUMN: numbers.percent(layer.parameters / self._whole),
            SHAPE: " × ".join(map(numbers.exact, layer.shape)),
            DTYPE: layer.dtype,
        }[column]
