"""Runs beside each other in one chart, and what is on the screen as files."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from pytestqt.qtbot import QtBot

from bigmodel_studio.core import paths
from tests.ui.test_train_page import Bench, make_run


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
    return [curve.name for curve in bench.page.curves.chart._curves]


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
    entries(bench)["None of them"].trigger()
    assert not [name for name in drawn(bench) if name in ("second", "third")]


def test_a_curve_is_smoothed_as_the_others_are(qtbot: QtBot, bench: Bench) -> None:
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    bench.page.curves.smooth.setCurrentIndex(0)
    plain = next(curve for curve in bench.page.curves.chart._curves if curve.name == "second")
    assert plain.series.values.tolist() == [5.0 - step / 4 for step in range(1, 9)]
    bench.page.curves.smooth.setCurrentIndex(2)
    smoothed = next(curve for curve in bench.page.curves.chart._curves if curve.name == "second")
    assert smoothed.series.values[-1] > plain.series.values[-1]


def test_what_is_drawn_is_saved_as_a_table_and_as_a_picture(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    entries(bench)["second"].trigger()
    qtbot.waitUntil(lambda: len(bench.page.curves.shown_series().get(("second", "loss"), ())) == 8, timeout=5000)
    bench.page.export.save(tmp_path / "curves.csv", "csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "curves.csv").read_text(encoding="utf-8"))))
    losses = [float(row["value"]) for row in rows if (row["run"], row["metric"]) == ("second", "loss")]
    assert losses == [5.0 - step / 4 for step in range(1, 9)]
    assert {row["run"] for row in rows} == {"first", "second"}
    bench.page.export.save(tmp_path / "curves", "png")
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * bench.page.curves.chart.width()
    bench.page.export.save(tmp_path / "no-such-folder/curves.csv", "csv")
    assert [problem.code for problem in bench.told] == ["file-not-saved"]


def test_the_buttons_can_be_reached_and_have_names(bench: Bench) -> None:
    for button in (bench.page.curves.compare, bench.page.curves.export):
        assert button.isVisible()
        assert button.text()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
