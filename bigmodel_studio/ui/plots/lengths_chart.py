"""How long examples are: a histogram, with a line at the most that is read at once. It is given the unit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QHelpEvent, QPen
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.plot import Axis, EndsAxis, Marks, Plot
from bigmodel_studio.ui.plots.plot_items import line

HEAD_PX, AXIS_PX = 18, 18
_LEAST_PX = 1.5
_LEAST_BINS = 4


class LengthsChart(Plot):
    """``show_lengths`` as counts between edges; bins are drawn equally wide, whatever they span."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(lambda low, high, most: [], self._length_marks, parent)
        self._edges: Sequence[int] = ()
        self._counts: Sequence[int] = ()
        self._limit: int | None = None
        self._cut = False
        self._unit = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its description says all that there is to say
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.left.hide()
        self.centralLayout.setContentsMargins(0, HEAD_PX, 0, 0)
        self.box.setMouseEnabled(x=True, y=False)
        self._bars = pg.BarGraphItem(x0=[], width=[], height=[])
        self._line = pg.InfiniteLine(0.0, angle=90)
        self._base = pg.InfiniteLine(0.0, angle=0)
        for item in (self._bars, self._base, self._line):
            self.box.addItem(item, ignoreBounds=True)
        self._words = pg.TextItem(anchor=(0.5, 1))
        self._words.setParentItem(self.centralWidget)  # it stands over the box
        self.box.sigResized.connect(self._lay)
        self.box.sigXRangeChanged.connect(self._lay)
        self.restyle()

    def make_bottom(self, marks: Marks) -> Axis:
        return EndsAxis("bottom", marks, AXIS_PX)

    def show_lengths(
        self, edges: Sequence[int], counts: Sequence[int], unit: str, limit: int | None = None, *, cut: bool = False
    ) -> None:
        """Show ``counts`` [n] between ``edges`` [n + 1], the last one included; ``unit`` is what lengths are counted
        in.

        ``limit`` is the most that is read at once (None: there is none); with ``cut`` what is longer is cut there.
        """
        self._edges, self._counts, self._unit = edges, counts, unit
        self._limit = limit if limit is not None and edges and edges[0] <= limit < edges[-1] else None
        self._cut = cut
        self.setAccessibleDescription("; ".join(filter(None, (self.limit_text(), *self.texts()))))
        self.bottom.setVisible(bool(counts))
        self.restyle()
        self.reset_view()

    def texts(self) -> list[str]:
        """Return what each bar says."""
        return [self._description(place) for place in range(len(self._counts))]

    def limit_text(self) -> str:
        """Return what the line says ("" where there is none)."""
        if self._limit is None:
            return ""
        words = self.tr("truncated at {limit}") if self._cut else self.tr("context {limit}")
        return words.format(limit=numbers.exact(self._limit))

    def _description(self, place: int) -> str:
        first, last = self._edges[place], self._edges[place + 1]
        last = last if place == len(self._counts) - 1 else last - 1
        span = numbers.exact(first) if last <= first else f"{numbers.exact(first)} – {numbers.exact(last)}"
        return f"{span} {self._unit}: {numbers.exact(self._counts[place])}"

    def reset_view(self) -> None:
        """Show all lengths."""
        count = max(1, len(self._counts))
        self.box.setLimits(xMin=0, xMax=count, minXRange=min(count, _LEAST_BINS))
        self.box.setXRange(0, count, padding=0)
        self.box.setYRange(0, max(self._counts, default=0) or 1, padding=0)
        self._lay()

    def entries(self, menu: QMenu) -> None:
        if self._counts:
            menu.addAction(self.tr("Show all"), self.reset_view)

    def sizeHint(self) -> QSize:
        return QSize(240, 124)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 124)

    # ------------------------------------------------------------------------------- geometry

    def bar(self, place: int) -> QRectF:
        """Return where a bar is, in pixels."""
        corner = self.place(place, self._heights()[place])
        return QRectF(corner, self.place(place + self._width(), 0))

    def x_of(self, length: float) -> float:
        """Return where a length is, in pixels: within its bin as far as it is through it."""
        return self.place(self._through(length), 0).x()

    def _through(self, length: float) -> float:
        place = min(max(bisect_right(self._edges, length) - 1, 0), len(self._counts) - 1)
        first, last = self._edges[place], self._edges[place + 1]
        return place + ((length - first) / (last - first) if last > first else 0.5)

    def _heights(self) -> np.ndarray:
        """Bars as high as their counts, but high enough to be seen where there is one."""
        counts = np.asarray(self._counts, np.float64)
        least = _LEAST_PX * (counts.max(initial=0) or 1) / max(1.0, self.room().height())
        return np.where(counts > 0, np.maximum(counts, least), 0.0)

    def _width(self) -> float:
        """Return the width of a bar in bins: a pixel less, where that leaves one."""
        first, last, *_ = self.view_range()
        pixel = (last - first) / max(1.0, self.room().width())
        return max(1.0 - pixel, min(pixel, 1.0))

    # ------------------------------------------------------------------------------- drawing

    def restyle(self) -> None:
        super().restyle()
        self.setBackgroundBrush(QBrush(Qt.BrushStyle.NoBrush))  # it stands on a card
        self._base.setPen(line(theme.colour("field")))
        ink = theme.colour("bad" if self._cut else "secondary")
        dashes = line(ink, 1.5)
        dashes.setStyle(Qt.PenStyle.DashLine)
        self._line.setPen(dashes)
        self._words.setColor(ink)
        self._words.setFont(theme.font(11, tabular=True))
        self._lay()

    @Slot()
    def _lay(self) -> None:
        """Draw the bars and the line for the size and the stretch in sight."""
        limit = self._limit
        beyond = [self._cut and limit is not None and edge > limit for edge in self._edges[:-1]]
        self._bars.setOpts(
            x0=np.arange(len(self._counts), dtype=np.float64),
            width=self._width(),
            y0=0.0,
            height=self._heights(),
            pen=QPen(Qt.PenStyle.NoPen),
            brushes=[QBrush(theme.colour("warn" if over else "accent")) for over in beyond],
        )
        self._base.setVisible(bool(self._counts))
        first, last, *_ = self.view_range()
        at = self._through(limit) if limit is not None else None
        there = at is not None and first <= at <= last
        self._line.setVisible(there)
        self._words.setVisible(there)
        if at is not None and there:
            self._line.setValue(at)
            self._words.setText(self.limit_text())
            room, half = self.room(), self._words.boundingRect().width() / 2
            x = (at - first) / (last - first) * room.width()
            self._words.setPos(min(max(x, half), max(half, room.width() - half)), room.top() + 2)

    def _length_marks(self, low: float, high: float, most: int) -> list[tuple[float, str]]:
        """Return the lengths at the ends of what is seen, and in the middle; the last one says its unit."""
        if not self._counts:
            return []
        first, last = round(low), min(round(high), len(self._counts))
        middle = [(first + last) // 2] if last - first > 2 and most > 2 else []
        marks = [(float(place), numbers.exact(self._edges[place])) for place in (first, *middle, last)]
        marks[-1] = (marks[-1][0], f"{marks[-1][1]} {self._unit}")
        return marks

    # ------------------------------------------------------------------------------- hands

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._counts:
            place = int(self.value_at(event.pos().toPointF()).x())
            QToolTip.showText(event.globalPos(), self._description(min(max(place, 0), len(self._counts) - 1)), self)
            return True
        return super().viewportEvent(event)
