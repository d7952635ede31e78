"""The messages of a conversation, of which only a window is built: earlier ones when one scrolls up to them.

So that 10,000 messages cost no more than fifty. It stays at the end while a reply streams, unless one has scrolled
away. It shows; what a message is, ``Talk`` and the store know.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.conversations import Message, ReplyFacts
from bigmodel_studio.protocol import Progress
from bigmodel_studio.ui.pages.chat.message_view import MessageView
from bigmodel_studio.ui.widgets.page_frame import label

WIDTH_PX = 720
SIDE_PX = 24
BETWEEN_PX = 24
LOADED_AT_ONCE = 12
MOST_VIEWS = 72
_NEAR_END_PX = 32

Earlier = Callable[[int, int], list[Message]]
"""``(before, limit)``: the messages before that one, oldest first."""


class Transcript(QScrollArea):
    """A scrolled column of ``MessageView``."""

    regenerate_wanted = Signal(object)
    link_wanted = Signal(QUrl)
    latest_wanted = Signal()
    """The end of the conversation is to be shown again, since it was let go of for earlier messages."""

    def __init__(self, earlier: Earlier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._earlier = earlier
        self._views: dict[int, MessageView] = {}
        self._stick = True
        self._whole = True
        self._filling = False
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversation"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(BETWEEN_PX)
        self._earlier_note = label(self.tr("Earlier messages appear as you scroll up"), "small")
        self._earlier_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._earlier_note.hide()
        self._column.addWidget(self._earlier_note)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._latest = QPushButton(self.tr("Go to the latest message"), self)
        self._latest.clicked.connect(self._on_latest)
        self._latest.hide()
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        self._margins()

    @property
    def views(self) -> list[MessageView]:
        """The messages that are built, oldest first."""
        return list(self._views.values())

    def show_messages(self, messages: list[Message], *, whole: bool) -> None:
        """Begin with the end of a conversation; ``whole``: there is nothing before it."""
        for view in self.views:
            self._remove(view)
        self._whole, self._stick = whole, True
        self._latest.hide()
        self._earlier_note.setVisible(not whole)
        for message in messages:
            self.add(message)
        self._to_end()

    def add(self, message: Message) -> None:
        """A message at the end. One that answers the same as a reply that is shown takes its place."""
        for view in self.views:
            if message.role == "assistant" == view.message.role and view.message.parent == message.parent:
                self._remove(view)
        for view in self.views[-1:]:
            view.set_last(False)
        self._insert(message, self._column.count() - 1)
        self._views[message.id].set_last(True)
        if len(self._views) > MOST_VIEWS and self._stick:
            self._remove(self.views[0])
            self._whole = False
            self._earlier_note.show()
        self._stick = True
        self._to_end()

    def add_text(self, message: int, piece: str) -> None:
        """More of a reply."""
        if message in self._views:
            self._views[message].add_text(piece)

    def end(self, message: Message) -> None:
        """A reply as it ended."""
        if message.id in self._views:
            self._views[message.id].set_message(message)

    def show_counts(self, facts: ReplyFacts) -> None:
        """What the last reply cost so far."""
        if self._views:
            self.views[-1].show_counts(facts)

    def show_waiting(self, progress: Progress | None) -> None:
        """What the last reply waits for."""
        if self._views:
            self.views[-1].show_waiting(progress)

    # ------------------------------------------------------------------------------- inside

    def _insert(self, message: Message, at: int) -> MessageView:
        view = MessageView(message)
        view.regenerate_wanted.connect(self.regenerate_wanted)
        view.link_wanted.connect(self.link_wanted)
        self._views[message.id] = view
        self._column.insertWidget(at, view)
        return view

    def _remove(self, view: MessageView) -> None:
        del self._views[view.message.id]
        self._column.removeWidget(view)
        view.hide()
        view.deleteLater()

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._stick = value >= bar.maximum() - _NEAR_END_PX
        if value <= 2 * self.viewport().height() // 3 and not self._whole and not self._filling and bar.maximum() > 0:
            self._filling = True
            QTimer.singleShot(0, self._fill_earlier)

    @Slot()
    def _fill_earlier(self) -> None:
        """Build the messages before the first that is shown, holding what is seen in its place."""
        if not self._views:
            self._filling = False
            return
        bar = self.verticalScrollBar()
        from_end = bar.maximum() - bar.value()
        first = self.views[0].message
        found = self._earlier(first.id, LOADED_AT_ONCE)
        self._whole = len(found) < LOADED_AT_ONCE
        self._earlier_note.setVisible(not self._whole)
        shown = self._views
        self._views = {}
        for number, message in enumerate(found):
            self._insert(message, 1 + number)
        self._views.update(shown)
        self._forget_latest()
        self._column.activate()
        self._inner.adjustSize()
        bar.setValue(max(0, bar.maximum() - from_end))
        self._filling = False

    def _forget_latest(self) -> None:
        """Let go of the last messages where too many are built; a reply that streams is kept."""
        for view in reversed(self.views):
            if len(self._views) <= MOST_VIEWS or view.message.state == "streaming":
                break
            self._remove(view)
            self._latest.show()
            self._latest.raise_()
            self._place_button()

    @Slot()
    def _on_latest(self) -> None:
        self.latest_wanted.emit()

    @Slot(int, int)
    def _on_range_changed(self, _minimum: int, maximum: int) -> None:
        if self._stick and not self._filling:
            self.verticalScrollBar().setValue(maximum)

    def _to_end(self) -> None:
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._margins()
        self._place_button()

    def _place_button(self) -> None:
        size = self._latest.sizeHint()
        self._latest.setGeometry(
            (self.width() - size.width()) // 2, self.height() - size.height() - 8, size.width(), size.height()
        )

    def _margins(self) -> None:
        side = max(SIDE_PX, (self.viewport().width() - WIDTH_PX) // 2)
        self._column.setContentsMargins(side, 24, side, 16)
