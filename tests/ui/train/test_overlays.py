"""Runs beside each other in one chart, and what is on the screen as files."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.runs.run_folder import RunFolder, dump_status
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system import paths
from tests.ui.train.test_page import Bench, make_run


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    for name in ("first", "second", "third"):
        make_run(name)
    made = Bench(qtbot)
    qtbot.waitUntil(lambda: len(made.page.runs.runs) == 3, timeout=5000)
    made.page.choose("first")
    qtbot.waitUntil(lambda: len(made.page.curves.series.get("loss", ())) == 8, timeout=5000)
    yield made
    made.close()


def entries(bench: Bench) -> dict[str, QAction]:
    menu = bench.page.overlays.button.menu()
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


def drawn(bench: Bench) -> list[str]:
    return [curve.name for curve in bench.page.curves.chart.curves]


def test_another_run_is_drawn_beside_the_one_that_is_shown(qtbot: QtBot, bench: Bench) -> None:
    assert not entries(bench)["first"].isEnabled()
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    assert "second" in drawn(bench)
    assert bench.page.overlays.button.text() == "Compare (1)"
    chart = bench.page.curves.chart
    qtbot.waitUntil(lambda: chart.view() is not None, timeout=5000)
    entries(bench)["second"].trigger()
    assert "second" not in drawn(bench)
    assert bench.page.overlays.button.text() == "Compare"


def test_the_comparison_stays_while_one_looks_at_another_run(qtbot: QtBot, bench: Bench) -> None:
    for name in ("second", "third"):
        entries(bench)[name].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series()) >= 4, timeout=5000)
    bench.page.choose("second")
    qtbot.waitUntil(lambda: len(bench.page.curves.series.get("loss", ())) == 8, timeout=5000)
    assert [name for name in drawn(bench) if name in ("first", "second", "third")] == ["third"]
    bench.page.choose("first")
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    assert len(bench.page.curves.shown_series()[("third", "loss")]) == 8
    entries(bench)["None"].trigger()
    assert not [name for name in drawn(bench) if name in ("second", "third")]


def test_a_curve_is_smoothed_as_the_others_are(qtbot: QtBot, bench: Bench) -> None:
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    bench.page.curves.smooth.setCurrentIndex(0)
    plain = next(curve for curve in bench.page.curves.chart.curves if curve.name == "second")
    assert plain.series.values.tolist() == [5.0 - step / 4 for step in range(1, 9)]
    bench.page.curves.smooth.setCurrentIndex(2)
    smoothed = next(curve for curve in bench.page.curves.chart.curves if curve.name == "second")
    assert smoothed.series.values[-1] > plain.series.values[-1]


def test_what_is_drawn_is_saved_as_a_table_and_as_a_picture(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    bench.page.export.save(tmp_path / "curves.csv", "csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "curves.csv").read_text(encoding="utf-8"))))
    assert [int(row["step"]) for row in rows] == list(range(1, 9))
    assert [float(row["second: loss"]) for row in rows] == [5.0 - step / 4 for step in range(1, 9)]
    assert all(row["first: loss"] for row in rows)
    entries(bench)["None"].trigger()
    bench.page.export.save(tmp_path / "alone.csv", "csv")
    with open(tmp_path / "alone.csv", newline="", encoding="utf-8") as file:
        assert {"step", "loss"} <= set(next(csv.reader(file)))
    bench.page.export.save(tmp_path / "curves", "png")
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * bench.page.curves.chart.width()
    bench.page.export.save(tmp_path / "curves", "svg")
    with open(tmp_path / "curves.svg", encoding="utf-8") as file:
        drawn = file.read()
    assert "<svg" in drawn
    assert "loss" in drawn
    assert "<polyline" in drawn or "<path" in drawn
    bench.page.export.save(tmp_path / "no-such-folder/curves.csv", "csv")
    assert [problem.code for problem in bench.problems] == ["file-not-saved"]


def test_the_buttons_can_be_reached_and_have_names(bench: Bench) -> None:
    for button in (bench.page.curves.compare, bench.page.curves.export):
        assert button.isVisible()
        assert button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


# ---------------------------------------------------------------------------------------------- what it cost


def with_costs(name: str, items: int, seconds: float, rate: float = 1e-3) -> None:
    """A run whose every step learnt from so many tokens in so many seconds."""
    run = make_run(name)
    lines = [
        {"step": step, "time": 1000.0 + step, "loss": 5.0 - step / 4, "items": step * items, "seconds": step * seconds}
        for step in range(1, 9)
    ]
    (run.path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    last = {"loss": 3.0, "items": 8.0 * items, "seconds": 8 * seconds, "tokens_per_s": items / seconds}
    status = msgspec.structs.replace(run.status(), last=last, flops_per_item=1e6, best_step=8, best_loss=2.5 + rate)
    (run.path / "status.json").write_bytes(dump_status(status))
    text = (run.path / "spec.toml").read_text().replace("learning_rate = 0.001", f"learning_rate = {rate}")
    (run.path / "spec.toml").write_text(text)


def across(bench: Bench, axis: str) -> None:
    bench.page.curves.across.setCurrentIndex(bench.page.curves.across.findData(axis))


def places(bench: Bench, name: str) -> list[float]:
    curve = next(curve for curve in bench.page.curves.chart.curves if curve.name == name)
    return [float(step) for step in curve.series.steps]


def test_curves_are_laid_over_tokens_time_and_flops(qtbot: QtBot, bench: Bench) -> None:
    with_costs("cheap", items=100, seconds=0.5)
    with_costs("dear", items=400, seconds=0.25)
    page = bench.page
    qtbot.waitUntil(lambda: len(page.runs.runs) == 5, timeout=5000)
    page.choose("cheap")
    page.curves.smooth.setCurrentIndex(0)
    entries(bench)["dear"].trigger()
    qtbot.waitUntil(lambda: len(places(bench, "dear")) == 8 == len(places(bench, "loss")), timeout=5000)
    assert places(bench, "dear") == list(range(1, 9))
    for axis, own, other, said in (
        ("items", 100, 400, "of training data"),
        ("seconds", 0.5, 0.25, "after 4.0 s"),
        ("flops", 1e8, 4e8, "FLOPs"),
    ):
        across(bench, axis)
        qtbot.waitUntil(lambda: len(places(bench, "dear")) == 8 == len(places(bench, "loss")), timeout=5000)
        assert places(bench, "loss") == pytest.approx([own * step for step in range(1, 9)])
        assert places(bench, "dear") == pytest.approx([other * step for step in range(1, 9)])
        qtbot.keyClick(page.curves.chart, Qt.Key.Key_End)
        qtbot.keyClick(page.curves.chart, Qt.Key.Key_Left)
        qtbot.keyClick(page.curves.chart, Qt.Key.Key_Right)
        assert said in page.curves.chart.accessibleDescription()
        page.grab()
    page.curves.smooth.setCurrentIndex(1)
    qtbot.waitUntil(lambda: len(places(bench, "smoothed")) == 8, timeout=5000)
    across(bench, "step")
    qtbot.waitUntil(lambda: places(bench, "dear") == list(range(1, 9)), timeout=5000)


def test_points_that_come_and_are_taken_back_lie_where_they_belong(qtbot: QtBot, bench: Bench) -> None:
    with_costs("live", items=100, seconds=0.5)
    page = bench.page
    qtbot.waitUntil(lambda: len(page.runs.runs) == 4, timeout=5000)
    page.choose("live")
    across(bench, "items")
    qtbot.waitUntil(lambda: len(places(bench, "loss")) == 8, timeout=5000)
    with open(paths.runs() / "live" / "metrics.jsonl", "a") as stream:
        stream.write(
            '{"event": "resume", "step": 6}\n{"step": 7, "time": 0, "loss": 1.0, "items": 750, "seconds": 4}\n'
        )
    qtbot.waitUntil(lambda: places(bench, "loss") == [100, 200, 300, 400, 500, 600, 750], timeout=5000)


def test_runs_without_costs_are_laid_over_what_their_spec_says_or_over_the_clock(qtbot: QtBot, bench: Bench) -> None:
    """As runs of before have it, or of other programs."""
    run = make_run("old")
    status = msgspec.structs.replace(run.status(), last={"loss": 3.0, "tokens_per_s": 1.0})
    (run.path / "status.json").write_bytes(dump_status(status))
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 4, timeout=5000)
    bench.page.choose("old")
    across(bench, "items")
    qtbot.waitUntil(lambda: len(places(bench, "loss")) == 8, timeout=5000)
    assert places(bench, "loss")[-1] == 8 * 16 * 128
    across(bench, "flops")
    assert places(bench, "loss")[-1] == 6 * 1_234_567 * 8 * 16 * 128
    across(bench, "seconds")
    assert places(bench, "loss") == [0.0] * 8


def test_a_table_says_what_differs_and_what_came_of_it(qtbot: QtBot, bench: Bench) -> None:
    with_costs("one", items=100, seconds=0.5, rate=1e-3)
    with_costs("two", items=100, seconds=0.25, rate=3e-4)
    page = bench.page
    table = page.story.comparison.table
    qtbot.waitUntil(lambda: len(page.runs.runs) == 5, timeout=5000)
    page.choose("one")
    assert not page.story.isTabVisible(page.story.indexOf(page.story.comparison))
    entries(bench)["two"].trigger()
    assert page.story.isTabVisible(page.story.indexOf(page.story.comparison))
    page.story.setCurrentWidget(page.story.comparison)
    assert table.compared.fields == ["optimizer.learning_rate"]
    table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    rows = [[table.model().index(row, column).data() for column in range(11)] for row in range(2)]
    heads = [table.model().headerData(column, Qt.Orientation.Horizontal) for column in range(11)]
    assert heads[:3] == ["Run", "State", "learning_rate"]
    assert [row[0] for row in rows] == ["two", "one"]
    assert [row[2] for row in rows] == ["0.0003", "0.001"]
    assert dict(zip(heads, rows[0], strict=True))["Time"] == "2.0 s"
    assert dict(zip(heads, rows[0], strict=True))["FLOPs"] == "8e8"
    table.activated.emit(table.model().index(0, 0))
    current = page.current()
    assert current is not None
    assert current.name == "two"
    entries(bench)["None"].trigger()
    assert not page.story.isTabVisible(page.story.indexOf(page.story.comparison))
    assert page.story.currentWidget() is not page.story.comparison


def test_what_runs_were_asked_for_is_read_in_the_watchers_thread(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_in: list[threading.Thread] = []
    read = RunFolder.spec

    def noted(run: RunFolder) -> RunSpec | None:
        read_in.append(threading.current_thread())
        return read(run)

    monkeypatch.setattr(RunFolder, "spec", noted)
    make_run("fourth")
    bench.watcher.refresh()
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 4, timeout=5000)
    bench.page.choose("fourth")
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: bench.page.story.isTabVisible(bench.page.story.indexOf(bench.page.story.comparison)))
    assert bench.page.watched.spec is not None
    assert read_in
    assert threading.main_thread() not in read_in


def test_the_runs_of_a_sweep_are_beside_each_other_at_once(qtbot: QtBot, bench: Bench) -> None:
    for name in ("tiny-1", "tiny-2", "tiny-3"):
        make_run(name, sweep="tiny")
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == 6, timeout=5000)
    bench.page.choose("tiny-2")
    assert sorted(run.name for run in bench.page.story.comparison.table.compared.runs) == ["tiny-1", "tiny-2", "tiny-3"]
    assert bench.page.facts.values["Origin"].text() == "tiny"
