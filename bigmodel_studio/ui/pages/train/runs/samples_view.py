"""Samples of a model at several steps: the step at the left, what it was asked, and what it made of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.runs.words import sample_words

Index = QModelIndex | QPersistentModelIndex
SAMPLE_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = 62


class SamplesModel(QAbstractListModel):
    """What was said, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: list[dict[str, Any]] = []

    def show_samples(self, samples: list[dict[str, Any]]) -> None:
        """Show records in the order of the file."""
        self.beginResetModel()
        self._samples = samples[::-1]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._samples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        sample = self._samples[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join([numbers.exact(int(sample.get("step", 0))), *sample_words(sample)])
        return sample if role == SAMPLE_ROLE else None


class SamplesView(QListView):
    """``empty`` is what stands there while there is nothing."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self.setItemDelegate(_SampleRow(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def say_empty(self, words: str) -> None:
        """Say something else while there is nothing."""
        if words != self._empty:
            self._empty = words
            self.viewport().update()

    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            room = self.viewport().rect().adjusted(16, 0, -16, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            painter.end()


class _SampleRow(QStyledItemDelegate):
    """The step at the left; beside it the prompt, and below what the model made of it, on two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        sample = index.data(SAMPLE_ROLE)
        styled: Any = option
        row = QRectF(styled.rect).adjusted(16, 6, -16, -4)
        painter.save()
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.colour("secondary"))
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(row, top, numbers.exact(int(sample.get("step", 0))))
        text = row.adjusted(64, 0, 0, 0)
        painter.setFont(theme.font(12, weight=QFont.Weight.Medium))
        heading, sample_text = sample_words(sample)
        elided = painter.fontMetrics().elidedText(heading, Qt.TextElideMode.ElideMiddle, int(text.width()))
        painter.drawText(text, top, elided)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        below = text.adjusted(0, 17, 0, 0)
        painter.setClipRect(below)
        painter.drawText(below, top | Qt.TextFlag.TextWordWrap, sample_text)
        painter.setClipping(False)
        painter.setPen(theme.colour("border"))
        painter.drawLine(row.bottomLeft(), row.bottomRight())
        painter.restore()

    def helpEvent(self, event: Any, view: Any, option: QStyleOptionViewItem, index: Index) -> bool:
        from PySide6.QtWidgets import QToolTip

        QToolTip.showText(event.globalPos(), str(index.data() or "")[:2000], view)
        return True
