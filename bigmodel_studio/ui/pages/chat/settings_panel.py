"""The inspector of the chat: the system prompt and how tokens are chosen, of the conversation that is shown.

Both can be taken from what the user named and kept: presets of sampling, and a library of system prompts.
"""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.chat.presets import PRESETS, READY, preset, without_seed
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import ModelFacts, Sampling
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.chat.draft_picker import DraftPicker
from bigmodel_studio.ui.pages.chat.named_values import NamedValues, Words
from bigmodel_studio.ui.pages.chat.sampling_form import SamplingForm
from bigmodel_studio.ui.widgets.page_frame import label

SYSTEM_PX = 96
PRESET_NAMES = {
    "balanced": str(QT_TRANSLATE_NOOP("presets", "Balanced")),
    "precise": str(QT_TRANSLATE_NOOP("presets", "Precise")),
    "creative": str(QT_TRANSLATE_NOOP("presets", "Creative")),
}
PROMPTS = {
    "none": ("", ""),
    "brief": (
        str(QT_TRANSLATE_NOOP("presets", "Brief")),
        str(QT_TRANSLATE_NOOP("presets", "Answer in one or two sentences. Say so when you do not know.")),
    ),
    "teacher": (
        str(QT_TRANSLATE_NOOP("presets", "Teacher")),
        str(
            QT_TRANSLATE_NOOP("presets", "Explain step by step, in plain words, with one example. End with a question.")
        ),
    ),
    "reviewer": (
        str(QT_TRANSLATE_NOOP("presets", "Code reviewer")),
        str(QT_TRANSLATE_NOOP("presets", "Review the code: first what is wrong, then what could be simpler.")),
    ),
    "translator": (
        str(QT_TRANSLATE_NOOP("presets", "Translator")),
        str(QT_TRANSLATE_NOOP("presets", "Translate what I write into English, or English into Chinese. Add nothing.")),
    ),
}
"""Ready system prompts: name and text, both in the window's language."""


def _translated(text: str) -> str:
    return QCoreApplication.translate("presets", text) if text else ""


class SettingsPanel(QWidget):
    """``sampling_edited`` and ``system_edited`` say that the user changed what is shown."""

    sampling_edited = Signal()
    system_edited = Signal()

    def __init__(self, settings: SettingsStore, draft: DraftPicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._showing = False
        self.prompts = self._named_prompts()
        self.system = QPlainTextEdit()
        self.system.setPlaceholderText(self.tr("Instructions for the model"))
        self.system.setAccessibleName(self.tr("System prompt"))
        self.system.setTabChangesFocus(True)
        self.system.setFixedHeight(SYSTEM_PX)
        self.note = label("", "small", wrap=True)
        self.reference = label("", "small", wrap=True)
        self.reference.hide()
        self.presets = self._named_presets()
        self.draft = draft
        self.sampling = SamplingForm()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.prompts)
        column.addWidget(self.system)
        column.addWidget(self.note)
        column.addWidget(self.reference)
        column.addSpacing(8)
        column.addWidget(self.presets)
        column.addWidget(self.sampling)
        column.addWidget(self.draft)
        column.addStretch(1)
        self.sampling.edited.connect(self._on_sampling)
        self.system.textChanged.connect(self._on_system)
        self._on_sampling()
        self._on_system()

    def _named_prompts(self) -> NamedValues:
        names = {key: _translated(name) for key, (name, _) in PROMPTS.items()} | {"none": self.tr("None")}
        words = Words(
            self.tr("System prompt"),
            self.tr("Not saved"),
            self.tr("Save this prompt…"),
            self.tr("Name of the prompt, then Enter"),
            names,
        )
        made = NamedValues(words, {key: _translated(text) for key, (_, text) in PROMPTS.items()})
        made.set_own(self._settings.values.system_prompts)
        made.chosen.connect(self._on_prompt_chosen)
        made.changed.connect(self._on_prompts_changed)
        return made

    def _named_presets(self) -> NamedValues:
        words = Words(
            self.tr("Sampling"),
            self.tr("Custom"),
            self.tr("Save as preset…"),
            self.tr("Name of the preset, then Enter"),
            {key: _translated(name) for key, name in PRESET_NAMES.items()},
        )
        made = NamedValues(words, PRESETS)
        made.set_own(self._settings.values.presets)
        made.chosen.connect(self._on_preset_chosen)
        made.changed.connect(self._on_presets_changed)
        made.menu.aboutToShow.connect(self._offer_for_new_chats)
        return made

    def show_settings(self, sampling: Sampling, system: str) -> None:
        """Show the settings of a conversation; that is no edit."""
        self._showing = True
        self.sampling.set_value(sampling)
        if system != self.system.toPlainText():
            self.system.setPlainText(system)
        self._showing = False

    def begin_chat(self) -> None:
        """Show the settings that a new chat begins with: the preset that was chosen for it, else what is shown."""
        values = self._settings.values
        chosen = preset(values.new_chat_preset, values.presets)
        if chosen is not None:
            self.show_settings(chosen, self.system.toPlainText())

    def show_model(self, facts: ModelFacts | None) -> None:
        """Show what is the loaded model's own (None: it is not loaded)."""
        self.sampling.show_own(facts.sampling if facts is not None else None)
        self.reference.setVisible(facts is not None and facts.reference is not None)
        if facts is not None:
            self.note.setText(
                self.tr("Messages and system prompt are formatted with the model's chat template.")
                if facts.has_chat_template
                else self.tr("This model has no chat template: it continues the chat as plain text.")
            )
            self.reference.setText(i18n.sentence(facts.reference) if facts.reference is not None else "")

    @Slot()
    def _on_sampling(self) -> None:
        self.presets.show_value(without_seed(self.sampling.value()))
        if not self._showing:
            self.sampling_edited.emit()

    @Slot()
    def _on_system(self) -> None:
        self.prompts.show_value(self.system.toPlainText().strip())
        if not self._showing:
            self.system_edited.emit()

    @Slot(object)
    def _on_preset_chosen(self, chosen: Sampling) -> None:
        self.sampling.set_value(msgspec.structs.replace(chosen, seed=self.sampling.value().seed))

    @Slot(object)
    def _on_prompt_chosen(self, text: str) -> None:
        self.system.setPlainText(text)

    @Slot(object)
    def _on_presets_changed(self, own: dict[str, Sampling]) -> None:
        self._settings.change(presets=own)

    @Slot(object)
    def _on_prompts_changed(self, own: dict[str, str]) -> None:
        self._settings.change(system_prompts=own)

    @Slot()
    def _offer_for_new_chats(self) -> None:
        """Offer to begin new chats with the preset in use, or as the last one was."""
        found = self.presets.current()
        if found is None:
            return
        key = READY + found[0] if found[1] else found[0]
        action = self.presets.menu.addAction(self.tr("Start new chats with this preset"))
        action.setCheckable(True)
        action.setChecked(self._settings.values.new_chat_preset == key)
        action.triggered.connect(partial(self._begin_with, key, action))

    def _begin_with(self, key: str, action: QAction) -> None:
        self._settings.change(new_chat_preset=key if action.isChecked() else "")
