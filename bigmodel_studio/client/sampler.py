"""The machine's figures about once a second, taken in a thread so that the window never waits.

It reads what the status bar shows, and more while somebody looks at the monitor (``set_detailed``). Where a sample
costs more than its share of a core, the next one is later. What is measured, and how, is ``machine``'s business.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Signal

from bigmodel_studio.client.machine import Machine
from bigmodel_studio.core.memory.split import Holder

INTERVAL_S = 1.0
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
        self._runs: tuple[Holder, ...] = ()
        self._lanes: tuple[Holder, ...] = ()
        self._detailed = False
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self.spent_s = 0.0
        """Processor time that all samples so far have cost."""

    def start(self) -> None:
        """Begin; the first figures come in a moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="sampler", daemon=True)
            self._thread.start()

    def set_runs(self, runs: Iterable[Holder]) -> None:
        """The processes of the runs that live: ours, though they are not this window's children."""
        self._runs = tuple(runs)

    def set_lanes(self, lanes: Iterable[Holder]) -> None:
        """The engines, with what they hold."""
        self._lanes = tuple(lanes)

    def set_detailed(self, detailed: bool) -> None:
        """Whether load, temperature, power and disk are looked at too, from now on."""
        if detailed != self._detailed:
            self._detailed = detailed
            if detailed:
                self._wake.set()

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        machine = self._machine()
        detailed, wait_s, before_s = False, 0.1, 0.0
        while True:
            self._wake.wait(wait_s)
            self._wake.clear()
            if self._closing:
                break
            started = time.thread_time()
            if detailed and not self._detailed:
                machine.forget_rates()
            detailed = self._detailed
            self.sampled.emit(machine.sample((*self._lanes, *self._runs), detailed=detailed))
            cost_s = time.thread_time() - started
            self.spent_s += cost_s
            # One that is dear now and then (a true figure of a large process) has its own share of the core.
            wait_s, before_s = max(self._interval_s, min(cost_s, before_s) / COST_SHARE), cost_s
        machine.close()
