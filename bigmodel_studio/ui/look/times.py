"""When something was, and how long ago, in words."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication

MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
_YEAR_DAYS = 365


def ago(then: float) -> str:
    """Return how long ago ``then`` was, in seconds since 1970: to the minute today, to the year where that is long."""
    seconds = max(0.0, time.time() - then)
    days = int(seconds / DAY_S)
    if seconds < MINUTE_S:
        return QCoreApplication.translate("times", "just now")
    if seconds < HOUR_S:
        return QCoreApplication.translate("times", "{minutes} min ago").format(minutes=int(seconds / MINUTE_S))
    if days < 1:
        return QCoreApplication.translate("times", "{hours} h ago").format(hours=int(seconds / HOUR_S))
    if days == 1:
        return QCoreApplication.translate("times", "a day ago")
    if days < _YEAR_DAYS:
        return QCoreApplication.translate("times", "{days} days ago").format(days=days)
    return QCoreApplication.translate("times", "more than a year ago")


def clock(then: float) -> str:
    """Return the time of day to the second, here; ``then`` in seconds since 1970."""
    return time.strftime("%H:%M:%S", time.localtime(then))
