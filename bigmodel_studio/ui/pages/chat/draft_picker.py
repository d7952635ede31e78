"""Choosing a draft model: a smaller one that guesses tokens ahead for the model that answers, which verifies them.

The text stays the same; what is gained is time. Without one, what follows is looked up in the conversation itself.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversation_values import ReplyFacts
from bigmodel_studio.core.models import library
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

LONGEST = 32
"""Characters of a name in the box."""


class DraftPicker(QWidget):
    """``draft`` is the model that was chosen, None where there is none. ``edited``: the user chose."""

    edited = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model: ModelRef | None = None
        self.draft: ModelRef | None = None
        self._last = ReplyFacts()
        self.box = Choice()
        self.box.setAccessibleName(self.tr("Draft model"))
        self.note = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(self.tr("Draft model"), "heading"))
        column.addWidget(self.box)
        column.addWidget(self.note)
        self.box.activated.connect(self._on_activated)
        self.show_model(None)

    def show_model(self, model: ModelRef | None) -> None:
        """Offer what may guess for a model: smaller ones, whichever path computes either."""
        self._model = model
        self.box.clear()
        self.box.addItem(self.tr("None: look up in the chat"), None)
        for record in self._able():
            name = record.name if len(record.name) <= LONGEST else f"{record.name[: LONGEST - 1]}…"
            self.box.addItem(f"{name} · {numbers.count(record.parameters)}", record.ref)
            self.box.setItemData(self.box.count() - 1, record.name, Qt.ItemDataRole.ToolTipRole)
        self.box.setCurrentIndex(max(0, self._place()))
        self.box.setEnabled(self.box.count() > 1)
        self._say()

    def show_draft(self, draft: ModelRef | None) -> None:
        """Show the draft model of a conversation; that is no choice."""
        self.draft, self._last = draft, ReplyFacts()
        self.show_model(self._model)

    def show_reply(self, facts: ReplyFacts) -> None:
        """Show how many guesses of the last reply were right."""
        self._last = facts
        self._say()

    def request_ref(self, model: ModelRef) -> ModelRef | None:
        """Return the draft model on the device of the one that it guesses for, and in its precision where it has that.

        None where it is not offered.
        """
        if self.draft is None or self._place() < 0:
            return None
        precision = model.precision if self._studio.precisions(self.draft) else "stored"
        return msgspec.structs.replace(self.draft, precision=precision, device=model.device)

    def _place(self) -> int:
        return next((at for at in range(self.box.count()) if self.box.itemData(at) == self.draft), -1)

    def _able(self) -> list[library.ModelRecord]:
        if self._model is None:
            return []
        records = [record for record in self._studio.models("causal-lm") if record.problem is None]
        here = [record for record in records if (record.source, record.ref.id) == (self._model.source, self._model.id)]
        most = here[0].parameters if here else 0
        return [record for record in records if record.parameters < most]

    def _say(self) -> None:
        facts = self._last
        if self._place() > 0 and facts.drafted_tokens:
            words = self.tr("Last reply: {share} of {count} drafted tokens accepted.").format(
                share=numbers.percent(facts.accepted_tokens / facts.drafted_tokens, 0),
                count=numbers.exact(facts.drafted_tokens),
            )
        elif self.box.count() > 1:
            words = self.tr("A smaller model with the same tokenizer guesses ahead: same text, sooner.")
        else:
            words = self.tr("No smaller model on this computer can guess for this one.")
        self.note.setText(words)

    @Slot(int)
    def _on_activated(self, at: int) -> None:
        self.draft, self._last = self.box.itemData(at), ReplyFacts()
        self._say()
        self.edited.emit()
