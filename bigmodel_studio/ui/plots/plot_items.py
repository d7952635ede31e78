"""Items of a plot, on pyqtgraph's items: curves fed from their pyramids, a legend, lines with a name."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsGridLayout, QStyleOptionGraphicsItem, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.plot import hairline, small_font
from bigmodel_studio.ui.plots.series import Part

_NOWHERE = QPainterPath()


class CurveItem(pg.PlotCurveItem):
    """A part of a series as a line of one pixel. It is what pyqtgraph draws, but knows its bounds without looking.

    Where a column of pixels has more than two points it is drawn as one stroke from the smallest to the largest, joined
    to its neighbours: half of the lines, and nothing is painted over twice.
    """

    def __init__(self) -> None:
        self._bounds = QRectF()
        super().__init__(segmentedLineMode="on", skipFiniteCheck=False)

    def show_part(self, part: Part, *, log: bool, smooth: bool, column: float) -> tuple[float, float] | None:
        """Draw this part, with values as logarithms of ten where ``log``; ``smooth`` without steps at its edges.

        ``column`` is how many steps a pixel is wide. Returns the lowest and the highest place; None: there is none.
        """
        steps, values, paired = part
        if log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, np.log10(values), np.nan)
            if paired:  # a column that also has values without a logarithm is drawn as far as it has one
                low, high = values[0::2], values[1::2]
                values = np.repeat(high, 2)
                values[0::2] = np.where(np.isnan(low), high, low)
        if paired and len(values):
            steps, values = _strokes(steps, values, column)
        extent = _extent(values)
        self._bounds = QRectF()
        if extent is not None:
            self._bounds = QRectF(steps[0], extent[0], steps[-1] - steps[0], extent[1] - extent[0])
        self.opts["segmentedLineMode"] = "off" if smooth else "on"
        self.setData(steps, values, connect="pairs" if paired else "finite", antialias=smooth)
        return extent

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        return _NOWHERE  # the pointer is the plot's affair


def _strokes(steps: np.ndarray, values: np.ndarray, column: float) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of extremes as strokes that reach those beside them, a pixel wide so that a level line is seen."""
    joined = values.copy()
    low, high = joined[0::2], joined[1::2]
    low[1:] = np.fmin(values[2::2], values[1:-1:2])
    high[1:] = np.fmax(values[3::2], values[0:-2:2])
    low[1:][np.isnan(values[2::2])] = np.nan  # a gap is no part of what comes before it
    wide = steps.copy()
    wide[1::2] += column
    return wide, joined


def _extent(values: np.ndarray) -> tuple[float, float] | None:
    if not len(values):
        return None
    low, high = float(np.fmin.reduce(values)), float(np.fmax.reduce(values))
    return (low, high) if np.isfinite(low) and np.isfinite(high) else None


@dataclass(frozen=True)
class Sample:
    """An entry of a legend: a name, its colour, whether its points are marked, and whether it is shown."""

    name: str
    colour: int
    faint: bool = False
    marks: bool = False
    shown: bool = True
    symbol: str = ""
    """The mark of a group of points, as pyqtgraph calls it."""


_SWATCH_PX = 20
MOST_NAME = 28
"""Letters of a name in the legend; in the middle of a longer one some are left out."""


class _Swatch(pg.ItemSample):
    """The line before a name, hollow while its curve is hidden."""

    def __init__(self, item: pg.GraphicsWidget) -> None:
        super().__init__(item)
        self.sample = Sample("", 0)

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, _SWATCH_PX, _SWATCH_PX)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None, /) -> None:
        tint = theme.series_colour(self.sample.colour)
        if self.sample.faint:
            tint.setAlpha(FAINT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tint if self.sample.shown else theme.colour("field"), 1))
        painter.setBrush(tint if self.sample.shown else Qt.BrushStyle.NoBrush)
        if self.sample.symbol:
            painter.translate(10, 10)
            painter.scale(9, 9)
            painter.setPen(line(painter.pen().color()))
            painter.drawPath(Symbols[self.sample.symbol])
        elif self.sample.marks:
            painter.drawEllipse(QPointF(11, 10), 3.5, 3.5)
        else:
            painter.drawRect(QRectF(4.5, 8.5, 13, 3))

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        event.ignore()  # the legend takes it, on the name as on the line


FAINT = 110
"""The opacity, of 255, of a curve that another one is drawn over."""


class Legend(pg.LegendItem):
    """Names in rows over the box; a click on one hides or shows its curve (``toggled`` gets its name)."""

    def __init__(self, toggled: Callable[[str], None]) -> None:
        super().__init__(offset=None, horSpacing=2, frame=False, labelTextSize="11px", sampleType=_Swatch)
        self._toggled = toggled
        self._samples: list[Sample] = []

    def show_samples(self, samples: list[Sample], width: float) -> None:
        """Show these in as many columns as there is room for."""
        metrics = QFontMetricsF(small_font())
        widest = max((metrics.horizontalAdvance(_shortened(sample.name)) for sample in samples), default=0.0)
        columns = max(1, min(len(samples), int(width / (widest + _SWATCH_PX + 24))))
        if samples == self._samples and columns == self.columnCount:
            return
        self._samples = samples
        self.clear()
        self.layout = _grid()  # pyqtgraph would fill the columns that the one before had left
        self.setLayout(self.layout)
        self.columnCount = columns
        for sample in samples:
            swatch = _Swatch(pg.GraphicsWidget())
            swatch.sample = sample
            self.addItem(swatch, _written(sample))
        least = self.layout.effectiveSizeHint(Qt.SizeHint.MinimumSize)
        self.setMinimumSize(least)  # by itself a layout within another learns of it an event later
        self.setMaximumSize(least)
        self.layout.activate()

    def restyle(self) -> None:
        """Write the names in the colours in force."""
        self.setLabelTextColor(theme.colour("text"))
        for _swatch, label in self.items:
            label.setText(label.text)  # the colour alone is noted, and not shown

    def name_at(self, place: QPointF) -> str | None:
        """Return the name at a place of the scene."""
        for sample, (swatch, label) in zip(self._samples, self.items, strict=True):
            whole = swatch.sceneBoundingRect().united(label.sceneBoundingRect())
            if whole.contains(place):
                return sample.name
        return None

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        name = self.name_at(event.scenePos())
        if name is None or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        event.accept()
        self._toggled(name)

    def mouseDragEvent(self, event: pg.MouseDragEvent) -> None:
        event.ignore()  # it stays in its row


def _grid() -> QGraphicsGridLayout:
    made = QGraphicsGridLayout()
    made.setContentsMargins(0, 0, 0, 4)
    made.setHorizontalSpacing(2)
    made.setVerticalSpacing(0)
    return made


def _shortened(name: str) -> str:
    half = MOST_NAME // 2
    return name if len(name) <= MOST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _written(sample: Sample) -> str:
    text = html.escape(_shortened(sample.name))
    return text if sample.shown else f"<s>{text}</s>"


class NamedLine(pg.InfiniteLine):
    """A dashed line across, with its name at its right end: below it in the upper half, where there may be no room."""

    def __init__(self, at: float, name: str) -> None:
        super().__init__(
            at,
            angle=0,
            pen=hairline("secondary", dashed=True),
            label=name.replace("{", "{{").replace("}", "}}"),
            labelOpts={"position": 0.995, "anchors": [(1, 0.05), (1, 0.95)], "color": theme.colour("secondary")},
        )
        self.label.setFont(small_font())

    def shape(self) -> QPainterPath:
        return _NOWHERE


class Cursor(pg.InfiniteLine):
    """The upright line at what is read out."""

    def __init__(self) -> None:
        super().__init__(0.0, angle=90, pen=hairline("secondary"))
        self.setZValue(50)
        self.hide()

    def shape(self) -> QPainterPath:
        return _NOWHERE


class Points(pg.ScatterPlotItem):
    """Marks of a size in pixels, drawn as outlines: pyqtgraph's cache of pixels is no use to a vector graphic."""

    def __init__(self, size: float = 10) -> None:
        super().__init__(size=size, pxMode=True, useCache=False, antialias=True)

    def mouseClickEvent(self, event: pg.MouseClickEvent) -> None:
        event.ignore()  # a click is the plot's affair, on a mark as beside it


def tint(colour: int, *, faint: bool = False) -> QColor:
    """Return the colour of a curve by its number."""
    made = theme.series_colour(colour)
    if faint:
        made.setAlpha(FAINT)
    return made


def line(colour: QColor, width: float = 1.0) -> QPen:
    """Return a pen that keeps its width whatever the scale is."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen
