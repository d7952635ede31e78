"""A small curve of the last minutes: what it is called, its value now, and its course; the past is in the tooltip."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.monitor.history import History
from bigmodel_studio.ui.plots.sparkline import View, polylines

HEIGHT_PX = 68
_HEAD_PX = 20
_FILL_ALPHA = 36


class LiveCurve(QWidget):
    """The series ``name`` of a history; ``behind`` is drawn in grey below it. ``spoken`` makes a value into words.

    The axis begins at 0 and ends at ``most``, or where the highest value is.
    """

    def __init__(
        self,
        title: str,
        history: History,
        name: str,
        format_value: Callable[[float | None], str],
        *,
        behind: str = "",
        most: float | None = None,
    ) -> None:
        super().__init__()
        self.title = title
        self.name = name
        self._history, self._behind, self._format_value, self._most = history, behind, format_value, most
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def text(self) -> str:
        """Return the value now, in words."""
        return self._format_value(self._history.series(self.name).last)

    def refresh(self) -> None:
        """Redraw: the history has grown."""
        self.setAccessibleName(f"{self.title}: {self.text()}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(136, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        view = self._view()
        painter.setPen(theme.colour("border"))
        painter.drawLine(view.box.bottomLeft(), view.box.bottomRight())
        if self._behind:
            self._paint_line(painter, view, self._behind, theme.colour("field"))
        self._paint_line(painter, view, self.name, theme.series_colour(0), filled=True)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        head = QRectF(0, 0, self.width(), _HEAD_PX - 4)
        painter.setFont(theme.font(12, weight=QFont.Weight.Medium, tabular=True))
        painter.setPen(theme.colour("text"))
        value = self.text()
        wide = painter.fontMetrics().horizontalAdvance(value)
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        painter.setFont(theme.font(12))
        painter.setPen(theme.colour("secondary"))
        room = head.adjusted(0, 0, -wide - 8, 0)
        title = painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)

    def _paint_line(self, painter: QPainter, view: View, name: str, tint: QColor, *, filled: bool = False) -> None:
        fill = QColor(tint)
        fill.setAlpha(_FILL_ALPHA)
        for line in polylines(view, self._history.series(name)):
            if filled and line.size() > 1:
                area = QPolygonF(line)
                area.append(QPointF(line.at(line.size() - 1).x(), view.box.bottom()))
                area.append(QPointF(line.at(0).x(), view.box.bottom()))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fill)
                painter.drawPolygon(area)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tint, 1.25))
            painter.drawPolyline(line)

    def _view(self) -> View:
        box = QRectF(0, _HEAD_PX, self.width(), self.height() - _HEAD_PX - 1)
        last = self._history.last
        first = last - self._history.span_s
        extents = [self._history.series(name).extent(first, last) for name in (self.name, self._behind) if name]
        highest = max((extent[1] for extent in extents if extent is not None), default=1.0)
        return View(box, first, last, 0.0, (self._most or highest * 1.1) or 1.0)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.at(event.pos().x()), self)
            return True
        return super().event(event)

    def at(self, x: float) -> str:
        """Return when that was, and the value then."""
        series = self._history.series(self.name)
        index = series.nearest(self._view().step_at(x))
        if index is None:
            return ""
        when = time.strftime("%H:%M:%S", time.localtime(float(series.steps[index])))
        return f"{when}  {self._format_value(float(series.values[index]))}"
