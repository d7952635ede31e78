"""The machine's figures at one moment: each device's memory split into ours and others', and how busy it is.

What only a monitor shows (load, temperature, power, disk) is read where it is asked for, and not for the status bar.
It knows nothing of torch: lanes and runs say themselves what their tensors take. What is needed for the figures is
imported on the sampler's thread, for the window is shown before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from bigmodel_studio.client.gpus import Card, Gpus
from bigmodel_studio.client.process_memory import ProcessMemory
from bigmodel_studio.core.memory.device_memory import cpu_name
from bigmodel_studio.core.memory.split import Split, TensorProcess, split
from bigmodel_studio.core.system import paths

CPU = "cpu"
PROCESSOR_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "soc_thermal", "cpu-thermal")


class DeviceSample(msgspec.Struct, frozen=True, kw_only=True):
    """One device. Memory in bytes, ``total_bytes`` 0 where it is not known; ``busy`` is its utilisation from 0 to 1.

    None is what was not asked for, or what the device does not report. ``split`` adds up to ``ours_bytes``.
    """

    id: str
    name: str
    total_bytes: int
    ours_bytes: int
    others_bytes: int
    split: Split = Split()
    busy: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None


class DiskSample(NamedTuple):
    """The disk that models and runs lie on, in bytes; what all disks read and write, in bytes/s (None: at first)."""

    total_bytes: int
    free_bytes: int
    reads: float | None
    writes: float | None


class MachineSample(msgspec.Struct, frozen=True, kw_only=True):
    """``time`` in seconds since 1970; ``cpu`` is the processor with the machine's memory; then the GPUs, if any."""

    time: float
    cpu: DeviceSample
    gpus: tuple[DeviceSample, ...] = ()
    disk: DiskSample | None = None

    @property
    def main(self) -> DeviceSample:
        """The device that models are computed on, as far as is known without asking an engine."""
        return self.gpus[0] if self.gpus else self.cpu

    @property
    def devices(self) -> tuple[DeviceSample, ...]:
        """The GPUs, then the processor."""
        return (*self.gpus, self.cpu)


class System:
    """What the operating system is asked; a test puts another in its place."""

    def memory(self) -> tuple[int, int]:
        """Return total and available bytes."""
        import psutil

        memory = psutil.virtual_memory()
        return int(memory.total), int(memory.available)

    def busy(self) -> float:
        """Return the processor's load since the last call, of all cores, from 0 to 1."""
        import psutil

        return psutil.cpu_percent() / 100

    def temperature(self) -> float | None:
        """Return the processor's hottest sensor in degrees Celsius, None where there is none."""
        import psutil

        sensors: Callable[[], dict[str, Sequence[tuple[str, float, object, object]]]] | None
        sensors = getattr(psutil, "sensors_temperatures", None)
        found = sensors() if sensors is not None else {}
        readings = [each[1] for name in PROCESSOR_SENSORS for each in found.get(name, ())]
        return max(readings, default=None)

    def disk(self) -> tuple[int, int]:
        """Return total and free bytes of the disk that holds the home of models and runs."""
        import psutil

        folder = paths.runs()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        usage = psutil.disk_usage(str(folder))
        return int(usage.total), int(usage.free)

    def disk_traffic(self) -> tuple[int, int]:
        """Return bytes that were read and written since the machine started."""
        import psutil

        counters = psutil.disk_io_counters()
        return (int(counters.read_bytes), int(counters.write_bytes)) if counters is not None else (0, 0)


class Machine:
    """Reads samples; made, asked and closed on one thread."""

    def __init__(
        self,
        *,
        system: System | None = None,
        gpus: Gpus | None = None,
        processes: ProcessMemory | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._system = system or System()
        self._gpus = gpus or Gpus()
        self._processes = processes or ProcessMemory()
        self._clock = clock
        self._traffic: tuple[float, int, int] | None = None

    def sample(self, tensor_processes: Sequence[TensorProcess], *, detailed: bool) -> MachineSample:
        """Return the figures now, for this process with its children and for ``holders`` with theirs."""
        measured = self._processes.measure([os.getpid(), *(tensor_process.pid for tensor_process in tensor_processes)])
        total, available = self._system.memory()
        ours = min(sum(measured.values()), total)
        cpu = DeviceSample(
            id=CPU,
            name=cpu_name(),
            total_bytes=total,
            ours_bytes=ours,
            others_bytes=max(0, total - available - ours),
            split=_split_on(CPU, ours, tensor_processes, measured),
            busy=self._system.busy() if detailed else None,
            temperature_c=self._system.temperature() if detailed else None,
        )
        cards = tuple(_on_card(card, tensor_processes, measured) for card in self._gpus.read(detailed=detailed))
        now = self._clock()
        gpus = (*cards, *_unseen(tensor_processes, {card.id for card in cards}))
        return MachineSample(time=now, cpu=cpu, gpus=gpus, disk=self._disk(now) if detailed else None)

    def _disk(self, now: float) -> DiskSample | None:
        try:
            total, free = self._system.disk()
        except OSError:
            return None
        read, written = self._system.disk_traffic()
        before, self._traffic = self._traffic, (now, read, written)
        if before is None or now <= before[0]:
            return DiskSample(total, free, None, None)
        passed = now - before[0]
        return DiskSample(total, free, max(0, read - before[1]) / passed, max(0, written - before[2]) / passed)

    def forget_rates(self) -> None:
        """Begin rates anew: nothing was read for a while."""
        self._traffic = None

    def close(self) -> None:
        """Let go of the driver."""
        self._gpus.close()


def _split_on(device: str, ours: int, tensor_processes: Sequence[TensorProcess], measured: dict[int, int]) -> Split:
    return split(
        ours, [(each.parts, measured.get(each.pid, 0)) for each in tensor_processes if each.parts.device == device]
    )


def _on_card(card: Card, tensor_processes: Sequence[TensorProcess], ours: dict[int, int]) -> DeviceSample:
    """Return the sample of a card. A driver that does not see our process numbers (as in a container) is helped by what
    our processes report.
    """
    there = [tensor_process for tensor_process in tensor_processes if tensor_process.parts.device == card.id]
    by_pid = {pid: used for pid, used in card.by_pid.items() if pid in ours}
    for tensor_process in there:
        by_pid[tensor_process.pid] = max(by_pid.get(tensor_process.pid, 0), tensor_process.parts.reserved_bytes)
    used = min(sum(by_pid.values()), card.used_bytes)
    return DeviceSample(
        id=card.id,
        name=card.name,
        total_bytes=card.total_bytes,
        ours_bytes=used,
        others_bytes=card.used_bytes - used,
        split=_split_on(card.id, used, there, by_pid),
        busy=card.busy,
        temperature_c=card.temperature_c,
        power_w=card.power_w,
        power_limit_w=card.power_limit_w,
    )


def _unseen(tensor_processes: Sequence[TensorProcess], sampled: set[str]) -> list[DeviceSample]:
    """Accelerators that no driver was asked about: what our own processes say is all that is known of them."""
    reserved: dict[str, int] = {}
    for tensor_process in tensor_processes:
        device = tensor_process.parts.device
        if device != CPU and device not in sampled:
            reserved[device] = reserved.get(device, 0) + tensor_process.parts.reserved_bytes
    return [
        DeviceSample(
            id=device,
            name=device.upper(),
            total_bytes=0,
            ours_bytes=used,
            others_bytes=0,
            split=_split_on(
                device, used, tensor_processes, {each.pid: each.parts.reserved_bytes for each in tensor_processes}
            ),
        )
        for device, used in reserved.items()
    ]
