"""One drop on its way through a lane: which pictures its job was sent with, and what has come back for each.

Predictions come in the order that the pictures were sent in, so that a file dropped twice is answered twice.
"""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import End, Event, Prediction, Progress


class Batch(QObject):
    """Follows a ``Classify`` job. ``keys`` are the page's names for the pictures, in the order sent."""

    predicted = Signal(int, object)
    """A picture's key and its ``Prediction``."""
    progressed = Signal()
    ended = Signal(object)
    """This batch; ``end`` and ``left`` are set."""

    def __init__(self, job: Job, keys: list[int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.job = job
        self.left = deque(keys)
        """The keys that have no prediction yet."""
        self.total = len(keys)
        self.doing = ""
        """What the engine said last that it does: a code, as "loading"."""
        self.end: End | None = None
        job.happened.connect(self._on_happened)
        job.ended.connect(self._on_ended)

    @property
    def done(self) -> int:
        """How many pictures have been answered."""
        return self.total - len(self.left)

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Prediction) and self.left:
            self.predicted.emit(self.left.popleft(), event)
            self.progressed.emit()
        elif isinstance(event, Progress):
            self.doing = event.what
            self.progressed.emit()

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        self.end = end
        self.ended.emit(self)
