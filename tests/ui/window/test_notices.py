"""A run or a download that ends is said once: in the window while that is in front, else through the desktop."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.protocol import Download, Downloaded
from bigmodel_studio.ui.window.notices import Notices
from tests.ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("does not support raise", "systemTrayWindowChanged", extend=True)
"""Said of the platform that draws offscreen, which has neither a stack of windows nor a tray."""


def _run(state: Any, name: str = "shakespeare") -> RunSummary:
    return RunSummary(name=name, path=f"/{name}", state=state, steps=3, pid=1)


def test_in_front_it_is_a_toast_that_leads_to_the_run(shell: Shell) -> None:
    Notices(shell.studio, shell.window, shell.window.toast)
    changed = shell.runs.runs_changed
    changed.emit([_run("running"), _run("finished", "old")])
    assert not shell.window.toast.isVisible()
    changed.emit([_run("finished"), _run("finished", "old")])
    toast = shell.window.toast
    assert (toast.name.text(), toast.words.text()) == ("shakespeare", "has finished.")
    page = shell.window.stack
    covered = toast.geometry().intersected(page.rect().translated(page.mapTo(shell.window, QPoint())))
    assert covered.isEmpty(), "it lies over the page"
    assert shell.window.rect().contains(toast.geometry())
    shell.qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert shell.window.current_page is shell.window.pages["train"]
    changed.emit([_run("finished"), _run("finished", "old")])
    assert not toast.isVisible()


def test_one_that_had_ended_before_the_first_look_is_no_news(shell: Shell) -> None:
    Notices(shell.studio, shell.window, shell.window.toast)
    shell.runs.runs_changed.emit([_run("failed")])
    shell.runs.runs_changed.emit([_run("failed"), _run("finished", "other")])
    assert not shell.window.toast.isVisible()


def test_behind_other_windows_the_desktop_says_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, str]] = []
    alerted: list[object] = []

    def message(_tray: QSystemTrayIcon, title: str, text: str, _icon: QIcon, _msecs: int) -> None:
        said.append((title, text))

    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", message)
    monkeypatch.setattr(QApplication, "alert", staticmethod(lambda window, msec=0: alerted.append(window)))
    monkeypatch.setattr(type(shell.window), "isActiveWindow", lambda _: False)
    notices = Notices(shell.studio, shell.window, shell.window.toast)
    shell.runs.runs_changed.emit([_run("running")])
    shell.runs.runs_changed.emit([_run("failed")])
    assert said == [("shakespeare", "has failed.")]
    assert alerted == [shell.window]
    assert not shell.window.toast.isVisible()
    notices.show_last()
    assert shell.window.current_page is shell.window.pages["train"]


def test_where_the_desktop_shows_no_messages_the_task_bar_does(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    alerted: list[object] = []
    monkeypatch.setattr(QApplication, "alert", staticmethod(lambda window, msec=0: alerted.append(window)))
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    monkeypatch.setattr(type(shell.window), "isActiveWindow", lambda _: False)
    Notices(shell.studio, shell.window, shell.window.toast)
    shell.runs.runs_changed.emit([_run("running")])
    shell.runs.runs_changed.emit([_run("stopped")])
    assert alerted == [shell.window]


def test_a_download_that_ends_is_said_and_leads_to_the_model(shell: Shell) -> None:
    Notices(shell.studio, shell.window, shell.window.toast)
    shell.studio.downloads.finished.emit(
        Downloaded(id="org/model", revision="a" * 40, path="/x", bytes=2_000_000, fetched_bytes=2_000_000)
    )
    toast = shell.window.toast
    assert (toast.name.text(), toast.words.text()) == ("org/model", "was downloaded (2.0 MB).")
    shell.qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert shell.window.current_page is shell.window.pages["models"]


def test_what_an_earlier_start_did_not_finish_goes_on_where_it_is_wanted(shell: Shell) -> None:
    downloads = shell.studio.downloads
    for name in ("org/one", "org/two"):
        downloads.pause(downloads.begin(Download(id=name)))
    shell.wait(lambda: [item.stage for item in downloads.items()] == ["paused", "paused"])
    Notices(shell.studio, shell.window, shell.window.toast)
    assert "2 unfinished download" in shell.window.toast.words.text()
    shell.qtbot.mouseClick(shell.window.toast.button, Qt.MouseButton.LeftButton)
    assert [item.stage for item in downloads.items()] == ["running", "running"]
    shell.wait(lambda: not downloads.items())
