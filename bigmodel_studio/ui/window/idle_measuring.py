"""Measures this computer's speed once, while nobody needs it, so that precisions are offered with tokens per second.

It looks now and then whether anything is at work: the window's engine, a run, or another program. A measurement ends at
once when the user begins something; what it gave is kept by the engine in the home (``core.memory.device_speed``).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.client.machine import System
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.protocol import MeasureSpeed
from bigmodel_studio.ui.window.studio import Studio

LOOK_MS = 20_000
"""How long the machine must have been idle."""
WATCH_MS = 500
"""How often a measurement looks whether the user has begun something."""
IDLE_SHARE = 0.15
"""Load of all cores under which the machine is idle."""
MOST_TRIES = 4
"""Measurements that other programs may spoil until this window gives up."""


class IdleMeasuring(QObject):
    """``start`` it after the first paint; ``close`` it before the lanes. ``load``: of all cores since the last call."""

    def __init__(
        self, studio: Studio, parent: QObject | None = None, *, load: Callable[[], float] | None = None
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._load = load or System().busy
        self._job: Job | None = None
        self._tries = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look now and then."""
        self._timer.start(LOOK_MS)

    def close(self) -> None:
        """Stop, and give up what is being measured."""
        self._give_up()
        self._timer.stop()

    @property
    def is_measuring(self) -> bool:
        """Whether the speed is being measured now."""
        return self._job is not None

    @Slot()
    def look(self) -> None:
        """Measure where the machine is idle and it is not known how fast it is; give way to the user."""
        if self._job is not None:
            if self._is_at_work():
                self._give_up()
            return
        speed = device_speed.speed_of("cpu", "float32")
        if (speed is not None and speed.idle) or self._tries >= MOST_TRIES:
            self._timer.stop()
            return
        if self._load() < IDLE_SHARE and not self._is_at_work():
            self._tries += 1
            self._job = self._studio.measure.submit(MeasureSpeed(device="cpu", dtype="float32"))
            self._job.ended.connect(self._again)
            self._timer.start(WATCH_MS)

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.ended.disconnect(self._again)
            self._job.cancel()
            self._again()

    @Slot()
    def _again(self) -> None:
        self._job = None
        self._timer.start(LOOK_MS)

    def _is_at_work(self) -> bool:
        return self._studio.at_work or any(run.live for run in self._studio.runs.runs)
