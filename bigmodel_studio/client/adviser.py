"""Advice for the window, worked out in a thread: disks may be slow, and hundreds of models take a while to be planned.

What was read is kept, so that another question is only arithmetic. Knows nothing of widgets.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.advice.advice_candidates import candidates, main_device
from bigmodel_studio.core.advice.ranking import Advice, AdviceQuestion, Candidate, advise
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.protocol import Device


class Advised(NamedTuple):
    """The answer to a question: the models, the best first, and the device that they were planned on.

    ``speed_known``: whether it was measured how fast that is.
    """

    question: AdviceQuestion
    found: list[Advice]
    device: Device
    speed_known: bool


class Adviser(QObject):
    """``ask`` a question about some records; ``advised`` follows on this object's thread. ``close()`` joins it."""

    advised = Signal(object)
    """``Advised``, to the question that was asked last."""
    _answered = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._question: AdviceQuestion | None = None
        self._records: list[ModelRecord] = []
        self._read_from: list[ModelRecord] | None = None
        self._candidates: list[Candidate] = []
        self._worker = Worker("adviser", self._answer)
        self._answered.connect(self._on_answered)

    def ask(self, question: AdviceQuestion, records: list[ModelRecord]) -> None:
        """Ask this. Of questions that come close together the last is answered."""
        self._question, self._records = question, records
        self._worker.wake()

    def close(self) -> None:
        """Join the thread; nothing is emitted from here on."""
        self._worker.close()

    def _answer(self) -> None:
        question, records = self._question, self._records
        assert question is not None
        if records != self._read_from:
            self._candidates = candidates(records)
            self._read_from = records
        device, speeds = main_device(), device_speed.speeds()
        known = any(measured == device.id for measured, _dtype in speeds)
        self._answered.emit(Advised(question, advise(question, self._candidates, device, speeds), device, known))

    @Slot(object)
    def _on_answered(self, answer: Advised) -> None:
        if not self._worker.closing and answer.question == self._question:
            self.advised.emit(answer)
