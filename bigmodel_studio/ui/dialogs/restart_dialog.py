"""The question whether the window shall be opened again now, so that what was chosen takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow

WIDTH_PX = 440


class RestartDialog(QDialog):
    """``accepted`` where the user wants it now; Escape leaves it for later."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Restart the window?"))
        self.setMinimumWidth(WIDTH_PX)
        self.now = QPushButton(self.tr("Restart now"))
        self.now.setDefault(True)
        set_look(self.now, "primary")
        self.later = QPushButton(self.tr("Later"))
        self.later.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.later)
        foot.addWidget(self.now)
        lost = self.tr("Training runs keep going. A reply that is being written stops, and an open form is not kept.")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(self.tr("The new language is used after a restart."), "strong", wrap=True))
        column.addWidget(label(lost, wrap=True))
        column.addLayout(foot)
        self.now.clicked.connect(self.accept)
        self.later.clicked.connect(self.reject)


def offer_restart(window: MainWindow) -> None:
    """Ask, in front of whatever is open, whether the window shall be opened again now."""
    dialog = RestartDialog(QApplication.activeModalWidget() or window)
    dialog.accepted.connect(window.restart)
    dialog.open()
