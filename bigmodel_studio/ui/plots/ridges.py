"""Histograms over steps, one before the other like ridges: the newest in front, in full colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme

MOST = 7
"""Ridges that are drawn, spread over the steps; the first and the last are always among them."""
AXIS_PX, STEPS_PX = 20, 44


@dataclass(frozen=True)
class Histogram:
    """Counts in equal bins from ``low`` to ``high``, as they were at ``step``."""

    step: int
    low: float
    high: float
    counts: Sequence[int]


class Ridges(QWidget):
    """``show_histograms`` by ascending step."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._shown: list[Histogram] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_histograms(self, histograms: Sequence[Histogram]) -> None:
        """Show these instead of those before."""
        count = min(MOST, len(histograms))
        places = np.linspace(0, len(histograms) - 1, count).round().astype(int).tolist() if count else []
        self._shown = [histograms[place] for place in places]
        self.setAccessibleDescription(self.said())
        self.update()

    def said(self) -> str:
        """The steps and the range of the newest one, in words."""
        if not self._shown:
            return self._empty
        newest = self._shown[-1]
        return self.tr("{count} histograms; the newest, at step {step}, ranges from {low} to {high}").format(
            count=numbers.exact(len(self._shown)),
            step=numbers.exact(newest.step),
            low=numbers.significant(newest.low),
            high=numbers.significant(newest.high),
        )

    def sizeHint(self) -> QSize:
        return QSize(220, 160)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._shown:
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font(12))
            centre = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), centre, self._empty)
        else:
            low, high = min(h.low for h in self._shown), max(h.high for h in self._shown)
            box = QRectF(self.rect()).adjusted(STEPS_PX, 6, -8, -AXIS_PX)
            self._paint_axis(painter, box, low, high)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            gap = box.height() / (len(self._shown) + 1)
            for number, histogram in enumerate(self._shown):
                base = box.top() + gap * (number + 2)
                self._paint_ridge(painter, box, histogram, (low, high), base, gap * 1.9, number)
        painter.end()

    def _paint_ridge(
        self,
        painter: QPainter,
        box: QRectF,
        shown: Histogram,
        span: tuple[float, float],
        base: float,
        height: float,
        number: int,
    ) -> None:
        low, high = span
        wide = (high - low) or 1.0
        bins = np.linspace(shown.low, shown.high, len(shown.counts) + 1)
        xs = box.left() + ((bins[:-1] + bins[1:]) / 2 - low) / wide * box.width()
        most = max(shown.counts) or 1
        ys = base - np.asarray(shown.counts, np.float64) / most * min(height, base - box.top())
        line = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
        outline = QPolygonF([QPointF(line[0].x(), base), *line, QPointF(line[-1].x(), base)])
        newest = number == len(self._shown) - 1
        fill = theme.colour("accent" if newest else "secondary")
        fill.setAlpha(110 if newest else 34)
        painter.setBrush(fill)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(outline)
        painter.setPen(QPen(theme.colour("accent" if newest else "secondary"), 1.4 if newest else 1))
        painter.drawPolyline(QPolygonF(line))
        painter.setFont(theme.font(11, tabular=True))
        painter.setPen(theme.colour("text" if newest else "secondary"))
        place = QRectF(0, base - 14, STEPS_PX - 6, 14)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, numbers.exact(shown.step))

    def _paint_axis(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        painter.setFont(theme.font(11, tabular=True))
        metrics = QFontMetricsF(painter.font())
        if low < 0 < high:
            x = box.left() - low / (high - low) * box.width()
            painter.setPen(QPen(theme.colour("border"), 1))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(theme.colour("secondary"))
        right = numbers.significant(high, 2)
        painter.drawText(QPointF(box.left(), box.bottom() + 14), numbers.significant(low, 2))
        painter.drawText(QPointF(box.right() - metrics.horizontalAdvance(right), box.bottom() + 14), right)
