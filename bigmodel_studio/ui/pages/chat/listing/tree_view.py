"""The whole tree of the chat that is shown: every version of every message, from which one goes to any of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.chat.message_tree import TreeRow, tree_rows
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.rows import paint_row
from bigmodel_studio.ui.pages.chat.listing.find_bar import ChatFinder
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.widgets.page_frame import label

SIZE_PX = (760, 520)
ROW_PX = 32
INDENT_PX = 20
MOST_LEVELS = 10
"""Branches off branches that are indented further."""
DOT_PX = 8
WHO_PX = 112
NUMBER_PX = 76
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ROW = Qt.ItemDataRole.UserRole


class ChatTree(QObject):
    """Opens the tree over a page, and goes where one chooses."""

    def __init__(self, talk: Talk, finder: ChatFinder, parent: QWidget) -> None:
        super().__init__(parent)
        self._talk, self._finder, self._window = talk, finder, parent
        self.button = QPushButton(self.tr("Tree"))
        self.button.setToolTip(self.tr("Every version of every message of this chat"))
        self.button.clicked.connect(self.show)
        self.dialog: TreeDialog | None = None
        """While it is open."""

    def show_after(self, messages: bool) -> None:
        """Offer the tree where the chat has messages."""
        self.button.setEnabled(messages)

    @Slot()
    def show(self) -> None:
        """Open the tree of the chat that is shown."""
        conversation = self._talk.conversation
        if not conversation or self.dialog is not None:
            return
        store = self._talk.store
        self._talk.flush()
        rows = tree_rows(store.outline(conversation), store.shown_path(conversation))
        self.dialog = TreeDialog(rows, store.leaf(conversation), self._window)
        self.dialog.chosen.connect(self._on_chosen)
        self.dialog.finished.connect(self._on_finished)
        self._talk.busy_changed.connect(self.dialog.set_busy)
        self.dialog.set_busy(self._talk.busy)
        self.dialog.open()

    @Slot(int)
    def _on_chosen(self, message: int) -> None:
        self._finder.jump(message, "")

    @Slot()
    def _on_finished(self) -> None:
        self.dialog = None


class TreeDialog(QDialog):
    """``chosen`` carries the message that one goes to."""

    chosen = Signal(int)

    def __init__(self, rows: list[TreeRow], leaf: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Tree of the chat"))
        self.resize(*SIZE_PX)
        self._busy = False
        self.rows = rows
        self.view = QListView()
        self.view.setModel(_Rows(rows, self))
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName(self.tr("Messages of the chat"))
        self.view.clicked.connect(self._on_chosen)
        self.view.activated.connect(self._on_chosen)
        versions = sum(1 for row in rows if row.branches)
        words = self.tr("{count} messages, {versions} of them other versions. Click one, or press Enter, to go there.")
        self._words = words.format(count=numbers.exact(len(rows)), versions=numbers.exact(versions))
        self.note = label(self._words, "small", wrap=True)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(16)
        foot.addWidget(self.note, 1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        at = next((at for at, row in enumerate(rows) if row.node.id == leaf), -1)
        self.view.setCurrentIndex(self.view.model().index(at, 0))
        self.view.setFocus()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.view.scrollTo(self.view.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)

    @Slot(bool)
    def set_busy(self, busy: bool) -> None:
        """Set whether a reply is on its way: its path is the one that is shown until it has ended."""
        self._busy = busy
        self.note.setText(self.tr("A reply is on its way. Wait for it or stop it.") if busy else self._words)

    @Slot(QModelIndex)
    def _on_chosen(self, index: QModelIndex) -> None:
        if self._busy or self.result() == QDialog.DialogCode.Accepted:
            return
        self.accept()
        self.chosen.emit(self.rows[index.row()].node.id)


class _Rows(QAbstractListModel):
    def __init__(self, rows: list[TreeRow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        words: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: partial(_line, row),
            Qt.ItemDataRole.AccessibleTextRole: partial(_spoken, row),
            Qt.ItemDataRole.ToolTipRole: lambda: f"{_who(row)}: {_line(row)}",
            _ROW: lambda: row,
        }
        return words[role]() if role in words else None


def _who(row: TreeRow) -> str:
    if row.node.role == "user":
        return QCoreApplication.translate("chat", "You")
    return row.node.model or QCoreApplication.translate("chat", "Reply")


def _line(row: TreeRow) -> str:
    return " ".join(row.node.text.split()) or QCoreApplication.translate("chat", "(no text)")


def _number(row: TreeRow) -> str:
    if row.versions == 1:
        return ""
    words = QCoreApplication.translate("chat", "{number} of {count}")
    return words.format(number=numbers.exact(row.version), count=numbers.exact(row.versions))


def _spoken(row: TreeRow) -> str:
    """Return a row as a screen reader says it."""
    parts = [f"{_who(row)}: {_line(row)}"]
    if row.versions > 1:
        words = QCoreApplication.translate("chat", "version {number} of {count}")
        parts.append(words.format(number=numbers.exact(row.version), count=numbers.exact(row.versions)))
    parts.append(
        QCoreApplication.translate("chat", "shown") if row.shown else QCoreApplication.translate("chat", "not shown")
    )
    return ", ".join(parts)


class _Delegate(QStyledItemDelegate):
    """A line with the branches at its left: who, the first words, which version. The shown path is in the accent."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: TreeRow = index.data(_ROW)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row(painter, option)
        left = self._branches(painter, rect, row)
        font = theme.font(13)
        names = theme.font(12)
        ink = "text" if row.shown else "secondary"
        self._write(painter, QRect(left, rect.top(), WHO_PX, ROW_PX), _who(row), names, "secondary")
        right = rect.right() - 12
        if number := _number(row):
            place = QRect(right - NUMBER_PX, rect.top(), NUMBER_PX, ROW_PX)
            self._write(painter, place, number, theme.font(12, tabular=True), "secondary", right=True)
            right -= NUMBER_PX
        room = QRect(left + WHO_PX + 8, rect.top(), max(0, right - left - WHO_PX - 16), ROW_PX)
        self._write(painter, room, _line(row), font, ink)
        painter.restore()

    def _branches(self, painter: QPainter, rect: QRect, row: TreeRow) -> int:
        """Draw the lines that lead to a row, and its dot; return where its words begin."""

        def x_of(level: int) -> int:
            return rect.left() + 16 + INDENT_PX * min(level, MOST_LEVELS)

        x, middle = x_of(row.level), rect.center().y()
        quiet, strong = QPen(theme.colour("secondary"), 1), QPen(theme.colour("accent"), 2)
        painter.setPen(quiet)
        for level in range(min(row.level, MOST_LEVELS)):
            on_path = level == 0
            painter.setPen(strong if on_path else quiet)
            painter.drawLine(x_of(level), rect.top(), x_of(level), rect.bottom() + 1)
        painter.setPen(quiet)
        if row.branches and row.level <= MOST_LEVELS:
            painter.drawLine(x_of(row.level - 1), middle, x, middle)
        painter.setPen(strong if row.shown else quiet)
        if row.joined:
            painter.drawLine(x, rect.top(), x, middle)
        if row.continues:
            painter.drawLine(x, middle, x, rect.bottom() + 1)
        painter.setPen(QPen(theme.colour("accent" if row.shown else "secondary"), 1.5))
        painter.setBrush(theme.colour("accent" if row.shown else "surface"))
        painter.drawEllipse(QPoint(x, middle), DOT_PX // 2, DOT_PX // 2)
        return x + 16

    @staticmethod
    def _write(painter: QPainter, rect: QRect, text: str, font: Any, colour: str, *, right: bool = False) -> None:
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        elided = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, elided)
