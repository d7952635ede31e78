"""The machine's figures: right in size, split so that the parts add up, cheap, and gone when the window goes."""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.gpus import Card, Gpus
from bigmodel_studio.client.machine import DeviceSample, DiskSample, Machine, MachineSample, System
from bigmodel_studio.client.process_memory import ProcessMemory
from bigmodel_studio.client.sampler import Sampler
from bigmodel_studio.core.memory.split import Split, TensorProcess, split
from bigmodel_studio.protocol import MemoryParts

MIB = 2**20
GB = 10**9


@pytest.fixture
def sampler(qtbot: QtBot) -> Iterator[Sampler]:
    sampler = Sampler(interval_s=0.05)
    yield sampler
    sampler.close()


def child_with(mebibytes: int) -> subprocess.Popen[bytes]:
    """A process that holds that much, and says so."""
    code = f"x = bytearray(b'x') * ({mebibytes} << 20); print('up', flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def ours(*holders: TensorProcess) -> int:
    machine = Machine()
    held = machine.sample(holders, detailed=False).cpu.ours_bytes
    machine.close()
    return held


def held(weights: int, cache: int, gradients: int, optimizer: int) -> MemoryParts:
    return MemoryParts(weights_bytes=weights, cache_bytes=cache, gradients_bytes=gradients, optimizer_bytes=optimizer)


# ---------------------------------------------------------------------------------------------- the real machine


def test_samples_arrive_on_the_windows_thread(qtbot: QtBot, sampler: Sampler) -> None:
    threads: list[threading.Thread] = []
    samples: list[MachineSample] = []
    sampler.sampled.connect(lambda sample: samples.append(sample))
    sampler.sampled.connect(lambda sample: threads.append(threading.current_thread()))
    sampler.set_detailed(True)
    sampler.start()
    qtbot.waitUntil(lambda: len(samples) >= 2, timeout=10_000)
    cpu, disk = samples[-1].cpu, samples[-1].disk
    assert set(threads) == {threading.main_thread()}
    assert cpu.name
    assert cpu.total_bytes == psutil.virtual_memory().total
    assert 10 * MIB < cpu.ours_bytes < cpu.total_bytes
    assert cpu.split.total == cpu.ours_bytes
    assert cpu.busy is not None
    assert 0 <= cpu.busy <= 1
    assert disk is not None
    assert 0 < disk.free_bytes < disk.total_bytes
    assert disk.reads is not None
    assert disk.reads >= 0
    sampler.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sampler"]


def test_the_memory_of_a_child_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    # Children of earlier tests, such as the one that renders templates, may end or shrink meanwhile.
    real = psutil.Process.children
    earlier = {child.pid for child in real(psutil.Process(), recursive=True)}

    def children(self: psutil.Process, recursive: bool = False) -> list[psutil.Process]:
        return [child for child in real(self, recursive) if child.pid not in earlier]

    monkeypatch.setattr(psutil.Process, "children", children)
    gc.collect()
    before = ours()
    with child_with(200) as child:
        during = ours()
        child.communicate(b"\n")
    assert 195 * MIB < during - before < 260 * MIB


def test_a_run_that_is_no_child_is_ours_once_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with child_with(200) as child:
        monkeypatch.setattr(psutil.Process, "children", lambda self, recursive=False: [])  # as if it were detached
        without = ours()
        with_it = ours(TensorProcess(child.pid), TensorProcess(2**30))
        child.communicate(b"\n")
    assert 195 * MIB < with_it - without < 260 * MIB


def test_it_grows_slower_where_a_sample_is_dear(qtbot: QtBot) -> None:
    """Each sample burns 10 ms of a core: at a share of half a percent, the third comes two seconds after the second."""
    device = DeviceSample(id="cpu", name="", total_bytes=1, ours_bytes=0, others_bytes=0)

    class Dear(Machine):
        def sample(self, holders: Any, *, detailed: bool) -> MachineSample:
            end = time.thread_time() + 0.01
            while time.thread_time() < end:
                pass
            return MachineSample(time=time.monotonic(), cpu=device)

    samples: list[MachineSample] = []
    sampler = Sampler(interval_s=0.05, machine=Dear)
    sampler.sampled.connect(lambda sample: samples.append(sample))
    sampler.start()
    qtbot.waitUntil(lambda: len(samples) == 3, timeout=20_000)
    sampler.close()
    assert samples[1].time - samples[0].time < 1.0
    assert samples[2].time - samples[1].time > 1.9
    assert sampler.spent_s >= 0.03


# ---------------------------------------------------------------------------------------------- a machine of ours


@dataclass
class Asked(System):
    """100 GB, of which 70 are free; counts what it is asked."""

    asked: list[str] = field(default_factory=list)

    def memory(self) -> tuple[int, int]:
        self.asked.append("memory")
        return 100 * GB, 70 * GB

    def busy(self) -> float:
        self.asked.append("busy")
        return 0.5

    def temperature(self) -> float | None:
        self.asked.append("temperature")
        return 61.0

    def disk(self) -> tuple[int, int]:
        self.asked.append("disk")
        return 500 * GB, 100 * GB

    def disk_traffic(self) -> tuple[int, int]:
        self.asked.append("traffic")
        times = self.asked.count("traffic")
        return times * 6 * MIB, times * 2 * MIB


class FakeDriver:
    """Two cards, as NVIDIA's library tells of them; the second has fallen off the bus. The first has no power meter."""

    NVML_TEMPERATURE_GPU = 0

    def __init__(self) -> None:
        self.asked: list[str] = []

    class NVMLError(Exception):
        pass

    @dataclass
    class Running:
        pid: int
        usedGpuMemory: int | None  # noqa: N815 - the library's name

    def __getattr__(self, name: str) -> Any:
        def answer(handle: int, *_: int) -> Any:
            self.asked.append(name)
            if handle or name in {"nvmlDeviceGetPowerUsage", "nvmlDeviceGetEnforcedPowerLimit"}:
                raise self.NVMLError
            memory = type("Memory", (), {"total": 80 * GB, "used": 10 * GB})()
            running = [self.Running(1, 3 * GB), self.Running(2, 4 * GB), self.Running(3, None)]
            return {
                "nvmlDeviceGetMemoryInfo": memory,
                "nvmlDeviceGetComputeRunningProcesses": running,
                "nvmlDeviceGetName": "A card",
                "nvmlDeviceGetUtilizationRates": type("Rates", (), {"gpu": 40})(),
                "nvmlDeviceGetTemperature": 71,
            }[name]

        return answer


def fake_machine(cards: bool = False) -> tuple[Machine, Asked, FakeDriver]:
    """This process takes 2 GB, process 1 takes 5 and process 3 takes 1; ten seconds pass between two samples."""
    system, driver, gpus = Asked(), FakeDriver(), Gpus()
    gpus.close()
    if cards:
        gpus._nvml, gpus._handles = driver, [0, 1]
    takes = {os.getpid(): 2 * GB, 1: 5 * GB, 3: GB}
    processes = ProcessMemory(share=takes.__getitem__, resident=lambda pid: takes.get(pid, 0), children=lambda pid: [])
    ticks = iter(range(0, 1000, 10))
    return Machine(system=system, gpus=gpus, processes=processes, clock=lambda: next(ticks)), system, driver


RUN = MemoryParts(weights_bytes=GB, gradients_bytes=GB, optimizer_bytes=2 * GB)


def test_the_parts_of_ours_add_up_and_others_is_what_is_left() -> None:
    machine, _, _ = fake_machine()
    lane = MemoryParts(weights_bytes=200 * MIB, cache_bytes=10 * MIB)
    cpu = machine.sample([TensorProcess(1, RUN), TensorProcess(3, lane)], detailed=False).cpu
    assert cpu.ours_bytes == 8 * GB == cpu.split.total
    assert cpu.others_bytes == 22 * GB
    assert cpu.split[:4] == (GB + 200 * MIB, 10 * MIB, GB, 2 * GB)


def test_weights_that_were_not_touched_yet_are_not_in_memory() -> None:
    """Process 3 takes 1 GB and counts 4: the parts keep their proportions and fill what it takes."""
    machine, _, _ = fake_machine()
    cpu = machine.sample([TensorProcess(3, RUN)], detailed=False).cpu
    assert cpu.split == Split(GB // 4, 0, GB // 4, GB // 2, other=2 * GB)


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 10**13), min_size=4, max_size=4), st.integers(0, 10**13)), max_size=6),
    st.integers(0, 10**13),
)
def test_a_split_adds_up_whatever_was_measured(processes: list[tuple[list[int], int]], whole: int) -> None:
    found = split(whole, [(held(*parts), took) for parts, took in processes])
    assert found.total == whole
    assert min(found) >= 0


def test_a_hidden_monitor_asks_for_no_more_than_the_status_bar_shows() -> None:
    machine, system, driver = fake_machine(cards=True)
    sample = machine.sample([TensorProcess(1, RUN)], detailed=False)
    assert system.asked == ["memory"]
    assert not {"nvmlDeviceGetUtilizationRates", "nvmlDeviceGetTemperature", "nvmlDeviceGetPowerUsage"} & {
        *driver.asked
    }
    assert (sample.cpu.busy, sample.cpu.temperature_c, sample.disk, sample.gpus[0].busy) == (None, None, None, None)
    machine.sample([TensorProcess(1, RUN)], detailed=True)
    assert {*system.asked} == {"memory", "busy", "temperature", "disk", "traffic"}


def test_the_disks_traffic_is_a_rate_and_begins_anew_after_a_pause() -> None:
    machine, _, _ = fake_machine()
    first, second = (machine.sample((), detailed=True).disk for _ in range(2))
    assert first == DiskSample(500 * GB, 100 * GB, None, None)
    assert second == DiskSample(500 * GB, 100 * GB, 0.6 * MIB, 0.2 * MIB)
    machine.forget_rates()
    assert machine.sample((), detailed=True).disk == first


def test_a_card_is_split_and_tells_what_it_can() -> None:
    machine, _, _ = fake_machine(cards=True)
    run = MemoryParts(device="cuda:0", weights_bytes=GB, optimizer_bytes=GB, reserved_bytes=int(2.5 * GB))
    (card,) = machine.sample([TensorProcess(1, run), TensorProcess(3)], detailed=True).gpus
    assert (card.id, card.name, card.total_bytes) == ("cuda:0", "A card", 80 * GB)
    assert (card.ours_bytes, card.others_bytes) == (3 * GB, 7 * GB)
    assert card.split == Split(GB, 0, 0, GB, other=GB)
    assert (card.busy, card.temperature_c, card.power_w) == (0.4, 71, None)


def test_a_driver_that_does_not_know_our_processes_is_helped_by_what_they_say() -> None:
    machine, _, _ = fake_machine(cards=True)
    run = MemoryParts(device="cuda:0", weights_bytes=GB, reserved_bytes=4 * GB)
    (card,) = machine.sample([TensorProcess(77, run)], detailed=False).gpus
    assert (card.ours_bytes, card.others_bytes) == (4 * GB, 6 * GB)
    assert card.split == Split(weights=GB, other=3 * GB)


def test_an_accelerator_without_a_driver_to_ask_is_known_by_what_is_on_it() -> None:
    machine, _, _ = fake_machine()
    lane = MemoryParts(device="mps", weights_bytes=GB, cache_bytes=MIB, reserved_bytes=2 * GB)
    (card,) = machine.sample([TensorProcess(1, lane)], detailed=True).gpus
    assert (card.id, card.total_bytes, card.ours_bytes, card.busy) == ("mps", 0, 2 * GB, None)
    assert card.split == Split(weights=GB, cache=MIB, other=GB - MIB)


def test_a_true_figure_is_taken_seldom_and_carried_on_in_between() -> None:
    taken: list[int] = []
    now, spent = [100.0], [0.0]
    resident = {1: 500, 2: 300}

    def share(pid: int) -> int:
        taken.append(pid)
        spent[0] += 0.03
        return resident[pid] - 100

    processes = ProcessMemory(
        share=share,
        resident=lambda pid: resident.get(pid, 0),
        children=lambda pid: [2],
        clock=lambda: now[0],
        spent=lambda: spent[0],
    )
    assert processes.measure([1]) == {1: 400, 2: 200}
    taken.clear()
    resident[1] = 700
    for _ in range(60):
        now[0] += 1
        assert processes.measure([1])[1] == 600
    assert 2 <= len(taken) <= 5
    del resident[2]
    assert processes.measure([1]) == {1: 600}


def test_the_cards_of_this_machine_are_read_whether_there_are_any_or_not() -> None:
    gpus = Gpus()
    assert all(isinstance(card, Card) for card in gpus.read(detailed=True))
    gpus.close()
    assert gpus.read(detailed=True) == []
