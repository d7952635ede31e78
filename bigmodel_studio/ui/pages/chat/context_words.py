"""The header's words: how the model is talked to, and how much of its context the conversation takes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.chat_model import ChatModel


class ContextWords(QLabel):
    """Says them again whenever ``show_after`` is called."""

    def __init__(self, model: ChatModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self, "secondary")

    def show_after(self, message: Message | None) -> None:
        """Show how much is taken after a message, None: of a conversation without any."""
        facts, parts = self._model.facts(), []
        if facts is not None:
            parts.append(self.tr("chat template") if facts.has_chat_template else self.tr("plain continuation"))
            used = message.facts.prompt_tokens + message.facts.new_tokens if message is not None else 0
            if facts.context_length:
                known = message is None or message.facts.prompt_tokens > 0
                words = self.tr("{used} of {all} tokens") if known else self.tr("{all} tokens context")
                parts.append(words.format(used=numbers.exact(used), all=numbers.exact(facts.context_length)))
            if facts.reference is not None:
                parts.append(self.tr("transformers (slower)"))
        elif self._model.loading:
            parts.append(self.tr("loading…"))
        self.setText(" · ".join(parts))
        reference = facts.reference if facts is not None else None
        self.setToolTip(i18n.sentence(reference) if reference is not None else "")
