"""Finding in the chat: a bar over the transcript (Ctrl+F), and the jump to what a search over all chats found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.pages.chat.transcript import LOADED_AT_ONCE, Transcript
from bigmodel_studio.ui.widgets.page_frame import label, panel

FIND_MS = 150
FIELD_PX = 200
AWAY_PX = 12


class ChatFinder(QObject):
    """``bar`` lies over the transcript's upper right corner, and moves nothing."""

    def __init__(self, store: Conversations, talk: Talk, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._store, self._talk, self._transcript = store, talk, transcript
        self._found: list[int] = []
        self._at = -1
        self.bar = panel("palette")
        self.bar.setParent(transcript)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find in this chat"))
        self.field.setAccessibleName(self.tr("Find in this chat"))
        self.field.setFixedWidth(FIELD_PX)
        self.field.installEventFilter(self)
        self.words = label("", "small")
        self.earlier = self._button("‹", self.tr("Previous match"), self._on_earlier)
        self.later = self._button("›", self.tr("Next match"), self._on_later)
        self.close = self._button("✕", self.tr("Close"), self.hide)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(8, 6, 6, 6)
        row.setSpacing(4)
        for widget in (self.field, self.words, self.earlier, self.later, self.close):
            row.addWidget(widget)
        self.bar.hide()
        transcript.installEventFilter(self)
        self._timer = QTimer(self, singleShot=True, interval=FIND_MS)
        self._timer.timeout.connect(self._find)
        self.field.textChanged.connect(self._timer.start)

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        set_look(button, "quiet")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(slot)
        return button

    @Slot()
    def show(self) -> None:
        """Show the bar, and begin with what was looked for last."""
        if not self._transcript.views:
            return
        self.bar.show()
        self.bar.raise_()
        self._place()
        self.field.selectAll()
        self.field.setFocus()
        self._find()

    @Slot()
    def hide(self) -> None:
        """Hide the bar, with its marks."""
        self._timer.stop()
        self.bar.hide()
        self._transcript.mark(())
        self._transcript.setFocus()

    def jump(self, message: int, words: str) -> None:
        """Show the message that a search over all chats found, its words marked.

        A reply that is on its way on another path goes on there.
        """
        self._talk.flush()
        self._store.show_message(self._talk.conversation, message)
        self._talk.reopen()
        self._go_to(message)
        self._transcript.mark(words.split())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._transcript:
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_Escape:
                self.hide()
                return True
            if key in steps:
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._step(-1 if back else steps[key])
                return True
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        size = self.bar.sizeHint()
        self.bar.setGeometry(
            self._transcript.width() - size.width() - 2 * AWAY_PX, AWAY_PX, size.width(), size.height()
        )

    @Slot()
    def _find(self) -> None:
        """Look for what is written now, and go to the last message that holds it."""
        text = self.field.text().strip()
        self._found = self._store.find_in(self._talk.conversation, text) if text else []
        self._at = len(self._found)
        self._transcript.mark((text,) if text else ())
        if self._found:
            self._step(-1)
        self._say()

    @Slot()
    def _on_earlier(self) -> None:
        self._step(-1)

    @Slot()
    def _on_later(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        shown = set(self._store.shown_path(self._talk.conversation)) if self._found else set()
        if not shown.issuperset(self._found):  # another path is shown since they were looked for
            self._find()
            return
        if self._found:
            self._at = (self._at + by) % len(self._found)
            self._go_to(self._found[self._at])
        self._say()

    def _say(self) -> None:
        words = self.tr("{number} of {count}").format(
            number=numbers.exact(self._at + 1), count=numbers.exact(len(self._found))
        )
        self.words.setText(words if self._found else self.tr("No match") if self.field.text().strip() else "")
        for button in (self.earlier, self.later):
            button.setEnabled(len(self._found) > 1)
        self._place()

    def _go_to(self, message: int) -> None:
        """Bring a message of the shown path into sight, with some of what is around it."""
        view = self._transcript.view_of(message)
        if view is not None:
            self._transcript.reveal(view)
            return
        self._talk.flush()
        path = self._store.shown_path(self._talk.conversation)
        end = min(len(path), path.index(message) + LOADED_AT_ONCE // 2)
        before = path[end] if end < len(path) else None
        part = self._store.thread(self._talk.conversation, before=before, limit=LOADED_AT_ONCE)
        self._transcript.show_around(part, message, whole=len(part) == end, more=end < len(path))
