"""How long examples are: a histogram, with a line at the most that is read at once. It is told in which unit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme

HEAD_PX, AXIS_PX = 18, 18
_LEAST_PX = 1.5


class LengthsChart(QWidget):
    """``show_lengths`` as counts between edges; bins are drawn equally wide, whatever they span."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edges: Sequence[int] = ()
        self._counts: Sequence[int] = ()
        self._limit: int | None = None
        self._cut = False
        self._unit = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_lengths(
        self, edges: Sequence[int], counts: Sequence[int], unit: str, limit: int | None = None, *, cut: bool = False
    ) -> None:
        """``counts`` [n], ``edges`` [n + 1], the last one included; ``unit`` is what lengths are counted in.

        ``limit`` is the most that is read at once (None: there is none); with ``cut`` what is longer is cut there.
        """
        self._edges, self._counts, self._unit = edges, counts, unit
        self._limit = limit if limit is not None and edges and edges[0] <= limit < edges[-1] else None
        self._cut = cut
        self.setAccessibleDescription("; ".join(filter(None, (self.limit_text(), *self.texts()))))
        self.update()

    def texts(self) -> list[str]:
        """What each bar says."""
        return [self._said(place) for place in range(len(self._counts))]

    def limit_text(self) -> str:
        """What the line says ("" where there is none)."""
        if self._limit is None:
            return ""
        words = self.tr("truncated at {limit}") if self._cut else self.tr("context {limit}")
        return words.format(limit=numbers.exact(self._limit))

    def _said(self, place: int) -> str:
        first, last = self._edges[place], self._edges[place + 1]
        last = last if place == len(self._counts) - 1 else last - 1
        span = numbers.exact(first) if last <= first else f"{numbers.exact(first)} – {numbers.exact(last)}"
        return f"{span} {self._unit}: {numbers.exact(self._counts[place])}"

    def sizeHint(self) -> QSize:
        return QSize(240, 124)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 124)

    # ------------------------------------------------------------------------------- geometry

    def _box(self) -> QRectF:
        return QRectF(0, HEAD_PX, self.width(), self.height() - HEAD_PX - AXIS_PX)

    def bar(self, place: int) -> QRectF:
        """Where a bar is."""
        box, most = self._box(), max(self._counts) or 1
        wide = box.width() / len(self._counts)
        count = self._counts[place]
        high = max(_LEAST_PX, box.height() * count / most) if count else 0.0
        return QRectF(box.left() + place * wide, box.bottom() - high, max(1.0, wide - 1), high)

    def x_of(self, length: float) -> float:
        """Where a length is: within its bin as far as it is through it."""
        box = self._box()
        place = min(max(bisect_right(self._edges, length) - 1, 0), len(self._counts) - 1)
        first, last = self._edges[place], self._edges[place + 1]
        through = (length - first) / (last - first) if last > first else 0.5
        return box.left() + (place + through) * box.width() / len(self._counts)

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._counts:
            return
        painter = QPainter(self)
        box = self._box()
        for place in range(len(self._counts)):
            beyond = self._cut and self._limit is not None and self._edges[place] > self._limit
            painter.fillRect(self.bar(place), theme.colour("warn" if beyond else "accent"))
        painter.setPen(QPen(theme.colour("field"), 1))
        painter.drawLine(QPointF(box.left(), box.bottom()), QPointF(box.right(), box.bottom()))
        painter.setFont(theme.font(11, tabular=True))
        self._paint_axis(painter, box)
        if self._limit is not None:
            self._paint_limit(painter, box, self._limit)
        painter.end()

    def _paint_axis(self, painter: QPainter, box: QRectF) -> None:
        """The lengths at the ends, and in the middle where there is room."""
        painter.setPen(theme.colour("secondary"))
        metrics = QFontMetricsF(painter.font())
        room = QRectF(box.left(), box.bottom() + 3, box.width(), AXIS_PX - 3)
        low, high = numbers.exact(self._edges[0]), f"{numbers.exact(self._edges[-1])} {self._unit}"
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, low)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, high)
        place = len(self._counts) // 2
        middle = numbers.exact(self._edges[place])
        half, x = metrics.horizontalAdvance(middle) / 2 + 1, self.x_of(self._edges[place])
        left, right = (metrics.horizontalAdvance(words) + 12 for words in (low, high))
        if len(self._counts) > 2 and left < x - half and x + half < box.right() - right:
            at = QRectF(x - half, room.top(), 2 * half, room.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignTop, middle)

    def _paint_limit(self, painter: QPainter, box: QRectF, limit: int) -> None:
        x, colour = self.x_of(limit), theme.colour("bad" if self._cut else "secondary")
        painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom()))
        words = self.limit_text()
        wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 2
        left = min(max(x - wide / 2, box.left()), box.right() - wide)
        painter.setPen(colour)
        painter.drawText(QRectF(left, 0, wide, HEAD_PX - 2), Qt.AlignmentFlag.AlignCenter, words)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._counts:
            place = int(event.pos().x() / max(1, self.width()) * len(self._counts))
            QToolTip.showText(event.globalPos(), self._said(min(max(place, 0), len(self._counts) - 1)), self)
            return True
        return super().event(event)
