"""A box of choices hides nothing: its list has every entry in its whole width, wherever the box is on the screen."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio import ui
from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.look.theme import Theme
from bigmodel_studio.ui.widgets.choice import Choice

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing|propagate)")
LONG = "an entry much longer than the box that it is chosen in"


def opened(qtbot: QtBot, qapp: QApplication, entries: int, at: QPoint, chosen: int) -> Choice:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    box = Choice()
    box.addItems([LONG, *(f"entry {number}" for number in range(1, entries))])
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMaximumWidth(110)
    box.setCurrentIndex(chosen)
    column.addWidget(box)
    Theme(qapp, "light").dress(window)
    window.move(at)
    window.show()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.view().isVisible)
    return box


@pytest.mark.parametrize("chosen", [0, 15])
@pytest.mark.parametrize("at", [QPoint(0, 0), QPoint(600, 400), QPoint(700, 720)])
def test_every_entry_is_on_the_screen(qtbot: QtBot, qapp: QApplication, at: QPoint, chosen: int) -> None:
    box = opened(qtbot, qapp, 16, at, chosen)
    view, model = box.view(), box.model()
    shown = view.viewport().rect()
    for row in range(16):
        place = view.visualRect(model.index(row, 0))
        assert shown.top() <= place.top() <= place.bottom() <= shown.bottom(), row
    assert view.sizeHintForColumn(0) <= shown.width(), "no name is cut"
    assert box.screen().availableGeometry().contains(view.window().geometry())
    box.hidePopup()


def test_of_more_than_the_screen_has_room_for_the_chosen_one_is_shown(qtbot: QtBot, qapp: QApplication) -> None:
    box = opened(qtbot, qapp, 120, QPoint(100, 350), 119)
    view = box.view()
    assert view.window().height() == box.screen().availableGeometry().height()
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    assert view.verticalScrollBar().isVisible()
    box.hidePopup()


def test_the_window_makes_no_other_box_of_choices() -> None:
    others = [
        file.name
        for file in paths.resources().parent.joinpath(*ui.__name__.split(".")).rglob("*.py")
        if re.search(r"= QComboBox\(", file.read_text("utf-8"))
    ]
    assert others == []
