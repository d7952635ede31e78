"""Checks the inputs of a spec in a thread: folders and tables may be large, and disks slow.

Only the newest question is answered; answers are given on the window's thread. Knows nothing of widgets.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.background import Latest, result_of
from bigmodel_studio.core.memory.need import need_of, needed_by
from bigmodel_studio.core.memory.training_time import TimeEstimate, estimate
from bigmodel_studio.core.runs.launch import check_inputs, inputs_of
from bigmodel_studio.core.runs.run_queue import check_room
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import Problem

NAME = "input-check"
Answer = ResolvedSpec | Problem
"""The spec with what it names, or what is wrong with it."""


class _Memory(NamedTuple):
    needed: tuple[object, ...]
    """What of the spec it depends on."""
    bytes: int | Problem


class _Time(NamedTuple):
    spec: RunSpec
    estimate: TimeEstimate | Problem


class _Inputs(NamedTuple):
    inputs: tuple[object, ...]
    """What of the spec it depends on."""
    answer: Answer


class InputCheck(QObject):
    """``ask`` about a spec, and ``answered`` follows the newest question. ``close`` joins the thread.

    ``costs_known`` comes first, for memory and for time: headers are read sooner than folders.
    """

    answered = Signal()
    costs_known = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._memory: _Memory | None = None
        self._time: _Time | None = None
        self._inputs: _Inputs | None = None
        self._latest = Latest(NAME, self)
        self._latest.answered.connect(self._on_answered)

    def ask(self, spec: RunSpec) -> None:
        """Look at what a checked spec names, and at the memory and the time that it needs, as it is now."""
        works = (_look_at_memory, _look_at_time, _look_at_inputs)
        self._latest.ask(*(partial(work, spec) for work in works))

    def answer(self, spec: RunSpec) -> Answer | None:
        """Return the last answer about the files, models and memory of `spec`; None where there was none yet."""
        if self._inputs is None or self._inputs.inputs != inputs_of(spec):
            return None
        answer = self._inputs.answer
        if isinstance(answer, Problem):
            return answer
        if self._memory is None or self._memory.needed != needed_by(spec):
            return None
        room = self._memory.bytes
        return room if isinstance(room, Problem) else msgspec.structs.replace(answer, spec=spec)

    def needed_bytes(self, spec: RunSpec) -> int | None:
        """Return the memory that `spec` needs on the device that it computes on; None where that is not known yet."""
        if self._memory is None or self._memory.needed != needed_by(spec) or isinstance(self._memory.bytes, Problem):
            return None
        return self._memory.bytes

    def time(self, spec: RunSpec) -> TimeEstimate | None:
        """Return how long `spec` takes on this computer; None where that was not looked at yet."""
        if self._time is None or self._time.spec != spec or isinstance(self._time.estimate, Problem):
            return None
        return self._time.estimate

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._latest.close()

    @Slot(object)
    def _on_answered(self, found: object) -> None:
        match found:
            case _Memory():
                self._memory = found
                self.costs_known.emit()
            case _Time():
                self._time = found
                self.costs_known.emit()
            case _Inputs():
                self._inputs = found
                self.answered.emit()


def _look_at_memory(spec: RunSpec) -> _Memory:
    return _Memory(needed_by(spec), result_of(lambda: _room_for(spec), NAME, "data-unreadable"))


def _look_at_time(spec: RunSpec) -> _Time:
    return _Time(spec, result_of(lambda: estimate(spec), NAME, "data-unreadable"))


def _look_at_inputs(spec: RunSpec) -> _Inputs:
    return _Inputs(inputs_of(spec), result_of(lambda: check_inputs(spec), NAME, "data-unreadable"))


def _room_for(spec: RunSpec) -> int:
    """Return the bytes that it needs. Raises ``StudioError`` "memory-never" where this machine can never train it."""
    check_room(spec)
    return need_of(spec)[0].bytes
