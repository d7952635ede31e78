"""Comparing a copy on the disk with the Hub's checksums: how far it is, what came of it, and bad files fetched anew.

Knows no widget; what it says is shown by whoever shows the model.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import CheckCopy, CopyChecked, Done, Download, Event, Failed, ModelRef, Problem, Progress
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.window.studio import Studio


class Checking(QObject):
    """One copy at a time; another takes the place of the one before."""

    changed = Signal()
    """``words`` are others."""

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: Job | None = None
        self._ref: ModelRef | None = None
        self._words = ""

    def words(self, ref: ModelRef) -> str:
        """Return what there is to say of that model's copy; "" where it was not checked."""
        return self._words if ref == self._ref else ""

    def check(self, record: ModelRecord) -> None:
        """Ask the Hub for the checksums, and compare."""
        self.stop()
        if self._studio.network.locked:
            self._studio.report(Problem(code="hub-locked"))
            return
        self._ref = record.ref
        self._say(self.tr("Verifying checksums…"))
        request = CheckCopy(id=record.ref.id, revision=record.revision)
        self._job = self._studio.network.lane().submit(request)
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)

    def stop(self) -> None:
        """Give it up."""
        if self._job is not None:
            self._job.happened.disconnect(self._on_happened)
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None
            self._say("")

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Progress) and event.total:
            words = self.tr("Verifying checksums: {share}")
            self._say(words.format(share=numbers.percent(event.done / event.total, 0)))

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = None
        if isinstance(end, Failed):
            self._say(i18n.sentence(end.problem))
        elif isinstance(end, Done) and isinstance(end.result, CopyChecked):
            self._report(end.result)
        else:
            self._say("")

    def _report(self, found: CopyChecked) -> None:
        wrong = (*found.bad, *found.missing)
        if not wrong:
            self._say(self.tr("All %n file(s) match the Hub.", "", found.good))
            return
        words = self.tr("%n file(s) differ from the Hub and are downloaded again: {names}", "", len(wrong))
        self._say(words.format(names=listed(wrong)))
        self._studio.downloads.begin(Download(id=found.id, revision=found.revision, files=wrong))

    def _say(self, words: str) -> None:
        self._words = words
        self.changed.emit()
