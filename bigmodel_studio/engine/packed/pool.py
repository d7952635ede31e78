"""Threads that go through a program together, and how many of them are worth having just now.

The caller is the first of them. Helpers sleep between steps; one that comes late finds its chunks done and sleeps
again, and nobody waits for it. numba's own layers were not used: ``workqueue`` aborts when two threads call it, and
``omp`` spins between steps.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops

EXPLORE_EVERY = 48
"""Steps after which another number of threads is tried once more."""
_FRESH = 0.3


class Pool:
    """Up to ``threads`` threads for one model. ``close`` ends them."""

    def __init__(self, threads: int) -> None:
        self.threads = max(1, threads)
        self._queues: list[SimpleQueue[Any]] = []
        self._workers: list[threading.Thread] = []

    def run(self, kernel: Callable[..., Any], job: tuple[Any, ...], operations: int, threads: int) -> None:
        """Run ``kernel(*job, counters, 0, operations, thread)`` on so many threads; returns when the work is done."""
        counters: NDArray[np.int64] = np.zeros((2 * operations + 1) * ops.LINE, np.int64)
        address = counters.ctypes.data
        while len(self._queues) < min(threads, self.threads) - 1:
            self._start()
        for queue in self._queues[: threads - 1]:
            queue.put((kernel, job, address, operations, counters))
        kernel(*job, address, 0, operations, 0)

    def _start(self) -> None:
        queue: SimpleQueue[Any] = SimpleQueue()
        number = len(self._queues) + 1
        worker = threading.Thread(target=_work, args=(queue, number), name=f"decoding-{number}", daemon=True)
        self._queues.append(queue)
        self._workers.append(worker)
        worker.start()

    def close(self) -> None:
        """End the helpers."""
        for queue in self._queues:
            queue.put(None)
        for worker in self._workers:
            worker.join()
        self._queues, self._workers = [], []


def _work(queue: SimpleQueue[Any], number: int) -> None:
    while (task := queue.get()) is not None:
        kernel, job, address, operations, counters = task
        kernel(*job, address, 0, operations, number)
        del task, job, counters  # a sleeping thread holds no model


class Tempo:
    """Chooses how many threads decode: the fastest lately, the others tried now and then.

    Another process on one of the cores makes two threads slower than one; when it ends they are faster again.
    """

    def __init__(self, threads: int) -> None:
        self._options = sorted({1, max(1, threads // 2), threads})
        self._seconds: dict[int, float] = {}
        self._steps = 0
        self._turn = 0

    def choose(self) -> int:
        """Return how many threads the next step gets."""
        self._steps += 1
        untried = [option for option in self._options if option not in self._seconds]
        if untried:
            return untried[-1]
        best = min(self._seconds, key=lambda option: self._seconds[option])
        others = [option for option in self._options if option != best]
        if others and self._steps % EXPLORE_EVERY == 0:
            self._turn += 1
            return others[self._turn % len(others)]
        return best

    def note(self, threads: int, seconds: float) -> None:
        """Say how long a step took."""
        last = self._seconds.get(threads)
        self._seconds[threads] = seconds if last is None else last + _FRESH * (seconds - last)

    def timed(self, run: Callable[[int], None]) -> None:
        """Run a step on the number of threads to choose, and note its time."""
        threads = self.choose()
        started = time.perf_counter()
        run(threads)
        self.note(threads, time.perf_counter() - started)
