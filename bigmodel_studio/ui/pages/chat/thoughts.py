"""The reasoning of a reply, folded to one line that unfolds it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import panel
from bigmodel_studio.ui.widgets.rich_text import RichText


class Thoughts(QWidget):
    """Folded at first; hidden while there are none."""

    link_wanted = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thinking = False
        self.button = QPushButton()
        set_look(self.button, "fold")
        self.button.clicked.connect(self._on_pressed)
        self.body = RichText()
        self.body.link_wanted.connect(self.link_wanted)
        self._card = panel("card")
        inner = QVBoxLayout(self._card)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self.body)
        self._card.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._card)
        self.hide()
        self._say()

    def add(self, piece: str) -> None:
        """Add more of what streams."""
        self._thinking = True
        self.body.add(piece)
        self.show()
        self._say()

    def end(self) -> None:
        """Say that the answer begins."""
        self._thinking = False
        self._say()

    def show_whole(self, text: str) -> None:
        """Show the whole of it (empty: there is none)."""
        self._thinking = False
        self.setVisible(bool(text))
        if text:
            self.body.finish(text, markdown=True)
        self._say()

    def _say(self) -> None:
        words = self.tr("Hide thoughts") if not self._card.isHidden() else self.tr("Show thoughts")
        self.button.setText(self.tr("Thinking… · {action}").format(action=words) if self._thinking else words)

    @Slot()
    def _on_pressed(self) -> None:
        self._card.setVisible(self._card.isHidden())
        self._say()
