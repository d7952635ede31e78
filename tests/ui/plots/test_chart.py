"""The chart draws what its series hold, says what is under the pointer, and looks closer with keys and wheel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.plots.chart import Chart, Curve, polylines, series_colour
from bigmodel_studio.ui.plots.series import Series


@pytest.fixture
def chart(qtbot: QtBot) -> Chart:
    made = Chart()
    qtbot.addWidget(made)
    made.resize(600, 300)
    series = Series()
    series.append(range(1, 101), [100.0 / step for step in range(1, 101)])
    made.show_curves([Curve("loss", series, 0)])
    made.show()
    return made


def test_a_gap_is_not_drawn_over(qtbot: QtBot) -> None:
    chart = Chart()
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    series = Series()
    series.append([1, 2, 3, 4, 5], [1.0, 2.0, None, 2.0, 1.0])
    chart.show_curves([Curve("loss", series, 0)])
    view = chart.view()
    assert view is not None
    assert [line.size() for line in polylines(view, series)] == [2, 2]


def test_the_curve_is_painted_in_its_colour(chart: Chart) -> None:
    image = chart.grab().toImage()
    wanted = series_colour(0)
    near = 0
    for x in range(60, image.width() - 12):
        for y in range(image.height() - 24):
            pixel = image.pixelColor(x, y)
            apart = abs(pixel.red() - wanted.red()) + abs(pixel.blue() - wanted.blue())
            near += apart < 60 and pixel.blue() - pixel.red() > 60
    assert near > 300


def test_the_pointer_reads_out_the_nearest_step(qtbot: QtBot, chart: Chart) -> None:
    said: list[str] = []
    chart.read_out.connect(said.append)
    view = chart.view()
    assert view is not None
    qtbot.mouseMove(chart, QPoint(int(view.box.right()), 100))
    assert said[-1] == "step 100 · loss 1.00"
    assert chart.accessibleDescription() == said[-1]


def test_keys_walk_and_look_closer_and_home_shows_all(qtbot: QtBot, chart: Chart) -> None:
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "step 99 · loss 1.01"
    qtbot.keyClick(chart, Qt.Key.Key_Plus)
    closer = chart.view()
    assert closer is not None
    assert closer.last - closer.first < 90
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    whole = chart.view()
    assert whole is not None
    assert (whole.first, whole.last) == (1, 100)


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show(qtbot: QtBot) -> None:
    chart = Chart()
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    series = Series()
    series.append([1, 2, 3, 4], [100.0, 0.0, 1.0, 0.01])
    chart.show_curves([Curve("loss", series, 0)])
    chart.set_log(True)
    view = chart.view()
    assert view is not None
    assert view.low < -2
    assert view.high > 2
    assert [line.size() for line in polylines(view, series)] == [1, 2]
    chart.grab()


def test_baselines_are_within_what_is_seen(chart: Chart) -> None:
    chart.show_baselines({"counting tokens": 140.0})
    view = chart.view()
    assert view is not None
    assert view.high > 140


def test_without_points_it_says_so_and_keys_do_no_harm(qtbot: QtBot) -> None:
    chart = Chart()
    qtbot.addWidget(chart)
    chart.show_curves([Curve("loss", Series(), 0)])
    chart.show()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Plus, Qt.Key.Key_Home):
        qtbot.keyClick(chart, key)
    assert chart.view() is None
    assert chart.accessibleDescription() == ""
