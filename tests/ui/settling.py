"""Waiting until a window has nothing left to do, in place of waiting for a while."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.background import Background, Latest
from bigmodel_studio.client.fake import FakeLane

SOON_MS = 2_000
"""A timer that fires once within that is work under way; longer ones take a toast away, or end an idle engine."""
LOOKS_IN_A_ROW = 3
PATIENCE_MS = 30_000


def settle(qtbot: QtBot, root: QObject, lanes: Sequence[FakeLane] = ()) -> None:
    """Run the event loop until nothing under ``root`` is still to come: no delayed search, check or painting, no job,
    nothing that is read in a thread.

    It has to be so for a few turns in a row, in which what was posted meanwhile is delivered and layouts are made.
    """
    rested = 0

    def at_rest() -> bool:
        nonlocal rested
        busy = any(lane.jobs for lane in lanes) or any(map(_is_to_fire, root.findChildren(QTimer)))
        busy = busy or any(each.busy for each in root.findChildren(Latest))
        busy = busy or any(each.busy for each in root.findChildren(Background))
        rested = 0 if busy else rested + 1
        return rested >= LOOKS_IN_A_ROW

    qtbot.waitUntil(at_rest, timeout=PATIENCE_MS)


def _is_to_fire(timer: QTimer) -> bool:
    return timer.isActive() and timer.isSingleShot() and timer.interval() <= SOON_MS
