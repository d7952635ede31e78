"""When something was, and how long ago, in words."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication

DAY_S = 86_400.0
_YEAR_DAYS = 365


def days_ago(then: float) -> str:
    """Return ``then`` in seconds since 1970: to the day, and to the year where that is long ago."""
    days = int((time.time() - then) / DAY_S)
    if days < 1:
        return QCoreApplication.translate("times", "less than a day ago")
    if days == 1:
        return QCoreApplication.translate("times", "a day ago")
    if days < _YEAR_DAYS:
        return QCoreApplication.translate("times", "{days} days ago").format(days=days)
    return QCoreApplication.translate("times", "more than a year ago")


def clock(then: float) -> str:
    """Return the time of day to the second, here; ``then`` in seconds since 1970."""
    return time.strftime("%H:%M:%S", time.localtime(then))
