"""Checks the inputs of a spec in a thread: folders and tables may be large, and disks slow.

Only the newest question is answered; answers are given on the window's thread. Knows nothing of widgets.
"""

from __future__ import annotations

import logging

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.runs.launch import check_inputs, inputs_of
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)
Answer = ResolvedSpec | Problem
"""The spec with what it names, or what is wrong with it."""


class InputCheck(QObject):
    """``ask`` about a spec, and ``answered`` follows the newest question. ``close`` joins the thread."""

    answered = Signal()
    _checked = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[int, RunSpec] | None = None
        self._asked = 0
        self._known: tuple[tuple[object, ...], Answer] | None = None
        self._worker = Worker("input-check", self._look)
        self._checked.connect(self._on_checked)

    def ask(self, spec: RunSpec) -> None:
        """Look at what a checked spec names, as it is now."""
        self._asked += 1
        self._wanted = (self._asked, spec)
        self._worker.wake()

    def answer(self, spec: RunSpec) -> Answer | None:
        """Return what was said last about the files and models of `spec`; None where nothing was yet."""
        if self._known is None or self._known[0] != inputs_of(spec):
            return None
        answer = self._known[1]
        return msgspec.structs.replace(answer, spec=spec) if isinstance(answer, ResolvedSpec) else answer

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _look(self) -> None:
        if self._wanted is None:
            return
        number, spec = self._wanted  # the newest: one that was asked since it was woken is looked at once
        answer: Answer
        try:
            answer = check_inputs(spec)
        except StudioError as error:
            answer = error.problem
        except Exception as error:
            log.exception("what a spec names could not be looked at")
            answer = Problem(code="internal", arguments={"detail": str(error), "id": "input-check"})
        self._checked.emit(number, inputs_of(spec), answer)

    @Slot(int, object, object)
    def _on_checked(self, number: int, inputs: tuple[object, ...], answer: Answer) -> None:
        if self._worker.closing or number != self._asked:
            return
        self._known = (inputs, answer)
        self.answered.emit()
