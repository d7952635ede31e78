"""Says that a run has ended: as a toast while the window is in front, else through the desktop, and on its task bar.

What a run is, and that it ended, it hears from the watcher; a run that had ended before the first look is no news.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from bigmodel_studio.core.run_reader import RunSummary
from bigmodel_studio.core.runs import LIVE
from bigmodel_studio.ui.i18n import told_again
from bigmodel_studio.ui.icons import icon
from bigmodel_studio.ui.studio import Studio
from bigmodel_studio.ui.widgets.toast import Toast

SHOWN_MS = 15_000


class RunNotices(QObject):
    """One for a window."""

    def __init__(self, studio: Studio, window: QWidget, toast: Toast) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._toast = toast
        self._states: dict[str, str] | None = None
        self._tray: QSystemTrayIcon | None = None
        self._last = ""
        self._tray_timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._tray_timer.timeout.connect(self._put_away)
        studio.runs.runs_changed.connect(self._on_runs)

    @Slot(object)
    def _on_runs(self, runs: list[RunSummary]) -> None:
        before, self._states = self._states, {run.name: run.state for run in runs}
        if before is None:
            return
        for run in runs:
            if before.get(run.name) in LIVE and run.state not in LIVE:
                self._say(run)

    def _say(self, run: RunSummary) -> None:
        words = {
            "finished": self.tr("has finished."),
            "stopped": self.tr("was stopped."),
            "failed": self.tr("has failed."),
            "interrupted": self.tr("ended without a word."),
        }.get(run.state, self.tr("has ended."))
        self._last = run.name
        if self._window.isActiveWindow():
            self._toast.offer(run.name, words, self.tr("Show"), self.show_last)
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._tray_icon().showMessage(
                run.name, " ".join(filter(None, (words, told_again(run.message)))), icon("train"), SHOWN_MS
            )
            self._tray_timer.start()

    @Slot()
    def show_last(self) -> None:
        """Show the run that was spoken of last, in the window."""
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._studio.open_page("train", self._last)

    def _tray_icon(self) -> QSystemTrayIcon:
        """The icon that desktops want a message to come from; there only as long as the message."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("train"), self)
            self._tray.setToolTip(self.tr("Big Model Studio"))
            self._tray.messageClicked.connect(self.show_last)
            self._tray.activated.connect(self.show_last)
        self._tray.show()
        return self._tray

    @Slot()
    def _put_away(self) -> None:
        if self._tray is not None:
            self._tray.hide()
