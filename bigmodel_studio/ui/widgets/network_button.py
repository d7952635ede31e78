"""Whether anything may leave this computer, always in sight, and the one press that changes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QToolButton, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look

ICON_PX = 16


class NetworkButton(QToolButton):
    """``wanted`` says whether it shall be offline."""

    wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "network")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._locked = False
        self.clicked.connect(self._on_clicked)
        self.show_state(locked=False)

    def show_state(self, *, locked: bool) -> None:
        """Say how it is."""
        self._locked = locked
        self.setText(self.tr("Offline") if locked else self.tr("Online"))
        self.setIcon(icon("offline", off="accent") if locked else icon("online"))
        words = (
            self.tr("Offline: no connections. Press to go online.")
            if locked
            else self.tr("Online: searching and downloading contact the Hub. Press to go offline.")
        )
        self.setToolTip(words)
        self.setAccessibleName(words)

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit(not self._locked)
