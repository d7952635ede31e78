"""The status bar's figures: right in size, cheap, and gone when the window goes."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client import sampler as sampler_module
from bigmodel_studio.client.sampler import DeviceSample, Gpus, MachineSample, Sampler, sample

MIB = 2**20


@pytest.fixture
def sampler(qtbot: QtBot) -> Iterator[Sampler]:
    sampler = Sampler(interval_s=0.05)
    yield sampler
    sampler.close()


def holder(mebibytes: int) -> subprocess.Popen[bytes]:
    """A process that holds that much, and says so."""
    code = f"x = bytearray(b'x') * ({mebibytes} << 20); print('up', flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_samples_arrive_on_the_windows_thread(qtbot: QtBot, sampler: Sampler) -> None:
    threads: list[threading.Thread] = []
    samples: list[MachineSample] = []
    sampler.sampled.connect(lambda sample: samples.append(sample))
    sampler.sampled.connect(lambda sample: threads.append(threading.current_thread()))
    sampler.start()
    qtbot.waitUntil(lambda: len(samples) >= 2, timeout=10_000)
    cpu = samples[-1].cpu
    assert cpu.name
    assert cpu.total_bytes == psutil.virtual_memory().total
    assert 10 * MIB < cpu.ours_bytes < cpu.total_bytes
    assert 0 <= cpu.busy <= 1
    sampler.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sampler"]


def test_a_childs_memory_is_ours() -> None:
    gpus = Gpus()
    before = sample((), gpus).cpu.ours_bytes
    with holder(200) as child:
        during = sample((), gpus).cpu.ours_bytes
        child.communicate(b"\n")
    gpus.close()
    assert 195 * MIB < during - before < 260 * MIB


def test_a_run_that_is_no_child_is_ours_once_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    gpus = Gpus()
    with holder(200) as child:
        monkeypatch.setattr(psutil.Process, "children", lambda self, recursive=False: [])  # as if it were detached
        without = sample((), gpus).cpu
        with_it = sample((child.pid, 2**30), gpus).cpu
        child.communicate(b"\n")
    gpus.close()
    assert 195 * MIB < with_it.ours_bytes - without.ours_bytes < 260 * MIB


def test_it_grows_slower_where_a_sample_is_dear(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sample burns 10 ms of a core: at a share of half a percent, the second comes two seconds later."""
    device = DeviceSample(id="cpu", name="", total_bytes=1, ours_bytes=0, others_bytes=0, busy=0.0)

    def dear(runs: Any, gpus: Any) -> MachineSample:
        end = time.thread_time() + 0.01
        while time.thread_time() < end:
            pass
        return MachineSample(time=time.monotonic(), cpu=device)

    monkeypatch.setattr(sampler_module, "sample", dear)
    samples: list[MachineSample] = []
    sampler = Sampler(interval_s=0.05)
    sampler.sampled.connect(lambda sample: samples.append(sample))
    sampler.start()
    qtbot.waitUntil(lambda: len(samples) == 2, timeout=20_000)
    sampler.close()
    assert samples[1].time - samples[0].time > 1.9


class FakeDriver:
    """Two cards, as NVIDIA's library tells of them; the second has fallen off the bus."""

    class NVMLError(Exception):
        pass

    class Memory:
        total, used = 80 << 30, 10 << 30

    class Running:
        def __init__(self, pid: int, used: int | None) -> None:
            self.pid = pid
            self.usedGpuMemory = used

    class Rates:
        gpu = 40

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Memory:  # noqa: N802
        if handle:
            raise self.NVMLError
        return self.Memory()

    def nvmlDeviceGetComputeRunningProcesses(self, handle: int) -> list[Running]:  # noqa: N802
        return [self.Running(1, 3 << 30), self.Running(2, 4 << 30), self.Running(3, None)]

    def nvmlDeviceGetName(self, handle: int) -> str:  # noqa: N802
        return "A card"

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Rates:  # noqa: N802
        return self.Rates()


def test_a_card_is_split_into_ours_and_others() -> None:
    gpus = Gpus()
    gpus.close()
    gpus._nvml, gpus._handles = FakeDriver(), [0, 1]
    (card,) = gpus.sample(frozenset({1, 3}))
    assert card == DeviceSample(
        id="cuda:0", name="A card", total_bytes=80 << 30, ours_bytes=3 << 30, others_bytes=7 << 30, busy=0.4
    )
