"""One message on the screen: who said it, the text, and below a reply its cost, its end, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bigmodel_studio.core import numbers
from bigmodel_studio.core.conversations import Message, ReplyFacts
from bigmodel_studio.protocol import Progress
from bigmodel_studio.ui import i18n, theme
from bigmodel_studio.ui.pages.chat.rich_text import RichText
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label


class MessageView(QWidget):
    """``message`` is what it shows; a reply that streams is told what it gains."""

    regenerate_wanted = Signal(object)
    link_wanted = Signal(QUrl)

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.who = label(self.tr("You") if message.role == "user" else message.model or self.tr("Reply"), "small")
        self.trimmed = label("", "warn", wrap=True)
        self.body = RichText()
        self.body.link_wanted.connect(self.link_wanted)
        self.mark = label("", "bad", wrap=True)
        self.facts = label("", "small")
        theme.tabular(self.facts, 12)
        self.copy = self._quiet(self.tr("Copy"), self._on_copy)
        self.again = self._quiet(self.tr("Regenerate"), self._on_again)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(4)
        foot.addWidget(self.facts)
        foot.addWidget(self.copy)
        foot.addWidget(self.again)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.trimmed, self.who, self.body, self.mark):
            column.addWidget(widget)
        column.addLayout(foot)
        self.set_last(False)
        self.set_message(message)

    def set_message(self, message: Message) -> None:
        """Show the message as it is now."""
        self.message = message
        reply = message.role == "assistant"
        streaming = message.state == "streaming"
        if not streaming:
            self.body.finish(message.text, markdown=reply)
        if reply and message.model:
            self.who.setText(message.model)
        self._mark_end(message)
        self._show_trimmed(message.facts.trimmed_turns)
        self.facts.setVisible(reply)
        self.facts.setText("" if streaming else _words(self, message.facts))
        self.copy.setVisible(reply and not streaming and bool(message.text))
        self.again.setVisible(reply and not streaming and self._last)
        self.setAccessibleName(self.tr("{who}: {text}").format(who=self.who.text(), text=message.text[:200]))

    def set_last(self, last: bool) -> None:
        """Only the last reply can be made again."""
        self._last = last
        self.again.setVisible(last and self.message.role == "assistant" and self.message.state != "streaming")

    def add_text(self, piece: str) -> None:
        """More of the reply."""
        self.body.add(piece)

    def show_counts(self, facts: ReplyFacts) -> None:
        """What the reply cost so far."""
        self.facts.setText(_words(self, facts))
        self._show_trimmed(facts.trimmed_turns)

    def show_waiting(self, progress: Progress | None) -> None:
        """What the reply waits for, in the place of its counts."""
        if progress is not None:
            self.facts.setText(self._waiting_words(progress))

    def _waiting_words(self, progress: Progress) -> str:
        words = {
            "no-model": self.tr("Waiting for a model: choose one above…"),
            "engine": self.tr("Waiting for the engine…"),
            "loading": self.tr("Loading {model}…").format(model=self.message.model),
            "reading-prompt": self.tr("Reading the conversation…"),
        }.get(progress.what, self.tr("Working…"))
        return f"{words} {numbers.percent(progress.done / progress.total, 0)}" if progress.total else words

    def _mark_end(self, message: Message) -> None:
        problem = message.facts.problem
        words = {
            "cancelled": self.tr("Stopped. What was said is kept."),
            "interrupted": self.tr("Cut off: the application ended while this was being said."),
            "failed": " ".join(i18n.told(problem)) if problem is not None else self.tr("This reply failed."),
        }.get(message.state, "")
        if message.state == "done" and message.facts.finish_reason == "length":
            words = self.tr("Ended at its longest length: “Longest reply”, or the model’s context.")
        self.mark.setText(words)
        self.mark.setVisible(bool(words))
        set_look(self.mark, "bad" if message.state == "failed" else "small")

    def _show_trimmed(self, turns: int) -> None:
        self.trimmed.setVisible(turns > 0)
        if turns > 0:
            words = self.tr("The context is full: the model no longer sees the oldest messages ({count}).")
            self.trimmed.setText(words.format(count=numbers.exact(turns)))

    def _quiet(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        set_look(button, "quiet")
        button.clicked.connect(slot)
        return button

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.message.text)

    @Slot()
    def _on_again(self) -> None:
        self.regenerate_wanted.emit(self.message)


def _words(where: QWidget, facts: ReplyFacts) -> str:
    """A reply's counts: "29 tokens · 187 tokens/s · first after 14 ms"."""
    parts = []
    if facts.new_tokens:
        words = where.tr("1 token") if facts.new_tokens == 1 else where.tr("{count} tokens")
        parts.append(words.format(count=numbers.exact(facts.new_tokens)))
    if facts.tokens_per_second:
        parts.append(numbers.rate(facts.tokens_per_second, where.tr("tokens")))
    if facts.time_to_first_token_s:
        parts.append(where.tr("first after {time}").format(time=numbers.duration(facts.time_to_first_token_s)))
    return " · ".join(parts)
