"""Where the user left off: geometry, page, splitters and monitor, written every few seconds and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, QTimer, Slot

from bigmodel_studio.ui.monitor.host import SPLITTER
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.window.session import splitter_sizes

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow

FIRST_SIZE = QSize(1280, 800)
FRAME = QSize(16, 40)
"""What a desktop may draw around a window: the first one fits a small screen with it."""
SAVE_MS = 3000


class SessionKeeper(QObject):
    """``restore`` before the window is shown, ``start`` once it is, ``stop`` before it closes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._timer = QTimer(self, interval=SAVE_MS)
        self._timer.timeout.connect(self.save)

    def restore(self) -> None:
        """Restore geometry and page as they were left, and return a word on what the settings file could not give."""
        window = self._window
        settings = window.studio.settings
        session = settings.values.session
        geometry = QByteArray.fromBase64(session.geometry.encode("ascii", "ignore"))
        if geometry.isEmpty() or not window.restoreGeometry(geometry):
            window.resize(FIRST_SIZE.boundedTo(window.screen().availableSize() - FRAME))
        window.show_page(session.page if session.page in PAGES else next(iter(PAGES)))
        for problem in settings.problems:
            window.studio.report(problem)

    def start(self) -> None:
        """Keep it from here on, so that it comes back after a kill too."""
        self._timer.start()

    def stop(self) -> None:
        """Keep it a last time."""
        self._timer.stop()
        self.save()

    @Slot()
    def save(self) -> None:
        """Keep how things are; nothing is written where nothing changed."""
        window = self._window
        window.stack.remember()
        settings = window.studio.settings
        session = settings.values.session
        splitters = {**session.splitters, **splitter_sizes(window.pages.items())}
        if window.monitor.width():
            splitters[SPLITTER] = window.monitor.width()
        current = window.current_page
        settings.change_session(
            monitor=window.monitor.open,
            page=current.page_id if current is not None else session.page,
            geometry=bytes(window.saveGeometry().toBase64().data()).decode(),
            splitters=splitters,
        )
