"""Removing with undo: what every page asks for, and what the toast and the list of removed things bring back.

The trash itself is ``core.trash``; here is what else must happen when a thing goes or comes back, by kind.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.core import conversations
from bigmodel_studio.core.run_reader import RunSummary
from bigmodel_studio.core.runs import RunFolder
from bigmodel_studio.core.trash import Removed, Trash
from bigmodel_studio.protocol import Problem

if TYPE_CHECKING:
    from bigmodel_studio.ui.studio import Studio

log = logging.getLogger(__name__)
JOIN_S = 1.0


class Removals(QObject):
    """Made once, by the studio."""

    removed = Signal(object)
    """A ``Removed`` that can be brought back."""
    restored = Signal(object)
    """A ``Removed`` that is back."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._studio = studio
        self.trash = Trash()
        self.last: list[Removed] = []
        """What this window removed and has not brought back, the last at the end."""
        self._thread: threading.Thread | None = None

    def remove_run(self, run: RunSummary) -> None:
        """Put a run's folder in the trash. One that is at work, or bundled, is told to be kept."""
        folder = RunFolder(Path(run.path))
        if run.bundled:
            self._studio.tell(Problem(code="run-bundled", arguments={"run": run.name}))
        elif folder.at_work():
            self._studio.tell(Problem(code="run-live", arguments={"run": run.name}))
        else:
            try:
                self._done(self.trash.put("run", run.name, folder.path))
            except OSError as error:
                self._say(error, run.path)
            self._refresh()

    def remove_conversation(self, number: int, title: str) -> bool:
        """Note a conversation as removed; its page then marks it so. False, and told, where that cannot be kept."""
        try:
            self._done(self.trash.note("conversation", title, str(number)))
        except OSError as error:
            self._say(error, str(self.trash.folder))
            return False
        return True

    def restore(self, removed: Removed) -> None:
        """Bring something back."""
        try:
            if removed.kind == "conversation":
                conversations.restore(int(removed.origin))
            self.trash.restore(removed)
        except FileNotFoundError:
            self._studio.tell(Problem(code="trash-gone", arguments={"name": removed.name}))
        except OSError as error:
            self._say(error, removed.origin)
            return
        except (sqlite3.Error, ValueError) as error:
            self._studio.tell(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
            return
        self.last = [other for other in self.last if other.id != removed.id]
        self._refresh()
        self.restored.emit(removed)

    def delete(self, removed: Removed) -> None:
        """Delete something for good."""
        if removed.kind == "conversation":
            try:
                conversations.expire(int(removed.origin))
            except (sqlite3.Error, ValueError) as error:
                self._studio.tell(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
                return
        self.last = [other for other in self.last if other.id != removed.id]
        self.trash.delete(removed)

    @Slot()
    def undo(self) -> None:
        """Bring back what was removed last, where there is something."""
        if self.last:
            self.restore(self.last[-1])

    def purge(self) -> None:
        """Delete for good, in a thread, what has been in the trash for longer than the settings say."""
        days = self._studio.settings.values.trash_days
        self._thread = threading.Thread(target=self._purge, args=(days,), name="trash", daemon=True)
        self._thread.start()

    def _purge(self, days: int) -> None:
        try:
            gone = self.trash.purge(days)
        except OSError:
            log.exception("the trash could not be purged")
        else:
            if gone:
                log.info("%d removed things were deleted after %d days", len(gone), days)

    def close(self) -> None:
        """Wait for the purge, not for long: half of it done is as good as none."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _done(self, removed: Removed) -> None:
        self.last.append(removed)
        self.removed.emit(removed)

    def _refresh(self) -> None:
        self._studio.runs.refresh()
        self._studio.library.refresh()

    def _say(self, error: OSError, path: str) -> None:
        log.warning("the trash: %s", error)
        detail = error.strerror or str(error)
        self._studio.tell(Problem(code="trash-failed", arguments={"path": path, "detail": detail}))
