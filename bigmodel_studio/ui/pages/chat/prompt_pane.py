"""The prompt as the model reads it: token by token, special tokens marked, and the messages that did not fit."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Done, End, Failed, PromptTokens, ShowPrompt, Turn
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.chat_model import ChatModel
from bigmodel_studio.ui.pages.chat.composer import Composer
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.token_looks import TokenSample
from bigmodel_studio.ui.widgets.token_view import TokenView
from bigmodel_studio.ui.window.studio import Studio

REFRESH_MS = 400
MOST_DROPPED = 12
"""Messages that did not fit whose first words are said."""
WORDS = 60


class PromptPane(QWidget):
    """Shows the prompt of the next message, or of a reply that was chosen, by the model that wrote that reply; asks the
    engine only while it is shown.
    """

    def __init__(
        self, studio: Studio, talk: Talk, model: ChatModel, composer: Composer, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._talk, self._model, self._composer = studio, talk, model, composer
        self._reply: Message | None = None
        self._asked: Message | None = None
        """The reply whose prompt was asked for: nothing that is changed later changes it."""
        self._turns: tuple[Turn, ...] = ()
        self._job: Job | None = None
        self.title = label("", "heading")
        self.next = QPushButton(self.tr("Show the next message"))
        set_look(self.next, "link")
        self.next.clicked.connect(self._on_next)
        self.state = label("", "small", wrap=True)
        self.dropped = label("", "warn", wrap=True)
        self.tokens = TokenView()
        self.tokens.setAccessibleName(self.tr("Tokens of the prompt"))
        self.tokens.setMinimumHeight(240)
        self.said = label("", "small", wrap=True)
        self.tokens.read_out.connect(self.said.setText)
        legend = QHBoxLayout()
        legend.setSpacing(8)
        words = self.tr("special token")
        legend.addWidget(TokenSample("added", "</s>", words))
        legend.addWidget(label(words, "small"))
        legend.addStretch(1)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.state)
        column.addWidget(self.dropped)
        column.addWidget(self.tokens, 1)
        column.addWidget(self.said)
        column.addLayout(legend)
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        composer.editor.textChanged.connect(self._on_changed)
        talk.busy_changed.connect(self._on_changed)
        model.changed.connect(self._on_changed)
        studio.facts_changed.connect(self._on_changed)

    def show_reply(self, reply: Message | None) -> None:
        """Show the prompt of a reply, None: of the next message."""
        self._reply, self._asked = reply, None
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @Slot()
    def _on_next(self) -> None:
        self.show_reply(None)

    @Slot()
    def _on_changed(self) -> None:
        if self.isVisible() and (self._reply is None or self._reply != self._asked):
            self._timer.start()

    @Slot()
    def refresh(self) -> None:
        """Ask for the prompt as it is now."""
        if not self.isVisible():
            return
        if self._reply is not None and self._reply.conversation != self._talk.conversation:
            self._reply = None
        self.title.setText(self.tr("Next message") if self._reply is None else self.tr("Chosen reply"))
        self.next.setVisible(self._reply is not None)
        written_by = self._reply.facts.model if self._reply is not None else None
        ref = self._talk.model if written_by is None else written_by
        if self._talk.busy or ref is None or (written_by is None and self._model.facts() is None):
            self.state.setText(
                self.tr("Shown after this reply.") if self._talk.busy else self.tr("Shown once the model is loaded.")
            )
            return
        text = self._composer.text() if self._reply is None else ""
        self._turns, _ = self._talk.turns(self._reply, text)
        if not any(turn.role == "user" for turn in self._turns):
            self._show(PromptTokens(tokens=(), prompt_tokens=0, template=False))
            self.state.setText(self.tr("Write a message to see its prompt."))
            return
        if self._job is not None:
            self._job.cancel()
        self._asked = self._reply
        sampling = self._reply.facts.sampling if self._reply is not None else None
        request = ShowPrompt(model=ref, turns=self._turns, sampling=sampling or self._talk.sampling)
        self._job = self._studio.submit(request)
        self._job.ended.connect(self._on_ended)

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        if isinstance(end, Done) and isinstance(end.result, PromptTokens):
            self._show(end.result)
        elif isinstance(end, Failed):
            self._show(PromptTokens(tokens=(), prompt_tokens=0, template=False))
            self.state.setText(i18n.sentence(end.problem))

    def _show(self, prompt: PromptTokens) -> None:
        count = numbers.exact(prompt.prompt_tokens)
        counts = self.tr("{count} tokens").format(count=count)
        if prompt.context_length:
            counts = self.tr("{used} of {all} tokens").format(used=count, all=numbers.exact(prompt.context_length))
        way = self.tr("chat template") if prompt.template else self.tr("plain continuation")
        parts = [counts, way]
        if len(prompt.tokens) < prompt.prompt_tokens:
            parts.append(self.tr("the last {count} are shown").format(count=numbers.exact(len(prompt.tokens))))
        self.state.setText(" · ".join(parts))
        self.dropped.setText(self._dropped_words(prompt))
        self.dropped.setVisible(bool(self.dropped.text()))
        self.tokens.show_tokens(prompt.tokens)

    def _dropped_words(self, prompt: PromptTokens) -> str:
        """Say which messages did not fit, by their first words."""
        if not prompt.trimmed_turns:
            return ""
        said = [turn for turn in self._turns if turn.role != "system"][: prompt.trimmed_turns]
        lines = [" ".join(turn.content.split()) for turn in said[:MOST_DROPPED]]
        lines = [line if len(line) <= WORDS else line[: WORDS - 1] + "…" for line in lines]
        if len(said) > MOST_DROPPED:
            lines.append("…")
        words = self.tr("Dropped, as the context is full: {count} messages, {tokens} tokens.")
        counted = words.format(count=numbers.exact(prompt.trimmed_turns), tokens=numbers.exact(prompt.trimmed_tokens))
        return "\n– ".join([counted, *lines])
