"""Pause, save and the queue on the Train page: what can be pressed when, and what is asked of the run then."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.runs.data_record import record_data
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status
from bigmodel_studio.core.specs.resolved import ResolvedSpec, resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, ScheduleSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.pages.train.runs import facts
from tests.threads import elsewhere, threads_of
from tests.ui.train.test_page import Bench, checkpoint, live, make_run

LEFT = Qt.MouseButton.LeftButton
FOR_MEMORY = Problem(code="waits-for-memory", arguments={"device": "cpu", "needs": "3.1 GB", "free": "2.0 GB"})


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.close()


def waiting(name: str, place: float, **status: Any) -> RunFolder:
    fields = {"state": "queued", "step": 0, "place": place, "waits": FOR_MEMORY, "last": {}, **status}
    run = make_run(name, **fields)
    (run.path / "metrics.jsonl").unlink()
    return run


def shown(qtbot: QtBot, page: TrainPage, name: str, state: str) -> None:
    page.choose(name)
    qtbot.waitUntil(
        lambda: (run := page.current()) is not None and (run.name, run.state) == (name, state), timeout=5000
    )


def control(run: RunFolder) -> dict[str, Any]:
    """What was asked of the run last; nothing before the first time."""
    path = run.path / "control.json"
    asked: dict[str, Any] = (
        json.loads(path.read_text()) if path.exists() else dict.fromkeys(("want", "save", "release"))
    )
    return {name: asked[name] for name in ("want", "save", "release")}


def to_press(page: TrainPage) -> set[str]:
    """The buttons that are there and can be pressed, by their text."""
    named = [
        page.run_actions.use_button,
        page.run_actions.save_button,
        page.run_actions.pause_button,
        page.run_actions.resume_button,
        page.run_actions.stop_button,
    ]
    return {
        button.text() for button in [*named, *page.strip.findChildren(QPushButton)]
        if button.isVisible() and button.isEnabled()
    }  # fmt: skip


def change(run: RunFolder, **status: Any) -> None:
    fields = {name: getattr(run.status(), name) for name in run.status().__struct_fields__}
    write_atomic(run.path / "status.json", dump_status(RunStatus(**{**fields, **status})))


def test_a_run_is_paused_saved_given_back_and_goes_on(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bench.page
    run = make_run("live", **live())
    shown(qtbot, page, "live", "running")
    assert to_press(page) == {"Save now", "Pause", "Stop"}
    assert not page.strip.isVisible()
    qtbot.mouseClick(page.run_actions.save_button, LEFT)
    qtbot.waitUntil(lambda: control(run) == {"want": "run", "save": True, "release": False}, timeout=5000)
    change(run, control_seq=1)
    qtbot.mouseClick(page.run_actions.pause_button, LEFT)
    qtbot.waitUntil(lambda: control(run) == {"want": "pause", "save": False, "release": False}, timeout=5000)

    change(run, state="paused", control_seq=2)
    shown(qtbot, page, "live", "paused")
    assert to_press(page) == {"Save now", "Resume", "Stop", "Free memory"}
    assert page.strip.title.text() == "Paused after step 8"
    checkpoint(run, 8)
    qtbot.waitUntil(lambda: not page.run_actions.save_button.isEnabled(), timeout=5000)
    qtbot.mouseClick(page.run_actions.resume_button, LEFT)
    qtbot.waitUntil(lambda: control(run)["want"] == "run", timeout=5000)
    qtbot.mouseClick(page.strip.buttons["release"], LEFT)
    qtbot.waitUntil(lambda: control(run) == {"want": "pause", "save": False, "release": True}, timeout=5000)

    change(run, pid=None, process_started=None)
    qtbot.waitUntil(lambda: "released" in page.strip.reason.text(), timeout=5000)
    assert to_press(page) == {"Use in Chat", "Resume"}
    submitted: list[tuple[str, bool]] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: submitted.append((run.name, resume)))
    qtbot.mouseClick(page.run_actions.resume_button, LEFT)
    qtbot.waitUntil(lambda: submitted == [("live", True)], timeout=5000)


def test_runs_that_wait_say_why_and_are_moved_started_and_removed(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = bench.page
    estimating = threads_of(monkeypatch, facts, "need_of")
    make_run("newest", started=time.time())
    waiting("first", 1.0)
    second = waiting("second", 2.0, waits=Problem(code="waits-behind", arguments={"run": "first"}))
    shown(qtbot, page, "second", "queued")
    assert [run.name for run in page.runs.runs] == ["first", "second", "newest"]
    assert to_press(page) == {"Move up", "Start now", "Remove from queue"}
    assert page.strip.title.text() == "No. 2 in the queue"
    assert "behind first" in page.strip.reason.text()
    assert page.facts.values["State"].text() == "waiting"
    qtbot.waitUntil(lambda: page.facts.values["Memory"].text().startswith("about "), timeout=5000)
    assert elsewhere(estimating)
    assert "Weights: " in page.facts.values["Memory"].toolTip()
    tip = page.runs.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "second\nwaiting · number 2"

    qtbot.mouseClick(page.strip.buttons["up"], LEFT)
    qtbot.waitUntil(lambda: [run.name for run in page.runs.runs] == ["second", "first", "newest"], timeout=5000)
    current = page.current()
    assert current is not None
    assert current.name == "second", "the choice stayed with the row and not with the run"
    assert "Move up" not in to_press(page)
    started: list[str] = []
    monkeypatch.setattr(launch, "start_run", lambda run, resume=False: started.append(run.name))
    qtbot.mouseClick(page.strip.buttons["now"], LEFT)
    qtbot.waitUntil(lambda: started == ["second"], timeout=5000)

    shown(qtbot, page, "first", "queued")
    assert "3.1 GB needed, 2.0 GB free" in page.strip.reason.text()
    qtbot.mouseClick(page.strip.buttons["remove"], LEFT)
    shown(qtbot, page, "first", "stopped")
    assert to_press(page) == {"Resume"}
    assert not page.strip.isVisible()
    assert [run.name for run in run_queue.waiting()] == [second.name]
    assert bench.problems == []


def test_before_its_first_step_the_chart_says_what_a_run_does(qtbot: QtBot, bench: Bench) -> None:
    def says(words: str) -> None:
        note = bench.page.curves.chart._note.textItem
        qtbot.waitUntil(lambda: note.toPlainText() == words, timeout=5000)

    run = make_run("begun", **live(), step=0, last={}, message="Tokenizing: 30%", parameters=0)
    (run.path / "metrics.jsonl").write_text("")
    qtbot.waitUntil(lambda: bench.page.runs.row_of("begun") is not None, timeout=5000)
    bench.page.choose("begun")
    says("Tokenizing: 30%")
    status = RunStatus(**live(), step=0, steps=8, started=time.time(), updated=time.time())
    for words, parameters in (("Loading PyTorch…", 0), ("Computing the first step…", 9)):
        now = msgspec.structs.replace(status, parameters=parameters)
        write_atomic(run.path / "status.json", dump_status(now))
        says(words)


def test_a_run_says_what_it_takes_of_the_disk_while_it_runs(qtbot: QtBot, bench: Bench) -> None:
    run = make_run("live", **live())
    shown(qtbot, bench.page, "live", "running")
    assert not bench.page.facts.values["Disk"].isVisible()
    change(run, disk_bytes=1_200_000_000, disk_budget_bytes=30_000_000_000)
    qtbot.waitUntil(lambda: bench.page.facts.values["Disk"].text() == "1.2 GB of 30 GB", timeout=5000)
    assert bench.page.facts.values["Disk"].isVisible()


def test_a_run_that_has_left_the_queue_meanwhile_is_told_of(qtbot: QtBot, bench: Bench) -> None:
    run = waiting("first", 1.0)
    shown(qtbot, bench.page, "first", "queued")
    change(run, state="running", place=0.0)
    bench.page.strip.wanted.emit("remove")
    qtbot.waitUntil(lambda: [problem.code for problem in bench.problems] == ["run-not-waiting"], timeout=5000)


def test_what_can_never_fit_is_refused_before_a_folder_is_made(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_queue, "rooms", lambda: (Room("cpu", 1000, 1000),))
    bench.page.making.start(ResolvedSpec(RunSpec(name="big", data=DataSpec(train=("/x",)))))
    qtbot.waitUntil(lambda: bool(bench.problems), timeout=5000)
    assert [problem.code for problem in bench.problems] == ["memory-never"]
    assert list(paths.runs().iterdir()) == []


def test_the_form_says_what_memory_a_run_takes_and_refuses_what_can_never_fit(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "tales.txt"
    text.write_text("Once upon a time.\n" * 50)
    form = bench.page.form
    bench.page.new_item()
    form.of(TextSubject).data.add_files([text])
    qtbot.waitUntil(form.start_button.isEnabled)
    needs = numbers.size(need_of(form.spec())[0].bytes)
    assert form.cost_more.text().startswith(f"About {needs} of memory")
    form.schedule.steps.setValue(100)
    parameters, spec = form.of(TextSubject).parameters(), form.spec()
    assert parameters is not None
    saved = -(-100 // spec.schedule.checkpoint_every)
    total = saved * parameters * 4 + min(saved, 2) * parameters * 8
    qtbot.waitUntil(lambda: form.cost_more.text().endswith(f"checkpoints take up to {numbers.size(total)} on disk"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 10**9))
    form.schedule.steps.setValue(1_000_000)
    tenth = f"checkpoints take up to {numbers.size(10**9)} on disk"
    qtbot.waitUntil(lambda: form.cost_more.text().endswith(tenth))
    monkeypatch.setattr(run_queue, "rooms", lambda: (Room("cpu", 10**6, 10**6),))
    form.check()
    qtbot.waitUntil(lambda: "Training needs at least" in form.error.text(), timeout=5000)
    assert not form.start_button.isEnabled()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.usefixtures("forked")
def test_real_runs_are_paused_and_let_in_from_the_page(qtbot: QtBot, bench: Bench, tmp_path: Any) -> None:
    text = tmp_path / "words.txt"
    text.write_text("the red cat sees a small house.\n" * 400)
    page = bench.page
    for name in ("one", "two"):
        page.making.start(
            resolve_spec(
                RunSpec(
                    name=name,
                    data=DataSpec(train=(str(text),)),
                    model=ModelSpec(layers=1, heads=1, width=8, context=16, tokenizer="train:260"),
                    schedule=ScheduleSpec(steps=10**6, batch=1, evaluate_every=10**6, checkpoint_every=10**6),
                    launch=LaunchSpec(device="cpu", threads=1),
                )
            )
        )
    assert bench.problems == []
    shown(qtbot, page, "two", "queued")
    qtbot.waitUntil(lambda: "Starts when one ends" in page.strip.reason.text(), timeout=30_000)
    page.choose("one")
    qtbot.waitUntil(lambda: to_press(page) >= {"Pause", "Save now"}, timeout=400_000)
    qtbot.mouseClick(page.run_actions.pause_button, LEFT)

    def shown_state(name: str, state: str) -> bool:
        return any((run.name, run.state) == (name, state) for run in page.runs.runs)

    qtbot.waitUntil(lambda: shown_state("one", "paused"), timeout=200_000)
    qtbot.mouseClick(page.run_actions.save_button, LEFT)
    qtbot.waitUntil(lambda: to_press(page) >= {"Use in Chat", "Free memory"}, timeout=200_000)
    qtbot.waitUntil(lambda: shown_state("two", "running"), timeout=400_000)
    qtbot.mouseClick(page.strip.buttons["release"], LEFT)
    qtbot.waitUntil(lambda: "released" in page.strip.reason.text(), timeout=200_000)
    page.choose("two")
    qtbot.mouseClick(page.run_actions.stop_button, LEFT)
    qtbot.waitUntil(lambda: shown_state("two", "stopped"), timeout=200_000)
    assert SettingsStore().values.runs_at_once == 1


def test_a_run_whose_data_changed_is_resumed_only_where_the_user_says_so(
    qtbot: QtBot, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tmp_path / "tales.txt"
    text.write_text("Once upon a time.")
    run = make_run("tales", state="stopped", step=8, steps=20)
    checkpoint(run, 8)
    spec = RunSpec(name="tales", data=DataSpec(train=(str(text),)), schedule=ScheduleSpec(steps=20))
    (run.path / "spec.toml").write_text(write_spec(spec))
    record_data(run, spec, anew=True)
    submitted: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: submitted.append(run.name))
    shown(qtbot, bench.page, "tales", "stopped")
    resuming = bench.page.run_actions.resuming

    with qtbot.waitSignal(resuming.resumed):
        qtbot.mouseClick(bench.page.run_actions.resume_button, LEFT)
    assert submitted == ["tales"], "nothing is asked where nothing changed"

    text.write_text("Long, long ago.")
    qtbot.mouseClick(bench.page.run_actions.resume_button, LEFT)
    qtbot.waitUntil(lambda: resuming.question is not None and resuming.question.isVisible())
    question = resuming.question
    assert question is not None
    assert f"The data of tales changed since it began: {text}." in question.text()
    with qtbot.waitSignal(question.finished):
        qtbot.mouseClick(question.leave, LEFT)
    assert submitted == ["tales"]

    qtbot.mouseClick(bench.page.run_actions.resume_button, LEFT)
    qtbot.waitUntil(lambda: resuming.question is not question and resuming.question is not None)
    again = resuming.question
    assert again is not None
    qtbot.waitUntil(again.isVisible)
    with qtbot.waitSignal(resuming.resumed):
        qtbot.mouseClick(again.go_on, LEFT)
    assert submitted == ["tales", "tales"]
