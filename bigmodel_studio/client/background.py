"""Work that reads folders or large files, done in a thread; what came of it is handed over on the window's thread.

``Latest`` answers the newest question alone, as a form asks while it is filled in. ``Background`` does each thing that
it is given, in their order. Both turn errors into a ``Problem``. Knows nothing of widgets.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)
Work = Callable[[], object]


class Latest(QObject):
    """``ask`` for something, and ``answered`` carries what the newest question gave, or a ``Problem``."""

    answered = Signal(object)
    _found = Signal(int, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._wanted: tuple[int, Work] | None = None
        self._asked = 0
        self._worker = Worker(name, self._look)
        self._found.connect(self._on_found)

    def ask(self, work: Work) -> None:
        """Have ``work`` called in the thread; whatever was asked before is not answered any more."""
        self._asked += 1
        self._wanted = (self._asked, work)
        self._worker.wake()

    def forget(self) -> None:
        """Drop what was asked: it is not answered any more."""
        self._asked += 1
        self._wanted = None

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _look(self) -> None:
        if self._wanted is None:
            return
        number, work = self._wanted  # the newest: one that was asked since it was woken is looked at once
        self._found.emit(number, _result(work, self._name))

    @Slot(int, object)
    def _on_found(self, number: int, found: object) -> None:
        if not self._worker.closing and number == self._asked:
            self.answered.emit(found)


class Background(QObject):
    """``run`` something: ``done`` carries what it gave, ``failed`` its ``Problem``."""

    done = Signal(object)
    failed = Signal(object)
    _ended = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._waiting: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._worker = Worker(name, self._work)
        self._ended.connect(self._on_ended)

    def run(self, work: Work) -> None:
        """Have ``work`` called in the thread, after what was given before."""
        self._waiting.put(work)
        self._worker.wake()

    def close(self) -> None:
        """Join the thread once the work in hand is done; nothing is emitted from here on."""
        self._worker.close()

    def _work(self) -> None:
        while not self._worker.closing and not self._waiting.empty():
            self._ended.emit(_result(self._waiting.get(), self._name))

    @Slot(object)
    def _on_ended(self, result: object) -> None:
        if not self._worker.closing:
            (self.failed if isinstance(result, Problem) else self.done).emit(result)


def _result(work: Work, name: str) -> object:
    """Return what the work gives, or what is wrong as a ``Problem``."""
    try:
        return work()
    except StudioError as error:
        return error.problem
    except OSError as error:
        path, detail = str(error.filename or paths.runs()), error.strerror or str(error)
        return Problem(code="disk-write", arguments={"path": path, "detail": detail})
    except Exception as error:
        log.exception("work of the thread %s failed", name)
        return Problem(code="internal", arguments={"detail": str(error), "id": name})
