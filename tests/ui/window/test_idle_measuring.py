"""The window measures this computer's speed while nothing is at work, once, and gives way to the user."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.protocol import Done, Event, Load, MeasureSpeed, ModelRef, Progress, Request, Speed
from bigmodel_studio.ui.window.idle_measuring import MOST_TRIES, IdleMeasuring
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.shell import bare_studio


class Machine:
    """How busy the machine is, and whether it stays idle while it is measured."""

    def __init__(self) -> None:
        self.load, self.idle = 0.0, True

    def answer(self, request: Request) -> Iterator[Event]:
        yield Progress(what="measuring")
        if isinstance(request, MeasureSpeed):
            device_speed.keep(
                Speed(
                    device="cpu", dtype="float32", flops_per_s=1e9, bytes_per_s=1e9, measured=1.0,
                    read_bytes_per_s=3e10, idle=self.idle, machine=device_speed.machine(),
                )
            )  # fmt: skip
        yield Done()


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def studio(machine: Machine) -> Iterator[Studio]:
    with bare_studio(FakeLane(machine.answer), FakeLane(machine.answer)) as made:
        yield made


@pytest.fixture
def measuring(studio: Studio, machine: Machine) -> Iterator[IdleMeasuring]:
    made = IdleMeasuring(studio, load=lambda: machine.load)
    yield made
    made.close()


def asked(studio: Studio) -> int:
    assert isinstance(studio.measure, FakeLane)
    return len(studio.measure.requests)


def test_an_idle_machine_is_measured_once(
    qtbot: QtBot, studio: Studio, machine: Machine, measuring: IdleMeasuring
) -> None:
    machine.load = 0.6
    measuring.look()
    assert asked(studio) == 0
    machine.load = 0.02
    measuring.look()
    measuring.look()
    assert asked(studio) == 1
    qtbot.waitUntil(lambda: device_speed.speed_of("cpu", "float32") is not None)
    qtbot.waitUntil(lambda: not measuring.is_measuring)
    measuring.look()
    assert asked(studio) == 1


def test_the_user_s_work_goes_first(qtbot: QtBot, studio: Studio, measuring: IdleMeasuring) -> None:
    measuring.look()
    assert measuring.is_measuring
    load = studio.submit(Load(model=ModelRef(source="builtin", id="starter-gpt")))
    measuring.look()
    assert not measuring.is_measuring
    measuring.look()
    assert asked(studio) == 1, "the chat is still at work"
    qtbot.waitUntil(lambda: load.end is not None)
    measuring.look()
    assert asked(studio) == 2


def test_a_machine_that_never_rests_is_left_alone_after_some_tries(
    qtbot: QtBot, studio: Studio, machine: Machine, measuring: IdleMeasuring
) -> None:
    machine.idle = False
    for _ in range(MOST_TRIES + 2):
        measuring.look()
        qtbot.waitUntil(lambda: not measuring.is_measuring)
    assert asked(studio) == MOST_TRIES
