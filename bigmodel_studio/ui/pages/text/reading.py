"""One request on its way through a lane: what was given, and what has come back for it so far."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Done, End, Event, Progress, Similarities, TextAnswer


class Reading(QObject):
    """Follows the job of a task. ``texts`` are what the user wrote, as the task's input gave it."""

    answered = Signal(object)
    """This reading: another answer has come."""
    progressed = Signal()
    ended = Signal(object)
    """This reading; ``end`` is set."""

    def __init__(self, task: str, texts: tuple[str, ...], job: Job, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.task, self.texts, self.job = task, texts, job
        self.answers: list[TextAnswer] = []
        self.similarities: Similarities | None = None
        self.doing = ""
        """What the engine said last that it does: a code, as "loading"."""
        self.total = 0
        self.end: End | None = None
        job.happened.connect(self._on_happened)
        job.ended.connect(self._on_ended)

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, TextAnswer):
            self.answers.append(event)
            self.answered.emit(self)
        elif isinstance(event, Progress):
            self.doing = event.what
            self.total = int(event.total)
            self.progressed.emit()

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        self.end = end
        if isinstance(end, Done) and isinstance(end.result, Similarities):
            self.similarities = end.result
        self.ended.emit(self)
