"""Python's collector of reference cycles, on the window's thread alone.

Left to itself it runs in whichever thread happens to make an object, and a widget that is part of a cycle is then
destroyed there: Qt takes that badly (a window was seen to hang for ever while a page was put in and the watcher of runs
was decoding). So it is switched off, and asked here, between events, as often as it would have run.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

TURN_MS = 200


class Collector(QObject):
    """From when it is made until ``close``, nothing is collected but in this object's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=TURN_MS)
        self._timer.timeout.connect(self.turn)

    def start(self) -> None:
        """Start collecting; what has been made by now stays as long as the window and is not looked at again."""
        gc.freeze()
        self._timer.start()

    @Slot()
    def turn(self) -> None:
        """Collect the oldest generation that has had its share of new objects, as the interpreter would."""
        for generation in (2, 1, 0):
            if gc.get_count()[generation] > gc.get_threshold()[generation]:
                gc.collect(generation)
                return

    def close(self) -> None:
        """Leave it as it was; the threads that it was kept from have ended."""
        self._timer.stop()
        gc.unfreeze()
        if self._before:
            gc.enable()
