"""The most memory that this process had at once, from a moment on: on a CPU what was resident, on a card its tensors
and what its driver keeps for the process (the context, its libraries and their kernels).

Linux keeps the figure of the CPU itself and can be reset; elsewhere a thread looks every few milliseconds,
so that a very short peak may be missed. A card's driver counts the whole card (that of a process is hidden in a
container): what others take or give back between two looks goes to this process.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import psutil
import torch

_LOOK_EVERY_S = 0.003
_RESET_PEAK = "5"
"""See ``proc_pid_clear_refs(5)``."""


def used_by_card() -> dict[str, int]:
    """Return bytes in use on each NVIDIA card by its UUID, as the driver reports them; nothing where there is none.

    Asked before torch begins to use a card, it is what others take.
    """
    found = {}
    with contextlib.suppress(Exception):  # no library, no driver, no permission: each has an error of its own kind
        import pynvml

        pynvml.nvmlInit()
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            found[str(pynvml.nvmlDeviceGetUUID(handle))] = int(pynvml.nvmlDeviceGetMemoryInfo(handle).used)
    return found


class Resident:
    """Of one device. ``reset`` begins anew, ``peak`` is the most since then; bytes.

    ``before`` is what ``used_by_card`` said before this process used a card: without it, its tensors alone count.
    """

    def __init__(self, device: torch.device, before: Mapping[str, int] | None = None) -> None:
        self._device = device
        self._before = before or {}
        self._own = psutil.Process()
        self._highest = 0
        self._over = threading.Event()
        self._looking: threading.Thread | None = None

    def now(self) -> int:
        """Return what the process has now; 0 on a card where what is kept beside tensors is not known."""
        if self._device.type == "cpu":
            return int(self._own.memory_info().rss)
        if self._device.type != "cuda" or not self._before:
            return 0
        return int(torch.accelerator.memory_allocated(self._device)) + self._beside_tensors()

    def reset(self) -> None:
        if self._device.type != "cpu":
            torch.accelerator.reset_peak_memory_stats(self._device)
            return
        self._highest = self.now()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text(_RESET_PEAK, "ascii")
                return
        self._looking = threading.Thread(target=self._look, daemon=True)
        self._looking.start()

    def peak(self) -> int:
        """Return the most since ``reset``."""
        if self._device.type != "cpu":
            return int(torch.accelerator.max_memory_allocated(self._device)) + self._beside_tensors()
        if self._looking is not None:
            self._over.set()
            self._looking.join()
            return self._highest
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return self.now()

    def _beside_tensors(self) -> int:
        """Return what the card's driver holds for this process beside torch's allocator; 0 where that is not known."""
        if self._device.type != "cuda" or not self._before:
            return 0
        card = f"GPU-{torch.cuda.get_device_properties(self._device).uuid}"
        taken = used_by_card().get(card, 0) - self._before.get(card, 0)
        return max(0, taken - int(torch.accelerator.memory_reserved(self._device)))

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            self._highest = max(self._highest, self.now())
