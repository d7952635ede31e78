"""The models on this machine, kept fresh for the window.

``core.models.library`` reads folders and headers, which a slow disk can make slow; here a thread does that, and says on
the window's thread when something changed. Knows nothing of widgets.
"""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.hub.hub_leftovers import Leftover
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.precisions import PrecisionChoice, choices_of
from bigmodel_studio.protocol import ModelKind, ModelRef

log = logging.getLogger(__name__)


class LibraryWatcher(QObject):
    """``records()`` is what was read last; ``refresh()`` reads again in a thread. ``close()`` joins it."""

    changed = Signal()
    """The records differ from before, or were read for the first time."""
    left_over = Signal()
    """What downloads left in the Hub's cache is another."""
    _read = Signal(object)
    _precisions_read = Signal(object)
    _leftovers_read = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.ready = False
        """Whether the records have been read once (until then an empty list means nothing)."""
        self._records: list[ModelRecord] = []
        self._precisions: dict[str, tuple[PrecisionChoice, ...]] = {}
        self.leftovers: list[Leftover] = []
        """What downloads left that no model uses, as it was read last."""
        self._worker = Worker("library", self._look)
        self._read.connect(self._on_read)
        self._precisions_read.connect(self._on_precisions)
        self._leftovers_read.connect(self._on_leftovers)

    def records(self, kind: ModelKind | None = None) -> list[ModelRecord]:
        """Return the models, bundled ones first; of one kind where it is given."""
        return [record for record in self._records if kind is None or record.kind == kind]

    def find(self, ref: ModelRef) -> ModelRecord | None:
        """Return the record of that model, a run's newest checkpoint standing for its others."""
        same = [record for record in self._records if (record.source, record.ref.id) == (ref.source, ref.id)]
        return next((record for record in same if record.ref.step == ref.step), same[0] if same else None)

    @Slot()
    def refresh(self) -> None:
        """Read the models again; ``changed`` follows where they differ. Calls that come close together are one."""
        self._worker.wake()

    def precisions(self, ref: ModelRef) -> tuple[PrecisionChoice, ...]:
        """Return the precisions that a language model can be loaded in, with their sizes, as they were read last."""
        record = self.find(ref)
        return self._precisions.get(record.id, ()) if record is not None else ()

    def remember(self, folder: Path) -> ModelRef:
        """Keep a model folder in the list. Raises ``StudioError`` where it is none."""
        ref = library.remember(folder)
        self.refresh()
        return ref

    def forget(self, folder: Path) -> None:
        """Take a folder off the list; its files stay."""
        library.forget(folder)
        self.refresh()

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _look(self) -> None:
        try:
            records = library.records()
            self._precisions_read.emit({record.id: choices_of(record) for record in records})
            self._read.emit(records)
        except Exception:
            log.exception("the models could not be listed")
            self._read.emit([])
        if not self._worker.woken:
            self._leftovers_read.emit(hub_leftovers.find())

    @Slot(object)
    def _on_leftovers(self, leftovers: list[Leftover]) -> None:
        if not self._worker.closing and leftovers != self.leftovers:
            self.leftovers = leftovers
            self.left_over.emit()

    @Slot(object)
    def _on_precisions(self, precisions: dict[str, tuple[PrecisionChoice, ...]]) -> None:
        self._precisions = precisions

    @Slot(object)
    def _on_read(self, records: list[ModelRecord]) -> None:
        if self._worker.closing or (self.ready and records == self._records):
            return
        self._records = records
        self.ready = True
        self.changed.emit()
