"""Empty state of a page: a mark, what to do first, and the one button that does it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label


class Empty(QWidget):
    """Centred in whatever room it is given; buttons are hidden where they have no text."""

    def __init__(self, mark: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = QLabel()
        self.show_mark(mark)
        self.title = label("", "large", wrap=True)
        self.words = label("", "secondary", wrap=True)
        self.button = QPushButton()
        set_look(self.button, "primary")
        self.other = QPushButton()
        """What may be done instead."""
        set_look(self.other, "link")
        self.other.hide()
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        for part in (self.mark, self.title, self.words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addSpacing(12)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def show_mark(self, mark: str) -> None:
        """Show an icon by its name."""
        self.mark.setPixmap(icon(mark).pixmap(40, 40))

    def say(self, title: str, words: str, button: str, other: str = "") -> None:
        """Change what is said."""
        self.title.setText(title)
        self.words.setText(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.other.setText(other)
        self.other.setVisible(bool(other))
