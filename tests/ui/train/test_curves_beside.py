"""Curves and their colours: the same after a restart, runs of one objective, a parent under its fork."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.runs.run_folder import Parent, RunFolder, dump_status
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.runs.runs_list import COLOUR_ROLE
from tests.ui.train.test_page import Bench, live, make_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.close()


def shown(qtbot: QtBot, bench: Bench, name: str, count: int) -> None:
    qtbot.waitUntil(lambda: len(bench.page.runs.runs) == count, timeout=5000)
    bench.page.choose(name)
    qtbot.waitUntil(lambda: len(bench.page.curves.series.get("loss", ())) > 0, timeout=5000)


def colours(bench: Bench) -> dict[str, int]:
    model = bench.page.runs
    return {model.index(row).data(): model.index(row).data(COLOUR_ROLE) for row in range(model.rowCount())}


def drawn(bench: Bench) -> list[str]:
    return [curve.name for curve in bench.page.curves.chart.curves if len(curve.series)]


def beside(bench: Bench) -> list[str]:
    """The runs that the menu of Compare offers, opened as a click does."""
    menu = bench.page.overlays.button.menu()
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if action.text() and action.text() != "None"]


def test_seven_runs_have_seven_colours_that_a_restart_keeps(qtbot: QtBot) -> None:
    for number in range(7):
        make_run(f"run-{number}", started=time.time() - 100 + number)
    first = Bench(qtbot)
    qtbot.waitUntil(lambda: len(first.page.runs.runs) == 7, timeout=5000)
    before = colours(first)
    assert len(set(before.values())) == 7
    first.close()
    make_run("older", started=time.time() - 1000)
    again = Bench(qtbot)
    qtbot.waitUntil(lambda: len(again.page.runs.runs) == 8, timeout=5000)
    after = colours(again)
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 8
    again.close()


def test_runs_of_another_objective_are_not_compared(qtbot: QtBot, bench: Bench) -> None:
    for name in ("tales", "poems", "tags"):
        make_run(name)
    spec = paths.runs() / "tags" / "spec.toml"
    spec.write_text(spec.read_text().replace('objective = "causal-lm"', 'objective = "tag"'))
    shown(qtbot, bench, "tales", 3)
    qtbot.waitUntil(lambda: beside(bench) == ["poems", "tales"] or beside(bench) == ["tales", "poems"], timeout=5000)
    bench.page.overlays.toggle("poems")
    qtbot.waitUntil(lambda: "poems" in drawn(bench), timeout=5000)
    bench.page.choose("tags")
    qtbot.waitUntil(lambda: "poems" not in drawn(bench), timeout=5000)
    assert bench.page.overlays.button.text() == "Compare"
    assert [run.name for run in bench.page.overlays.compared()] == ["tags"]
    bench.page.choose("tales")
    qtbot.waitUntil(lambda: "poems" in drawn(bench), timeout=5000)


def forked(name: str, parent: str, step: int) -> RunFolder:
    run = make_run(name, parent=Parent(parent, step))
    lines = (run.path / "metrics.jsonl").read_text().splitlines(keepends=True)
    (run.path / "metrics.jsonl").write_text("".join(lines[step:]))
    return run


def test_the_parents_curve_lies_under_its_fork_whose_smoothing_goes_on_from_it(qtbot: QtBot, bench: Bench) -> None:
    make_run("parent")
    forked("fork", "parent", 4)
    shown(qtbot, bench, "fork", 2)
    qtbot.waitUntil(lambda: "parent" in drawn(bench), timeout=5000)
    assert bench.page.overlays.button.text() == "Compare", "nobody chose it"

    def smoothed(name: str) -> np.ndarray:
        curve = next(curve for curve in bench.page.curves.chart.curves if curve.name == name)
        return np.array(curve.series.values)

    qtbot.waitUntil(lambda: len(smoothed("parent")) == 8, timeout=5000)
    # The fork has its parent's losses from step 5 on: smoothed from the beginning, they are the same there.
    np.testing.assert_allclose(smoothed("smoothed"), smoothed("parent")[4:])


def test_the_time_of_a_run_is_what_it_computed_and_what_is_left_follows_from_it(qtbot: QtBot, bench: Bench) -> None:
    run = make_run("waited", **{**live(), "started": time.time() - 7200, "steps": 24})
    status = msgspec.structs.replace(run.status(), last={"loss": 3.0, "seconds": 16.0})
    (run.path / "status.json").write_bytes(dump_status(status))
    shown(qtbot, bench, "waited", 1)
    values = bench.page.facts.values
    qtbot.waitUntil(lambda: values["Time"].text() == numbers.duration(16.0), timeout=5000)
    assert values["Time left"].text() == f"about {numbers.rough_duration(32.0)}"
