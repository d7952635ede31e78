"""Every page and dialog has room for its words in both languages, in a window of 1280 × 720."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import Page
from tests.ui.shell import Shell
from tests.ui.test_accessibility import DIALOGS, PREPARED
from tests.ui.train.test_page import checkpoint, live, make_run
from tests.ui.walking import described

WIDE, HIGH = 1280, 720


@pytest.fixture(params=["en", "zh"])
def spoken(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Shell]:
    """The window in a language; English again afterwards."""
    i18n.install(qapp, request.param)
    made = Shell(qtbot, qapp)
    made.window.resize(WIDE, HIGH)
    yield made
    made.close()
    i18n.install(qapp, "en")


def _cramped(root: QWidget) -> list[str]:
    """Labels and buttons that are seen and have less room than their text takes."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                needs, has = widget.heightForWidth(widget.width()), widget.height()
            else:
                needs, has = widget.minimumSizeHint().width(), widget.width()
        elif isinstance(widget, QAbstractButton) and widget.text() and isinstance(widget, QPushButton):
            needs, has = widget.minimumSizeHint().width(), widget.width()
        else:
            continue
        if needs > has:
            found.append(f"{described(widget)}: {widget.text()!r} needs {needs} px and has {has}")
    return found


@pytest.mark.parametrize(("page_id", "prepare"), PREPARED)
def test_a_page_has_room_for_its_words(spoken: Shell, page_id: str, prepare: Callable[[Page], None]) -> None:
    spoken.library.refresh()
    spoken.wait(lambda: spoken.library.ready and bool(spoken.runs.runs))
    spoken.window.show_page(page_id)
    prepare(spoken.window.pages[page_id])
    spoken.settle()
    assert (spoken.window.width(), spoken.window.height()) == (WIDE, HIGH)
    assert _cramped(spoken.window) == []


def test_what_the_header_of_train_has_no_room_for_is_in_its_menu(spoken: Shell) -> None:
    run = make_run("a tale", **live())
    checkpoint(run, 4)
    spoken.runs.refresh()
    spoken.wait(lambda: any(each.name == "a tale" for each in spoken.runs.runs))
    spoken.window.show_page("train")
    page = spoken.window.current_page
    assert isinstance(page, TrainPage)
    page.choose("a tale")
    actions = page.run_actions
    wanted = [button for name, button in actions.buttons.items() if name != "resume"]
    for wide, high in ((800, 600), (WIDE, HIGH)):
        spoken.window.resize(wide, high)
        spoken.settle()
        assert (spoken.window.width(), spoken.window.height()) == (wide, high)
        seen = [button for button in wanted if button.isVisible()]
        for button in (*seen, page.new_button, page.experiments_button):
            assert button.width() >= button.sizeHint().width(), button.text()
            assert button.mapTo(spoken.window, button.rect().topRight()).x() < wide, button.text()
        assert {actions.pause_button, actions.stop_button} <= set(seen)
        actions.row.menu.aboutToShow.emit()
        offered = [(action.text(), action.isEnabled()) for action in actions.row.menu.actions()]
        assert offered == [(button.text(), True) for button in wanted if button not in seen]
        assert actions.row.more.isVisible() == bool(offered)
    assert seen == wanted
    spoken.window.resize(800, 600)
    spoken.settle()
    actions.row.menu.aboutToShow.emit()
    menu = {action.text(): action for action in actions.row.menu.actions()}
    if actions.save_button.isVisible():  # Chinese words are short
        spoken.qtbot.mouseClick(actions.save_button, Qt.MouseButton.LeftButton)
    else:
        menu[actions.save_button.text()].trigger()
    spoken.wait(lambda: run.control().save)


@pytest.mark.parametrize("make", DIALOGS)
def test_a_dialog_has_room_for_its_words(spoken: Shell, home: Path, make: Callable[[Shell], QDialog]) -> None:
    dialog = make(spoken)
    with spoken.qtbot.waitActive(dialog):
        dialog.open()
    spoken.settle()
    assert dialog.width() <= WIDE
    assert dialog.height() <= HIGH
    assert _cramped(dialog) == []
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
