"""Points on two logarithmic axes, a colour and a shape a group, with the line through the best of them and a law's line
across. The pointer or the arrow keys go from point to point, a click or Enter chooses one. Knows nothing of runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers, ticks
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.chart import series_colour

LEFT, RIGHT, TOP, BOTTOM = 52, 16, 10, 40
MARK_PX, CHOSEN_PX = 4.5, 6.5
NEAR_PX = 28
_TICK_PX = (64, 32)
_MARGIN = 0.07
_LEGEND_MOST = 8
_LEGEND_MARK_PX = 32
"""From the box to a group's name, with its mark between them."""
Corner = tuple[float, float]
SHAPES: tuple[tuple[Corner, ...], ...] = (
    (),
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.2), (1.15, 0.8), (-1.15, 0.8)),
    ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    ((0, 1.2), (1.15, -0.8), (-1.15, -0.8)),
)
"""Corners of a mark of radius 1, by group; none is a circle. As many as no multiple of the colours."""


@dataclass(frozen=True)
class Mark:
    """A point; ``words`` is its read-out. One that is not ``sure`` yet is drawn hollow."""

    x: float
    y: float
    group: int
    words: str
    sure: bool = True


class LogScatter(QWidget):
    """``show_marks`` whenever something is another."""

    read_out = Signal(str)
    """What is under the pointer, in words; "" where nothing is."""
    chosen = Signal(int)
    """The place of the mark that was clicked (or on which Enter was pressed)."""

    def __init__(self, across: str, parent: QWidget | None = None) -> None:
        """``across`` says what the horizontal axis is."""
        super().__init__(parent)
        self._across = across
        self.marks: list[Mark] = []
        self._groups: list[str] = []
        self._best: list[Corner] = []
        self._law: tuple[str, Callable[[float], float]] | None = None
        self._legend_px = 0
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_marks(
        self,
        marks: Sequence[Mark],
        groups: Sequence[str],
        best: Sequence[Corner] = (),
        law: tuple[str, Callable[[float], float]] | None = None,
    ) -> None:
        """Show these: what the groups are called, the points that the solid line joins, and the dashed one with what is
        written beside it.
        """
        self.marks, self._groups, self._best, self._law = list(marks), list(groups), list(best), law
        metrics = QFontMetricsF(theme.font(11))
        widest = max(map(metrics.horizontalAdvance, self._groups[:_LEGEND_MOST]), default=0.0)
        self._legend_px = math.ceil(widest) + _LEGEND_MARK_PX if self._groups else 0
        if self._at is not None and self._at >= len(self.marks):
            self._at = None
        self.update()
        self._say()

    # ------------------------------------------------------------------------------- painting

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 140)

    def _box(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT - self._legend_px, -BOTTOM)

    def _spans(self) -> tuple[float, float, float, float]:
        """The logarithms (of ten) that are seen: from, to, lowest, highest."""
        found = []
        for values in ([mark.x for mark in self.marks], [mark.y for mark in self.marks]):
            low, high = math.log10(min(values)), math.log10(max(values))
            margin = (high - low) * _MARGIN or 0.1
            found += [low - margin, high + margin]
        return found[0], found[1], found[2], found[3]

    def place(self, x: float, y: float) -> QPointF:
        """Where that is, in pixels. Only while there are marks."""
        box, (first, last, low, high) = self._box(), self._spans()
        return QPointF(
            box.left() + (math.log10(x) - first) / (last - first) * box.width(),
            box.bottom() - (math.log10(y) - low) / (high - low) * box.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.marks:
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No points yet"))
        else:
            self._paint_grid(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_lines(painter)
            for number, mark in enumerate(self.marks):
                size = CHOSEN_PX if number == self._at else MARK_PX
                _paint_mark(painter, self.place(mark.x, mark.y), mark.group, size, mark.sure)
            self._paint_legend(painter)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        box, (first, last, low, high) = self._box(), self._spans()
        painter.setFont(theme.font(11, tabular=True))
        middle = 10 ** ((first + last) / 2), 10 ** ((low + high) / 2)
        down = ticks.logarithmic(10**low, 10**high, max(2, int(box.height() / _TICK_PX[1])))
        for mark in down:
            y = round(self.place(middle[0], mark).y())
            painter.setPen(theme.colour("border"))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(theme.colour("secondary"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, LEFT - 8, 16), right, ticks.written(mark, down))
        for mark in ticks.logarithmic(10**first, 10**last, max(2, int(box.width() / _TICK_PX[0]))):
            x = round(self.place(mark, middle[1]).x())
            painter.setPen(theme.colour("border"))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(
                QRectF(x - 40, box.bottom() + 4, 80, 16), Qt.AlignmentFlag.AlignCenter, numbers.power(mark)
            )
        title = QRectF(box.left(), box.bottom() + 21, box.width(), 16)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, self._across)

    def _paint_lines(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._law is not None:
            self._paint_law(painter, *self._law)
        if len(self._best) > 1:
            painter.setPen(QPen(theme.colour("secondary"), 1))
            painter.drawPolyline(QPolygonF([self.place(x, y) for x, y in self._best]))

    def _paint_law(self, painter: QPainter, words: str, law: Callable[[float], float]) -> None:
        """The line across, and its words at the lower left, where a loss that falls leaves room."""
        box, (first, last, *_) = self._box(), self._spans()
        painter.save()
        painter.setClipRect(box)
        pen = QPen(theme.colour("accent"), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawLine(*(self.place(10**at, law(10**at)) for at in (first, last)))
        painter.restore()
        painter.setFont(theme.font(weight=QFont.Weight.DemiBold))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(words) + 16
        place = QRectF(box.left() + 8, box.bottom() - 32, wide, 24)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("surface"))
        painter.drawRect(place)
        painter.setPen(theme.colour("accent"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_legend(self, painter: QPainter) -> None:
        """At the right of the box, where it hides no mark."""
        painter.setFont(theme.font(11))
        box = self._box()
        x = box.right() + _LEGEND_MARK_PX
        for row, name in enumerate(self._groups[:_LEGEND_MOST]):
            y = box.top() + 10 + 18 * row
            _paint_mark(painter, QPointF(x - 12, y), row, MARK_PX, True)
            painter.setPen(theme.colour("secondary"))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(x, y - 9, self.width() - x, 18), left, name)

    # ------------------------------------------------------------------------------- hands

    def _say(self) -> None:
        said = self.marks[self._at].words if self._at is not None else ""
        self.setAccessibleDescription(said)
        self.read_out.emit(said)

    def _point_at(self, number: int | None) -> None:
        if number != self._at:
            self._at = number
            self.update()
            self._say()

    def _nearest(self, position: QPointF) -> int | None:
        far = [
            ((self.place(mark.x, mark.y) - position).manhattanLength(), number)
            for number, mark in enumerate(self.marks)
        ]
        distance, number = min(far, default=(math.inf, 0))
        return number if distance <= NEAR_PX else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._nearest(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._nearest(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(number)

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and self.marks:
            order = sorted(range(len(self.marks)), key=lambda number: self.marks[number].x)
            at = order.index(self._at) + steps[key] if self._at is not None else 0
            self._point_at(order[min(max(at, 0), len(order) - 1)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._at is not None:
            self.chosen.emit(self._at)
        else:
            super().keyPressEvent(event)


def _paint_mark(painter: QPainter, at: QPointF, group: int, size: float, sure: bool) -> None:
    """A mark of a radius in its group's colour and shape."""
    tint = series_colour(group)
    painter.setPen(QPen(theme.colour("surface") if sure else tint, 1.5 if not sure else 1))
    painter.setBrush(tint if sure else theme.colour("surface"))
    corners = SHAPES[group % len(SHAPES)]
    if corners:
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) * size for x, y in corners]))
    else:
        painter.drawEllipse(at, size, size)
