"""The monitor as a user has it: closed at first, opened from four places, and telling what the devices hold and do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.machine import DeviceSample, DiskSample, MachineSample
from bigmodel_studio.core.memory.split import Split
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.protocol import (
    Describe,
    Description,
    Device,
    DeviceReport,
    Devices,
    Done,
    Event,
    Generate,
    LayerKind,
    Loaded,
    ModelRef,
    Request,
)
from bigmodel_studio.ui.monitor.dock import MonitorDock
from bigmodel_studio.ui.monitor.history import History
from bigmodel_studio.ui.monitor.live_curve import LiveCurve
from bigmodel_studio.ui.pages.chat.page import ChatPage
from tests.ui.shell import FACTS, Shell

GB, MB = 10**9, 10**6
KINDS = tuple(
    LayerKind(kind, layers, parameters)
    for kind, layers, parameters in [
        ("Linear", 24, 3_000_000),
        ("Embedding", 2, 2_000_000),
        ("Conv1D", 8, 200_000),
        ("Bilinear", 1, 80_000),
        ("LSTM", 1, 40_000),
        ("LayerNorm", 13, 4_000),
        ("RMSNorm", 1, 288),
    ]
)


def answered(request: Request) -> Iterator[Event]:
    """An engine that has one model, and whose torch uses one card and the processor."""
    if isinstance(request, Describe):
        yield Done(
            result=Description(
                id=FACTS.model.id,
                architecture=FACTS.architecture,
                kind=FACTS.kind,
                parameters=FACTS.parameters,
                trainable_parameters=5_000_000,
                dtype="float32",
                context_length=256,
                layers=(),
                kinds=KINDS,
            )
        )
    elif isinstance(request, Devices):
        there = [
            Device(id=name, kind="", name=name, total_bytes=1, free_bytes=1, dtypes=()) for name in ("cpu", "cuda:0")
        ]
        yield Done(result=DeviceReport(torch="2.13", cuda="12.6", threads=2, devices=tuple(there)))
    else:
        yield Loaded(facts=FACTS)
        yield Done()


def sampled(second: int, *, cards: int = 0) -> MachineSample:
    """A machine of 16 GB with a run at work, and cards that tell everything."""
    cpu = DeviceSample(
        id="cpu",
        name="AMD EPYC 7B13",
        total_bytes=16 * GB,
        ours_bytes=3 * GB,
        others_bytes=4 * GB,
        split=Split(120 * MB, 8 * MB, 90 * MB, 180 * MB, 3 * GB - 398 * MB),
        busy=0.25 + 0.5 * (second % 7) / 7,
    )
    gpus = tuple(
        DeviceSample(
            id=f"cuda:{number}",
            name="NVIDIA H100 80GB HBM3",
            total_bytes=80 * GB,
            ours_bytes=30 * GB + number * GB,
            others_bytes=10 * GB,
            split=Split(12 * GB, 0, 6 * GB, 11 * GB, GB + number * GB),
            busy=0.9,
            temperature_c=60 + second % 5,
            power_w=500 + 10 * (second % 9),
            power_limit_w=700,
        )
        for number in range(cards)
    )
    disk = DiskSample(500 * GB, 120 * GB, 2e6 * (second % 4), 40e6 * (second % 11))
    return MachineSample(time=1_700_000_000 + second, cpu=cpu, gpus=gpus, disk=disk)


@pytest.fixture
def monitored(shell: Shell) -> Shell:
    """The window with a model loaded."""
    shell.lane.handler = answered
    shell.studio.submit(Generate(model=ModelRef(source="builtin", id="starter-gpt")))
    shell.wait(lambda: shell.studio.facts is not None and not shell.lane.jobs)
    return shell


def opened(shell: Shell, *, cards: int = 0, seconds: int = 3) -> MonitorDock:
    """The dock, open for some seconds."""
    shell.window.toggle_monitor()
    dock = shell.window.monitor.dock
    assert dock is not None
    for second in range(seconds):
        shell.window.show_sample(sampled(second, cards=cards))
    shell.wait(lambda: not shell.lane.jobs)
    return dock


def shown(dock: MonitorDock, card: int) -> dict[str, str]:
    """A device's curves that are seen, with what they say."""
    return {curve.title: curve.text() for curve in dock.devices[card].curves.curves if curve.isVisible()}


def test_it_is_closed_at_first_and_opened_from_the_status_bar_and_by_its_shortcut(shell: Shell, qtbot: QtBot) -> None:
    monitor = shell.window.monitor
    looked: list[bool] = []
    monitor.looked_at.connect(looked.append)
    assert not monitor.open
    assert monitor.dock is None
    shell.window.show_sample(sampled(0))
    shell.settle()
    qtbot.mouseClick(shell.window.status.button, Qt.MouseButton.LeftButton, pos=QPoint(40, 20))
    assert monitor.open
    qtbot.keyClick(shell.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert not monitor.open
    shell.window.status.button.setFocus()
    qtbot.keyClick(shell.window.status.button, Qt.Key.Key_Space)
    assert monitor.open
    assert monitor.dock is not None
    qtbot.mouseClick(monitor.dock.closing, Qt.MouseButton.LeftButton)
    assert not monitor.open
    assert looked == [True, False, True, False]


def test_it_is_remembered_with_its_width(shell: Shell, qtbot: QtBot) -> None:
    shell.window.resize(1400, 800)
    dock = opened(shell)
    shell.window.frame.resizeDocks([dock], [420], Qt.Orientation.Horizontal)
    shell.wait(lambda: dock.width() == 420)
    shell.window.session.save()
    session = shell.settings.values.session
    assert (session.monitor, session.splitters["monitor"]) == (True, (420,))
    shell.window.toggle_monitor()
    shell.window.session.save()
    session = shell.settings.values.session
    assert (session.monitor, session.splitters["monitor"]) == (False, (420,))


def test_memory_is_told_by_part_and_the_parts_add_up(monitored: Shell) -> None:
    dock = opened(monitored)
    (card,) = dock.devices
    assert card.heading.text() == "AMD EPYC 7B13"
    assert card.memory_words.text() == "Memory: 3.0 GB ours of 16 GB"
    assert card.memory.texts() == [
        "Weights 120 MB",
        "Cache 8.0 MB",
        "Gradients 90 MB",
        "Optimizer 180 MB",
        "Other (this application) 2.6 GB",
        "Other programs 4.0 GB",
        "Free 9.0 GB",
    ]
    assert "Gradients 90 MB" in card.memory.accessibleName()
    assert dock.disk.aside.text() == "120 GB free of 500 GB"


def test_a_device_shows_the_curves_that_it_tells(monitored: Shell) -> None:
    dock = opened(monitored, cards=2, seconds=5)
    assert [card.id for card in dock.devices] == ["cuda:0", "cuda:1", "cpu"]
    assert shown(dock, 0) == {"Load": "90%", "Memory, ours": "30 GB", "Temperature": "64 °C", "Power": "540 / 700 W"}
    assert shown(dock, 2) == {"Load": "54%", "Memory, ours": "3.0 GB"}
    assert dock.devices[0].note.text() == ""
    assert "doesn't use" in dock.devices[1].note.text()  # the engine's torch has one card only
    monitored.window.show_sample(sampled(6))
    assert [card.id for card in dock.devices] == ["cpu"]


def test_nothing_is_drawn_or_kept_while_it_is_hidden(monitored: Shell) -> None:
    dock = opened(monitored)
    series = dock._history.series("cpu/busy")
    assert len(series) == 3
    monitored.window.toggle_monitor()
    for second in range(3, 40):
        monitored.window.show_sample(sampled(second))
    assert len(series) == 3
    monitored.window.toggle_monitor()
    monitored.window.show_sample(sampled(40))
    assert len(series) == 5  # what was not seen is a gap, and no line
    assert series.extent(0, 2e9) is not None
    assert str(series.values[3]) == "nan"


def test_parameters_are_told_once_a_model_and_only_when_somebody_looks(monitored: Shell) -> None:
    assert not [request for request in monitored.lane.requests if isinstance(request, Describe)]
    dock = opened(monitored)
    card = dock.parameters
    assert card.model.text() == "starter-gpt"
    assert card.counts.text() == "5,324,288 total · 5 M trainable · 324.3 k frozen"
    assert card.kinds.texts()[0] == "Linear × 24 3 M  56.3%"
    assert card.kinds.texts()[-1] == "others 4.29 k  0.1%"
    assert len([request for request in monitored.lane.requests if isinstance(request, Describe)]) == 1
    run = RunSummary(
        name="tales",
        path="/r",
        state="running",
        pid=1,
        parameters=860_000,
        trainable_parameters=10_000,
        step=1,
        steps=2,
    )
    monitored.runs.runs_changed.emit([run])
    (line,) = card._run_lines
    assert line.name.text() == "tales (training)"
    assert line.counts.text() == "860,000 total · 10 k trainable · 850 k frozen"
    monitored.runs.runs_changed.emit([])
    assert not line.isVisible()


def test_without_a_model_it_says_so_and_asks_no_engine(shell: Shell) -> None:
    shell.wait(lambda: not shell.lane.jobs)
    shell.studio._set_facts(None)
    asked = len(shell.lane.requests)
    dock = opened(shell)
    assert "No model loaded" in dock.parameters.counts.text()
    assert not dock.parameters.kinds.isVisible()
    assert len(shell.lane.requests) == asked


def test_the_page_folds_for_it_and_comes_back(monitored: Shell, qtbot: QtBot) -> None:
    monitored.window.resize(1280, 720)
    page = monitored.window.current_page
    assert isinstance(page, ChatPage)
    monitored.wait(page.sampling.isVisible)
    dock = opened(monitored)
    monitored.wait(lambda: not page.sampling.isVisible())
    assert dock.width() >= 280
    wide = dock.devices[0].memory.height()
    monitored.window.frame.resizeDocks([dock], [280], Qt.Orientation.Horizontal)
    monitored.wait(lambda: dock.devices[0].memory.height() > wide)  # the legend has one column there
    assert monitored.window.width() == 1280
    monitored.window.toggle_monitor()
    monitored.wait(page.sampling.isVisible)


def test_what_is_under_the_pointer_is_told(monitored: Shell) -> None:
    dock = opened(monitored, seconds=60)
    load = dock.devices[0].curves.curves[0]
    assert load.at(load.width()).endswith("46%")
    split = dock.devices[0].memory
    assert split._at(1, 2) == "Weights 120 MB"
    assert split._at(split.width() - 3, 2) == "Free 9.0 GB"
    assert "reply" in split._at(10, 12 + 8 + 25)


def test_everything_in_it_has_a_name(monitored: Shell) -> None:
    dock = opened(monitored, cards=1)
    named = [*dock.findChildren(QAbstractButton), *dock.findChildren(LiveCurve), *dock.findChildren(QScrollArea)]
    named += [card.memory for card in dock.devices]
    named.append(dock.parameters.kinds)
    assert len(named) >= 9
    for widget in named:
        assert isinstance(widget, QWidget)
        assert widget.accessibleName(), widget
    assert monitored.window.status.button.accessibleName() == "Monitor"


def test_an_hour_of_looking_keeps_a_few_minutes() -> None:
    history = History(span_s=300)
    for second in range(10_000):
        history.add(1e9 + second, {"x": float(second)})
    series = history.series("x")
    assert len(series) < 2100
    assert series.last == 9999.0
    assert series.steps[-300] == 1e9 + 9700
    assert not history.has_values("y")


def test_colours_change_with_the_appearance(monitored: Shell) -> None:
    dock = opened(monitored, seconds=20)
    light = dock.grab().toImage()
    monitored.window.theme.set_appearance("dark")
    monitored.settle()
    dark = dock.grab().toImage()
    assert light.pixelColor(3, 60).lightness() > 200 > 60 > dark.pixelColor(3, 60).lightness()
