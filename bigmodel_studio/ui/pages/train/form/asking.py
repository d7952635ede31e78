"""One question to a lane at a time, for a dialog: the last one asked is the one that is answered."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Done, End, Event, Failed, Progress, Request
from bigmodel_studio.ui.window.studio import Studio


class Asking(QObject):
    """``ask``, then await ``answered`` with the result or ``failed`` with the problem, and ``progressed`` before it."""

    answered = Signal(object)
    failed = Signal(object)
    progressed = Signal(object)
    dropped = Signal()
    """The lane was ended by somebody else: there is no answer to come."""

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: Job | None = None

    def ask(self, request: Request) -> None:
        """Ask this, and forget what was asked before."""
        self.stop()
        self._job = self._studio.measure.submit(request)
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)

    @property
    def asking(self) -> bool:
        """Whether an answer is waited for."""
        return self._job is not None

    def stop(self) -> None:
        """Wait for nothing any longer."""
        if self._job is not None:
            self._job.happened.disconnect(self._on_happened)
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.progressed.emit(event)

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        self._job = None
        if isinstance(end, Done) and end.result is not None:
            self.answered.emit(end.result)
        elif isinstance(end, Failed):
            self.failed.emit(end.problem)
        else:
            self.dropped.emit()
