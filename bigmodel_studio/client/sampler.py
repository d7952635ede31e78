"""The machine's figures about once a second, taken in a thread so that the window never waits.

It reads what the status bar shows, and more while somebody looks at the monitor (``set_detailed``). Where a sample
costs more than its share of a core, the next one is later. What is measured, and how, is ``machine``'s business.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from bigmodel_studio.client.machine import Machine
from bigmodel_studio.client.worker import Worker
from bigmodel_studio.core.memory.split import TensorProcess

INTERVAL_S = 1.0
FIRST_S = 0.1
"""Between the first look, which rates are counted from, and the first sample."""
COST_SHARE = 0.005
"""Of one core: where a sample costs more processor time than that share of the interval, the interval grows."""


class Sampler(QObject):
    """Started and closed by the window; ``sampled`` carries a ``MachineSample``, on the window's thread."""

    sampled = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        interval_s: float = INTERVAL_S,
        machine: Callable[[], Machine] = Machine,
    ) -> None:
        super().__init__(parent)
        self._interval_s = interval_s
        self._machine = machine
        self._runs: tuple[TensorProcess, ...] = ()
        self._lanes: tuple[TensorProcess, ...] = ()
        self._detailed = False
        self._worker = Worker("sampler", self._turn)
        self._measured: Machine | None = None
        self._looks_closely = False
        self._before_s = 0.0
        self.spent_s = 0.0
        """Processor time that all samples so far have cost."""

    def start(self) -> None:
        """Begin; the first figures come in a moment."""
        self._worker.wake()

    def set_runs(self, runs: Iterable[TensorProcess]) -> None:
        """Set the processes of the runs that live: ours, though they are not this window's children."""
        self._runs = tuple(runs)

    def set_lanes(self, lanes: Iterable[TensorProcess]) -> None:
        """Set the engines, with what they hold."""
        self._lanes = tuple(lanes)

    def set_detailed(self, detailed: bool) -> None:
        """Set whether load, temperature, power and disk are looked at too, from now on."""
        if detailed != self._detailed:
            self._detailed = detailed
            if detailed and self._measured is not None:
                self._worker.wake()

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._worker.close()
        if self._measured is not None:
            self._measured.close()
            self._measured = None

    def _turn(self) -> float:
        if self._measured is None:
            self._measured = self._machine()
            return FIRST_S
        started = time.thread_time()
        if self._detailed and not self._looks_closely:
            self._measured.forget_rates()
        self._looks_closely = self._detailed
        self.sampled.emit(self._measured.sample((*self._lanes, *self._runs), detailed=self._looks_closely))
        cost_s = time.thread_time() - started
        self.spent_s += cost_s
        # One that is dear now and then (a true figure of a large process) has its own share of the core.
        wait_s = max(self._interval_s, min(cost_s, self._before_s) / COST_SHARE)
        self._before_s = cost_s
        return wait_s
