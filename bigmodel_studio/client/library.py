"""The models on this machine, kept fresh for the window.

``core.models.library`` reads folders and headers, which a slow disk can make slow; here a thread does that, and says on
the window's thread when something changed. Knows nothing of widgets.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.background import Background
from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.hub.hub_leftovers import Leftover
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.precisions import PrecisionChoice, choices_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem

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
        self._asked: deque[tuple[Callable[[ModelRef], object], Callable[[Problem], object]]] = deque()
        """Who asked for a folder to be kept, in their order."""
        self._opening = Background("opened-models", self)
        self._opening.done.connect(self._on_remembered)
        self._opening.failed.connect(self._on_refused)
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

    def remember(self, folder: Path, then: Callable[[ModelRef], object], refused: Callable[[Problem], object]) -> None:
        """Keep a model folder in the list, in a thread; ``then`` is called with it, or ``refused`` with the reason."""
        self._asked.append((then, refused))
        self._opening.run(lambda: _remembered(folder))

    def forget(self, folder: Path) -> None:
        """Take a folder off the list; its files stay."""
        library.forget(folder)
        self.refresh()

    def close(self) -> None:
        """Join the threads; nothing is emitted from here on."""
        self._opening.close()
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
    def _on_remembered(self, ref: ModelRef) -> None:
        self.refresh()
        self._asked.popleft()[0](ref)

    @Slot(object)
    def _on_refused(self, problem: Problem) -> None:
        self._asked.popleft()[1](problem)

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


def _remembered(folder: Path) -> ModelRef:
    """Keep a folder in the list. Raises ``StudioError`` where it is no model, or cannot be read."""
    try:
        return library.remember(folder)
    except OSError as error:
        raise StudioError("folder-unreadable", path=str(folder), detail=error.strerror or str(error)) from error
