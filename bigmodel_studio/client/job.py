"""The window's handle on a request that was submitted to a lane.

A job says what its engine said, as Qt signals on the window's thread, and ends exactly once. After ``cancel`` it is
silent but for its end, so that late results never reach a widget.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from bigmodel_studio.protocol import Cancelled, Done, End, Event, Failed, Request


class Job(QObject):
    """One request on its way: ``happened`` carries every event but the last, ``ended`` the last."""

    happened = Signal(object)
    ended = Signal(object)

    def __init__(self, number: int, request: Request, cancel: Callable[[int], None], parent: QObject | None = None):
        super().__init__(parent)
        self.number = number
        self.request = request
        self.end: End | None = None
        self.cancelling = False
        self._cancel = cancel

    @property
    def running(self) -> bool:
        """Whether its end is still to come."""
        return self.end is None

    def cancel(self) -> None:
        """Ask the engine to stop; silent from here but for ``ended``. Does nothing twice or after the end."""
        if self.running and not self.cancelling:
            self.cancelling = True
            self._cancel(self.number)

    def deliver(self, event: Event) -> None:
        """Hand on, for the lane, what the engine said. An event after the end is dropped."""
        if self.end is not None:
            return
        if isinstance(event, Done | Cancelled | Failed):
            self.end = event
            self.ended.emit(event)
        elif not self.cancelling:
            self.happened.emit(event)
