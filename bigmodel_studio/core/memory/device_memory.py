"""Memory of this machine's devices and its use by processes, measured without torch.

The machine's memory comes from the operating system; an NVIDIA card's from its driver's library (NVML), where there is
one and the installed torch can use it. Other accelerators are not seen here: a run on one is let in by its count alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

CPU = "cpu"


class Room(NamedTuple):
    """One device's memory, in bytes, as it is now."""

    device: str
    total_bytes: int
    free_bytes: int


@functools.cache
def cpu_name() -> str:
    """Return what the processor calls itself."""
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"


def rooms() -> tuple[Room, ...]:
    """Return every device that can be measured, the CPU first, then the cards by number."""
    import psutil

    machine = psutil.virtual_memory()
    return (Room(CPU, int(machine.total), int(machine.available)), *_cards())


def process_bytes(pid: int) -> int:
    """Return what a process takes of the machine's memory: its share (PSS) on Linux, elsewhere its resident size; 0:
    gone.
    """
    import psutil

    try:
        if sys.platform == "linux":
            with open(f"/proc/{pid}/smaps_rollup", "rb") as stream:
                for line in stream:
                    if line.startswith(b"Pss:"):
                        return int(line.split()[1]) * 1024
        return int(psutil.Process(pid).memory_info().rss)
    except (OSError, psutil.Error):
        return 0


class _Memory(ctypes.Structure):
    """``nvmlMemory_t``."""

    _fields_ = [
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    ]


def _cards() -> Iterator[Room]:
    nvml = _nvml()
    count = ctypes.c_uint(0)
    if nvml is None or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        return
    for index in range(count.value):
        card, memory = ctypes.c_void_p(), _Memory()
        if nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(card)):
            continue
        if not nvml.nvmlDeviceGetMemoryInfo(card, ctypes.byref(memory)):
            yield Room(f"cuda:{index}", int(memory.total), int(memory.free))


@functools.cache
def _nvml() -> Any:
    """Return the driver's library, begun; None where it is missing, or torch is a build that cannot use a card."""
    if not _torch_has_cuda():
        return None
    name = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
    with contextlib.suppress(OSError, AttributeError):
        library: Any = ctypes.CDLL(name)
        if not library.nvmlInit_v2():
            return library
    return None


def _torch_has_cuda() -> bool:
    """By the name of the installed build: ``2.13.0+cpu`` has not, ``+cu126`` has, and so has PyPI's for Linux."""
    import importlib.metadata  # here: it takes as long as ten modules of ours, and few need it

    try:
        build = importlib.metadata.version("torch").partition("+")[2]
    except importlib.metadata.PackageNotFoundError:
        return False
    return build.startswith("cu") or (not build and sys.platform == "linux")
