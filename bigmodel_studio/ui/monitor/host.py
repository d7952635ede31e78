"""The window's hold on the monitor: makes the dock when it is first wanted, and says whether somebody looks.

So that a start pays nothing for it, nothing of the dock is imported before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from bigmodel_studio.client.machine import MachineSample
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window.studio import Studio

if TYPE_CHECKING:
    from bigmodel_studio.ui.monitor.dock import MonitorDock

SPLITTER = "monitor"
"""The name that its width is kept under."""


class MonitorHost(QObject):
    """``frame`` is the window, or the part of it, that docks are put in."""

    looked_at = Signal(bool)
    """Whether the monitor is on the screen: only then is it worth measuring what it shows."""

    def __init__(self, studio: Studio, frame: QMainWindow) -> None:
        super().__init__(frame)
        self.studio = studio
        self.dock: MonitorDock | None = None
        self._frame = frame

    @property
    def open(self) -> bool:
        """Whether the user has it open (also while the window is minimised)."""
        return self.dock is not None and not self.dock.isHidden()

    @Slot()
    def restore(self) -> None:
        """Open it where it was left open."""
        if self.studio.settings.values.session.monitor:
            self.set_open(True)

    @Slot()
    def toggle(self) -> None:
        """Open it, or put it away."""
        self.set_open(not self.open)

    def set_open(self, wanted: bool) -> None:
        """Open it, or put it away."""
        if wanted and self.dock is None:
            self.dock = self._made()
        if self.dock is not None:
            self.dock.setVisible(wanted)

    def show_sample(self, sample: MachineSample) -> None:
        """Show the machine as it is now."""
        if self.dock is not None and self.dock.isVisible():
            self.dock.show_sample(sample)

    def width(self) -> tuple[int, ...]:
        """Return its width, to be kept; nothing where it is not open."""
        return (self.dock.width(),) if self.dock is not None and self.open and not self.dock.isFloating() else ()

    def _made(self) -> MonitorDock:
        from bigmodel_studio.ui.monitor.dock import WIDTH_PX, MonitorDock
        from bigmodel_studio.ui.monitor.history import History

        dock = MonitorDock(self.studio, History())
        dock.visibilityChanged.connect(self._on_visibility)
        dock.resized.connect(self._on_resized)
        self._frame.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        kept = self.studio.settings.values.session.splitters.get(SPLITTER, ())
        self._frame.resizeDocks([dock], [kept[0] if len(kept) == 1 else WIDTH_PX], Qt.Orientation.Horizontal)
        return dock

    @Slot()
    def _on_resized(self) -> None:
        QTimer.singleShot(0, self, self._fold)  # once the page beside it has its new width too

    @Slot()
    def _fold(self) -> None:
        for page in self._frame.findChildren(Page):
            if page.isVisible():
                page.fold()

    @Slot(bool)
    def _on_visibility(self, visible: bool) -> None:
        self.looked_at.emit(visible)
