"""What does watching the machine cost? The share of a core that sampling takes, with the monitor open and closed.

    python benchmarks/sampler.py [SECONDS]

The real window runs with the bundled model loaded and a training at work, first with the monitor closed and then with
it open, SECONDS (20) each. The sampler's share is its thread's processor time over the wall time (budget: 1% of a
core). The rest of the window's process in that time is told separately: with the monitor open that is mostly painting.
The baseline is what a sampler would cost that asks for every process's true share of memory each second.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot

from benchmarks.measuring import Row, display, own_home, print_table
from bigmodel_studio.app import Application
from bigmodel_studio.core.memory.device_memory import process_bytes
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, ScheduleSpec
from bigmodel_studio.core.system import paths

BUDGET_PERCENT = 1.0
PATIENCE_S = 300.0


class Cost(NamedTuple):
    """Shares of a core, in percent; ``samples`` is how many came a second."""

    sampling: float
    others: float
    samples: float


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with display(), own_home():
        closed, opened, naive = measured(seconds)
    return print_table(
        [
            Row("sampling, monitor closed", closed.sampling, "%", BUDGET_PERCENT, _remark(closed), baseline=naive),
            Row("sampling, monitor open", opened.sampling, "%", BUDGET_PERCENT, _remark(opened), baseline=naive),
            Row("painting and all else, closed", closed.others, "%", remark="the window's process less sampling"),
            Row("painting and all else, open", opened.others, "%", remark="the window's process less sampling"),
            Row("true shares each second", naive, "%", remark="what a plain sampler would cost here"),
        ]
    )


def _remark(cost: Cost) -> str:
    return f"of a core; {cost.samples:.2f} samples a second"


class Counter(QObject):
    """How many samples came."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @Slot(object)
    def take(self, sample: object) -> None:
        self.count += 1


def measured(seconds: float) -> tuple[Cost, Cost, float]:
    """The costs with the monitor closed and open, and those of the plain way."""
    run = start_training()
    studio = Application([])
    try:
        _wait(lambda: studio.studio.facts is not None, "the model")
        _wait(lambda: any(run.live and run.step > 2 for run in studio.runs.runs), "the training")
        _spin(3.0)
        closed = _cost(studio, seconds)
        studio.window.toggle_monitor()
        _spin(3.0)
        opened = _cost(studio, seconds)
        pids = [os.getpid(), studio.lane.pid, *(run.pid for run in studio.runs.runs if run.live)]
        return closed, opened, plain([pid for pid in pids if pid])
    finally:
        run.ask("stop")
        _wait(lambda: not run.at_work(), "the end of the training")
        studio.window.close()
        studio.close()


def start_training() -> RunFolder:
    """A small training that goes on until it is stopped."""
    run = launch.create_run(
        RunSpec(
            name="watched",
            data=DataSpec(train=(str(paths.resources() / "samples" / "stories.txt"),), evaluation=0.1),
            model=ModelSpec(layers=4, heads=4, width=128, context=128, tokenizer="train:512"),
            schedule=ScheduleSpec(steps=100_000, batch=4, evaluate_every=100_000, checkpoint_every=100_000),
            launch=LaunchSpec(device="cpu", threads=1),
        )
    )
    launch.start_run(run)
    return run


def plain(pids: list[int]) -> float:
    """Percent of a core that the true shares of these processes would take once a second."""
    started = time.thread_time()
    for _ in range(5):
        for pid in pids:
            process_bytes(pid)
    return 100 * (time.thread_time() - started) / 5


def _cost(studio: Application, seconds: float) -> Cost:
    counter = Counter()
    studio.sampler.sampled.connect(counter.take)
    before = (time.monotonic(), time.process_time(), studio.sampler.spent_s)
    _spin(seconds)
    after = (time.monotonic(), time.process_time(), studio.sampler.spent_s)
    studio.sampler.sampled.disconnect(counter.take)
    wall, process, sampling = (end - start for start, end in zip(before, after, strict=True))
    return Cost(100 * sampling / wall, 100 * (process - sampling) / wall, counter.count / wall)


def _spin(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def _wait(ready: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit(f"error: {what} did not come within {PATIENCE_S:g} s")
        _spin(0.2)


if __name__ == "__main__":
    sys.exit(main())
