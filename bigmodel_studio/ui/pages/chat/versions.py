"""How a message is changed: the switch between its versions, and the editor that takes its text's place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.composer import EditorFrame
from bigmodel_studio.ui.widgets.page_frame import label

BUTTON_PX = 24


class _StepButton(QPushButton):
    """A button that leaves the arrow keys, with which Qt moves the focus, to its parent."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)


class VersionSwitch(QWidget):
    """“‹ 2 of 3 ›” beside a message of which there are several; the arrow keys step as well."""

    stepped = Signal(int)
    """-1 for the version before, 1 for the one after."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.earlier = self._button("‹", self.tr("Previous version"))
        self.later = self._button("›", self.tr("Next version"))
        self.words = label("", "small")
        theme.tabular(self.words, 12)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.earlier, self.words, self.later):
            row.addWidget(widget)
        self.earlier.clicked.connect(self._on_earlier)
        self.later.clicked.connect(self._on_later)
        self._at = (1, 1)
        self._busy = False

    def show_version(self, version: int, versions: int) -> None:
        """Show which of how many there is; nothing where there is one alone."""
        self._at = (version, versions)
        words = self.tr("{number} of {count}")
        self.words.setText(words.format(number=numbers.exact(version), count=numbers.exact(versions)))
        self.setVisible(versions > 1)
        self.set_busy(self._busy)

    def set_busy(self, busy: bool) -> None:
        """Set whether a reply is on its way: there is nowhere to step then."""
        self._busy = busy
        version, versions = self._at
        self.earlier.setEnabled(not busy and version > 1)
        self.later.setEnabled(not busy and version < versions)

    def take_focus(self, by: int) -> None:
        """Put the focus on the button that stepped by ``by``, or on the other where that leads nowhere."""
        first, second = (self.earlier, self.later) if by < 0 else (self.later, self.earlier)
        (first if first.isEnabled() else second).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Left and self.earlier.isEnabled():
            self.stepped.emit(-1)
        elif event.key() == Qt.Key.Key_Right and self.later.isEnabled():
            self.stepped.emit(1)
        else:
            super().keyPressEvent(event)

    def _button(self, text: str, name: str) -> QPushButton:
        button = _StepButton(text)
        set_look(button, "quiet")
        button.setFixedWidth(BUTTON_PX)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    @Slot()
    def _on_earlier(self) -> None:
        self.stepped.emit(-1)

    @Slot()
    def _on_later(self) -> None:
        self.stepped.emit(1)


class MessageEditor(EditorFrame):
    """A message's words while they are changed. Enter saves, Shift+Enter breaks the line, Escape leaves them."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, text: str, save: str, note: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor.setAccessibleName(self.tr("Message"))
        self.editor.setPlainText(text)
        self.editor.moveCursor(self.editor.textCursor().MoveOperation.End)
        self.save = QPushButton(save)
        set_look(self.save, "primary")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.row.setSpacing(8)
        self.row.addWidget(label(note, "small"))
        self.row.addStretch(1)
        self.row.addWidget(self.cancel)
        self.row.addWidget(self.save)
        self.editor.sent.connect(self._on_saved)
        self.editor.stopped.connect(self.left)
        self.editor.textChanged.connect(self._on_text)
        self.save.clicked.connect(self._on_saved)
        self.cancel.clicked.connect(self.left)

    @Slot()
    def _on_text(self) -> None:
        self.save.setEnabled(bool(self.editor.toPlainText().strip()))

    @Slot()
    def _on_saved(self) -> None:
        if text := self.editor.toPlainText().strip():
            self.saved.emit(text)
