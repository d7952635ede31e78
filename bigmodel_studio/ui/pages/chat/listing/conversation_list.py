"""The list of conversations: search, open, rename in place, pin, and ask for one to be removed."""

from __future__ import annotations

import time
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
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.chat.conversation_values import Conversation
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages.chat.listing.folders import FolderFilter
from bigmodel_studio.ui.widgets.page_frame import label

ROW_PX = 52
SEARCH_MS = 200
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ENTRY = Qt.ItemDataRole.UserRole


class _Rows(QAbstractListModel):
    """The conversations that are listed; a title that is edited goes to the store."""

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Conversation] = []

    def show(self, entries: list[Conversation]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return entry.title
        return entry if role == _ENTRY else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not str(value).strip():
            return False
        self.renamed.emit(self.entries[index.row()].id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable


class _Delegate(QStyledItemDelegate):
    """Two lines: the title; the model and when."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        from bigmodel_studio.ui.look.rows import paint_row  # 10 ms, which a list without rows does not need

        entry: Conversation = index.data(_ENTRY)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row(painter, option)
        room = rect.adjusted(10, 7, -10, -7)
        if entry.pinned:
            icon("pin").paint(painter, QRect(room.right() - 13, room.top() + 2, 14, 14))
        upper = QRect(room.left(), room.top(), room.width() - (18 if entry.pinned else 0), 20)
        self._line(painter, upper, entry.title, theme.font(), "text")
        below = " · ".join(filter(None, (entry.folder, entry.model, _when(entry.updated))))
        self._line(painter, QRect(room.left(), room.top() + 20, room.width(), 18), below, theme.font(12), "secondary")
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(theme.colour(colour))
        elided = QFontMetrics(font).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def _when(updated: float) -> str:
    seconds = max(0.0, time.time() - updated)
    minutes, hours = int(seconds / 60), int(seconds / 3600)
    if seconds < 60:
        return QCoreApplication.translate("chat", "now")
    if seconds < 3600:
        return QCoreApplication.translate("chat", "%n min ago", "", minutes)
    if seconds < 86400:
        return QCoreApplication.translate("chat", "%n h ago", "", hours)
    if seconds < 2 * 86400:
        return QCoreApplication.translate("chat", "yesterday")
    return time.strftime("%Y-%m-%d", time.localtime(updated))


class _View(QListView):
    """The rows; ``delete_pressed`` is what the Delete key means there."""

    delete_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)


class ConversationList(QWidget):
    """``chosen`` carries a conversation's id; ``remove_wanted`` that of one that shall go, and its title."""

    chosen = Signal(int)
    found = Signal(int, int, str)
    """A conversation that was chosen from a search, the message that was found in it, and the words."""
    export_wanted = Signal(int)
    import_wanted = Signal()
    remove_wanted = Signal(int, str)

    def __init__(self, store: Conversations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._current = 0
        self._messages: dict[int, int] = {}
        """Where the search found something, by conversation."""
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search chats"))
        self.search.setAccessibleName(self.tr("Search chats"))
        self.search.setClearButtonEnabled(True)
        self.rows = _Rows(self)
        self.view = _View()
        self.view.setModel(self.rows)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setAccessibleName(self.tr("Chats"))
        self.view.delete_pressed.connect(self._on_delete)
        self.folders = FolderFilter(store)
        self.folders.changed.connect(self.refresh)
        self.nothing = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.folders)
        column.addWidget(self.nothing)
        column.addWidget(self.view, 1)
        self._search_timer = QTimer(self, singleShot=True, interval=SEARCH_MS)
        self._search_timer.timeout.connect(self.refresh)
        self.search.textChanged.connect(self._search_timer.start)
        self.rows.renamed.connect(self._on_renamed)
        self.view.clicked.connect(self._on_clicked)
        self.view.activated.connect(self._on_clicked)
        self.view.customContextMenuRequested.connect(self._on_menu)

    @Slot()
    def refresh(self) -> None:
        """Read the list again."""
        words = self.search.text().strip()
        found = self._store.find(words) if words else [(entry, None) for entry in self._store.all()]
        self._messages = {entry.id: message for entry, message in found if message is not None}
        self.folders.refresh({entry.folder for entry, _ in found} - {""})
        entries = [entry for entry, _ in found if self.folders.shows(entry.folder)]
        at = self.view.currentIndex()
        pointed = self.rows.entries[at.row()].id if at.isValid() else 0
        self.rows.show(entries)
        self.nothing.setText(
            self.tr("No chat contains “{words}”.").format(words=words) if words else self.tr("Your chats appear here.")
        )
        self.nothing.setVisible(not entries)
        self._mark(pointed)

    def show_current(self, conversation: int) -> None:
        """Mark the conversation that is shown (0: none)."""
        self._current = conversation
        self._mark()

    def shut(self) -> None:
        """Stop the timer."""
        self._search_timer.stop()

    def _mark(self, conversation: int = 0) -> None:
        """Put the keyboard's row on a conversation, or on the one that is shown."""
        rows = {entry.id: row for row, entry in enumerate(self.rows.entries)}
        row = rows.get(conversation, rows.get(self._current, -1))
        if row < 0:
            self.view.clearSelection()
        else:
            self.view.setCurrentIndex(self.rows.index(row))

    @Slot()
    def _on_delete(self) -> None:
        index = self.view.currentIndex()
        if index.isValid():
            entry = self.rows.entries[index.row()]
            self.remove_wanted.emit(entry.id, entry.title)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        entry: Conversation = index.data(_ENTRY)
        if self._search_timer.isActive():  # what was found belongs to the words before
            self._search_timer.stop()
            self.refresh()
        message = self._messages.get(entry.id)
        if message is None:
            self.chosen.emit(entry.id)
        else:
            self.found.emit(entry.id, message, self.search.text().strip())

    @Slot(int, str)
    def _on_renamed(self, conversation: int, title: str) -> None:
        self._store.rename(conversation, title)
        self.refresh()
        self.view.setFocus()  # the field that was written in is gone with the rows it stood in

    @Slot(object)
    def _on_menu(self, position: Any) -> None:
        menu = self.menu_at(position)
        menu.exec(self.view.viewport().mapToGlobal(position))
        menu.deleteLater()

    def menu_at(self, position: QPoint) -> QMenu:
        """Return what can be done with the row at a place, and with the list where there is none."""
        index = self.view.indexAt(position)
        menu = QMenu(self)
        if index.isValid():
            self._add_entry_actions(menu, index)
            menu.addSeparator()
        menu.addAction(self.tr("Import chats…"), self.import_wanted.emit)
        return menu

    def _add_entry_actions(self, menu: QMenu, index: QModelIndex) -> None:
        entry: Conversation = index.data(_ENTRY)
        menu.addAction(self.tr("Rename"), partial(self.view.edit, index))
        menu.addAction(self.tr("Unpin") if entry.pinned else self.tr("Pin"), partial(self._pin, entry))
        self.folders.add_to_menu(menu, entry)
        menu.addAction(self.tr("Export…"), partial(self.export_wanted.emit, entry.id))
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), partial(self.remove_wanted.emit, entry.id, entry.title))

    def _pin(self, entry: Conversation) -> None:
        self._store.pin(entry.id, not entry.pinned)
        self.refresh()
