"""The viewer of logs follows, filters and copies; the strip after a crash says what happened, and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.crashes import CrashReport
from bigmodel_studio.ui.dialogs.crash_report import CrashDialog, CrashStrip
from bigmodel_studio.ui.dialogs.log_viewer import LogViewer
from tests.ui.shell import Shell

STAMP = "2026-03-04 05:06:07,890 12"
LINES = f"{STAMP} INFO a: fine\n{STAMP} ERROR a: broke\nTraceback (most recent call last):\n{STAMP} WARNING b: hm\n"


@pytest.fixture
def viewer(shell: Shell, home: Path) -> Iterator[LogViewer]:
    (paths.logs() / "window.log").write_text(LINES)
    (paths.runs() / "shakespeare").mkdir()
    (paths.runs() / "shakespeare" / "log.txt").write_text("step 1\n")
    made = LogViewer(shell.studio, shell.window)
    made.open()
    yield made
    made.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _shown(viewer: LogViewer) -> list[str]:
    return [line.rpartition(": ")[2] for line in viewer.text.toPlainText().splitlines()]


def test_it_filters_by_level_and_by_words(shell: Shell, viewer: LogViewer) -> None:
    everything = ["fine", "broke", "Traceback (most recent call last):", "hm"]
    assert _shown(viewer)[:2] == everything[:2]
    viewer.filter.setCurrentIndex(1)
    assert len(_shown(viewer)) == 3
    viewer.filter.setCurrentIndex(2)
    assert len(_shown(viewer)) == 2  # the traceback goes with its error
    viewer.filter.setCurrentIndex(0)
    shell.qtbot.keyClicks(viewer.search, "BROKE")
    assert _shown(viewer) == ["broke"]


def test_it_follows_until_it_is_told_not_to(shell: Shell, viewer: LogViewer) -> None:
    log = paths.logs() / "window.log"
    with log.open("a") as stream:
        stream.write(f"{STAMP} INFO a: later\n")
    shell.wait(lambda: _shown(viewer)[-1] == "later")
    viewer.follow.click()
    with log.open("a") as stream:
        stream.write(f"{STAMP} INFO a: unseen\n")
    assert not [timer for timer in viewer.findChildren(QTimer) if timer.isActive()], "it would look again"
    shell.settle()
    assert _shown(viewer)[-1] == "later"
    viewer.follow.click()
    assert _shown(viewer)[-1] == "unseen"


def test_runs_are_there_too_and_what_is_shown_is_copied(shell: Shell, viewer: LogViewer) -> None:
    names = [viewer.choice.itemText(number) for number in range(viewer.choice.count())]
    assert names == ["The window", "Run: shakespeare"]
    viewer.choice.setCurrentIndex(1)
    shell.qtbot.mouseClick(viewer.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "step 1"


def test_the_strip_says_what_happened_and_goes(shell: Shell) -> None:
    shell.window.show_crash(CrashReport(how="fault", started=1.0, text="Fatal Python error: Segmentation fault"))
    strip = shell.window.findChild(CrashStrip)
    assert strip is not None
    assert "crashed" in strip.sentence.text()
    shell.qtbot.mouseClick(strip.details, Qt.MouseButton.LeftButton)
    dialog = shell.window.findChild(CrashDialog)
    assert dialog is not None
    shell.qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Fatal Python error: Segmentation fault"
    dialog.close()
    shell.qtbot.mouseClick(strip.dismiss, Qt.MouseButton.LeftButton)
    assert not strip.isVisible()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert shell.window.findChild(CrashStrip) is None
