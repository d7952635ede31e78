"""The small charts of a run look at the steps that its loss does; the loss has room on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.pages.train.curves.axes import SECONDS
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.runs.words import METRICS
from bigmodel_studio.ui.plots.mini_chart import MiniChart
from tests.ui.train.test_page import Bench, make_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bench(home: object, qtbot: QtBot) -> Iterator[Bench]:
    make_run("a")
    made = Bench(qtbot)
    qtbot.waitUntil(lambda: made.page.runs.row_of("a") is not None, timeout=5000)
    made.page.choose("a")
    chart = made.page.curves.chart
    qtbot.waitUntil(lambda: (view := chart.view()) is not None and view.last == 8, timeout=5000)
    qtbot.waitUntil(lambda: len(made.page.curves.minis) == 2, timeout=5000)
    yield made
    made.close()


def turn(chart: MiniChart, x: float, turns: int, *, control: bool = True) -> bool:
    """Turn the wheel over it; whether it took it."""
    place = QPointF(x, chart.height() / 2)
    keys = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        place, chart.mapToGlobal(place), QPoint(), QPoint(0, turns), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart, event)
    return event.isAccepted()


def ends(chart: MiniChart) -> tuple[str, str]:
    """The steps at either end, as its tooltip says them."""
    first, last = (chart.words_at(x).partition(":")[0] for x in (12.0, chart.width() - 12.0))
    return first, last


def seen(bench: Bench) -> tuple[float, float]:
    first, last, *_ = bench.page.curves.chart.view_range()
    return first, last


def test_who_looks_closer_at_one_chart_sees_the_same_steps_in_all(bench: Bench) -> None:
    rate, loss = bench.page.curves.minis["learning_rate"], bench.page.curves.chart
    assert ends(rate) == ("step 1", "step 8")
    assert turn(rate, rate.width() - 12.0, 120)
    assert turn(rate, rate.width() - 12.0, 120)
    first, last = seen(bench)
    assert last == pytest.approx(8)  # the step under the pointer stays where it is
    assert first == pytest.approx(8 - 7 / 1.25**2)
    assert ends(rate) == ("step 4", "step 8")
    QTest.mousePress(rate, LEFT, pos=QPoint(20, 60))
    QTest.mouseMove(rate, QPoint(20 + rate.width(), 60))
    QTest.mouseRelease(rate, LEFT, pos=QPoint(20 + rate.width(), 60))
    assert seen(bench)[0] == pytest.approx(1)  # dragging goes back, and no further than the first step
    assert ends(rate)[0] == "step 1"
    QTest.mouseDClick(rate, LEFT)
    assert ends(rate) == ("step 1", "step 8")
    loss.box.setXRange(3, 7, padding=0)
    assert ends(rate) == ("step 3", "step 7")
    assert not turn(rate, 60, 120, control=False), "the page scrolls"


def test_over_another_axis_small_charts_show_all_steps(bench: Bench) -> None:
    curves = bench.page.curves
    rate = curves.minis["learning_rate"]
    curves.chart.box.setXRange(3, 7, padding=0)
    curves.across.setCurrentIndex(curves.across.findData(SECONDS))
    assert ends(rate) == ("step 1", "step 8")
    before = seen(bench)
    turn(rate, 60, 120)
    assert seen(bench) == before


def test_the_loss_has_room_on_a_small_screen(bench: Bench) -> None:
    bench.page.resize(1218, 688)  # what a window of 1280 by 720 leaves it
    bench.page.grab()
    assert bench.page.curves.chart.room().height() >= 180


def test_many_small_charts_stand_in_rows_that_have_room(qtbot: QtBot) -> None:
    curves = Curves()
    qtbot.addWidget(curves)
    curves.resize(690, 600)  # what a window of 1280 by 720 leaves it between the list and the inspector
    curves.show()
    names = [name for name in METRICS if name not in ("masked_accuracy", "next_sentence_accuracy", "images_per_s")][:8]

    def places(count: int) -> list[tuple[int, int]]:
        corners = [curves.minis[name].pos() for name in names[:count] if name in curves.minis]
        rows, columns = (sorted({getattr(corner, axis)() for corner in corners}) for axis in ("y", "x"))
        return [(rows.index(corner.y()), columns.index(corner.x())) for corner in corners]

    def stand(count: int, expected: list[tuple[int, int]]) -> bool:
        return places(count) == expected

    in_two_rows = [(row, column) for row in range(2) for column in range(4)]
    for count, expected in (
        (6, [(0, column) for column in range(6)]),
        (7, in_two_rows[:7]),
        (8, in_two_rows),
        (2, in_two_rows[:2]),
    ):
        curves.begin(0)
        curves.add({name: ([1, 2], [0.5, 0.6]) for name in names[:count]})
        qtbot.waitUntil(partial(stand, count, expected), timeout=5000)
        assert curves.minimumSizeHint().width() <= 690
    curves.stop()


def test_a_name_without_room_is_shortened_and_not_cut(bench: Bench) -> None:
    rate = bench.page.curves.minis["learning_rate"]
    rate.resize(200, rate.height())
    assert rate.shown_title() == "Learning rate"
    rate.resize(rate.minimumSizeHint())
    assert rate.shown_title() == "LR"
    assert rate.accessibleName().startswith("Learning rate: ")
