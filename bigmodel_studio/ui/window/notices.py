"""Says that a run or a download has ended: as a toast while the window is in front, else through the desktop.

What a run is, and that it ended, the watcher reports; a run that had ended before the first look is no news.
Downloads of an earlier start that were not finished are offered once.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from bigmodel_studio.client.downloads import Item
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import LIVE
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Downloaded, ModelRef
from bigmodel_studio.ui.look.i18n import run_sentence, sentence
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.widgets.toast import Toast
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenOnHub, OpenPage, OpenRun
from bigmodel_studio.ui.window.studio import Studio

SHOWN_MS = 15_000


class Notices(QObject):
    """One for a window."""

    def __init__(self, studio: Studio, window: QWidget, toast: Toast) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self._toast = toast
        self._states: dict[str, str] | None = None
        self._tray: QSystemTrayIcon | None = None
        self._last: Destination = OpenPage("train")
        """What was spoken of last."""
        self._tray_timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._tray_timer.timeout.connect(self._put_away)
        studio.runs.runs_changed.connect(self._on_runs)
        studio.downloads.finished.connect(self._on_downloaded)
        studio.downloads.failed.connect(self._on_download_failed)
        self._offer_to_go_on()

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
            "interrupted": self.tr("ended unexpectedly."),
        }.get(run.state, self.tr("has ended."))
        self._notify(run.name, words, run_sentence(run.problem, run.message), OpenRun(run.name))

    @Slot(object)
    def _on_downloaded(self, done: Downloaded) -> None:
        words = self.tr("was downloaded ({size}).").format(size=numbers.size(done.bytes))
        self._notify(done.id, words, "", OpenModel(ModelRef(source="hub", id=done.id)))

    @Slot(object)
    def _on_download_failed(self, item: Item) -> None:
        detail = sentence(item.problem) if item.problem is not None else ""
        self._notify(item.id, self.tr("couldn't be downloaded completely."), detail, OpenOnHub())

    def _offer_to_go_on(self) -> None:
        """Offer to resume what an earlier start began and did not finish."""
        left = self._studio.downloads.items()
        if len(left) == 1:
            self._toast.offer(left[0].id, self.tr("was not downloaded completely."), self.tr("Resume"), self._go_on)
        elif left:
            words = self.tr("%n unfinished download(s).", "", len(left))
            self._toast.offer("", words, self.tr("Resume"), self._go_on)

    def _go_on(self) -> None:
        for item in self._studio.downloads.items():
            self._studio.downloads.go_on(item)

    def _notify(self, name: str, words: str, detail: str, destination: Destination) -> None:
        """Say it; Show leads to ``destination``."""
        self._last = destination
        if self._window.isActiveWindow():
            self._toast.offer(name, words, self.tr("Show"), self.show_last)
            return
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            mark = icon(destination.page)
            self._tray_icon().showMessage(name, " ".join(filter(None, (words, detail))), mark, SHOWN_MS)
            self._tray_timer.start()

    @Slot()
    def show_last(self) -> None:
        """Show what was spoken of last, in the window."""
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        self._studio.open(self._last)

    def _tray_icon(self) -> QSystemTrayIcon:
        """Return the icon that desktops want a message to come from; there only as long as the message."""
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
