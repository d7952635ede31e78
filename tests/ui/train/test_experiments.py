"""Experiments in the window: chosen and queued in a dialog, and what came of them seen as loss against compute."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder, dump_status
from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.spec import write_spec
from bigmodel_studio.core.specs.sweeps import specs_of
from bigmodel_studio.core.system import paths
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, DrawPictures, Event, MeasureSpeed, Request, Speed
from bigmodel_studio.ui.pages.train.form.experiments_dialog import ExperimentsDialog
from tests.ui.shell import Shell
from tests.ui.train.test_page import Bench, make_run

LEFT = Qt.MouseButton.LeftButton
SPEED = Speed(device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=6e10, operation_s=5e-6, measured=1.0)


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    monkeypatch.setattr(experiments, "DRAWN_EACH", 3)


def engine(request: Request) -> Iterator[Event]:
    """What an engine does with it, but for measuring, which takes seconds."""
    if isinstance(request, MeasureSpeed):
        device_speed.keep(SPEED)
        yield Done(result=SPEED)
    else:
        yield from run_task(request, Session(threads=1))


@pytest.fixture
def lane() -> Iterator[FakeLane]:
    made = FakeLane(engine)
    yield made
    made.close()


@pytest.fixture
def bench(qtbot: QtBot, lane: FakeLane) -> Iterator[Bench]:
    made = Bench(qtbot)
    made.studio.measure = lane
    yield made
    made.close()


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: names.append(run.name))
    return names


def opened(qtbot: QtBot, bench: Bench, experiment: str) -> ExperimentsDialog:
    qtbot.mouseClick(bench.page.experiments_button, LEFT)
    dialog = bench.page.findChild(ExperimentsDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.choices[experiment], LEFT)
    assert dialog.chosen == experiment
    qtbot.waitUntil(dialog.queue_button.isEnabled, timeout=5000)
    return dialog


def test_a_scaling_sweep_is_chosen_checked_and_queued_and_its_curves_overlaid(
    qtbot: QtBot, bench: Bench, lane: FakeLane, submitted: list[str]
) -> None:
    dialog = opened(qtbot, bench, "scaling")
    assert [type(request) for request in lane.requests] == [MeasureSpeed], "it was not known how fast this computer is"
    qtbot.waitUntil(lambda: "on this computer" in dialog.cost.text(), timeout=5000)
    assert dialog.cost.text().startswith("16 run")
    assert dialog.queue_button.text().startswith("Queue 16 run")
    form = dialog.forms["scaling"]
    form.scale.setCurrentIndex(1)
    qtbot.waitUntil(lambda: dialog.cost.text().startswith("25 run"), timeout=5000)
    assert " h " in dialog.cost.text()
    widths, tokens = form.fields["widths"], form.fields["tokens"]
    widths.setText("8, wide")  # type: ignore[attr-defined]
    qtbot.waitUntil(form.parts.errors["widths"].isVisible, timeout=5000)
    assert not dialog.queue_button.isEnabled()
    widths.setText("8, 16")  # type: ignore[attr-defined]
    tokens.setText("64k")  # type: ignore[attr-defined]
    qtbot.waitUntil(dialog.queue_button.isEnabled, timeout=5000)
    assert not form.parts.errors["widths"].isVisible()
    qtbot.mouseClick(dialog.queue_button, LEFT)
    qtbot.waitUntil(lambda: len(submitted) == 2, timeout=5000)
    assert submitted == ["scaling-width=8-tokens=64000", "scaling-width=16-tokens=64000"]
    qtbot.waitUntil(lambda: bench.page.overlays.chosen == submitted, timeout=5000)
    qtbot.waitUntil(lambda: bench.page.current() is not None, timeout=5000)
    current = bench.page.current()
    assert current is not None
    assert (current.name, current.sweep) == (submitted[0], "scaling")
    assert bench.page.overlays.button.text() == "Compare (1)"
    spec = RunFolder(paths.runs() / submitted[1]).spec()
    assert spec is not None
    assert spec.data.train == (str(paths.sample_text()),)
    story = bench.page.story
    shown = story.currentWidget()
    for width, name in zip((8, 16), submitted, strict=True):
        run = RunFolder(paths.runs() / name)
        last = {"loss": 3.0, "evaluation_loss": 3.0, "items": 64_000.0, "tokens_per_s": 1.0}
        ended = msgspec.structs.replace(run.status(), state="finished", last=last, flops_per_item=1000.0 * width)
        (run.path / "status.json").write_bytes(dump_status(ended))
    bench.watcher.refresh()
    qtbot.waitUntil(lambda: story.isTabVisible(story.indexOf(story.scaling)), timeout=5000)
    assert story.currentWidget() is shown, "its runs have ended, and nobody asked for another tab"


def test_a_second_sweep_of_a_name_is_another_sweep(qtbot: QtBot, bench: Bench, submitted: list[str]) -> None:
    for _ in range(2):
        dialog = opened(qtbot, bench, "scaling")
        form = dialog.forms["scaling"]
        form.fields["widths"].setText("8")  # type: ignore[attr-defined]
        form.fields["tokens"].setText("64k")  # type: ignore[attr-defined]
        qtbot.mouseClick(dialog.queue_button, LEFT)
        qtbot.waitUntil(lambda: bench.page.findChild(ExperimentsDialog) is None, timeout=5000)
    qtbot.waitUntil(lambda: len(submitted) == 2, timeout=5000)
    assert [RunFolder(paths.runs() / name).status().sweep for name in submitted] == ["scaling", "scaling-2"]


def test_pictures_are_drawn_by_an_engine_before_the_residual_runs_are_queued(
    qtbot: QtBot, bench: Bench, lane: FakeLane, submitted: list[str]
) -> None:
    device_speed.keep(SPEED)
    dialog = opened(qtbot, bench, "residual")
    form = dialog.forms["residual"]
    assert dialog.queue_button.text().startswith("Queue 4 run")
    form.fields["size"].setValue(4)  # type: ignore[attr-defined]
    qtbot.waitUntil(form.parts.errors["size"].isVisible, timeout=5000)
    form.fields["size"].setValue(8)  # type: ignore[attr-defined]
    form.fields["steps"].setValue(20)  # type: ignore[attr-defined]
    qtbot.waitUntil(dialog.queue_button.isEnabled, timeout=5000)
    shown: list[tuple[bool, bool]] = []

    def drawing(request: Request) -> Iterator[Event]:
        for event in engine(request):
            shown.append((dialog.busy.isVisible(), dialog.queue_button.isEnabled()))
            yield event

    lane.handler = drawing
    qtbot.mouseClick(dialog.queue_button, LEFT)
    qtbot.waitUntil(lambda: len(submitted) == 4, timeout=5000)
    assert [type(request) for request in lane.requests] == [DrawPictures]
    assert set(shown) == {(True, False)}
    drawn = experiments.drawn_pictures()
    assert len(list(drawn.glob("*/*.png"))) == 8 * 3
    spec = RunFolder(paths.runs() / submitted[0]).spec()
    assert spec is not None
    assert (spec.data.train, spec.schedule.steps, spec.model.image_size) == ((str(drawn),), 20, 8)


def test_a_dialog_that_is_left_while_pictures_are_drawn_queues_nothing(
    qtbot: QtBot, bench: Bench, lane: FakeLane, submitted: list[str]
) -> None:
    device_speed.keep(SPEED)
    dialog = opened(qtbot, bench, "residual")

    def left(request: Request) -> Iterator[Event]:
        qtbot.mouseClick(dialog.leave_button, LEFT)
        yield from engine(request)

    lane.handler = left
    qtbot.mouseClick(dialog.queue_button, LEFT)
    qtbot.waitUntil(lambda: bool(lane.requests) and not lane.jobs, timeout=5000)
    assert submitted == []
    assert not experiments.drawn_pictures().exists()


def test_they_can_be_found_from_everywhere(shell: Shell) -> None:
    action = next(each for each in shell.window.actions() if each.text() == "Experiments…")
    action.trigger()
    page: Any = shell.window.current_page
    shell.wait(lambda: page.findChild(ExperimentsDialog) is not None)
    dialog = page.findChild(ExperimentsDialog)
    assert dialog.isVisible()
    dialog.reject()


# ---------------------------------------------------------------------------------------------- what came of them


def sized(name: str, width: int, tokens: float, loss: float, sweep: str = "sizes", **status: Any) -> RunFolder:
    """A run of a model of that width that learnt from so many tokens, at 1,000 FLOPs a width each."""
    run = make_run(name, sweep=sweep, **{"parameters": 1000 * width, **status})
    last = {"loss": loss, "evaluation_loss": loss, "items": tokens, "tokens_per_s": 1.0}
    given = msgspec.structs.replace(run.status(), last=last, flops_per_item=1000.0 * width)
    (run.path / "status.json").write_bytes(dump_status(given))
    spec = (
        (run.path / "spec.toml")
        .read_text()
        .replace("width = 128", f"width = {width}")
        .replace("heads = 4", "heads = 1")
    )
    (run.path / "spec.toml").write_text(spec)
    return run


@pytest.fixture
def sweep(qtbot: QtBot, bench: Bench) -> Bench:
    """Four runs on the law L = (1e12 / C)^0.1, one above it, and one that is at work."""
    for width, tokens in ((8, 1e3), (8, 1e4), (16, 1e5), (32, 1e6)):
        sized(f"w{width}-{tokens:g}", width, tokens, (1e12 / (1000 * width * tokens)) ** 0.1)
    sized("dear", 32, 1e3, 9.0)
    sized("at-work", 32, 1e7, 0.5, state="stopped")
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 6, timeout=5000)
    bench.page.choose("dear")
    return bench


def test_loss_against_compute_is_drawn_with_the_law_through_the_best(qtbot: QtBot, sweep: Bench) -> None:
    story = sweep.page.story
    view = story.scaling
    assert story.isTabVisible(story.indexOf(view))
    story.setCurrentWidget(view)
    assert view.found is not None
    assert view.found.law is not None
    assert view.found.law.alpha == pytest.approx(0.1)
    assert view.found.law.scale == pytest.approx(1e12)
    assert view.words.text().startswith("α = 0.100 ± 0.000, R² = 1.000: 4 of 6 runs on the frontier, 3.6 decades.")
    chart = view.chart
    assert {mark.group for mark in chart.marks} == {0, 1, 2}, "three widths"
    assert [mark.sure for mark in chart.marks].count(False) == 1
    qtbot.mouseClick(sweep.page.closely.enlarge, LEFT)
    qtbot.waitUntil(lambda: chart.height() > 300, timeout=5000)
    sweep.page.grab()
    dear = next(number for number, mark in enumerate(chart.marks) if mark.words.startswith("dear"))
    at = chart.spot(dear).toPoint()
    qtbot.mouseMove(chart.viewport(), at)
    qtbot.waitUntil(lambda: view.read_out.text().startswith("dear · loss 9.00 · 3.2e7 FLOPs"), timeout=5000)
    assert chart.accessibleDescription().startswith("dear")
    chart.setFocus()
    for _ in range(6):
        qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription().startswith("w8-1000 ")
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    current = sweep.page.current()
    assert current is not None
    assert current.name == "w8-1000"
    qtbot.mouseClick(chart.viewport(), LEFT, pos=chart.spot(dear).toPoint())  # another run may have moved what is below
    current = sweep.page.current()
    assert current is not None
    assert current.name == "dear"


def test_a_sweep_offers_its_law_and_leaves_the_tab_that_somebody_looks_at(qtbot: QtBot, bench: Bench) -> None:
    story = bench.page.story
    for width in (8, 16):
        sized(f"w{width}", width, 1e4, 5.0 - width / 16)
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 2, timeout=5000)
    bar = story.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(story.indexOf(story.layers)).center())
    bench.page.choose("w8")
    qtbot.waitUntil(lambda: story.isTabVisible(story.indexOf(story.scaling)), timeout=5000)
    assert story.currentWidget() is story.layers
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(story.indexOf(story.scaling)).center())
    assert story.currentWidget() is story.scaling
    assert bench.page.facts.values["Model"].text() == "4 layers, width 8, 1 head"


def test_a_run_that_ends_comes_into_the_law(qtbot: QtBot, sweep: Bench) -> None:
    view = sweep.page.story.scaling
    run = RunFolder(paths.runs() / "at-work")
    ended = msgspec.structs.replace(run.status(), state="finished")
    (run.path / "status.json").write_bytes(dump_status(ended))
    qtbot.waitUntil(lambda: view.found is not None and len(view.found.frontier) == 5, timeout=5000)
    assert "5 of 6 runs" in view.words.text()
    assert all(mark.sure for mark in view.chart.marks)


def test_the_view_is_saved_as_a_table_and_a_picture(qtbot: QtBot, sweep: Bench, tmp_path: Path) -> None:
    view = sweep.page.story.scaling
    sweep.page.story.setCurrentWidget(view)
    view.export.save(tmp_path / "law.csv", "csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "law.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 6
    dear = next(row for row in rows if row["run"] == "dear")
    assert (float(dear["flops"]), float(dear["evaluation_loss"]), dear["on_frontier"]) == (3.2e7, 9.0, "False")
    view.export.save(tmp_path / "law", "png")
    assert QImage(str(tmp_path / "law.png")).width() == 2 * view.chart.width()
    view.export.save(tmp_path / "no-such-folder/law.csv", "csv")
    assert [problem.code for problem in sweep.problems] == ["file-not-saved"]


def test_with_too_little_there_is_no_law_and_without_compute_no_view(qtbot: QtBot, bench: Bench) -> None:
    sized("one", 8, 1e3, 3.0)
    sized("two", 8, 1e4, 2.0)
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 2, timeout=5000)
    bench.page.choose("one")
    story = bench.page.story
    assert story.isTabVisible(story.indexOf(story.scaling))
    assert "No power law: only 2 finished runs" in story.scaling.words.text()
    bench.page.grab()
    for name in ("alike-1", "alike-2"):
        sized(name, 8, 1e3, 2.0, sweep="alike")
    for name in ("bare-1", "bare-2"):
        make_run(name, sweep="bare", parameters=0)
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 6, timeout=5000)
    bench.page.choose("alike-1")
    assert not story.isTabVisible(story.indexOf(story.scaling)), "they took the same"
    bench.page.choose("bare-1")
    assert story.isTabVisible(story.indexOf(story.comparison))
    assert not story.isTabVisible(story.indexOf(story.scaling))


def test_what_the_residual_experiment_showed_is_said_when_its_runs_have_ended(qtbot: QtBot, bench: Bench) -> None:
    made = experiments.residual(["/pictures"], steps=8, image_size=16)
    losses = {(20, False): 1.0, (20, True): 0.75, (56, False): 1.5, (56, True): 0.7}
    for spec in specs_of(made.spec, made.points, Path("/")):
        run = make_run(spec.name, sweep="residual")
        (run.path / "spec.toml").write_text(write_spec(spec))
        loss = losses[spec.model.layers, spec.model.shortcuts]
        (run.path / "metrics.jsonl").write_text(json.dumps({"step": 8, "time": 0, "loss": loss}) + "\n")
        if spec.model.layers == 56 and spec.model.shortcuts:
            last = run
            finished = run.status()
            (run.path / "status.json").write_bytes(dump_status(msgspec.structs.replace(finished, state="stopped")))
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 4, timeout=5000)
    bench.page.choose(last.name)
    pane = bench.page.story.comparison
    assert pane.verdict.isHidden()
    (last.path / "status.json").write_bytes(dump_status(finished))
    qtbot.waitUntil(lambda: not pane.verdict.isHidden(), timeout=5000)
    assert pane.verdict.text() == (
        "Final loss without shortcuts: 1.500 (56 layers), 1.000 (20 layers); with shortcuts: 0.700 (56 layers), "
        "0.750 (20 layers). Depth hurt without shortcuts and didn't with them, as in the paper."
    )
