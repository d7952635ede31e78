"""The sample pictures of a classifier's run: a column a picture, a row an evaluation, so that one sees it learn.

Above each column the picture and what it is; in each row what it was taken for, with the mark of right or wrong.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails

Index = QModelIndex | QPersistentModelIndex
FILE_ROLE = Qt.ItemDataRole.UserRole
CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""The mark of right or wrong, the class, and the percentage."""
THUMBNAIL_PX = 64
LEAST_COLUMN_PX = 78
ROW_PX = 42
_TEXT_PX = 18
_MARK_PX = 16
_MARKS = {"✓": "good", "✗": "bad"}


class PredictionsModel(QAbstractTableModel):
    """Newest evaluation first; the columns are the pictures of the newest."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._steps: list[int] = []
        self._rows: list[dict[str, dict[str, Any]]] = []
        self.files: list[str] = []
        thumbnails.changed.connect(self._on_thumbnails)

    def show_samples(self, samples: list[dict[str, Any]]) -> None:
        """Show records of ``samples.jsonl`` that have ``predictions``, in the order of the file."""
        self.beginResetModel()
        newest_first = samples[::-1]
        self._steps = [int(sample.get("step", 0)) for sample in newest_first]
        self._rows = [{str(each.get("image", "")): each for each in _predictions(sample)} for sample in newest_first]
        self.files = list(self._rows[0]) if self._rows else []
        self.endResetModel()
        self._thumbnails.want(self.files)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.files)

    def expected(self, column: int) -> str:
        """Return what the picture is: as the run says, else as its folder is called."""
        file = self.files[column]
        given = self._rows[0][file].get("expected")
        return str(given) if given is not None else PurePath(file).parent.name

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        file = self.files[index.column()]
        answer = self._rows[index.row()].get(file)
        if answer is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self._mark(index.column(), answer)} {_one(answer)}".strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([file, *map(_one, answer.get("top") or [answer])])
        if role == CELL_ROLE:
            return self._mark(index.column(), answer), str(answer.get("label", "")), _percent(answer)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return numbers.exact(self._steps[section]) if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.files):
            return None
        file = self.files[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.expected(section) or PurePath(file).name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (file, self._thumbnails.reason(file))))
        return file if role == FILE_ROLE else None

    def _mark(self, column: int, answer: dict[str, Any]) -> str:
        expected = self.expected(column)
        return ("✓" if answer.get("label") == expected else "✗") if expected else ""

    @Slot()
    def _on_thumbnails(self) -> None:
        if self.files:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.files) - 1)


class PicturesTable(QTableView):
    """The table, with the pictures above its columns."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.predictions = PredictionsModel(thumbnails, self)
        self.setModel(self.predictions)
        self.setHorizontalHeader(_Pictures(thumbnails, self))
        self.setAccessibleName(self.tr("Predictions for the sample pictures, by step"))
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setItemDelegate(_Cell(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        steps = self.verticalHeader()
        steps.setDefaultSectionSize(ROW_PX)
        steps.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        steps.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        steps.setAccessibleName(self.tr("Step"))


class _Cell(QStyledItemDelegate):
    """What a picture was taken for, with its mark; below it how sure the model was."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = index.data(CELL_ROLE)
        styled: Any = option
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(styled.rect, theme.colour("accent_soft"))
        if cell is None:
            return
        mark, name, percent = cell
        room = QRect(styled.rect).adjusted(8, 4, -4, -4)
        upper = QRect(room.left(), room.top(), room.width(), room.height() // 2)
        lower = upper.translated(0, upper.height())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.save()
        painter.setFont(theme.font())
        painter.setPen(theme.colour(_MARKS.get(mark, "text")))
        painter.drawText(upper, left, mark)
        name_room = upper.adjusted(_MARK_PX, 0, 0, 0)
        elided = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, name_room.width())
        painter.drawText(name_room, left, elided)
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.colour("secondary"))
        painter.drawText(lower.adjusted(_MARK_PX, 0, 0, 0), left, percent)
        painter.restore()


class _Pictures(QHeaderView):
    """A picture and its class above each column."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._thumbnails = thumbnails
        self.setMinimumSectionSize(LEAST_COLUMN_PX)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSectionsClickable(False)
        self.setAccessibleName(self.tr("Sample pictures"))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), THUMBNAIL_PX + _TEXT_PX + 16)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self.model()
        file = model.headerData(section, self.orientation(), FILE_ROLE)
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        place = QRect(rect.left() + (rect.width() - THUMBNAIL_PX) // 2, rect.top() + 6, THUMBNAIL_PX, THUMBNAIL_PX)
        pixmap = self._thumbnails.picture(str(file))
        if pixmap is not None:
            size = pixmap.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRect(place.topLeft(), size)
            inner.moveCenter(place.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(inner, pixmap)
        else:
            painter.fillRect(place, theme.colour("raised"))
            mark = QRect(0, 0, 20, 20)
            mark.moveCenter(place.center())
            icon("warning" if self._thumbnails.reason(str(file)) else "images", off="secondary").paint(painter, mark)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("secondary"))
        below = QRect(rect.left() + 4, place.bottom() + 4, rect.width() - 8, _TEXT_PX)
        text = str(model.headerData(section, self.orientation()) or "")
        elided = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, elided)
        painter.setPen(theme.colour("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.restore()


def _predictions(sample: dict[str, Any]) -> list[dict[str, Any]]:
    predictions = sample.get("predictions")
    return [each for each in predictions if isinstance(each, dict)] if isinstance(predictions, list) else []


def _one(answer: dict[str, Any]) -> str:
    return f"{answer.get('label', '')} {_percent(answer)}".strip()


def _percent(answer: dict[str, Any]) -> str:
    probability = answer.get("probability")
    return numbers.percent(probability, 0) if isinstance(probability, float) else ""
