"""NVIDIA's cards through their driver's library: memory by process, and what else a card reports.

A card that does not report something (a laptop's power, a virtual card's temperature) has None there. Knows nothing of
torch, nor of what the processes do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Card(NamedTuple):
    """One card now: bytes, and bytes by process as far as the driver says; degrees Celsius, watts, a share of one."""

    id: str
    name: str
    total_bytes: int
    used_bytes: int
    by_pid: dict[int, int]
    busy: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None


class Gpus:
    """The cards of this machine; none where the library or the driver is missing."""

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

    def read(self, *, detailed: bool) -> list[Card]:
        """Return each card's memory, with the rest where ``detailed``; a card that fails to answer is left out."""
        found = []
        for index, handle in enumerate(self._handles):
            try:
                found.append(self._read(index, handle, detailed))
            except self._nvml.NVMLError:
                continue
        return found

    def _read(self, index: int, handle: Any, detailed: bool) -> Card:
        nvml = self._nvml
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        by_pid = {each.pid: int(each.usedGpuMemory or 0) for each in nvml.nvmlDeviceGetComputeRunningProcesses(handle)}
        card = Card(f"cuda:{index}", str(nvml.nvmlDeviceGetName(handle)), int(memory.total), int(memory.used), by_pid)
        if not detailed:
            return card
        return card._replace(
            busy=self._reading(lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100),
            temperature_c=self._reading(lambda: nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
            power_w=self._reading(lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000),
            power_limit_w=self._reading(lambda: nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000),
        )

    def _reading(self, ask: Callable[[], float]) -> float | None:
        try:
            return float(ask())
        except self._nvml.NVMLError:
            return None

    def close(self) -> None:
        """Let go of the driver."""
        if self._nvml is not None:
            self._nvml.nvmlShutdown()
            self._nvml, self._handles = None, []
