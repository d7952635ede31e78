"""A small curve on a card: what it is called, its last value, and its course; the read-out is in the tooltip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.plots.sparkline import View, polylines

_PADDING = 12
_HEAD = 42
HEIGHT_PX = 112


class MiniChart(QWidget):
    """``spoken`` makes a value into words with its unit."""

    def __init__(self, title: str, spoken: Callable[[float | None], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self._spoken = spoken
        self._series = Series()
        self._colour = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def show_series(self, series: Series, colour: int) -> None:
        """Show this instead of the one before."""
        self._series, self._colour = series, colour
        self.refresh()

    def text(self) -> str:
        """The last value in words."""
        return self._spoken(self._series.last)

    def refresh(self) -> None:
        """The series has changed."""
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
        head = QRectF(_PADDING, 8, self.width() - 2 * _PADDING, 16)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("secondary"))
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(head.width()))
        painter.drawText(head, left, title)
        painter.setFont(theme.font(weight=QFont.Weight.DemiBold, tabular=True))
        painter.setPen(theme.colour("text"))
        painter.drawText(head.translated(0, 18), left, self.text())
        view = self._view()
        if view is not None:
            painter.setPen(QPen(theme.series_colour(self._colour), 1))
            for line in polylines(view, self._series):
                painter.drawPolyline(line)
                if line.size() == 1:
                    painter.drawEllipse(line.at(0), 1.5, 1.5)
        painter.end()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._at(event.pos().x()), self)
            return True
        return super().event(event)

    def _view(self) -> View | None:
        if not len(self._series):
            return None
        first, last = float(self._series.steps[0]), float(self._series.steps[-1])
        extent = self._series.extent(first, last)
        if extent is None:
            return None
        low, high = extent
        margin = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
        box = QRectF(self.rect()).adjusted(_PADDING, _HEAD + 6, -_PADDING, -_PADDING)
        return View(box, first, max(last, first + 1), low - margin, high + margin)

    def _at(self, x: float) -> str:
        view = self._view()
        index = self._series.nearest(view.step_at(x)) if view is not None else None
        if index is None:
            return ""
        step = numbers.exact(int(self._series.steps[index]))
        return self.tr("step {step}: {value}").format(step=step, value=self._spoken(float(self._series.values[index])))
