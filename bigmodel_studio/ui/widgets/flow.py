"""A row of small things that goes on in the next line where there is no room."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

LINE_GAP_PX = 6


class FlowLayout(QLayout):
    """Left to right, each as large as it wants to be, at most as wide as there is room."""

    def __init__(self, parent: QWidget | None = None, gap: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def clear(self) -> None:
        """Take away all that is in it."""
        while (item := self.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, move=True)

    def sizeHint(self) -> QSize:
        wide = sum(item.sizeHint().width() + self._gap for item in self._items) - self._gap
        return QSize(max(0, wide), self._tallest())

    def minimumSize(self) -> QSize:  # noqa: N802 — Qt's name
        return QSize(0, self._tallest())

    def _tallest(self) -> int:
        return max((item.sizeHint().height() for item in self._items), default=0)

    def _lay_out(self, rect: QRect, *, move: bool) -> int:
        """Return the height that it takes; what stands in one line has its middles in line."""
        top = rect.y()
        for line in self._lines(rect.width()):
            tall, x = max(item.sizeHint().height() for item in line), rect.x()
            for item in line:
                size = item.sizeHint().boundedTo(QSize(rect.width(), tall))
                if move:
                    item.setGeometry(QRect(QPoint(x, top + (tall - size.height()) // 2), size))
                x += size.width() + self._gap
            top += tall + LINE_GAP_PX
        return max(0, top - LINE_GAP_PX - rect.y())

    def _lines(self, room: int) -> Iterator[list[QLayoutItem]]:
        line: list[QLayoutItem] = []
        used = 0
        for item in self._items:
            wide = min(item.sizeHint().width(), room)
            if line and used + wide > room:
                yield line
                line, used = [], 0
            line.append(item)
            used += wide + self._gap
        if line:
            yield line
