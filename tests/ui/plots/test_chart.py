"""The chart draws what its series hold, says what is under the pointer, and looks closer with keys, wheel and mouse."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.theme import Theme
from bigmodel_studio.ui.plots.chart import Chart
from bigmodel_studio.ui.plots.curves_plot import Curve
from bigmodel_studio.ui.plots.plot import BOTTOM_PX, LEFT_PX
from bigmodel_studio.ui.plots.plot_items import CurveItem
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.plots.sparkline import View, polylines

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    series = Series()
    series.append(range(1, 101), [100.0 / step for step in range(1, 101)])
    return shown(qtbot, [Curve("loss", series, 0)])


def shown(qtbot: QtBot, curves: list[Curve]) -> Chart:
    made = Chart()
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show_curves(curves)
    with qtbot.waitExposed(made):
        made.show()
    return made


def seen(chart: Chart) -> View:
    view = chart.view()
    assert view is not None
    return view


def at(chart: Chart, step: float) -> QPoint:
    """The middle of the box at a step."""
    view = seen(chart)
    return QPoint(round(float(view.x(np.array([step]))[0])), round(view.box.center().y()))


def wheel(chart: Chart, turns: int, *, where: QPoint, control: bool) -> bool:
    """Turn the wheel there; whether the chart took it."""
    keys = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    place = QPointF(where)
    event = QWheelEvent(
        place, chart.viewport().mapToGlobal(place), QPoint(), QPoint(0, turns), Qt.MouseButton.NoButton, keys,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(chart.viewport(), event)
    return event.isAccepted()


def strokes(chart: Chart) -> list[tuple[list[float], list[float], str]]:
    """What each curve draws: places across and up, and how they are joined."""
    items = (item for item in chart.box.childGroup.childItems() if isinstance(item, CurveItem) and item.isVisible())
    return [(*(part.tolist() for part in item.getData()), item.opts["connect"]) for item in items]


def colours_of(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_gap_is_not_drawn_over(qtbot: QtBot) -> None:
    series = Series()
    series.append([1, 2, 3, 4, 5], [1.0, 2.0, None, 2.0, 1.0])
    chart = shown(qtbot, [Curve("loss", series, 0)])
    ((steps, values, connect),) = strokes(chart)
    assert (steps, [math.isnan(value) for value in values], connect) == ([1, 2, 3, 4, 5], [0, 0, 1, 0, 0], "finite")
    assert [line.size() for line in polylines(seen(chart), series)] == [2, 2]


def test_many_points_are_drawn_as_two_a_pixel_and_no_spike_is_lost(qtbot: QtBot) -> None:
    values = np.random.default_rng(0).normal(size=200_000)
    values[120_000] = 50.0
    values[60_000:70_000] = np.nan
    series = Series()
    series.append(np.arange(1.0, 200_001), values)
    chart = shown(qtbot, [Curve("loss", series, 0)])
    ((steps, drawn, connect),) = strokes(chart)
    assert connect == "pairs"
    assert len(steps) <= 2 * (seen(chart).box.width() + 2)
    assert np.nanmax(drawn) == 50.0
    inside = [y for x, y in zip(steps, drawn, strict=True) if 61_000 < x < 69_000]
    assert inside
    assert all(math.isnan(y) for y in inside)
    low, high = np.array(drawn[0::2]), np.array(drawn[1::2])
    there = ~np.isnan(low[1:]) & ~np.isnan(low[:-1])
    assert np.all((low[1:] <= high[:-1])[there]), "each stroke reaches the one before it"
    assert np.all((high[1:] >= low[:-1])[there])


def test_the_curve_is_painted_in_its_colour(qtbot: QtBot, chart: Chart) -> None:
    image = chart.grab().toImage()
    wanted = theme.series_colour(0)
    near = 0
    for x in range(60, image.width() - 24):
        for y in range(40, image.height() - 24):
            pixel = image.pixelColor(x, y)
            apart = abs(pixel.red() - wanted.red()) + abs(pixel.blue() - wanted.blue())
            near += apart < 60 and pixel.blue() - pixel.red() > 60
    assert near > 150


def test_another_scheme_dresses_the_chart_anew(qtbot: QtBot, qapp: QApplication, chart: Chart) -> None:
    dress = Theme(qapp, "light")
    dress.dress(chart)
    try:
        light = colours_of(chart)
        dress.set_appearance("dark")
        qtbot.waitUntil(lambda: theme.scheme() == "dark")
        dark = colours_of(chart)
        assert QColor(theme.SCHEMES["light"].surface).name() in light - dark
        assert QColor(theme.SCHEMES["dark"].surface).name() in dark - light
        assert QColor(theme.SCHEMES["dark"].border).name() in dark, "the grid"
        assert all(theme.SCHEMES["dark"].text.lower() in label.item.toHtml().lower() for _, label in chart.legend.items)
    finally:
        dress.set_appearance("light")


def test_the_pointer_reads_out_the_nearest_step(qtbot: QtBot, chart: Chart) -> None:
    said: list[str] = []
    chart.read_out.connect(said.append)
    qtbot.mouseMove(chart.viewport(), QPoint(int(seen(chart).box.right()) - 1, 100))
    assert said[-1] == "step 100 · loss 1.00"
    assert chart.accessibleDescription() == said[-1]


def test_keys_walk_and_look_closer_and_home_shows_all(qtbot: QtBot, chart: Chart) -> None:
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "step 99 · loss 1.01"
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    closer = seen(chart)
    assert closer.last - closer.first < 90
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    whole = seen(chart)
    assert (whole.first, whole.last) == (1, 100)


def test_the_wheel_looks_closer_with_ctrl_and_dragging_moves_along(qtbot: QtBot, chart: Chart) -> None:
    assert not wheel(chart, 120, where=at(chart, 50), control=False), "the page scrolls"
    assert wheel(chart, 120, where=at(chart, 50), control=True)
    closer = seen(chart)
    assert 1 < closer.first < 50 < closer.last < 100
    assert closer.high < 100, "the vertical axis fits what is seen"
    begin, end = at(chart, 50), at(chart, 50) + QPoint(60, 0)
    QTest.mousePress(chart.viewport(), LEFT, pos=begin)
    QTest.mouseMove(chart.viewport(), begin + QPoint(20, 0))
    QTest.mouseMove(chart.viewport(), end)
    QTest.mouseRelease(chart.viewport(), LEFT, pos=end)
    moved = seen(chart)
    assert moved.first < closer.first
    assert moved.last - moved.first == pytest.approx(closer.last - closer.first)
    for _ in range(40):
        wheel(chart, -120, where=at(chart, moved.first + 1), control=True)
    assert (seen(chart).first, seen(chart).last) == pytest.approx((1, 100)), "there is nothing beyond"
    wheel(chart, 120, where=at(chart, 50), control=True)
    QTest.mouseDClick(chart.viewport(), LEFT, pos=at(chart, 50))
    assert (seen(chart).first, seen(chart).last) == (1, 100)


def test_who_looks_closer_stays_there_while_points_come(qtbot: QtBot, chart: Chart) -> None:
    wheel(chart, 120, where=at(chart, 50), control=True)
    before = seen(chart)
    chart.curves[0].series.append(range(101, 201), [1.0] * 100)
    chart.refresh()
    assert (seen(chart).first, seen(chart).last) == (before.first, before.last)
    chart.reset_view()
    assert seen(chart).last == 200


def test_a_stretch_is_marked_with_shift_and_read_out(qtbot: QtBot) -> None:
    series = Series()
    series.append(range(1, 101), [float(step) for step in range(1, 101)])
    chart = shown(qtbot, [Curve("loss", series, 0)])
    begin, end = at(chart, 20), at(chart, 61)
    QTest.mousePress(chart.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, pos=begin)
    for place in (begin + QPoint(20, 0), end):
        move = Qt.KeyboardModifier.ShiftModifier
        QTest.keyPress(chart, Qt.Key.Key_Shift, move)
        qtbot.mouseMove(chart.viewport(), place)
    QTest.mouseRelease(chart.viewport(), LEFT, Qt.KeyboardModifier.ShiftModifier, pos=end)
    assert chart.stretch == pytest.approx((20, 61), abs=0.5)
    assert chart.accessibleDescription().startswith("step ")
    assert " → " in chart.accessibleDescription()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.stretch is None
    QTest.mouseClick(chart.viewport(), LEFT, pos=at(chart, 50))
    for _ in range(3):
        qtbot.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert chart.stretch == (50, 53)
    assert chart.accessibleDescription() == "step 50 to step 53 · loss 50.0 → 53.0, mean 51.5"
    qtbot.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.stretch == (50, 52)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.stretch is None


def test_the_legend_hides_a_curve_and_shows_it_again(qtbot: QtBot, chart: Chart) -> None:
    other = Series()
    other.append(range(1, 101), [500.0] * 100)
    chart.show_curves([*chart.curves, Curve("other & <b>", other, 2)])
    assert seen(chart).high > 500
    chart.grab()
    for part, drawn in ((1, 1), (0, 2), (1, 1)):
        item = chart.legend.items[1][part]
        QTest.mouseClick(chart.viewport(), LEFT, pos=item.sceneBoundingRect().center().toPoint())
        assert len(strokes(chart)) == drawn
        chart.grab()
    assert seen(chart).high < 150, "the axis fits what is shown"
    assert "other" not in read_at(qtbot, chart, 50)
    chart.show_curves(list(chart.curves))
    assert chart.hidden == {"other & <b>"}
    menu = QMenu()
    qtbot.addWidget(menu)
    chart.entries(menu)
    entry = next(action for action in menu.actions() if action.text() == "other && <b>")
    assert not entry.isChecked()
    entry.trigger()
    assert "other & <b> 500" in read_at(qtbot, chart, 50)


def read_at(qtbot: QtBot, chart: Chart, step: float) -> str:
    qtbot.mouseMove(chart.viewport(), at(chart, step))
    return chart.accessibleDescription()


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show(qtbot: QtBot) -> None:
    series = Series()
    series.append([1, 2, 3, 4], [100.0, 0.0, 1.0, 0.01])
    chart = shown(qtbot, [Curve("loss", series, 0)])
    chart.set_log(True)
    view = seen(chart)
    assert view.low < -2
    assert view.high > 2
    ((_, values, _),) = strokes(chart)
    assert [math.isnan(value) for value in values] == [False, True, False, False]
    assert [line.size() for line in polylines(view, series)] == [1, 2]
    chart.grab()


def test_baselines_are_within_what_is_seen(chart: Chart) -> None:
    chart.show_baselines({"counting tokens": 140.0, "{braces}": 3.0})
    assert seen(chart).high > 140
    chart.set_log(True)
    assert 10 ** seen(chart).high > 140


def test_without_points_it_says_so_and_keys_do_no_harm(qtbot: QtBot) -> None:
    chart = shown(qtbot, [Curve("loss", Series(), 0)])
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Plus, Qt.Key.Key_Home):
        qtbot.keyClick(chart, key)
    assert chart.view() is None
    assert chart.accessibleDescription() == ""
    QTest.mouseClick(chart.viewport(), LEFT, pos=QPoint(300, 150))
    qtbot.mouseMove(chart.viewport(), QPoint(310, 150))
    assert chart.accessibleDescription() == ""


def test_points_that_are_not_drawn_yet_cannot_be_clicked(qtbot: QtBot) -> None:
    series, chosen = Series(), list[int]()
    chart = shown(qtbot, [Curve("loss", series, 0)])
    chart.chosen.connect(chosen.append)
    series.append(range(1, 101), [1.0 / step for step in range(1, 101)])
    assert chart.view() is None  # the axes do not yet say where these are
    QTest.mouseClick(chart.viewport(), LEFT, pos=chart.room().center().toPoint())
    assert chosen == []
    assert chart.accessibleDescription() == ""
    chart.refresh()
    QTest.mouseClick(chart.viewport(), LEFT, pos=at(chart, 40))
    assert chosen == [39]


def test_the_axes_come_with_the_first_points(qtbot: QtBot) -> None:
    series = Series()
    chart = shown(qtbot, [Curve("loss", series, 0)])
    series.append(range(1, 101), [1.0 / step for step in range(1, 101)])
    chart.refresh()
    room = seen(chart).box
    assert room.left() == LEFT_PX
    assert chart.height() - room.bottom() == BOTTOM_PX


def test_a_click_chooses_the_nearest_point(qtbot: QtBot, chart: Chart) -> None:
    point = seen(chart)
    on_it = QPoint(at(chart, 40).x(), round(float(point.y(np.array([2.5]))[0])))
    for place in (at(chart, 40), on_it):
        qtbot.mouseMove(chart.viewport(), place)
        with qtbot.waitSignal(chart.chosen) as blocker:
            QTest.mouseClick(chart.viewport(), LEFT, pos=place)
        assert blocker.args == [39]
