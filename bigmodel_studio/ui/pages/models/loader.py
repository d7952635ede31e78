"""Loading a model into the interactive lane, and taking it out of there: the Models page's part of it.

Chat and Images load what they need by themselves; here the user says so. Knows no widget.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.protocol import Event, Failed, Load, ModelRef, Unload
from bigmodel_studio.ui.window.studio import Studio

Warmth = Literal["cold", "loading", "loaded", "unloading"]


class Loader(QObject):
    """One load or unload at a time; another takes the place of the one before."""

    changed = Signal()
    """What ``warmth`` says may be another."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: Job | None = None
        self._ref: ModelRef | None = None
        """What is being loaded; None while a model is taken out."""
        studio.facts_changed.connect(self.changed)

    def warmth(self, record: ModelRecord) -> Warmth:
        """Return how it stands with a model."""
        if self._job is not None and self._ref == record.ref:
            return "loading"
        if self._studio.is_loaded(record.ref):
            return "unloading" if self._job is not None and self._ref is None else "loaded"
        return "cold"

    def load(self, record: ModelRecord) -> None:
        """Load it; what is loaded before goes."""
        self.cancel()
        self._ref = record.ref
        self._start(self._studio.submit(Load(model=record.ref)))

    def unload(self) -> None:
        """Give the memory back."""
        self.cancel()
        self._ref = None
        self._start(self._studio.submit(Unload()))

    def cancel(self) -> None:
        """Stop what is on its way."""
        if self._job is not None:
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = self._ref = None
            self.changed.emit()

    def _start(self, job: Job) -> None:
        self._job = job
        job.ended.connect(self._on_ended)
        self.changed.emit()

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = self._ref = None
        self.changed.emit()
        if isinstance(end, Failed):
            self._studio.report(end.problem)
