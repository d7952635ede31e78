"""A small curve on a card: what it is called, its last value, and its course; the read-out is in the tooltip.

Small charts follow the large one's steps, and say what is done to them with the mouse, so that all look at the same.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.plots.sparkline import View, polylines

_PADDING, _BOTTOM = 12, 8
_HEAD = 40
HEIGHT_PX = 96
ZOOM = 1.25
"""How much closer a turn of the wheel looks."""


class MiniChart(QWidget):
    """``format_value`` writes a value with its unit; ``short`` stands for a title that has not enough room."""

    zoomed = Signal(float, float)
    """The wheel was turned with Ctrl: how many times as many steps shall be seen, and the step that stays in place."""
    moved = Signal(float)
    """Dragged by so many steps."""
    reset = Signal()
    """Double-clicked: all steps shall be seen."""

    def __init__(
        self, title: str, format_value: Callable[[float | None], str], short: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.title = title
        self._short = short or title
        self._format_value = format_value
        self._series = Series()
        self._colour = 0
        self._stretch: tuple[float, float] | None = None
        self._dragged: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def show_series(self, series: Series, colour: int) -> None:
        """Show this instead of the one before."""
        self._series, self._colour = series, colour
        self.refresh()

    def look_at(self, stretch: tuple[float, float] | None) -> None:
        """Show the steps from one to another; None: all that there are."""
        if stretch != self._stretch:
            self._stretch = stretch
            self.update()

    def text(self) -> str:
        """Return the last value in words."""
        return self._format_value(self._series.last)

    def shown_title(self) -> str:
        """Return the title, or the short one where it has not enough room."""
        metrics, room = QFontMetrics(theme.font(12)), self.width() - 2 * _PADDING
        title = self.title if metrics.horizontalAdvance(self.title) <= room else self._short
        return metrics.elidedText(title, Qt.TextElideMode.ElideRight, room)

    def refresh(self) -> None:
        """Show the series as it is now."""
        self.setAccessibleName(f"{self.title}: {self.text()}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(92, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("border"))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        head = QRectF(_PADDING, 6, self.width() - 2 * _PADDING, 16)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("secondary"))
        painter.drawText(head, left, self.shown_title())
        painter.setFont(theme.font(weight=QFont.Weight.DemiBold, tabular=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(head.translated(0, 18), left, self.text())
        view = self._view()
        if view is not None:
            painter.setPen(QPen(theme.series_colour(self._colour), 1))
            painter.setClipRect(view.box.adjusted(-2, -2, 2, 2))
            for line in polylines(view, self._series):
                painter.drawPolyline(line)
                if line.size() == 1:
                    painter.drawEllipse(line.at(0), 1.5, 1.5)
        painter.end()

    # ------------------------------------------------------------------------------- hands

    def wheelEvent(self, event: QWheelEvent) -> None:
        view, turned = self._view(), event.angleDelta().y()
        if view is not None and turned and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 / ZOOM if turned > 0 else ZOOM, view.step_at(event.position().x()))
            event.accept()
        else:
            event.ignore()  # the page scrolls

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        view = self._view()
        if self._dragged is not None and view is not None:
            x = event.position().x()
            self.moved.emit(view.step_at(self._dragged) - view.step_at(x))
            self._dragged = x

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset.emit()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), f"{self.title}\n{self.words_at(event.pos().x())}", self)
            return True
        return super().event(event)

    def _view(self) -> View | None:
        if not len(self._series):
            return None
        first, last = self._stretch or (float(self._series.steps[0]), float(self._series.steps[-1]))
        extent = self._series.extent(first, last)
        if extent is None:
            return None
        low, high = extent
        margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
        box = QRectF(self.rect()).adjusted(_PADDING, _HEAD + 4, -_PADDING, -_BOTTOM)
        return View(box, first, max(last, first + 1), low - margin, high + margin)

    def words_at(self, x: float) -> str:
        """Return what the tooltip at a place across says: the nearest step and its value."""
        view = self._view()
        index = self._series.nearest(view.step_at(x)) if view is not None else None
        if index is None:
            return ""
        step = numbers.exact(int(self._series.steps[index]))
        return self.tr("step {step}: {value}").format(
            step=step, value=self._format_value(float(self._series.values[index]))
        )
