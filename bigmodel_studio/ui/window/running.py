"""Words for the status bar about what runs: trainings and downloads."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.window.studio import Studio

NamedShare = tuple[str, float | None]
"""What it is, and how far (0 to 1; None where that is not known)."""


class Running(QObject):
    """One for a window; ``changed`` carries what ``jobs`` says."""

    changed = Signal(object)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._live = [run for run in studio.runs.runs if run.live]
        studio.runs.runs_changed.connect(self._on_runs)
        studio.downloads.changed.connect(self._on_changed)
        studio.downloads.progressed.connect(self._on_changed)

    def jobs(self) -> list[NamedShare]:
        """Return downloads, then trainings."""
        return [*self._downloads(), *self._runs()]

    def _downloads(self) -> list[NamedShare]:
        found: list[NamedShare] = []
        for item in self._studio.downloads.items():
            if item.stage == "running":
                name = item.id.rpartition("/")[2]
                size = numbers.size_of(item.done_bytes, item.total_bytes) if item.total_bytes else ""
                words = self.tr("{name}: {size}").format(name=name, size=size) if size else name
                found.append((words, item.share))
        return found

    def _runs(self) -> list[NamedShare]:
        words = self.tr("{name}: step {step} of {steps}")
        return [
            (
                words.format(name=run.name, step=numbers.exact(run.step), steps=numbers.exact(run.steps)),
                run.step / run.steps if run.steps else None,
            )
            for run in self._live
        ]

    @Slot(object)
    def _on_runs(self, runs: list[RunSummary]) -> None:
        self._live = [run for run in runs if run.live]
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit(self.jobs())
