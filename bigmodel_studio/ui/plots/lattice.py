"""Words by tags as a heat map, with two ways through it: each word's most probable tag, and the most probable whole.

The first is dashed with hollow squares, the second solid with dots, so that they are told apart without colours.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Tagged
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.cell_map import LEGEND_PX, CellMap
from bigmodel_studio.ui.plots.colour_scale import Scale

_SHARES = Scale(0.0, 1.0, colours="share")
GREEDY_SERIES, VITERBI_SERIES = 1, 2
"""Their places among the series' colours."""
WAY_PX = 8.0
"""From the bottom of a cell to where the ways go through it."""


class Lattice(CellMap):
    """``show_tagged`` a text."""

    row_px, number_px = 34, 20
    least_column_px = 56.0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "percent", parent)
        self.setAccessibleName(self.tr("Lattice: probability of each tag for each word"))
        self.tagged = Tagged(text="")

    def show_tagged(self, tagged: Tagged) -> None:
        """Show a row for each tag and a column for each word."""
        self.tagged = tagged
        chances = np.exp(np.array(tagged.logprobs, np.float64)).T if tagged.words else np.zeros((len(tagged.tags), 0))
        self.show_cells(tagged.tags, tagged.words, chances, _SHARES)

    def description(self) -> str:
        if self.at is None:
            return ""
        row, column = self.at
        tag = self.tagged.tags[row]
        parts = [self.columns[column], tag, self.written(row, column)]
        parts.append(self.tr("log-probability {number}").format(number=numbers.decimal(self._logprob(row, column))))
        ways = (
            (self.tagged.greedy, self.tr("on the greedy path")),
            (self.tagged.viterbi, self.tr("on the Viterbi path")),
        )
        return " · ".join([*parts, *(words for way, words in ways if way[column] == tag)])

    def _logprob(self, row: int, column: int) -> float:
        return self.tagged.logprobs[column][row]

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(11))
        x = 4.0
        for words, squares in ((self.tr("Greedy"), True), (self.tr("Viterbi"), False)):
            y = LEGEND_PX / 2
            points = [QPointF(x + 6, y), QPointF(x + 30, y)]
            _draw(painter, points, squares=squares, halo=False, size=4.0)
            width = painter.fontMetrics().horizontalAdvance(words)
            painter.setPen(theme.colour("secondary"))
            painter.drawText(QRectF(x + 40, 2, width + 4, LEGEND_PX - 4), Qt.AlignmentFlag.AlignVCenter, words)
            x += 40 + width + 20
        painter.end()

    def paint_between(self, painter: QPainter) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = {tag: row for row, tag in enumerate(self.tagged.tags)}
        for way, squares in ((self.tagged.greedy, True), (self.tagged.viterbi, False)):
            places = [self.place_of(rows[tag], column) for column, tag in enumerate(way)]
            points = [QPointF(place.center().x(), place.bottom() - WAY_PX) for place in places]
            _draw(painter, points, squares=squares, halo=True, size=6.0 if squares else 3.0)
        painter.restore()


def _draw(painter: QPainter, points: list[QPointF], *, squares: bool, halo: bool, size: float) -> None:
    """Paint a way: a line with a mark at each of its points."""
    ink = QColor(theme.colours().series[GREEDY_SERIES if squares else VITERBI_SERIES])
    line = QPen(ink, 2, Qt.PenStyle.DashLine if squares else Qt.PenStyle.SolidLine)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in ([QPen(theme.colour("surface"), 5)] if halo else []) + [line]:
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
    for point in points:
        mark = QRectF(point.x() - size, point.y() - size, 2 * size, 2 * size)
        painter.setPen(QPen(theme.colour("surface") if halo and not squares else ink, 1.5))
        if squares:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(mark)
        else:
            painter.setBrush(ink)
            painter.drawEllipse(mark)
