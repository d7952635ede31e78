"""One message on the screen: who said it, the text, and below a reply its cost, its end, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversation_values import Message, ReplyFacts
from bigmodel_studio.core.chat.reasoning import ReasoningStream, split
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Progress
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.thoughts import Thoughts
from bigmodel_studio.ui.pages.chat.versions import MessageEditor, VersionSwitch
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.rich_text import RichText

HEAD_PX = 28
SHOW_WAIT_AFTER_S = 2
"""A wait is counted from here on."""


class MessageView(QWidget):
    """What the user said: ``message``, as plain text."""

    link_wanted = Signal(QUrl)
    version_wanted = Signal(object, int)
    """The message, and by how many versions to step."""
    edited = Signal(object, str)
    """The message, and its new words."""

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self._notes: dict[str, QLabel] = {}
        self.versions: VersionSwitch | None = None
        """Made when there is a second version."""
        self.editor: MessageEditor | None = None
        """While the message is edited."""
        self._busy = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.who = label(self.tr("You"), "small")
        self.body = RichText()
        self.body.link_wanted.connect(self.link_wanted)
        self.edit = self._quiet(self.tr("Edit"), self._on_edit)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(0, 0, 0, 0)
        self._head.setSpacing(4)
        self._head.addStrut(HEAD_PX)  # as high without buttons
        self._head.addWidget(self.who)
        self._head.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(self._head)
        self._column.addWidget(self.body)
        self._place_edit()
        self._show()

    def set_busy(self, busy: bool) -> None:
        """Set whether a reply is on its way: nothing can be changed then."""
        self._busy = busy
        self.edit.setEnabled(not busy)
        if self.versions is not None:
            self.versions.set_busy(busy)

    def _place_edit(self) -> None:
        self._head.addWidget(self.edit)

    def _show_versions(self) -> None:
        if self.versions is None and self.message.versions > 1:
            self.versions = VersionSwitch()
            self.versions.stepped.connect(self._on_stepped)
            self._head.insertWidget(2, self.versions)
        if self.versions is not None:
            self.versions.show_version(self.message.version, self.message.versions)
            self.versions.set_busy(self._busy)

    @Slot(int)
    def _on_stepped(self, by: int) -> None:
        self.version_wanted.emit(self.message, by)

    @Slot()
    def _on_edit(self) -> None:
        if self.editor is None:
            self.editor = MessageEditor(self.message.text, *self._editing_words())
            self.editor.saved.connect(self._on_edited)
            self.editor.left.connect(self.stop_editing)
            self._column.insertWidget(self._column.indexOf(self.body), self.editor)
            self.body.hide()
        self.editor.setFocus()

    def _editing_words(self) -> tuple[str, str]:
        """Return what saving is called, and what it does."""
        return self.tr("Send"), self.tr("The previous version is kept; the arrows lead back to it.")

    @Slot()
    def stop_editing(self) -> None:
        """Show the message again, as it was."""
        if self.editor is not None:
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None
            self.body.show()
            self.edit.setFocus()

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if text == self.message.text.strip():
            self.stop_editing()
        else:
            self.edited.emit(self.message, text)

    def _quiet(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        set_look(button, "quiet")
        button.clicked.connect(slot)
        return button

    def _show(self) -> None:
        self._show_versions()
        self.body.finish(self.message.text, markdown=False)
        problem = self.message.facts.problem
        self._note("end", i18n.sentence(problem) if problem is not None else "", "bad", at=2)
        self.setAccessibleName(f"{self.who.text()}: {self.message.text[:200]}")

    def _note(self, name: str, words: str, look: str, *, at: int) -> None:
        """Return a line beside the text, made when it first has something to say; ``at``: how far down the column."""
        if not words and name not in self._notes:
            return
        if name not in self._notes:
            self._notes[name] = label("", look, wrap=True)
            self._column.insertWidget(at + (1 if at and "trimmed" in self._notes else 0), self._notes[name])
        self._notes[name].setText(words)
        self._notes[name].setVisible(bool(words))
        set_look(self._notes[name], look)

    def note(self, name: str) -> str:
        """Return what a line beside the text says: "trimmed" or "end"."""
        return self._notes[name].text() if name in self._notes else ""


class ReplyView(MessageView):
    """A reply, with its cost and what can be done below; one that streams is given what it gains."""

    regenerate_wanted = Signal(object)
    continue_wanted = Signal(object)
    prompt_wanted = Signal(object)
    tokens_wanted = Signal(object)

    def __init__(self, message: Message, dropped_before: int = 0, parent: QWidget | None = None) -> None:
        """Show a reply; ``dropped_before``: messages that were dropped for the reply before it, which said so."""
        self._foot: QHBoxLayout | None = None
        self._made = time.monotonic()
        self._stream = ReasoningStream()
        self.thoughts: Thoughts | None = None
        """Made when there is reasoning."""
        self._dropped_before = dropped_before
        super().__init__(message, parent)

    def set_message(self, message: Message) -> None:
        """Show the message as it is now."""
        self.message = message
        self._show()

    def set_busy(self, busy: bool) -> None:
        super().set_busy(busy)
        self.again.setEnabled(not busy)
        self.go_on.setEnabled(not busy)

    def _place_edit(self) -> None:
        """Leave it to the foot."""

    def _editing_words(self) -> tuple[str, str]:
        return self.tr("Save"), self.tr("The previous version is kept; the arrows lead back to it.")

    def add_text(self, piece: str) -> None:
        """Add more of the reply; its reasoning is folded."""
        thoughts, answer = self._stream.push(piece)
        if thoughts:
            self._thoughts().add(thoughts)
        if answer:
            self.body.add(answer)
        if self.thoughts is not None and not self._stream.thinking:
            self.thoughts.end()

    def _thoughts(self) -> Thoughts:
        if self.thoughts is None:
            self.thoughts = Thoughts()
            self.thoughts.link_wanted.connect(self.link_wanted)
            self._column.insertWidget(self._column.indexOf(self.body), self.thoughts)
        return self.thoughts

    def show_counts(self, facts: ReplyFacts) -> None:
        """Show what the reply cost so far."""
        self._say_facts(_words(facts))
        self._show_trimmed(facts.trimmed_turns)

    def show_waiting(self, progress: Progress) -> None:
        """Show what the reply waits for, in the place of its counts."""
        self._say_facts(self._waiting_words(progress))

    def _say_facts(self, words: str) -> None:
        self.facts.setText(words)
        self.facts.setVisible(bool(words))
        facts = self.message.facts
        self.facts.setToolTip(
            self.tr("Drafted tokens that were accepted: {accepted} of {drafted}").format(
                accepted=numbers.exact(facts.accepted_tokens), drafted=numbers.exact(facts.drafted_tokens)
            )
            if facts.drafted_tokens
            else ""
        )

    def _show(self) -> None:
        if self._foot is None:
            self._build_foot()
        message, streaming = self.message, self.message.state == "streaming"
        self.who.setText(message.model or self.tr("Reply"))
        if not streaming:
            thoughts, answer = split(message.text)
            if thoughts or self.thoughts is not None:
                self._thoughts().show_whole(thoughts)
            self.body.finish(answer, markdown=True)
        elif not self.body.text and self.thoughts is None:
            self.add_text(message.text)
        self._show_end()
        self._show_trimmed(message.facts.trimmed_turns)
        self._say_facts("" if streaming else _words(message.facts))
        self._give_room(all_to_counts=streaming)
        self.copy.setVisible(not streaming and bool(message.text))
        self.edit.setVisible(not streaming and bool(message.text))
        self.again.setVisible(not streaming)
        self.prompt.setVisible(not streaming)
        self.tokens.setVisible(not streaming and bool(message.text))
        cut_off = message.state in ("cancelled", "interrupted", "failed") or message.facts.finish_reason == "length"
        self.go_on.setVisible(not streaming and cut_off and bool(message.text))
        self._show_versions()
        self.setAccessibleName(f"{self.who.text()}: {message.text[:200]}")

    def _build_foot(self) -> None:
        self.facts = label("", "small")
        theme.tabular(self.facts, 12)
        self.copy = self._quiet(self.tr("Copy"), self._on_copy)
        self.again = self._quiet(self.tr("Regenerate"), self._on_again)
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(0, 0, 0, 0)
        self._foot.setSpacing(4)
        self.go_on = self._quiet(self.tr("Continue"), self._on_go_on)
        self.tokens = self._quiet(self.tr("Tokens"), self._on_tokens)
        self.prompt = self._quiet(self.tr("Prompt"), self._on_prompt)
        for widget in (self.facts, self.go_on, self.edit, self.copy, self.again, self.tokens, self.prompt):
            self._foot.addWidget(widget)
        self._foot.addStretch(1)
        self._column.addLayout(self._foot)

    def _give_room(self, *, all_to_counts: bool) -> None:
        """Give the counts the whole line while they grow, so that none is cut before the line is laid out again."""
        assert self._foot is not None
        self._foot.setStretch(self._foot.indexOf(self.facts), int(all_to_counts))
        self._foot.setStretch(self._foot.count() - 1, int(not all_to_counts))

    def _waiting_words(self, progress: Progress) -> str:
        words = {
            "no-model": self.tr("Choose a model above…"),
            "engine": self.tr("Waiting for the engine…"),
            "loading": self.tr("Loading {model}…").format(model=self.message.model),
            "reading-prompt": self.tr("Reading the prompt…"),
        }.get(progress.what, self.tr("Working…"))
        if progress.total:
            words = f"{words} {numbers.percent(progress.done / progress.total, 0)}"
        waited_s = int(time.monotonic() - self._made)
        if waited_s < SHOW_WAIT_AFTER_S:
            return words
        return self.tr("{words} · {seconds} s").format(words=words, seconds=waited_s)

    def _show_end(self) -> None:
        problem = self.message.facts.problem
        words = {
            "cancelled": self.tr("Stopped. The partial reply is kept.")
            if self.message.text
            else self.tr("Stopped before the first token."),
            "interrupted": self.tr("Incomplete: the application ended during this reply."),
            "failed": self.tr("This reply failed."),
        }.get(self.message.state, "")
        if self.message.state == "done" and self.message.facts.finish_reason == "length":
            words = self.tr("Stopped at the length limit (“Longest reply” or the context).")
        damaged = problem is not None and self.message.state != "failed"
        words = i18n.sentence(problem) if problem is not None else words
        self._note("end", words, "bad" if damaged or self.message.state == "failed" else "small", at=2)

    def _show_trimmed(self, turns: int) -> None:
        words = self.tr("The context is full: the oldest messages ({count}) were dropped.")
        self._note(
            "trimmed", words.format(count=numbers.exact(turns)) if turns > self._dropped_before else "", "warn", at=0
        )

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.message.text)

    @Slot()
    def _on_tokens(self) -> None:
        self.tokens_wanted.emit(self.message)

    @Slot()
    def _on_prompt(self) -> None:
        self.prompt_wanted.emit(self.message)

    @Slot()
    def _on_go_on(self) -> None:
        self.continue_wanted.emit(self.message)

    @Slot()
    def _on_again(self) -> None:
        self.regenerate_wanted.emit(self.message)


def _words(facts: ReplyFacts) -> str:
    """Return a reply's counts: "29 tokens · 187 tokens/s · first after 14 ms"."""
    parts = []
    if facts.new_tokens:
        words = (
            QCoreApplication.translate("chat", "1 token")
            if facts.new_tokens == 1
            else QCoreApplication.translate("chat", "{count} tokens")
        )
        parts.append(words.format(count=numbers.exact(facts.new_tokens)))
    if facts.tokens_per_second:
        parts.append(numbers.rate(facts.tokens_per_second, QCoreApplication.translate("chat", "tokens")))
    if facts.time_to_first_token_s:
        after = QCoreApplication.translate("chat", "first token after {time}")
        parts.append(after.format(time=numbers.duration(facts.time_to_first_token_s)))
    if facts.drafted_tokens:
        rate = numbers.percent(facts.accepted_tokens / facts.drafted_tokens, 0)
        parts.append(QCoreApplication.translate("chat", "drafts {rate}").format(rate=rate))
    return " · ".join(parts)
