"""Another language is used after a restart: the window asks for one, and comes back as it was left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox

from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.ui.dialogs.restart_dialog import RestartDialog
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.chat.page import ChatPage
from tests.ui.shell import Shell

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def english(qapp: QApplication) -> Iterator[None]:
    i18n.install(qapp, "en")
    yield
    i18n.install(qapp, "en")


def _choose(shell: Shell, language: str) -> list[RestartDialog]:
    """Choose a language in the settings, as a user does; returns the questions that follow."""
    shell.window.show_settings()
    form = next(each for each in shell.window.findChildren(SettingsDialog) if each.isVisible())
    box = form.fields["language"]
    assert isinstance(box, QComboBox)
    box.setFocus()
    shell.qtbot.keyClick(box, Qt.Key.Key_Home)
    while box.currentData() != language:
        shell.qtbot.keyClick(box, Qt.Key.Key_Down)
    return [each for each in form.findChildren(RestartDialog) if each.isVisible()]


def test_later_leaves_the_window_as_it_is_and_keeps_the_choice(shell: Shell) -> None:
    title = shell.window.pages["chat"].title_label.text()
    question = _choose(shell, "zh")[-1]
    shell.qtbot.mouseClick(question.later, LEFT)
    assert shell.window.isVisible()
    assert not shell.window.restart_wanted
    assert shell.window.pages["chat"].title_label.text() == title
    assert SettingsStore().values.language == "zh"


def test_the_language_that_is_spoken_needs_no_restart(shell: Shell) -> None:
    for question in _choose(shell, "zh"):
        shell.qtbot.mouseClick(question.later, LEFT)
    assert _choose(shell, "en") == []


def test_now_closes_the_window_with_its_session_kept(shell: Shell) -> None:
    chat = shell.window.pages["chat"]
    assert isinstance(chat, ChatPage)
    shell.qtbot.keyClicks(chat.composer.editor, "half a tho")
    shell.window.show_page("models")
    question = _choose(shell, "zh")[-1]
    with shell.qtbot.waitSignal(shell.window.closing):
        shell.qtbot.mouseClick(question.now, LEFT)
    assert shell.window.restart_wanted
    assert not shell.window.isVisible()
    kept = SettingsStore().values
    assert (kept.language, kept.session.page, kept.session.unsent) == ("zh", "models", "half a tho")


_ASKED = """
import sys
from PySide6.QtCore import QTimer
from bigmodel_studio import app

class Application(app.Application):
    def run(self):
        QTimer.singleShot(0, self.window, self.window.restart)
        return super().run()

app.Application = Application
sys.exit(app.main())
"""


def _await(process: subprocess.Popen[bytes], condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="ended with a POSIX signal")
def test_another_window_takes_the_place_of_the_one_that_was_closed(repository: Path, home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _ASKED], cwd=repository, stdin=subprocess.DEVNULL)
    try:
        _await(process, lambda: "-m" in psutil.Process(process.pid).cmdline())
        _await(process, lambda: (home / "window.json").exists())
        assert json.loads((home / "window.json").read_text("utf-8"))["pid"] == process.pid
        log = home / "logs" / "engine-interactive.log"
        log.unlink(missing_ok=True)
        _await(process, log.exists)  # it has been painted
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert not (home / "logs" / "window.open").exists(), "neither of them ended unexpectedly"
