"""Every number that a user is shown, with its unit: the window, the command line and the documents use these functions.

Separators are English until ``use_separators`` is told the locale's (the window knows it from Qt, a shell keeps ours).
Sizes are decimal (1 MB = 1,000,000 bytes), as disks and Hub pages give them. Nothing here knows Qt.
"""

from __future__ import annotations

import math

NOTHING = "–"
"""What is shown where there is no number."""

_separators = {"group": ",", "decimal": "."}
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
_COUNTS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def use_separators(group: str, decimal: str) -> None:
    """How this locale groups thousands and marks decimals, for every number shown from here on."""
    _separators.update(group=group, decimal=decimal)


def exact(value: int) -> str:
    """A whole number, grouped: ``5,324,288``."""
    return _localised(f"{value:,}")


def decimal(value: float | None, digits: int = 2) -> str:
    """A number with that many decimals, grouped; a dash for None and for what is not finite."""
    return NOTHING if value is None or not math.isfinite(value) else _localised(f"{value:,.{digits}f}")


def significant(value: float | None, digits: int = 3) -> str:
    """A number to so many significant digits, in powers of ten where it is very small or large: ``9.1e-4``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value != 0 and not 1e-3 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return _localised(f"{mantissa}e{int(exponent)}")
    places = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else digits - 1
    return _localised(f"{value:,.{places}f}")


def count(value: int | None) -> str:
    """A large number in short: ``5.3 M``, ``124 M``, ``860 k``; below a thousand as it is."""
    if value is None:
        return NOTHING
    for unit, name in _COUNTS:
        scaled = value / unit
        if abs(scaled) >= 0.9995:
            return f"{_three(scaled)} {name}"
    return str(value)


def size(value: int | float | None) -> str:
    """Bytes in short: ``21 MB``, ``1.8 GB``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    scaled, unit = float(value), 0
    while abs(scaled) >= 999.5 and unit < len(_SIZES) - 1:
        scaled, unit = scaled / 1000, unit + 1
    return f"{int(scaled)} B" if unit == 0 else f"{_three(scaled)} {_SIZES[unit]}"


def size_of(used: int, total: int) -> str:
    """Two sizes in the unit of the larger: ``1.8 of 8.0 GB`` (translated by the caller where the word matters)."""
    unit = 0
    while total / 1000**unit >= 999.5 and unit < len(_SIZES) - 1:
        unit += 1
    scaled = (_localised(f"{value / 1000**unit:,.{1 if unit > 2 else 0}f}") for value in (used, total))
    return " / ".join(scaled) + f" {_SIZES[unit]}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share of one as percent: ``94.7%``."""
    return NOTHING if share is None or not math.isfinite(share) else _localised(f"{100 * share:,.{digits}f}%")


def rate(value: float | None, unit: str = "") -> str:
    """Something a second: ``187 tokens/s``, ``18,420 tokens/s``, ``3.4 images/s``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    number = _localised(f"{value:,.{0 if abs(value) >= 100 else 1}f}")
    return f"{number} {unit}/s" if unit else f"{number}/s"


def duration(seconds: float | None) -> str:
    """A time: ``14 ms``, ``2.4 s``, ``3 min 05 s``, ``2 h 10 min``, ``4 d 3 h``."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    seconds = max(0.0, seconds)
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return _localised(f"{seconds:.1f} s")
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def _three(value: float) -> str:
    """Two digits where they are few (``5.3``), whole numbers from ten on (``21``, ``124``)."""
    return _localised(f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}")


def _localised(text: str) -> str:
    if _separators == {"group": ",", "decimal": "."}:
        return text
    return text.translate({ord(","): _separators["group"], ord("."): _separators["decimal"]})
