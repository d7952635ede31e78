"""A run that waits for memory is let in at the cost of an idle model, never of one that is at work."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Qt

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.memory import ledger
from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.memory.need import Need, Part
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.protocol import Load, ModelRef, Problem, Unload
from bigmodel_studio.ui.window.making_room import MakingRoom
from tests.ui.shell import FACTS, Shell

GB = 10**9


def waits_for(short_bytes: int, device: str = "cpu") -> RunSummary:
    """A run that lacks so much, as the ledger says it."""
    need = Need(device, (Part("weights", 4 * GB, "counted"),))
    free = 4 * GB - short_bytes + int(ledger.MARGIN_SHARE * 8 * GB)
    verdict = ledger.decide((need,), [Room(device, 8 * GB, free)], [], 1)
    assert verdict.action == "queue"
    return RunSummary(name="stories", path="/stories", state="queued", place=1.0, turn=1, waits=verdict.why)


def test_the_ledger_says_what_would_help() -> None:
    why = waits_for(5_000_000).waits
    assert why is not None
    assert why.arguments["short_bytes"] == 5_000_000
    lane = ledger.Reservation("interactive", "lane", "cpu", 6_000_000)
    assert ledger.evicts(why, lane)
    assert not ledger.evicts(why, lane._replace(used_bytes=4_000_000)), "it would be taken for nothing"
    assert not ledger.evicts(why, lane._replace(device="cuda:0"))
    assert not ledger.evicts(Problem(code="waits-for-runs", arguments={"runs": "a", "most": 1}), lane)


def test_an_idle_model_goes_and_is_had_back(shell: Shell) -> None:
    room = MakingRoom(shell.studio, shell.window.toast, shell.window)
    shell.studio.submit(Load(model=FACTS.model))
    shell.wait(lambda: shell.studio.facts is not None and not shell.studio.at_work)
    asked = len(shell.lane.requests)
    shell.runs.runs_changed.emit([waits_for(FACTS.weight_bytes + 2_000_000)])
    shell.runs.runs_changed.emit([replace(waits_for(1_000_000), turn=0, state="running")])
    assert len(shell.lane.requests) == asked, "what does not help is left alone"
    shell.runs.runs_changed.emit([waits_for(FACTS.weight_bytes - 2_000_000)])
    assert isinstance(shell.lane.requests[-1], Unload)
    shell.wait(lambda: shell.studio.facts is None)
    toast = shell.window.toast
    assert (toast.name.text(), toast.words.text()) == ("starter-gpt", "was unloaded so stories can start.")
    shell.qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    last = shell.lane.requests[len(shell.lane.requests) - 1]
    assert isinstance(last, Load)
    assert last.model == ModelRef(source="builtin", id="starter-gpt")
    room.deleteLater()


def test_a_model_at_work_stays(shell: Shell) -> None:
    room = MakingRoom(shell.studio, shell.window.toast, shell.window)
    shell.studio.submit(Load(model=FACTS.model))
    shell.wait(lambda: shell.studio.facts is not None and not shell.studio.at_work)
    shell.studio.submit(Load(model=FACTS.model))
    assert shell.studio.at_work
    asked = len(shell.lane.requests)
    shell.runs.runs_changed.emit([waits_for(1_000_000)])
    assert len(shell.lane.requests) == asked
    room.deleteLater()
    assert isinstance(shell.lane, FakeLane)
