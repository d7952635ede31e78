"""Every number that a user is shown, with its unit: the window, the command line and the documents use these functions.

They are English until ``use_language`` says another (the window knows it from Qt, a shell keeps ours).
Sizes are decimal (1 MB = 1,000,000 bytes), as disks and Hub pages give them. Nothing here knows Qt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NOTHING = "–"
"""What is shown where there is no number."""

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True)
class Words:
    """How a language says large numbers and times. ``counts``: units with their names, the largest first."""

    counts: tuple[tuple[float, str], ...]
    milliseconds: str
    seconds: str
    minutes: str
    whole_minutes: str
    hours: str
    days: str
    second: str
    """What a rate is a second of: after a stroke."""


WORDS: dict[str, Words] = {
    "en": Words(
        counts=((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")),
        milliseconds="{} ms",
        seconds="{} s",
        minutes="{} min {:02d} s",
        whole_minutes="{} min",
        hours="{} h {:02d} min",
        days="{} d {} h",
        second="s",
    ),
    "zh": Words(
        counts=((1e12, "万亿"), (1e8, "亿"), (1e4, "万")),
        milliseconds="{} 毫秒",
        seconds="{} 秒",
        minutes="{} 分 {:02d} 秒",
        whole_minutes="{} 分钟",
        hours="{} 小时 {:02d} 分",
        days="{} 天 {} 小时",
        second="秒",
    ),
}
"""By language; any other is said as English."""


@dataclass
class _Manner:
    """How numbers are written from here on."""

    group: str = ","
    decimal: str = "."
    words: Words = WORDS["en"]


_manner = _Manner()


def use_language(language: str, *, group: str = ",", decimal: str = ".") -> None:
    """Set, from here on, whose units are said ("en", "zh"), and how thousands are grouped and decimals marked."""
    _manner.group, _manner.decimal, _manner.words = group, decimal, WORDS.get(language, WORDS["en"])


def exact(value: int) -> str:
    """Return a whole number, grouped: ``5,324,288``."""
    return _localised(f"{value:,}")


def decimal(value: float | None, digits: int = 2) -> str:
    """Return a number with that many decimals, grouped; a dash for None and for what is not finite."""
    return NOTHING if value is None or not math.isfinite(value) else _localised(f"{value:,.{digits}f}")


def significant(value: float | None, digits: int = 3) -> str:
    """Return a number to so many significant digits, in powers of ten where it is very small or large: ``9.1e-4``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    if value != 0 and not 1e-3 <= abs(value) < 1e6:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return _localised(f"{mantissa}e{int(exponent)}")
    places = max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value else digits - 1
    return _localised(f"{value:,.{places}f}")


def power(value: float | None, digits: int = 2) -> str:
    """Return a number that may be very large, in powers of ten without what says nothing: ``2e14``, ``1.3e9``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return _localised(f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}")


def count(value: int | float | None) -> str:
    """Return a large number in short: ``5.32 M``, ``174.6 B``, ``860 k``, or ``532 万``, ``1746 亿``; a small one as it
    is.
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    for unit, name in _manner.words.counts:
        if abs(value) / unit >= 0.99995:  # what rounding carries over is of the larger unit
            return f"{_localised(_few_digits(value / unit))} {name}"
    return str(round(value))


def size(value: int | float | None) -> str:
    """Return bytes in short: ``21 MB``, ``1.8 GB``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    scaled, unit = float(value), 0
    while abs(scaled) >= 999.5 and unit < len(_SIZES) - 1:
        scaled, unit = scaled / 1000, unit + 1
    return f"{int(scaled)} B" if unit == 0 else f"{_three(scaled)} {_SIZES[unit]}"


def size_of(used: int, total: int) -> str:
    """Return two sizes in the unit of the larger: ``1.8 of 8.0 GB`` (translated by the caller where the word
    matters).
    """
    unit = 0
    while total / 1000**unit >= 999.5 and unit < len(_SIZES) - 1:
        unit += 1
    scaled = (_localised(f"{value / 1000**unit:,.{1 if unit > 2 else 0}f}") for value in (used, total))
    return " / ".join(scaled) + f" {_SIZES[unit]}"


def percent(share: float | None, digits: int = 1) -> str:
    """Return a share of one as percent: ``94.7%``; one that is too small for its digits is not said to be none:
    ``<0.1%``.
    """
    if share is None or not math.isfinite(share):
        return NOTHING
    least = 10.0**-digits
    if digits and 0 < 100 * share < least / 2:
        return _localised(f"<{least:.{digits}f}%")
    return _localised(f"{100 * share:,.{digits}f}%")


def rate(value: float | None, unit: str = "") -> str:
    """Return something a second: ``187 tokens/s``, ``18,420 tokens/s``, ``3.4 images/s``."""
    if value is None or not math.isfinite(value):
        return NOTHING
    number = _localised(f"{value:,.{0 if abs(value) >= 100 else 1}f}")
    second = _manner.words.second
    return f"{number} {unit}/{second}" if unit else f"{number}/{second}"


def size_rate(value: float | None) -> str:
    """Return bytes a second: ``21 MB/s``, ``21 MB/秒``."""
    return NOTHING if value is None or not math.isfinite(value) else f"{size(value)}/{_manner.words.second}"


def duration(seconds: float | None) -> str:
    """Return a time: ``14 ms``, ``2.4 s``, ``3 min 05 s``, ``2 h 10 min``, ``4 d 3 h``; in Chinese ``3 分 05 秒``."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    words, seconds = _manner.words, max(0.0, seconds)
    if seconds < 0.9995:
        return words.milliseconds.format(f"{seconds * 1000:.0f}")
    if seconds < 59.95:
        return words.seconds.format(_localised(f"{seconds:.1f}"))
    whole = round(seconds)
    if whole < 3600:
        return words.minutes.format(whole // 60, whole % 60)
    if whole < 86400:
        return words.hours.format(whole // 3600, whole % 3600 // 60)
    return words.days.format(whole // 86400, whole % 86400 // 3600)


def rough_duration(seconds: float | None) -> str:
    """Return a time that is only estimated: ``40 s``, ``4 min``, ``2 h 10 min``."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    if seconds < 59.5:
        return _manner.words.seconds.format(max(1, round(seconds)))
    minutes = round(seconds / 60)
    return _manner.words.whole_minutes.format(minutes) if minutes < 60 else duration(60.0 * minutes)


def _three(value: float) -> str:
    """Return two digits where they are few (``5.3``), whole numbers from ten on (``21``, ``124``)."""
    return _localised(f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}")


def _few_digits(value: float) -> str:
    """Three digits, or as many as stand before the point and one more: ``5.32``, ``21.3``, ``174.6``, ``1746``."""
    text = f"{value:.{2 if abs(value) < 9.995 else 1 if abs(value) < 999.95 else 0}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _localised(text: str) -> str:
    if (_manner.group, _manner.decimal) == (",", "."):
        return text
    return text.translate({ord(","): _manner.group, ord("."): _manner.decimal})
