"""The rail at the window's left edge: a button a page, and the application's menu at its foot."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QFrame, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages import PAGES, PageSpec

BUTTON_PX = 48
"""As wide as this, or as the longest title."""


class Rail(QFrame):
    """``wanted`` carries a page's id; Ctrl+1 to Ctrl+n choose pages in order."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "rail")
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(4)
        for number, (page_id, page) in enumerate(PAGES.items(), 1):
            column.addWidget(self._page_button(page_id, page, number))
        column.addStretch(1)
        self.menu_button = self._button("settings", self.tr("Menu: open, settings, shortcuts"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        column.addWidget(self.menu_button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_menu(self, menu: QMenu) -> None:
        """Set the menu behind the button at the foot."""
        self.menu_button.setMenu(menu)

    def show_page(self, page_id: str) -> None:
        """Mark the page that is shown. Tab leads to its button, and the arrow keys from there to the others."""
        self.buttons[page_id].setChecked(True)
        for button in self.buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus if button.isChecked() else Qt.FocusPolicy.NoFocus)

    def _page_button(self, page_id: str, page: PageSpec, number: int) -> QToolButton:
        title = QCoreApplication.translate("pages", page.title)
        keys = QKeySequence(f"Ctrl+{number}")
        button = self._button(page.icon, f"{title} ({keys.toString(QKeySequence.SequenceFormat.NativeText)})")
        button.setText(title)
        button.setAccessibleName(title)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setCheckable(True)
        button.setObjectName(page_id)
        button.clicked.connect(self._on_clicked)
        self._group.addButton(button)
        self.buttons[page_id] = button
        QShortcut(keys, self).activated.connect(button.click)
        return button

    def _button(self, icon_name: str, tip: str) -> QToolButton:
        button = QToolButton()
        set_look(button, "rail")
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(20, 20))
        button.setMinimumWidth(BUTTON_PX)
        button.setFixedHeight(BUTTON_PX)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QToolButton):
            self.wanted.emit(button.objectName())
