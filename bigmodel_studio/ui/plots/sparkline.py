"""A small curve in pixels, for what paints itself: cards and the monitor. pyqtgraph draws what has axes.

``View`` says what is seen and where; ``polylines`` gives the curve there, from the pyramid of its series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shiboken6
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPolygonF

from bigmodel_studio.ui.plots.series import Floats, Series


@dataclass(frozen=True)
class View:
    """What is seen: steps ``first`` to ``last``, values ``low`` to ``high`` (logarithms where ``log``), in ``box``."""

    box: QRectF
    first: float
    last: float
    low: float
    high: float
    log: bool = False

    def x(self, steps: Floats) -> Floats:
        """Return where steps are, in pixels."""
        return self.box.left() + (steps - self.first) / (self.last - self.first) * self.box.width()

    def y(self, values: Floats) -> Floats:
        """Return where values are, in pixels; NaN where the axis has no place for one."""
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, np.log10(values), np.nan)
        return self.box.bottom() - (values - self.low) / (self.high - self.low) * self.box.height()

    def step_at(self, x: float) -> float:
        """Return the step at a place in pixels."""
        return self.first + (x - self.box.left()) / max(1.0, self.box.width()) * (self.last - self.first)


def polylines(view: View, series: Series) -> Iterator[QPolygonF]:
    """Return the curve in pixels, a polygon for each stretch without a gap."""
    steps, values, _ = series.between(view.first, view.last, int(view.box.width()))
    xs, ys = view.x(steps), view.y(values)
    gaps = np.flatnonzero(~np.isfinite(ys)).tolist()
    for start, end in zip([-1, *gaps], [*gaps, len(ys)], strict=True):
        if end - start > 1:
            yield _polygon(xs[start + 1 : end], ys[start + 1 : end])


def _polygon(xs: Floats, ys: Floats) -> QPolygonF:
    """Return the points written where Qt keeps them: a QPointF each from Python would cost more than drawing them."""
    polygon = QPolygonF()
    polygon.resize(len(xs))
    pointer: Any = shiboken6.VoidPtr  # its stub leaves out the size
    memory = pointer(polygon.data(), 2 * xs.itemsize * len(xs), True)
    points = np.frombuffer(memory, np.float64).reshape(-1, 2)
    points[:, 0], points[:, 1] = xs, ys
    return polygon
