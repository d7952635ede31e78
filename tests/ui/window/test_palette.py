"""The palette: everything is found by a few letters, chosen with the keyboard alone, and left without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.window.destinations import OpenRun
from bigmodel_studio.ui.window.palette import Palette
from bigmodel_studio.ui.window.palette_entries import entries
from tests.ui.shell import Shell
from tests.ui.train.test_page import live, make_run


@pytest.fixture
def palette(shell: Shell) -> Iterator[Palette]:
    shell.qtbot.keyClick(shell.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    made = shell.window.findChild(Palette)
    assert made is not None
    yield made
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _titles(palette: Palette) -> list[str]:
    return [entry.title for entry, _ in palette.rows.found]


def test_an_action_is_found_and_done_with_the_keyboard(shell: Shell, palette: Palette) -> None:
    assert palette.field.hasFocus()
    shell.qtbot.keyClicks(palette.field, "setings"[:3])
    assert _titles(palette)[0] == "Settings…"
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    shell.wait(lambda: shell.window.findChild(SettingsDialog) is not None)
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    dialog.close()


def test_the_arrows_walk_round_and_the_tab_key_stays(shell: Shell, palette: Palette) -> None:
    rows = palette.rows.rowCount()
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == rows - 1
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    assert palette.list.currentIndex().row() == 1
    assert palette.field.hasFocus()


def test_a_shortcut_that_leads_elsewhere_closes_it(shell: Shell, palette: Palette) -> None:
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert shell.window.current_page is shell.window.pages["images"]
    assert not palette.isVisible()
    focused = shell.window.focusWidget()
    assert focused is not None
    assert shell.window.pages["images"].isAncestorOf(focused)


def test_leaving_gives_the_focus_back(shell: Shell) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    page.system.setFocus()
    shell.qtbot.keyClick(shell.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = shell.window.findChild(Palette)
    assert palette is not None
    shell.qtbot.keyClicks(palette.field, "zzz")
    assert palette.nothing.isVisible()
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert page.system.hasFocus()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert shell.window.findChild(Palette) is None


def test_a_click_beside_it_leaves(shell: Shell, palette: Palette) -> None:
    shell.qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=palette.rect().bottomLeft())
    assert not palette.isVisible()


def test_runs_models_and_conversations_are_found(shell: Shell, home: Path) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    conversation = page.store.begin("Where is the red kite?")
    shell.library.refresh()
    shell.wait(lambda: shell.library.ready)
    shell.runs.runs = [RunSummary(name="shakespeare-2", path="/r", state="finished")]
    kinds = {entry.title: entry.kind for entry in entries(shell.window)}
    assert kinds["Where is the red kite?"] == "Chat"
    assert kinds["shakespeare-2"] == "Run"
    assert kinds["starter-gpt"] == "Model"
    shell.window.show_page("models")
    next(entry for entry in entries(shell.window) if entry.title == "Where is the red kite?").act()
    assert shell.window.current_page is page
    assert page.talk.conversation == conversation


def test_only_what_can_be_done_to_the_run_that_is_shown_is_offered(shell: Shell, home: Path) -> None:
    make_run("at-work", **live())
    shell.runs.refresh()
    shell.wait(lambda: any(run.name == "at-work" for run in shell.runs.runs))
    shell.window.open(OpenRun("at-work"))
    page = shell.window.current_page
    assert isinstance(page, TrainPage)

    def offered() -> set[str]:
        return {entry.title for entry in entries(shell.window)} & {"Pause the run", "Resume the run", "Stop the run"}

    shell.wait(lambda: offered() == {"Pause the run", "Stop the run"})
    next(entry for entry in entries(shell.window) if entry.title == "Pause the run").act()
    asked = paths.runs() / "at-work/control.json"
    shell.wait(asked.exists)
    assert '"want":"pause"' in asked.read_text().replace(" ", "")
    page.choose("starter-gpt")
    shell.wait(lambda: offered() == set())
