"""The machine's figures for the status bar, about once a second, taken in a thread so that the window never waits.

Ours is what the window, its lanes and the runs that live take; a page that several of them share is counted once
(Linux: proportional set size). It knows nothing of torch: a GPU's figures come from its driver where there is one. What
is needed for them is imported in the thread, for the window is shown before.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from bigmodel_studio.core.device_memory import held_bytes

INTERVAL_S = 1.0
COST_SHARE = 0.005
"""Of one core: where a sample costs more processor time than that share of the interval, the interval grows."""


class DeviceSample(msgspec.Struct, frozen=True, kw_only=True):
    """One device's memory in bytes; ``busy`` is its utilisation from 0 to 1."""

    id: str
    name: str
    total_bytes: int
    ours_bytes: int
    others_bytes: int
    busy: float


class MachineSample(msgspec.Struct, frozen=True, kw_only=True):
    """``time`` in seconds since 1970; ``cpu`` is the processor with the machine's memory; then the GPUs, if any."""

    time: float
    cpu: DeviceSample
    gpus: tuple[DeviceSample, ...] = ()

    @property
    def main(self) -> DeviceSample:
        """The device that models are computed on, as far as can be told without asking an engine."""
        return self.gpus[0] if self.gpus else self.cpu


class Sampler(QObject):
    """Started and closed by the window; ``sampled`` carries a ``MachineSample``, on the window's thread."""

    sampled = Signal(object)

    def __init__(self, parent: QObject | None = None, *, interval_s: float = INTERVAL_S) -> None:
        super().__init__(parent)
        self._interval_s = interval_s
        self._runs: tuple[int, ...] = ()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin; the first figures come in a moment."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name="sampler", daemon=True)
            self._thread.start()

    def set_runs(self, pids: Iterable[int]) -> None:
        """The processes of the runs that live: ours, though they are not this window's children."""
        self._runs = tuple(pids)

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        import psutil

        gpus = Gpus()
        psutil.cpu_percent()
        cost_s = 0.0
        while not self._closing.wait(0.1 if cost_s == 0.0 else max(self._interval_s, cost_s / COST_SHARE)):
            started = time.thread_time()
            self.sampled.emit(sample(self._runs, gpus))
            cost_s = time.thread_time() - started
        gpus.close()


def sample(runs: Iterable[int], gpus: Gpus) -> MachineSample:
    """The figures now, for this process with its children and for ``runs`` with theirs."""
    import psutil

    pids = _with_children([os.getpid(), *runs])
    memory = psutil.virtual_memory()
    ours = sum(map(held_bytes, pids))
    cpu = DeviceSample(
        id="cpu",
        name=cpu_name(),
        total_bytes=memory.total,
        ours_bytes=ours,
        others_bytes=max(0, memory.total - memory.available - ours),
        busy=psutil.cpu_percent() / 100,
    )
    return MachineSample(time=time.time(), cpu=cpu, gpus=gpus.sample(pids))


def _with_children(roots: Iterable[int]) -> frozenset[int]:
    import psutil

    found: set[int] = set()
    for root in roots:
        try:
            process = psutil.Process(root)
            found.update([root, *(child.pid for child in process.children(recursive=True))])
        except psutil.Error:
            continue
    return frozenset(found)


_cpu_name = ""


def cpu_name() -> str:
    """What the processor calls itself, read once."""
    global _cpu_name
    _cpu_name = _cpu_name or _read_cpu_name()
    return _cpu_name


def _read_cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"


class Gpus:
    """NVIDIA's cards through their driver's library; none where it is missing or has nothing to say."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        try:
            import pynvml

            pynvml.nvmlInit()
            self._nvml = pynvml
            self._handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in range(pynvml.nvmlDeviceGetCount())]
        except (
            Exception
        ):  # no library, no driver, no permission: each is an NVMLError or an ImportError of its own kind
            self._handles = []

    def sample(self, pids: frozenset[int]) -> tuple[DeviceSample, ...]:
        """One sample a card; a card that fails to answer is left out."""
        found = []
        for index, handle in enumerate(self._handles):
            try:
                found.append(self._sample(index, handle, pids))
            except self._nvml.NVMLError:
                continue
        return tuple(found)

    def _sample(self, index: int, handle: Any, pids: frozenset[int]) -> DeviceSample:
        memory = self._nvml.nvmlDeviceGetMemoryInfo(handle)
        running = self._nvml.nvmlDeviceGetComputeRunningProcesses(handle)
        ours = sum(process.usedGpuMemory or 0 for process in running if process.pid in pids)
        return DeviceSample(
            id=f"cuda:{index}",
            name=str(self._nvml.nvmlDeviceGetName(handle)),
            total_bytes=int(memory.total),
            ours_bytes=int(ours),
            others_bytes=max(0, int(memory.used) - int(ours)),
            busy=self._nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100,
        )

    def close(self) -> None:
        """Let go of the driver."""
        if self._nvml is not None:
            self._nvml.nvmlShutdown()
            self._nvml, self._handles = None, []
