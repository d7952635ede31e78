"""Imports what the pages need, while the window has nothing to do, so that none of them is waited for when it is shown.

Our own modules are imported on the window's thread, one a turn; numpy and pyqtgraph, which take longest, in a thread,
where they give the window its turns; there too the devices are asked for their memory a first time, which imports what
asks them. What is shown before is imported then, all at once.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QScrollArea

from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.memory.device_memory import rooms
from bigmodel_studio.ui import pages

log = logging.getLogger(__name__)

BEGIN_MS = 500
"""After the first paint: the user's first clicks and the engine's start come before."""
TURN_MS = 30


class Warming(QObject):
    """``start`` it after the first paint; ``close`` it before the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.done = False
        """Whether everything has been imported."""
        self._left: list[str] = []
        self._begun = False
        self._errands = Errands("warming")
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._turn)

    def start(self) -> None:
        """Begin in a moment."""
        self._timer.start(BEGIN_MS)

    def close(self) -> None:
        """Stop, and join the thread."""
        self._timer.stop()
        self._errands.close()

    @Slot()
    def _turn(self) -> None:
        if not self._begun:
            self._begun = True
            self._left = [module.name for module in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}.")]
            self._errands.run(_libraries)
        elif self._left and not self._errands.busy:
            _import(self._left.pop(0))
        elif not self._left:
            QScrollArea().viewport()  # a widget that is Qt's own: the binding now learns all its classes of widgets
            self.done = True
        if not self.done:
            self._timer.start(TURN_MS)


def _libraries() -> None:
    _import("numpy")
    _import("pyqtgraph")  # it makes types of Qt, but no object
    rooms()


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception:  # said to the user where the page is shown
        log.exception("%s could not be imported", name)
