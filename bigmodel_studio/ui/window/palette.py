"""The command palette: type a few letters, press Enter. It lies over the window, and Esc or a click beside it ends it.

It knows ``Entry`` alone: what there is and what choosing it does is ``palette_entries``' to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.text import fuzzy
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.actions import native
from bigmodel_studio.ui.window.palette_entries import Entry

WIDTH_PX = 600
TOP_PX = 72
ROW_PX = 36
MOST_ROWS = 10
MOST_FOUND = 100
_SCRIM = QColor(0, 0, 0, 90)
Index = QModelIndex | QPersistentModelIndex
_FOUND = Qt.ItemDataRole.UserRole


def found(typed: str, entries: Sequence[Entry]) -> list[tuple[Entry, tuple[int, ...]]]:
    """Return the entries that fit, best first (in the order given where they fit alike), with the letters that were
    meant.
    """
    fits = [(fuzzy.fit(typed, entry.title), entry) for entry in entries]
    fitting = [(fit, entry) for fit, entry in fits if fit is not None]
    fitting.sort(key=lambda each: -each[0].score)
    return [(entry, fit.places) for fit, entry in fitting[:MOST_FOUND]]


class Palette(QWidget):
    """Covers ``window`` until something is chosen; the focus then goes back to where it was."""

    def __init__(self, window: QWidget, entries: Sequence[Entry]) -> None:
        super().__init__(window)
        self._window = window
        self._entries = entries
        self._before = window.focusWidget()
        self.rows = _Rows(self)
        self.field = _Field()
        self.field.setPlaceholderText(self.tr("Search actions, models, runs and chats"))
        self.field.setAccessibleName(self.tr("Search actions, models, runs and chats"))
        self.list = QListView()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(self.tr("Results"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = label(self.tr("No matches."), "secondary")
        self.nothing.setContentsMargins(12, 8, 12, 12)
        self.panel = QFrame(self)
        set_look(self.panel, "palette")
        column = QVBoxLayout(self.panel)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.list)
        column.addWidget(self.nothing)
        self.field.textChanged.connect(self._on_typed)
        self.field.walked.connect(self._walk)
        self.field.chosen.connect(self._on_chosen)
        self.field.left.connect(self.leave)
        self.list.clicked.connect(self._on_chosen)
        window.installEventFilter(self)
        self._on_typed("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    # ------------------------------------------------------------------------------- typing and choosing

    @Slot(str)
    def _on_typed(self, typed: str) -> None:
        self.rows.show(found(typed, self._entries))
        some = bool(self.rows.found)
        self.list.setVisible(some)
        self.nothing.setVisible(not some)
        if some:
            self.list.setCurrentIndex(self.rows.index(0))
            self.list.scrollToTop()
        self._place()

    @Slot(int)
    def _walk(self, by: int) -> None:
        count = len(self.rows.found)
        if count:
            row = self.list.currentIndex().row() + by
            row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self.rows.index(row))

    @Slot()
    def _on_chosen(self) -> None:
        index = self.list.currentIndex()
        if index.isValid() and self.rows.found:
            entry = self.rows.found[index.row()][0]
            self.leave()
            QTimer.singleShot(0, entry.act)

    @Slot()
    def leave(self) -> None:
        """Close it; nothing was done. The focus goes back, but where it has gone elsewhere already."""
        if self.isHidden():
            return
        back = self._before if self.field.hasFocus() else None
        self._window.removeEventFilter(self)
        self.hide()
        if back is not None:
            back.setFocus(Qt.FocusReason.PopupFocusReason)
        self.deleteLater()

    # ------------------------------------------------------------------------------- where it lies

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        self.list.setFixedHeight(min(len(self.rows.found), MOST_ROWS) * ROW_PX + 2)
        width = min(WIDTH_PX, self.width() - 32)
        self.panel.setFixedWidth(width)
        self.panel.adjustSize()
        self.panel.move((self.width() - width) // 2, min(TOP_PX, max(8, self.height() - self.panel.height() - 8)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._place()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.panel.geometry().contains(event.position().toPoint()):
            self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SCRIM)
        painter.end()


class _Field(QLineEdit):
    """What is typed; the keys that walk the list are meant for the list."""

    walked = Signal(int)
    chosen = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        walks = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Tab: 1,
            Qt.Key.Key_Backtab: -1,
            Qt.Key.Key_PageDown: MOST_ROWS,
            Qt.Key.Key_PageUp: -MOST_ROWS,
        }
        key = Qt.Key(event.key())
        if key in walks:
            self.walked.emit(walks[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close if a shortcut has led elsewhere; another window in front is no reason to go."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 — Qt's name
        self.walked.emit(1 if forward else -1)
        return True


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.found: list[tuple[Entry, tuple[int, ...]]] = []

    def show(self, found: list[tuple[Entry, tuple[int, ...]]]) -> None:
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry, _ = self.found[index.row()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (entry.title, entry.kind, *native(entry.keys))))
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        return self.found[index.row()] if role == _FOUND else None


class _Row(QStyledItemDelegate):
    """A mark, the title with the letters that were meant in the accent's colour, and its keys or its kind."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, places = index.data(_FOUND)
        styled: Any = option
        row = QRect(styled.rect).adjusted(0, 1, 0, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = styled.state & QStyle.StateFlag.State_Selected
        if lit or styled.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent_soft" if lit else "raised"))
            painter.drawRoundedRect(row, 6, 6)
        if entry.icon:
            icon(entry.icon).paint(painter, QRect(row.left() + 10, row.center().y() - 7, 16, 16))
        right = self._paint_right(painter, row.adjusted(0, 0, -10, 0), entry)
        self._paint_title(
            painter, QRect(row.left() + 36, row.top(), right - row.left() - 48, row.height()), entry, places
        )
        painter.restore()

    @staticmethod
    def _paint_right(painter: QPainter, row: QRect, entry: Entry) -> int:
        """Return the keys, or the kind; where they begin."""
        painter.setFont(theme.font(12))
        metrics = QFontMetrics(painter.font())
        right = row.right()
        for key in reversed(native(entry.keys)):
            cap = QRect(0, 0, metrics.horizontalAdvance(key) + 12, 20)
            cap.moveCenter(row.center())
            cap.moveRight(right)
            painter.setPen(theme.colour("border"))
            painter.setBrush(theme.colour("raised"))
            painter.drawRoundedRect(cap, 4, 4)
            painter.setPen(theme.colour("secondary"))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)
            right = cap.left() - 4
        if not entry.keys and entry.kind:
            painter.setPen(theme.colour("secondary"))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, entry.kind)
            right -= metrics.horizontalAdvance(entry.kind)
        return right

    @staticmethod
    def _paint_title(painter: QPainter, room: QRect, entry: Entry, places: tuple[int, ...]) -> None:
        painter.setFont(theme.font())
        metrics = QFontMetrics(painter.font())
        title = entry.title.replace("\n", " ")
        where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if metrics.horizontalAdvance(title) > room.width():
            painter.setPen(theme.colour("text"))
            painter.drawText(room, where, metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, room.width()))
            return
        for text, meant in _pieces(title, set(places)):
            painter.setPen(theme.colour("accent" if meant else "text"))
            painter.drawText(room, where, text)
            room.setLeft(room.left() + metrics.horizontalAdvance(text))


def _pieces(title: str, places: set[int]) -> list[tuple[str, bool]]:
    """Return the title in stretches, and whether each was meant."""
    pieces: list[tuple[str, bool]] = []
    for at, letter in enumerate(title):
        meant = at in places
        if pieces and pieces[-1][1] == meant:
            pieces[-1] = (pieces[-1][0] + letter, meant)
        else:
            pieces.append((letter, meant))
    return pieces
