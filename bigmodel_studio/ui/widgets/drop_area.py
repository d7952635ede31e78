"""Where things are dropped: a dashed frame that takes files, folders and pictures, and says what to do when empty.

It hands on paths and pictures as they are; what becomes of them is the page's business.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from bigmodel_studio.ui.look import theme


class DropArea(QFrame):
    """A frame whose content is laid out in ``column``; drawn dashed while ``dashed`` is set or something is over it."""

    paths_dropped = Signal(object)
    """``list[Path]``, in the order given."""
    image_dropped = Signal(QImage)
    refused = Signal()
    """What was dropped is neither a local file nor a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.dashed = True
        self._hovered = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)

    def take(self, data: QMimeData | None) -> bool:
        """Hand on what was dropped or pasted (None: an empty clipboard); whether there was anything of use."""
        if data is None:
            return False
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if paths:
            self.paths_dropped.emit(paths)
            return True
        if data.hasImage():
            image = data.imageData()
            if isinstance(image, QImage) and not image.isNull():
                self.image_dropped.emit(image)
                return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self._hover(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hover(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover(False)
        event.acceptProposedAction()
        if not self.take(event.mimeData()):
            self.refused.emit()

    def _hover(self, hovered: bool) -> None:
        self._hovered = hovered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour("accent" if self._hovered else "field" if self.dashed else "border"))
        pen.setWidthF(2 if self._hovered else 1)
        if self.dashed or self._hovered:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour("accent_soft" if self._hovered else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()
