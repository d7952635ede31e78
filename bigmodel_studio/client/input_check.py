"""Checks the inputs of a spec in a thread: folders and tables may be large, and disks slow.

Only the newest question is answered; answers are given on the window's thread. Knows nothing of widgets.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.memory.need import need_of, needed_by
from bigmodel_studio.core.runs.launch import check_inputs, inputs_of
from bigmodel_studio.core.runs.run_queue import check_room
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)
Answer = ResolvedSpec | Problem
"""The spec with what it names, or what is wrong with it."""
_Found = TypeVar("_Found")


class InputCheck(QObject):
    """``ask`` about a spec, and ``answered`` follows the newest question. ``close`` joins the thread.

    ``memory_known`` comes first: headers are read sooner than folders.
    """

    answered = Signal()
    memory_known = Signal()
    _weighed = Signal(int, object, object)
    _checked = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[int, RunSpec] | None = None
        self._asked = 0
        self._known: tuple[tuple[object, ...], Answer] | None = None
        self._memory: tuple[tuple[object, ...], int | Problem] | None = None
        self._worker = Worker("input-check", self._look)
        self._weighed.connect(self._on_weighed)
        self._checked.connect(self._on_checked)

    def ask(self, spec: RunSpec) -> None:
        """Look at what a checked spec names, and at the memory that it needs, as it is now."""
        self._asked += 1
        self._wanted = (self._asked, spec)
        self._worker.wake()

    def answer(self, spec: RunSpec) -> Answer | None:
        """Return what was said last about the files, models and memory of `spec`; None where nothing was yet."""
        if self._known is None or self._known[0] != inputs_of(spec):
            return None
        answer = self._known[1]
        if isinstance(answer, Problem):
            return answer
        if self._memory is None or self._memory[0] != needed_by(spec):
            return None
        room = self._memory[1]
        return room if isinstance(room, Problem) else msgspec.structs.replace(answer, spec=spec)

    def needed_bytes(self, spec: RunSpec) -> int | None:
        """Return the memory that `spec` needs on the device that it computes on; None where that is not known yet."""
        if self._memory is None or self._memory[0] != needed_by(spec) or isinstance(self._memory[1], Problem):
            return None
        return self._memory[1]

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _look(self) -> None:
        if self._wanted is None:
            return
        number, spec = self._wanted  # the newest: one that was asked since it was woken is looked at once
        self._weighed.emit(number, needed_by(spec), _tried(lambda: _room_for(spec)))
        self._checked.emit(number, inputs_of(spec), _tried(lambda: check_inputs(spec)))

    @Slot(int, object, object)
    def _on_weighed(self, number: int, needed: tuple[object, ...], memory: int | Problem) -> None:
        if self._worker.closing or number != self._asked:
            return
        self._memory = (needed, memory)
        self.memory_known.emit()

    @Slot(int, object, object)
    def _on_checked(self, number: int, inputs: tuple[object, ...], answer: Answer) -> None:
        if self._worker.closing or number != self._asked:
            return
        self._known = (inputs, answer)
        self.answered.emit()


def _room_for(spec: RunSpec) -> int:
    """Return the bytes that it needs. Raises ``StudioError`` "memory-never" where this machine can never train it."""
    check_room(spec)
    return need_of(spec)[0].bytes


def _tried(look: Callable[[], _Found]) -> _Found | Problem:
    try:
        return look()
    except StudioError as error:
        return error.problem
    except Exception as error:
        log.exception("what a spec names could not be looked at")
        return Problem(code="internal", arguments={"detail": str(error), "id": "input-check"})
