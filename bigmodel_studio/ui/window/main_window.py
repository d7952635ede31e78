"""The window: the rail, the page that is shown, the banner above it and the status bar below.

Pages are built and shown by ``page_stack``, the session is kept by ``session_keeper``, and what is dropped goes where
``dropping`` says. It knows no page by more than ``Page``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from bigmodel_studio.client.machine import MachineSample
from bigmodel_studio.core.system.crashes import CrashReport
from bigmodel_studio.core.system.settings import Appearance
from bigmodel_studio.core.system.trash import Removed
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.theme import Theme
from bigmodel_studio.ui.monitor.host import MonitorHost
from bigmodel_studio.ui.widgets.banner import Banner
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.widgets.status_bar import StatusBar
from bigmodel_studio.ui.widgets.toast import Toast
from bigmodel_studio.ui.window import dropping
from bigmodel_studio.ui.window.actions import add_actions, menu
from bigmodel_studio.ui.window.destinations import Destination
from bigmodel_studio.ui.window.drop_overlay import DropOverlay
from bigmodel_studio.ui.window.focus_order import move_focus
from bigmodel_studio.ui.window.page_stack import PageStack
from bigmodel_studio.ui.window.rail import Rail
from bigmodel_studio.ui.window.running import Running
from bigmodel_studio.ui.window.session_keeper import SessionKeeper
from bigmodel_studio.ui.window.studio import Studio

if TYPE_CHECKING:
    from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog

log = logging.getLogger(__name__)

SMALLEST_SIZE = (800, 560)


class MainWindow(QMainWindow):
    """Make it, ``session.restore()``, then show it."""

    painted = Signal()
    """The window is on the screen for the first time: now is the time for what the first paint can do without."""
    closing = Signal()
    """The window goes for good: the session is saved and the pages are shut."""

    def __init__(self, studio: Studio, theme: Theme) -> None:
        super().__init__()
        self.studio = studio
        self.theme = theme
        self._painted = False
        self.setWindowTitle("Big Model Studio")
        self.setMinimumSize(*SMALLEST_SIZE)
        self.setAcceptDrops(True)
        self.banner = Banner()
        self.stack = PageStack(studio)
        self.restart_wanted = False
        """Whether another window is to be opened once this one is closed."""
        self.frame = QMainWindow()
        self.frame.setWindowFlags(Qt.WindowType.Widget)  # docks stand beside the page, above the status bar
        self.monitor = MonitorHost(studio, self.frame)
        self.running = Running(studio, self)
        self._make_parts()
        self.session = SessionKeeper(self)
        self._lay_out()
        self.toast = Toast(self, self.status.free)
        self.overlay = DropOverlay(self)
        self.opening = dropping.Opening(self)
        studio.wanted.connect(self.open)
        studio.problem_reported.connect(self.banner.show_problem)
        studio.removals.removed.connect(self._on_removed)
        studio.removals.restored.connect(self._on_restored)
        studio.network.changed.connect(self._on_network)
        theme.dress(self)

    def _make_parts(self) -> None:
        self.rail = Rail()
        self.status = StatusBar()
        self.status.monitor_wanted.connect(self.toggle_monitor)
        self.status.offline_wanted.connect(self.studio.set_offline)
        self.status.network.show_state(locked=self.studio.network.locked)
        self.running.changed.connect(self.status.show_jobs)
        self.rail.set_menu(menu(self, add_actions(self)))
        self.rail.wanted.connect(self.show_page)
        self.studio.facts_changed.connect(self.status.show_loaded)

    def _lay_out(self) -> None:
        page_side = QWidget()
        self._column = right = QVBoxLayout(page_side)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.banner)
        right.addWidget(self.stack, 1)
        upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self.rail)
        self.frame.setCentralWidget(page_side)
        upper.addWidget(self.frame, 1)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper, 1)
        column.addWidget(self.status)
        self.setCentralWidget(central)

    # ------------------------------------------------------------------------------- pages

    @Slot(object)
    def open(self, destination: Destination) -> None:
        """Show the page that something belongs to, and have it opened there."""
        page = self.show_page(destination.page)
        if page is not None:
            page.open(destination)

    @Slot(str)
    def show_page(self, page_id: str) -> Page | None:
        """Show a page, built now where it was not yet; None where it cannot be built."""
        page = self.stack.page(page_id)
        if page is None:
            return None
        self.stack.setCurrentWidget(page)
        self.rail.show_page(page_id)
        page.fold()
        page.enter()
        return page

    @property
    def pages(self) -> dict[str, Page]:
        """The pages that have been built, by id."""
        return self.stack.pages

    @property
    def current_page(self) -> Page | None:
        """The page that is shown."""
        return self.stack.current

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 — Qt's name
        return move_focus(self, forward) or super().focusNextPrevChild(forward)

    # ------------------------------------------------------------------------------ actions (see ``ui.window.actions``)

    @Slot()
    def new_item(self) -> None:
        """Make a new one of what the page shows."""
        if self.current_page is not None:
            self.current_page.new_item()

    @Slot()
    def open_files(self) -> None:
        """Ask for pictures, texts or weights, and open them where they belong."""
        from PySide6.QtWidgets import QFileDialog

        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Open pictures, texts or model weights"))
        if files:
            self.open_paths([Path(file) for file in files])

    @Slot()
    def open_folder(self) -> None:
        """Ask for a folder of pictures, of a model or of a run, and open it where it belongs."""
        from PySide6.QtWidgets import QFileDialog

        folder = QFileDialog.getExistingDirectory(self, self.tr("Open a folder of pictures, a model or a run"))
        if folder:
            self.open_paths([Path(folder)])

    @Slot()
    def show_settings(self) -> None:
        """Show the settings form."""
        self.settings_dialog().open()

    @Slot()
    def show_language(self) -> None:
        """Show the settings form with the languages open."""
        dialog = self.settings_dialog()
        dialog.open()
        dialog.choose("language")

    def settings_dialog(self) -> SettingsDialog:
        """Return the settings form, made and heard; not shown yet."""
        from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self.studio.settings, self)
        dialog.changed.connect(self._on_setting_changed)
        dialog.account_wanted.connect(self.show_account)
        return dialog

    @Slot()
    def use_light(self) -> None:
        """Use light colours from here on."""
        self._set_appearance("light")

    @Slot()
    def use_dark(self) -> None:
        """Use dark colours from here on."""
        self._set_appearance("dark")

    def _set_appearance(self, appearance: Appearance) -> None:
        self.studio.settings.change(appearance=appearance)
        self.theme.set_appearance(appearance)

    @Slot()
    def show_account(self) -> None:
        """Show who this computer is on the Hub, in front of the settings."""
        from bigmodel_studio.ui.dialogs.account_dialog import AccountDialog

        AccountDialog(self.studio, QApplication.activeModalWidget() or self).open()

    @Slot()
    def show_palette(self) -> None:
        """Show everything there is, found by a few letters."""
        from bigmodel_studio.ui.window.palette import Palette
        from bigmodel_studio.ui.window.palette_entries import entries

        if not any(palette.isVisible() for palette in self.findChildren(Palette)):
            Palette(self, entries(self))

    @Slot()
    def toggle_monitor(self) -> None:
        """Open the monitor, or put it away."""
        self.monitor.toggle()

    @Slot()
    def undo_removal(self) -> None:
        """Bring back what was removed last."""
        self.studio.removals.undo()

    @Slot(object)
    def _on_removed(self, removed: Removed) -> None:
        restore = partial(self.studio.removals.restore, removed)
        self.toast.offer(removed.name, self.studio.removals.words(removed), self.tr("Undo"), restore)

    @Slot(object)
    def _on_restored(self, removed: Removed) -> None:
        if self.toast.isVisible():
            self.toast.leave()

    @Slot(str)
    def _on_setting_changed(self, name: str) -> None:
        if name == "offline":
            self.studio.network.set_locked(self.studio.settings.values.offline)
        elif name == "appearance":
            self.theme.set_appearance(self.studio.settings.values.appearance)
        elif name == "language" and not i18n.is_in_use(self.studio.settings.values.language):
            from bigmodel_studio.ui.dialogs.restart_dialog import offer_restart

            offer_restart(self)

    @Slot()
    def restart(self) -> None:
        """Close, to be opened again as it was left; runs go on meanwhile."""
        self.restart_wanted = True
        self.close()

    # ------------------------------------------------------------------------------- opening and dropping

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Send each path to the page that takes it; a path that no page takes is reported with the reason."""
        self.opening.open_paths(paths)

    @Slot(object)
    def take_over(self, paths: Sequence[Path]) -> None:
        """Take over the paths of a later start: come to the front, and open them."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)
        self.open_paths(paths)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropping.is_taken(event.mimeData()):
            event.acceptProposedAction()
            local = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
            self.overlay.offer(local, image=event.mimeData().hasImage())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        self.opening.take(event.mimeData())
        event.acceptProposedAction()

    # ------------------------------------------------------------------------------- what runs

    def show_crash(self, report: CrashReport) -> None:
        """Say that the window ended unexpectedly the last time."""
        from bigmodel_studio.ui.dialogs.crash_report import CrashStrip

        self._column.insertWidget(0, CrashStrip(report))

    @Slot(object)
    def show_sample(self, sample: MachineSample) -> None:
        """Show the figures of the device that the loaded model is on (of the best one where none is loaded)."""
        self.monitor.show_sample(sample)
        facts = self.studio.facts
        devices = {device.id: device for device in (sample.cpu, *sample.gpus)}
        device = devices.get(facts.device, sample.main) if facts is not None else sample.main
        self.status.show_device(device.name)
        self.status.show_memory(device.ours_bytes, device.others_bytes, device.total_bytes)

    @Slot()
    def _on_network(self) -> None:
        self.status.network.show_state(locked=self.studio.network.locked)

    @Slot()
    def toggle_offline(self) -> None:
        """Let nothing leave this computer, or let the Hub be asked again."""
        self.studio.set_offline(not self.studio.network.locked)

    # ------------------------------------------------------------------------------- its beginning and its end

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self._on_painted)  # the widgets in it are painted after it, in the same turn

    @Slot()
    def _on_painted(self) -> None:
        self.session.start()
        self.monitor.restore()
        self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.session.stop()
        self.opening.close()
        self.stack.shut()
        self.closing.emit()
        super().closeEvent(event)
