"""The messages of a conversation, of which only a window is built: earlier ones when one scrolls up to them.

So that 10,000 messages cost no more than fifty. It stays at the end while a reply streams, unless one has scrolled
away. It shows; what a message is, ``Talk`` and the store know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversation_values import Message, ReplyFacts
from bigmodel_studio.protocol import Progress
from bigmodel_studio.ui.widgets.page_frame import label

if TYPE_CHECKING:  # imported when the first message is shown, which is after the first paint of a new conversation
    from bigmodel_studio.ui.pages.chat.message_view import MessageView, ReplyView

WIDTH_PX = 720
SIDE_PX = 24
BETWEEN_PX = 24
LOADED_AT_ONCE = 10
MOST_VIEWS = 40
_NEAR_END_PX = 32
MARK_MS = 100
"""After which what was built is drawn, and can be marked."""

Earlier = Callable[[int, int], list[Message]]
"""``(before, limit)``: the messages before that one, oldest first."""


class Transcript(QScrollArea):
    """A scrolled column of ``MessageView``."""

    regenerate_wanted = Signal(object)
    continue_wanted = Signal(object)
    prompt_wanted = Signal(object)
    tokens_wanted = Signal(object)
    version_wanted = Signal(object, int)
    edited = Signal(object, str)
    link_wanted = Signal(QUrl)
    latest_wanted = Signal()
    """The end of the conversation is to be shown again, since it was let go of for earlier messages."""

    def __init__(self, earlier: Earlier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._earlier = earlier
        self._views: dict[int, MessageView] = {}
        self._stick = True
        self._whole = True
        self._waiting: list[Message] = []
        """Messages that are to be built above those that are shown, oldest first."""
        self._below: list[Message] = []
        """Messages that are to be built below them."""
        self._busy = False
        self._stays_at: int | None = None
        """Pixels from the top to what is seen, which stays there while messages below are replaced."""
        self._from_end: int | None = None
        """Pixels from the end to what is seen, which are held while messages are built above."""
        self._target: int | None = None
        """The message that is to be brought into sight."""
        self._marked: tuple[str, ...] = ()
        self._mark_timer = QTimer(self, singleShot=True, interval=MARK_MS)
        self._mark_timer.timeout.connect(self._mark)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._build)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Chat"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(BETWEEN_PX)
        self._earlier_note = label(self.tr("Scroll up for earlier messages"), "small")
        self._earlier_note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._earlier_note.hide()
        self._column.addWidget(self._earlier_note)
        self._column.addStretch(1)
        self.setWidget(self._inner)
        self._latest = QPushButton(self.tr("Scroll to the latest message"), self)
        self._latest.clicked.connect(self._on_latest)
        self._latest.hide()
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range_changed)
        bar.actionTriggered.connect(self._on_moved)

    @property
    def views(self) -> list[MessageView]:
        """The messages that are built, oldest first."""
        return list(self._views.values())

    def show_messages(self, messages: list[Message], *, whole: bool) -> None:
        """Begin with the end of a conversation; ``whole``: there is nothing before it. One message a turn is built."""
        for view in self.views:
            self._remove(view)
        self._whole, self._stick = whole, True
        self._latest.hide()
        self._earlier_note.setVisible(not whole)
        self._waiting, self._below, self._stays_at = list(messages), [], None
        self._build()

    def show_around(self, messages: list[Message], at: int, *, whole: bool, more: bool) -> None:
        """Show a part of a conversation, with message ``at`` in sight; ``more``: there is something after it."""
        self.show_messages(messages, whole=whole)
        self._target = at
        self._latest.setVisible(more)
        self._latest.raise_()
        self._place_button()

    def mark(self, words: Sequence[str]) -> None:
        """Mark where words stand in what is shown, and in what is built later."""
        self._marked = tuple(words)
        self._mark_timer.start()

    @Slot()
    def _mark(self) -> None:
        for view in self.views:
            view.body.mark(self._marked)

    def _go_to_target(self) -> None:
        """Bring the message into sight that was asked for, once all is built."""
        view = self._views.get(self._target or 0)
        self._target = None
        if view is not None:
            self._column.activate()
            self.reveal(view)

    def reveal(self, view: MessageView) -> None:
        """Scroll to a message."""
        self._stick, self._stays_at = False, None
        self.verticalScrollBar().setValue(view.y() - BETWEEN_PX)
        self._mark_timer.start()

    def replace(self, message: int, others: list[Message]) -> None:
        """Show others from one message on; what stands above it stays in its place, and so does the first of them."""
        self._stays_at = self.verticalScrollBar().value()
        shown = self.views
        at = next((at for at, view in enumerate(shown) if view.message.id == message), len(shown))
        for view in shown[at:]:
            self._remove(view)
        self._stick = False
        room = max(1, MOST_VIEWS - at)
        self._below = others[:room]
        self._latest.setVisible(len(others) > room)
        self._place_button()
        self._build_below()

    def follows(self, message: Message) -> bool:
        """Return whether a message is said behind one that is shown, or is to be."""
        shown = [*self._waiting, *(view.message for view in self.views), *self._below]
        return not shown or any(message.parent in (each.id, each.parent) for each in shown)

    def view_of(self, message: int) -> MessageView | None:
        """Return the view of a message, None where it is not built."""
        return self._views.get(message)

    def set_busy(self, busy: bool) -> None:
        """Set whether a reply is on its way: no message can be changed then."""
        self._busy = busy
        for view in self.views:
            view.set_busy(busy)

    def add(self, message: Message) -> None:
        """Add a message at the end. Another version of one that is shown takes its place, and what followed goes."""
        self._stays_at = None
        while self._below:
            self._build_below()
        shown = self.views
        same = (at for at, view in enumerate(shown) if view.message.parent == message.parent)
        for view in shown[next(same, len(shown)) :]:
            self._remove(view)
        self._views[message.id] = self._made(message, self._column.count() - 1)
        if len(self._views) > MOST_VIEWS and self._stick:
            self._remove(self.views[0])
            self._whole = False
            self._earlier_note.show()
        self._stick = True
        self._to_end()

    def add_text(self, message: int, piece: str) -> None:
        """Add more of a reply."""
        if (view := self._reply(message)) is not None:
            view.add_text(piece)

    def name(self, message: int, model: str) -> None:
        """Show who will give a reply that had waited for a model."""
        if (view := self._reply(message)) is not None:
            view.set_message(msgspec.structs.replace(view.message, model=model))

    def end(self, message: Message) -> None:
        """Show a reply as it ended."""
        if (view := self._reply(message.id)) is not None:
            view.set_message(message)

    def show_counts(self, message: int, facts: ReplyFacts) -> None:
        """Show what a reply cost so far."""
        if (view := self._reply(message)) is not None:
            view.show_counts(facts)

    def show_waiting(self, message: int, progress: Progress) -> None:
        """Show what a reply waits for."""
        if (view := self._reply(message)) is not None:
            view.show_waiting(progress)

    def _reply(self, message: int) -> ReplyView | None:
        """Return the view of a reply, None where it is on a path that is not shown."""
        from bigmodel_studio.ui.pages.chat.message_view import ReplyView

        view = self._views.get(message)
        return view if isinstance(view, ReplyView) else None

    # ------------------------------------------------------------------------------- inside

    def _made(self, message: Message, at: int) -> MessageView:
        from bigmodel_studio.ui.pages.chat.message_view import MessageView, ReplyView

        view = MessageView(message) if message.role == "user" else ReplyView(message, self._dropped_before(message))
        if isinstance(view, ReplyView):
            view.regenerate_wanted.connect(self.regenerate_wanted)
            view.continue_wanted.connect(self.continue_wanted)
            view.prompt_wanted.connect(self.prompt_wanted)
            view.tokens_wanted.connect(self.tokens_wanted)
        view.link_wanted.connect(self.link_wanted)
        view.version_wanted.connect(self.version_wanted)
        view.edited.connect(self.edited)
        view.set_busy(self._busy)
        self._column.insertWidget(at, view)
        return view

    def _dropped_before(self, message: Message) -> int:
        """Return how many messages were dropped for the reply before ``message``, as far as that is shown."""
        replies = [view.message for view in self.views if view.message.role == "assistant"]
        replies += [waiting for waiting in self._waiting if waiting.role == "assistant"]
        before = [reply for reply in replies if reply.id < message.id and reply.parent != message.parent]
        return max(before, key=lambda reply: reply.id).facts.trimmed_turns if before else 0

    def _remove(self, view: MessageView) -> None:
        del self._views[view.message.id]
        self._column.removeWidget(view)
        view.hide()
        view.deleteLater()

    @Slot(int)
    def _on_scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._stick = self._stays_at is None and value >= bar.maximum() - _NEAR_END_PX
        self._reach_back()

    @Slot()
    def _on_moved(self) -> None:
        """Let the user scroll."""
        self._stays_at = None

    def _reach_back(self) -> None:
        """Have earlier messages built, where one has scrolled up near the first of those built, or they leave room.

        Being near the first while the end is held is no wish to see earlier ones: messages that were just built have
        not their heights yet, and a few short ones are near both ends.
        """
        value = self.verticalScrollBar().value()
        if self._whole or self._waiting or not self._views or not self.isVisible():
            return
        if value == 0 or (not self._stick and value <= 2 * self.viewport().height() // 3):
            self._waiting = self._earlier(self.views[0].message.id, LOADED_AT_ONCE)
            self._whole = len(self._waiting) < LOADED_AT_ONCE
            self._timer.start()

    def _build_below(self) -> None:
        """Build the oldest message that waits below those that are shown."""
        if self._below:
            message = self._below.pop(0)
            self._views[message.id] = self._made(message, self._column.count() - 1)
            self._timer.start()

    @Slot()
    def _build(self) -> None:
        """Build the newest message that waits above those that are shown, holding what is seen in its place."""
        if self._below:
            self._build_below()
        elif not self._waiting and self._target is not None:
            self._go_to_target()
        elif not self._waiting:
            self._reach_back()
        else:
            bar = self.verticalScrollBar()
            self._from_end = None if self._stick else bar.maximum() - bar.value()
            message = self._waiting.pop()
            self._views = {message.id: self._made(message, 1), **self._views}
            if not self._stick:
                self._forget_latest()
            self._timer.start()
        if not self._waiting:
            self._earlier_note.setVisible(not self._whole)

    def _forget_latest(self) -> None:
        """Let go of the last messages where too many are built; a reply that streams is kept."""
        for view in reversed(self.views):
            if len(self._views) <= MOST_VIEWS or view.message.state == "streaming":
                break
            if self._from_end is not None:
                self._from_end -= view.height() + BETWEEN_PX
            self._remove(view)
            self._latest.show()
            self._latest.raise_()
            self._place_button()

    @Slot()
    def _on_latest(self) -> None:
        self.latest_wanted.emit()

    @Slot(int, int)
    def _on_range_changed(self, _minimum: int, maximum: int) -> None:
        """Keep the transcript's end in view when it grew or shrank; while messages are built above, what is seen."""
        if self._stick:
            self.verticalScrollBar().setValue(maximum)
        elif self._stays_at is not None:
            self.verticalScrollBar().setValue(min(self._stays_at, maximum))
        elif self._from_end is not None:
            from_end, self._from_end = self._from_end, self._from_end if self._waiting else None
            self.verticalScrollBar().setValue(max(0, maximum - from_end))

    def _to_end(self) -> None:
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._margins()
        self._place_button()
        self._timer.start()

    def _place_button(self) -> None:
        size = self._latest.sizeHint()
        self._latest.setGeometry(
            (self.width() - size.width()) // 2, self.height() - size.height() - 8, size.width(), size.height()
        )

    def _margins(self) -> None:
        side = max(SIDE_PX, (self.viewport().width() - WIDTH_PX) // 2)
        self._column.setContentsMargins(side, 24, side, 16)
