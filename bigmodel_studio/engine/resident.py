"""The most memory that this process had at once, from a moment on: on a CPU what was resident, on a card its tensors.

Linux keeps the figure itself and can be told to begin anew; elsewhere a thread looks every few milliseconds, so that a
very short peak may be missed.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

import psutil
import torch

_LOOK_EVERY_S = 0.003
_RESET_PEAK = "5"
"""See ``proc_pid_clear_refs(5)``."""


class Resident:
    """Of one device. ``reset`` begins anew, ``peak`` is the most since then; bytes."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._own = psutil.Process()
        self._highest = 0
        self._over = threading.Event()
        self._looking: threading.Thread | None = None

    def now(self) -> int:
        """What the process has resident now; 0 on a card, whose figures are of tensors alone."""
        return int(self._own.memory_info().rss) if self._device.type == "cpu" else 0

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
        """The most since ``reset``."""
        if self._device.type != "cpu":
            return int(torch.accelerator.max_memory_allocated(self._device))
        if self._looking is not None:
            self._over.set()
            self._looking.join()
            return self._highest
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return self.now()

    def _look(self) -> None:
        while not self._over.wait(_LOOK_EVERY_S):
            self._highest = max(self._highest, self.now())
