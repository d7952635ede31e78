"""The settings of a conversation: its model, sampling, draft model and system prompt, from the form to the store."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from bigmodel_studio.core.chat.conversation_values import ChatSettings, Conversation
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.ui.pages.chat.chat_model import ChatModel
from bigmodel_studio.ui.pages.chat.draft_picker import DraftPicker
from bigmodel_studio.ui.pages.chat.settings_panel import SettingsPanel
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.travel_badge import TravelBadge


class ChatSettingsKeeper(QObject):
    """Writes down what the user changes of the conversation that is shown, and shows that of one that is opened."""

    def __init__(
        self,
        talk: Talk,
        panel: SettingsPanel,
        draft: DraftPicker,
        picker: ModelPicker,
        badge: TravelBadge,
        model: ChatModel,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._talk, self._panel, self._draft = talk, panel, draft
        self._badge, self._model = badge, model
        picker.chosen.connect(self._keep)
        panel.sampling_edited.connect(self._on_sampling)
        panel.system_edited.connect(self._on_system)
        draft.edited.connect(self._on_sampling)

    def restore(self, settings: SettingsStore) -> None:
        """Show what the last session ended with."""
        values = settings.values
        self._panel.show_settings(values.sampling, values.session.system_prompt)

    def open(self, kept: Conversation) -> None:
        """Go on with the model, the sampling and the system prompt of a conversation."""
        sampling = kept.settings.sampling if kept.settings.kept else self._panel.sampling.value()
        self._panel.show_settings(sampling, kept.system)
        self._draft.show_draft(kept.settings.draft)
        self._talk.sampling, self._talk.system = sampling, kept.system
        if kept.settings.model is not None and self._badge.isHidden():
            self._model.open(kept.settings.model)

    def use(self) -> None:
        """Have the next message said with what the form says now."""
        self._talk.sampling = self._panel.sampling.value()
        self._talk.system = self._panel.system.toPlainText()
        self._talk.settings = self._value()

    def _value(self) -> ChatSettings:
        sampling = self._panel.sampling.value()
        return ChatSettings(model=self._badge.settled(), sampling=sampling, draft=self._draft.draft)

    @Slot()
    def _on_sampling(self) -> None:
        self._talk.sampling = self._panel.sampling.value()
        self._keep()

    @Slot()
    def _on_system(self) -> None:
        self._talk.system = self._panel.system.toPlainText()
        if self._talk.conversation:
            self._talk.store.set_system(self._talk.conversation, self._talk.system)

    @Slot()
    def _keep(self) -> None:
        if self._talk.conversation:
            self._talk.store.set_settings(self._talk.conversation, self._value())
