"""One picture, as large as there is room; or a sentence where there is none."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.icons import icon

LEAST_PX = 256
"""A smaller picture is enlarged to this, so that it is seen at all."""


class PictureView(QWidget):
    """Paints a pixmap, its proportions kept. Shows ``words`` under a mark instead while there is no pixmap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._mark = ""
        self.words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def has_picture(self) -> bool:
        """Whether a picture is shown, and not words."""
        return not self._pixmap.isNull()

    def show_pixmap(self, pixmap: QPixmap, name: str) -> None:
        """Show a pixmap; ``name`` is said to a screen reader."""
        self._pixmap, self.words = pixmap, ""
        self.setAccessibleName(self.tr("Picture: {name}").format(name=name))
        self.update()

    def show_words(self, words: str, mark: str) -> None:
        """Say why there is no picture; ``mark`` is an icon's name."""
        self._pixmap, self.words, self._mark = QPixmap(), words, mark
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 360)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.has_picture:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            self._paint_picture(painter)
        else:
            self._paint_words(painter)
        painter.end()

    def _paint_picture(self, painter: QPainter) -> None:
        longest = max(self._pixmap.width(), self._pixmap.height())
        wanted = self._pixmap.size() * max(1.0, LEAST_PX / longest)
        room = self.size()
        if wanted.width() > room.width() or wanted.height() > room.height():
            wanted = wanted.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        x, y = (room.width() - wanted.width()) / 2, (room.height() - wanted.height()) / 2
        target = QRectF(x, y, wanted.width(), wanted.height())
        painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))

    def _paint_words(self, painter: QPainter) -> None:
        mark = self.rect()
        mark.setSize(QSize(32, 32))
        mark.moveCenter(self.rect().center())
        mark.translate(0, -28)
        icon(self._mark).paint(painter, mark)
        painter.setPen(theme.colour("secondary"))
        painter.setFont(theme.font())
        rect = QRectF(self.rect()).adjusted(24, 24, -24, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words)
