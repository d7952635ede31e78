"""The pictures on the page as a list model, and the strip that shows them.

A picture is known by its key, a number that stays its own while others come and go. What the lane sent as a preview is
kept as a file, so that five hundred pictures do not fill the window's memory; only thumbnails stay in it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTemporaryDir,
)
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Prediction
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon

THUMBNAIL = QSize(88, 66)
Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole


@dataclass
class Item:
    """A picture on the page: waiting while it has neither a prediction nor was ``stopped``."""

    key: int
    path: Path
    prediction: Prediction | None = None
    stopped: bool = False
    thumbnail: QPixmap = field(default_factory=QPixmap)

    @property
    def unreadable(self) -> bool:
        return self.prediction is not None and self.prediction.error is not None

    @property
    def broken(self) -> bool:
        """Whether it is for its file that it can't be read, which another model does not change."""
        error = self.prediction.error if self.prediction is not None else None
        return error is not None and error.code.startswith("picture-")


class PicturesModel(QAbstractListModel):
    """The pictures in the order they came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Item] = []
        self._keys = itertools.count(1)
        self._folder = QTemporaryDir(str(paths.cache() / "previews-XXXXXX"))
        if not self._folder.isValid():  # the home is read-only
            self._folder = QTemporaryDir()

    # ------------------------------------------------------------------------------- what is there

    def items(self) -> list[Item]:
        """Return the pictures, in order."""
        return list(self._items)

    def row_of(self, key: int) -> int | None:
        """Return where a picture is; None where it was removed."""
        return next((row for row, item in enumerate(self._items) if item.key == key), None)

    def preview(self, item: Item) -> QPixmap:
        """Return the preview that the lane made; null where there is none."""
        return QPixmap(self._file(item.key)) if item.prediction and item.prediction.preview is None else QPixmap()

    # ------------------------------------------------------------------------------- changes

    def add(self, files: list[Path]) -> list[int]:
        """Put pictures at the end; returns their keys."""
        first = len(self._items)
        self.beginInsertRows(QModelIndex(), first, first + len(files) - 1)
        added = [Item(next(self._keys), path) for path in files]
        self._items += added
        self.endInsertRows()
        return [item.key for item in added]

    def predict(self, key: int, prediction: Prediction) -> None:
        """Take in a picture's answer."""
        row = self.row_of(key)
        if row is None:
            return
        item = self._items[row]
        if prediction.preview:
            pixmap = QPixmap()
            if pixmap.loadFromData(prediction.preview, "PNG"):
                Path(self._file(key)).write_bytes(prediction.preview)
                item.thumbnail = _filled(pixmap, THUMBNAIL)
        item.prediction = _without_preview(prediction)
        item.stopped = False
        self._changed(row)

    def wait_again(self, keys: list[int]) -> None:
        """Forget the predictions of these pictures: they are asked about again."""
        self._set(keys, stopped=False)

    def stop(self, keys: list[int]) -> None:
        """Note that these pictures will not be answered."""
        self._set(keys, stopped=True)

    def remove(self, key: int) -> None:
        """Take a picture off the page; its file stays."""
        row = self.row_of(key)
        if row is not None:
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._items[row]
            self.endRemoveRows()
            Path(self._file(key)).unlink(missing_ok=True)

    def clear(self) -> None:
        self.beginResetModel()
        for item in self._items:
            Path(self._file(item.key)).unlink(missing_ok=True)
        self._items = []
        self.endResetModel()

    def _set(self, keys: list[int], *, stopped: bool) -> None:
        wanted = set(keys)
        for row, item in enumerate(self._items):
            if item.key in wanted:
                item.prediction, item.stopped = None, stopped
                self._changed(row)

    def _changed(self, row: int) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index)

    def _file(self, key: int) -> str:
        return self._folder.filePath(f"{key}.png")

    # ------------------------------------------------------------------------------- for Qt

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{item.path.name}: {self.words(item)}"
        return item.path.name if role == Qt.ItemDataRole.DisplayRole else None

    def words(self, item: Item) -> str:
        """Return what is known of a picture, in a few words."""
        prediction = item.prediction
        if prediction is None:
            return self.tr("stopped") if item.stopped else self.tr("waiting")
        if prediction.error is not None:
            return i18n.sentences(prediction.error)[0]
        if not prediction.predictions:
            return self.tr("no response")
        return f"{prediction.predictions[0].label} {numbers.percent(prediction.predictions[0].probability)}"


class Strip(QListView):
    """The thumbnails in one row, walked through with the arrow keys."""

    def __init__(self, model: PicturesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_Thumbnails(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(THUMBNAIL.height() + 8 + 14)
        self.setAccessibleName(self.tr("Pictures"))


class _Thumbnails(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return THUMBNAIL + QSize(8, 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(ITEM_ROLE)
        styled: Any = option
        place = QRect(styled.rect.topLeft(), THUMBNAIL + QSize(8, 8)).adjusted(4, 4, -4, -4)
        painter.fillRect(place, theme.colour("raised"))
        if not item.thumbnail.isNull():
            painter.drawPixmap(place, item.thumbnail)
        else:
            mark = QRect(0, 0, 20, 20)
            mark.moveCenter(place.center())
            name, tint = (
                ("warning", "warn")
                if item.unreadable
                else ("stop", "secondary")
                if item.stopped
                else ("images", "secondary")
            )
            icon(name, off=tint).paint(painter, mark)
        if styled.state & QStyle.StateFlag.State_Selected:
            pen = QPen(theme.colour("accent"))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRect(QRectF(place).adjusted(-2, -2, 2, 2))


def _filled(pixmap: QPixmap, size: QSize) -> QPixmap:
    """Return the middle of a picture, filling the thumbnail."""
    scaled = pixmap.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
    )
    corner = QRect(0, 0, size.width(), size.height())
    corner.moveCenter(scaled.rect().center())
    return scaled.copy(corner)


def _without_preview(prediction: Prediction) -> Prediction:
    import msgspec

    return msgspec.structs.replace(prediction, preview=None)
