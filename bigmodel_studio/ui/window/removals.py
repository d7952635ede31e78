"""Removing with undo: what every page asks for, and what the toast and the list of removed things bring back.

The trash itself is ``core.system.trash``; here is what else must happen when a thing goes or comes back, by kind.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.chat import conversations_beside
from bigmodel_studio.core.hub import hub_datasets, hub_leftovers
from bigmodel_studio.core.hub.hub_leftovers import Leftover
from bigmodel_studio.core.models import removal
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.system.trash import Kind, Removed, Trash
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.studio import Studio

log = logging.getLogger(__name__)
JOIN_S = 1.0
_RESTORE: dict[Kind, Callable[[Removed, Trash], None]] = {
    "model": removal.restore,
    "dataset": hub_datasets.restore,
}
"""What lies in the Hub's cache comes back only to where it was."""


class Removals(QObject):
    """Made once, by the studio."""

    removed = Signal(object)
    """A ``Removed`` that can be brought back."""
    restored = Signal(object)
    """A ``Removed`` that is back."""
    other_disk = Signal(object)
    """A ``ModelRecord`` that cannot go to the trash: it lies on another disk, and can only be deleted."""
    _model_deleted = Signal(object)
    _cleaned = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.trash = Trash()
        self.last: list[Removed] = []
        """What this window removed and has not brought back, the last at the end."""
        self._errands = Errands("trash")
        self._model_deleted.connect(self._on_model_deleted)
        self._cleaned.connect(self._on_cleaned)

    def remove_run(self, run: RunSummary) -> None:
        """Put a run's folder in the trash. One that is at work, or bundled, is kept, and reported."""
        folder = RunFolder(Path(run.path))
        if run.bundled:
            self._studio.report(Problem(code="run-bundled", arguments={"run": run.name}))
        elif folder.at_work():
            self._studio.report(Problem(code="run-live", arguments={"run": run.name}))
        else:
            try:
                self._done(self.trash.put("run", run.name, folder.path))
            except OSError as error:
                self._say(error, run.path)
            self._refresh()

    def remove_model(self, record: ModelRecord) -> None:
        """Put a model in the trash, or a folder off the list; what may not go is reported with the reason."""
        problem = self._loaded(record) or removal.why_not(record)
        if problem is not None:
            self._studio.report(problem)
            return
        try:
            self._done(removal.remove(record, self.trash))
        except StudioError as error:
            if error.problem.code == "trash-other-disk":
                self.other_disk.emit(record)
            else:
                self._studio.report(error.problem)
        except OSError as error:
            self._say(error, record.path)
        self._studio.library.refresh()

    def remove_dataset(self, name: str) -> None:
        """Put a dataset of the Hub's cache in the trash; one that may not go is reported with the reason."""
        try:
            self._done(hub_datasets.remove(name, self.trash))
        except StudioError as error:
            self._studio.report(error.problem)
        except OSError as error:
            self._say(error, name)

    def delete_model(self, record: ModelRecord) -> None:
        """Delete a model that cannot go to the trash, for good, in a thread."""
        problem = self._loaded(record) or removal.why_not(record)
        if problem is not None:
            self._studio.report(problem)
            return
        self._begin(self._delete_model, record)

    def _delete_model(self, record: ModelRecord) -> None:
        problem = None
        try:
            removal.delete(record)
        except StudioError as error:
            problem = error.problem
        except OSError as error:
            log.exception("a model could not be deleted")
            arguments: dict[str, str | int | float] = {"path": record.path, "detail": error.strerror or str(error)}
            problem = Problem(code="delete-failed", arguments=arguments)
        self._model_deleted.emit(problem)

    @Slot(object)
    def _on_model_deleted(self, problem: Problem | None) -> None:
        if problem is not None:
            self._studio.report(problem)
        self._studio.library.refresh()

    def clean(self, leftovers: Sequence[Leftover]) -> None:
        """Clean up what downloads left, in a thread; what never became a model can be brought back."""
        self._begin(self._clean, leftovers)

    def _clean(self, leftovers: Sequence[Leftover]) -> None:
        for left in leftovers:
            try:
                self._cleaned.emit(hub_leftovers.clean(left, self.trash))
            except StudioError as error:
                self._cleaned.emit(error.problem)
            except OSError as error:
                log.warning("what is left of a download could not be cleaned up: %s", error)
                arguments: dict[str, str | int | float] = {"path": str(left.folder), "detail": error.strerror or ""}
                self._cleaned.emit(Problem(code="delete-failed", arguments=arguments))

    @Slot(object)
    def _on_cleaned(self, what: Removed | Problem | None) -> None:
        if isinstance(what, Removed):
            self._done(what)
        elif what is not None:
            self._studio.report(what)
        self._studio.library.refresh()

    def _loaded(self, record: ModelRecord) -> Problem | None:
        if record.source != "hub" or not self._studio.is_loaded(record.ref):
            return None
        return Problem(code="model-loaded", arguments={"model": record.name})

    def words(self, removed: Removed) -> str:
        """Return what is said of it behind its name when it was removed."""
        if removed.kind == "model" and not removed.moved:
            return self.tr("was removed from the list; its files are unchanged.")
        if removed.bytes:
            days = self._studio.settings.values.trash_days
            words = self.tr("was removed; {size} will be freed in %n day(s).", "", days)
            return words.format(size=numbers.size(removed.bytes))
        return self.tr("was removed.")

    def remove_conversation(self, number: int, title: str) -> bool:
        """Note a conversation as removed; its page then marks it so. False, and reported, where that cannot be kept."""
        try:
            self._done(self.trash.note("conversation", title, str(number)))
        except OSError as error:
            self._say(error, str(self.trash.folder))
            return False
        return True

    def restore(self, removed: Removed) -> None:
        """Bring something back."""
        try:
            if removed.kind in _RESTORE:
                _RESTORE[removed.kind](removed, self.trash)
            else:
                if removed.kind == "conversation":
                    conversations_beside.restore(int(removed.origin))
                self.trash.restore(removed)
        except StudioError as error:
            self._studio.report(error.problem)
            return
        except FileNotFoundError:
            self._studio.report(Problem(code="trash-gone", arguments={"name": removed.name}))
        except OSError as error:
            self._say(error, removed.origin)
            return
        except (sqlite3.Error, ValueError) as error:
            self._studio.report(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
            return
        self.last = [other for other in self.last if other.id != removed.id]
        self._refresh()
        self.restored.emit(removed)

    def delete(self, removed: Removed) -> None:
        """Delete something for good."""
        if removed.kind == "conversation":
            try:
                conversations_beside.expire(int(removed.origin))
            except (sqlite3.Error, ValueError) as error:
                self._studio.report(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
                return
        self.last = [other for other in self.last if other.id != removed.id]
        try:
            self.trash.let_go(removed)
        except FileNotFoundError:  # another window was quicker
            return
        except OSError as error:
            self._say(error, removed.origin)
            return
        self._begin(self.trash.sweep)

    @Slot()
    def undo(self) -> None:
        """Bring back what was removed last, where there is something."""
        if self.last:
            self.restore(self.last[-1])

    def purge(self) -> None:
        """Delete for good, in a thread, what has been in the trash for longer than the settings say."""
        days = self._studio.settings.values.trash_days
        self._begin(self._purge, days)

    def _purge(self, days: int) -> None:
        try:
            gone = self.trash.purge(days)
        except OSError:
            log.exception("the trash could not be purged")
        else:
            if gone:
                log.info("%d removed things were deleted after %d days", len(gone), days)

    def close(self) -> None:
        """Wait for what is being deleted, not for long: half of it done is as good as none."""
        self._errands.close(JOIN_S)

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        self._errands.run(work, *arguments)

    def _done(self, removed: Removed) -> None:
        self.last.append(removed)
        self.removed.emit(removed)

    def _refresh(self) -> None:
        self._studio.runs.refresh()
        self._studio.library.refresh()

    def _say(self, error: OSError, path: str) -> None:
        log.warning("the trash: %s", error)
        detail = error.strerror or str(error)
        self._studio.report(Problem(code="trash-failed", arguments={"path": path, "detail": detail}))
