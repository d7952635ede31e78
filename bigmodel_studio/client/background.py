"""Work that reads folders or large files, done in a thread; what came of it is handed over on the window's thread.

``Latest`` answers the newest question alone, as a form asks while it is filled in. ``Background`` does each thing that
it is given, in their order. Both turn errors into a ``Problem``. Knows nothing of widgets.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)
Work = Callable[[], object]
_Found = TypeVar("_Found")


class Latest(QObject):
    """``ask`` for something, and ``answered`` carries what the newest question gave, or a ``Problem``.

    It is for what reads: a file that can't be read is the problem "data-unreadable".
    """

    answered = Signal(object)
    _found = Signal(int, int, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._wanted: tuple[int, tuple[Work, ...]] | None = None
        self._asked = self._answered = 0
        self._worker = Worker(name, self._look)
        self._found.connect(self._on_found)

    def ask(self, *works: Work) -> None:
        """Have ``works`` called in the thread, one after another, each with an answer of its own; whatever was asked
        before is not answered any more.
        """
        self._asked += 1
        self._wanted = (self._asked, works)
        self._worker.wake()

    def forget(self) -> None:
        """Drop what was asked: it is not answered any more."""
        self._asked += 1
        self._answered = self._asked
        self._wanted = None

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._answered != self._asked and not self._worker.closing

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _look(self) -> None:
        if self._wanted is None:
            return
        number, works = self._wanted  # the newest: one that was asked since it was woken is looked at once
        for left, work in zip(reversed(range(len(works))), works, strict=True):
            if number != self._asked or self._worker.closing:
                return
            self._found.emit(number, left, result_of(work, self._name, "data-unreadable"))

    @Slot(int, int, object)
    def _on_found(self, number: int, left: int, found: object) -> None:
        if self._worker.closing or number != self._asked:
            return
        if not left:
            self._answered = number
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
        self._left = 0
        self._worker = Worker(name, self._work)
        self._ended.connect(self._on_ended)

    def run(self, work: Work) -> None:
        """Have ``work`` called in the thread, after what was given before."""
        self._left += 1
        self._waiting.put(work)
        self._worker.wake()

    @property
    def busy(self) -> bool:
        """Whether something that was given is still to be done."""
        return self._left > 0 and not self._worker.closing

    def close(self) -> None:
        """Join the thread once the work in hand is done; nothing is emitted from here on."""
        self._worker.close()

    def _work(self) -> None:
        while not self._worker.closing and not self._waiting.empty():
            self._ended.emit(result_of(self._waiting.get(), self._name, "disk-write"))

    @Slot(object)
    def _on_ended(self, result: object) -> None:
        self._left -= 1
        if not self._worker.closing:
            (self.failed if isinstance(result, Problem) else self.done).emit(result)


def result_of(work: Callable[[], _Found], name: str, disk: str) -> _Found | Problem:
    """Return what the work gives, or what is wrong as a ``Problem``; ``disk`` is the code of an ``OSError``."""
    try:
        return work()
    except StudioError as error:
        return error.problem
    except OSError as error:
        path, detail = str(error.filename or paths.runs()), error.strerror or str(error)
        return Problem(code=disk, arguments={"path": path, "detail": detail})
    except Exception as error:
        log.exception("work of the thread %s failed", name)
        return Problem(code="internal", arguments={"detail": str(error), "id": name})
