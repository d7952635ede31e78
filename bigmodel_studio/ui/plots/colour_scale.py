"""Colours for numbers: from little to much, from nothing to all of it, and from below zero to above it.

The first is cividis (Nuñez, Anderton & Renslow 2018), which looks nearly the same to people who see no red or no green
and grows evenly lighter; the second goes from the ground to the accent; the third from blue over the ground to orange
(after Okabe & Ito). Kept as tables of 256 colours, so that an image of numbers is drawn without a loop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme

Numbers = NDArray[np.float64]
Colours = Literal["much", "share", "signed"]
_CIVIDIS = ("00224E", "123570", "3B496C", "575D6D", "707173", "8A8678", "A59C74", "C3B369", "E1CC55", "FEE838")
_BELOW, _ABOVE = ("1F6FB4", "D9730D")
LEAST_SHARE = 0.18
LEVELS = 255
"""Colours of a table; the one after them stands for what is no number."""


@dataclass(frozen=True)
class Scale:
    """What ``low`` and ``high`` are drawn as; ``log``: by the logarithm.

    ``colours``: "much" from little to much, "share" from hardly any, which is told from the ground, to all, "signed"
    from below zero, which has the ground's colour, to above it.
    """

    low: float
    high: float
    log: bool = False
    colours: Colours = "much"

    def shares(self, values: Numbers) -> Numbers:
        """Return where values lie between low and high, from 0 to 1; NaN for what has no place on the scale."""
        low, high = self.low, self.high
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values = np.where(values > 0, np.log10(values), np.where(values == 0, -np.inf, np.nan))
            low, high = math.log10(low), math.log10(high)
        shares: Numbers = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
        return shares

    def colour(self, value: float) -> QColor:
        """Return the colour of one value."""
        index = int(indices(self, np.array([[value]]))[0, 0])
        return QColor(table(self.colours)[index])


def fitting(values: Numbers, *, log: bool) -> Scale:
    """Return the scale from the least to the largest finite value (above 0 where it is logarithmic)."""
    finite = values[np.isfinite(values)]
    if log:
        finite = finite[finite > 0]
    if not len(finite):
        return Scale(1e-3, 1.0, log) if log else Scale(0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if log:
        return Scale(low, high, log=True) if high > low else Scale(low / 2, high * 2, log=True)
    return Scale(low, high) if high > low else Scale(low - 0.5, high + 0.5)


def around_zero(values: Numbers) -> Scale:
    """Return the signed scale that the largest magnitude just fits."""
    finite = np.abs(values[np.isfinite(values)])
    most = float(finite.max()) if len(finite) and finite.max() > 0 else 1.0
    return Scale(-most, most, colours="signed")


def indices(scale: Scale, values: Numbers) -> NDArray[np.uint8]:
    """Return each value's place in ``table``."""
    shares = scale.shares(values)
    gaps = ~np.isfinite(shares)
    places = np.where(gaps, LEVELS, np.rint(np.where(gaps, 0.0, shares) * (LEVELS - 1)))
    return places.astype(np.uint8)


def table(colours: Colours) -> list[int]:
    """Return the colours as Qt's numbers, in the scheme in force; the last is for what is no number."""
    if colours == "signed":
        stops = [QColor(f"#{_BELOW}"), theme.colour("surface"), QColor(f"#{_ABOVE}")]
    elif colours == "share":
        stops = [_begun(theme.colour("raised"), theme.colour("accent")), theme.colour("accent")]
    else:
        stops = [QColor(f"#{stop}") for stop in _CIVIDIS]
    parts = np.array([(c.red(), c.green(), c.blue()) for c in stops], np.float64)
    at = np.linspace(0, len(stops) - 1, LEVELS)
    channels = [np.rint(np.interp(at, np.arange(len(stops)), parts[:, part])).astype(int) for part in range(3)]
    made = [0xFF000000 | r << 16 | g << 8 | b for r, g, b in zip(*(c.tolist() for c in channels), strict=True)]
    return [*made, theme.colour("raised").rgb()]


def _begun(ground: QColor, full: QColor) -> QColor:
    """Return a colour that is told from the ground, for the least of a share."""
    pairs = ((ground.redF(), full.redF()), (ground.greenF(), full.greenF()), (ground.blueF(), full.blueF()))
    red, green, blue = (one + (other - one) * LEAST_SHARE for one, other in pairs)
    return QColor.fromRgbF(red, green, blue)


def image(scale: Scale, values: Numbers) -> QImage:
    """Return numbers [rows, columns] as a picture, a pixel each."""
    pixels = np.ascontiguousarray(indices(scale, values))
    rows, columns = pixels.shape
    made = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Indexed8).copy()  # its own memory
    made.setColorTable(table(scale.colours))
    return made


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever can be read on a colour of a scale."""
    light = 0.2126 * colour.redF() ** 2.2 + 0.7152 * colour.greenF() ** 2.2 + 0.0722 * colour.blueF() ** 2.2
    return QColor("#000000") if light > 0.18 else QColor("#FFFFFF")


def paint_legend(painter: QPainter, room: QRectF, scale: Scale, form: str = "significant") -> None:
    """Paint a strip of the scale with the numbers at its ends, right-aligned in ``room``."""
    format_value = numbers.percent if form == "percent" else numbers.significant
    painter.setFont(theme.font(11, tabular=True))
    metrics = QFontMetricsF(painter.font())
    low, high = format_value(scale.low), format_value(scale.high)
    right = room.right() - metrics.horizontalAdvance(high)
    strip = QRectF(max(room.left() + metrics.horizontalAdvance(low) + 6, right - 126), room.center().y() - 4, 0, 8)
    strip.setRight(right - 6)
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setPen(theme.colour("secondary"))
    painter.drawText(QRectF(right, room.top(), room.right() - right + 1, room.height()), middle, high)
    left = QRectF(strip.left() - metrics.horizontalAdvance(low) - 6, room.top(), 200, room.height())
    painter.drawText(left, middle, low)
    ramp = QImage(LEVELS, 1, QImage.Format.Format_Indexed8)
    ramp.setColorTable(table(scale.colours))
    for place in range(LEVELS):
        ramp.setPixel(place, 0, place)
    painter.drawImage(strip, ramp)
