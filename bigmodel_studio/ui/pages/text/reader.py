"""Having texts read: one request at a time, and what came of the last one of each task."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.protocol import Failed, ModelRef
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.text.reading import Reading
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.window.studio import Studio

OF_TEXTS = frozenset({"text-empty", "embed-no-text", "language-unknown", "sampling-invalid"})
"""Problems of what was given: the model is none the worse for them."""


class Reader(QObject):
    """Another request takes the place of the one before; what comes back is shown by the task that was asked for."""

    changed = Signal()
    """Something was asked, came or ended."""
    failed = Signal(str)
    """Why nothing more came of the last request; "" once there is another."""
    refused = Signal(object)
    """The ``Problem`` of a model that answered nothing, where another, ``worked``, did before it."""

    def __init__(self, studio: Studio, tasks: dict[str, Task], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._tasks = tasks
        self.shown: dict[str, Reading] = {}
        """By task: what is on the page."""
        self.running: Reading | None = None
        self.worked: ModelRef | None = None
        """The model that answered last."""
        self._asked: ModelRef | None = None

    def ask(self, task: Task, ref: ModelRef, texts: tuple[str, ...]) -> None:
        """Have a model read texts."""
        self.stop()
        self.failed.emit("")
        reading = Reading(task.id, texts, self._studio.submit(task.request(ref, texts)), self)
        reading.answered.connect(self._on_answered)
        reading.progressed.connect(self.changed)
        reading.ended.connect(self._on_ended)
        self.running, self._asked = reading, ref
        self.changed.emit()

    def stop(self) -> None:
        """Read no further; what came stays."""
        if self.running is not None:
            self.running.job.cancel()

    def latest(self, task: str) -> Reading | None:
        """Return what is being read, else what was read last for a task."""
        return self.running or self.shown.get(task)

    def forget(self, task: str) -> None:
        """Take what was read for a task off the page."""
        if self.shown.pop(task, None) is not None:
            self._tasks[task].clear()

    @Slot(object)
    def _on_answered(self, reading: Reading) -> None:
        if reading is self.running:
            self.worked = self._asked
            self._show(reading)
            self.changed.emit()

    @Slot(object)
    def _on_ended(self, reading: Reading) -> None:
        if reading is not self.running:
            return  # another has taken its place
        self.running = None
        if reading.answers:
            self._show(reading)
        if isinstance(reading.end, Failed):
            if not reading.answers:
                self.forget(reading.task)  # what stands there is another model's
            self.failed.emit(i18n.sentence(reading.end.problem))
        self.changed.emit()
        refused = isinstance(reading.end, Failed) and not reading.answers and reading.end.problem.code not in OF_TEXTS
        if isinstance(reading.end, Failed) and refused and self.worked not in (None, self._asked):
            self.refused.emit(reading.end.problem)

    def _show(self, reading: Reading) -> None:
        self.shown[reading.task] = reading
        self._tasks[reading.task].show_reading(reading)
