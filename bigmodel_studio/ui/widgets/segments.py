"""A switch between a few things of which one is shown: buttons side by side in one frame."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from bigmodel_studio.ui.look.stylesheet import set_look

MARK_PX = 14


class Segments(QFrame):
    """``chosen`` says the key of the button that is down now."""

    chosen = Signal(str)

    def __init__(self, name: str, texts: dict[str, str], parent: QWidget | None = None) -> None:
        """``name`` is the accessible one of the whole; ``texts`` are the buttons' by key, the first one is down."""
        super().__init__(parent)
        set_look(self, "segments")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(2)
        for key, text in texts.items():
            button = QPushButton(text)
            button.setCheckable(True)
            button.setObjectName(key)
            set_look(button, "segment")
            self.buttons[key] = button
            self._group.addButton(button)
            row.addWidget(button)
        first = next(iter(self.buttons.values()))
        first.setChecked(True)
        self._lead_tab_to(first)
        self._group.buttonToggled.connect(self._on_toggled)

    @property
    def key(self) -> str:
        """Which one is down."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Put that one down."""
        self.buttons[key].setChecked(True)

    def mark(self, key: str, mark: QIcon, words: str) -> None:
        """Put a mark beside a button's text, and say what it means."""
        self.buttons[key].setIcon(mark)
        self.buttons[key].setIconSize(QSize(MARK_PX, MARK_PX))
        self.buttons[key].setToolTip(words)
        self.buttons[key].setAccessibleDescription(words)

    @Slot(QAbstractButton, bool)
    def _on_toggled(self, button: QAbstractButton, down: bool) -> None:
        if down:
            self._lead_tab_to(button)
            self.chosen.emit(button.objectName())

    def _lead_tab_to(self, button: QAbstractButton) -> None:
        """Tab leads to the one that is down, the arrow keys from there to the others; Qt does so for a click alone."""
        for each in self.buttons.values():
            each.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each is button else Qt.FocusPolicy.ClickFocus)
