"""TensorBoard's event files become runs in a thread, for they may be large; what came of it is said as signals."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.runs.tensorboard import import_events
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)


class EventsImport(QObject):
    """``imported`` names the runs that there are now; ``failed`` carries a ``Problem``. ``stop`` joins the thread."""

    imported = Signal(object)
    failed = Signal(object)
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errands = Errands("events-import")
        self._stopped = False
        self._answered.connect(self._on_answered)

    def read(self, paths: Sequence[Path]) -> None:
        """Read these files or folders."""
        self._errands.run(self._work, list(paths))

    def stop(self) -> None:
        """Stop: the page closes, and nothing is said from here on."""
        self._stopped = True
        self._errands.close()

    def _work(self, paths: list[Path]) -> None:
        for path in paths:
            try:
                self._answered.emit([run.name for run in import_events(path)])
            except StudioError as error:
                self._answered.emit(error.problem)
            except OSError as error:
                arguments: dict[str, str | int | float] = {"path": str(path), "detail": error.strerror or str(error)}
                self._answered.emit(Problem(code="folder-unreadable", arguments=arguments))
            except Exception as error:
                log.exception("event files could not be read")
                self._answered.emit(Problem(code="internal", arguments={"detail": str(error), "id": "events-import"}))

    @Slot(object)
    def _on_answered(self, answer: object) -> None:
        if self._stopped:
            return
        (self.failed if isinstance(answer, Problem) else self.imported).emit(answer)
