"""The chat's inspector: the settings of the conversation, and the prompt as the model reads it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.ui.pages.chat.prompt_pane import PromptPane
from bigmodel_studio.ui.pages.chat.settings_panel import SettingsPanel
from bigmodel_studio.ui.widgets.segments import Segments


class Inspector(QWidget):
    """``tabs`` say which of its panes is shown."""

    def __init__(self, settings: SettingsPanel, prompt: PromptPane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = prompt
        self._panes: dict[str, QWidget] = {"settings": settings, "prompt": prompt}
        self.tabs = Segments(self.tr("Inspector"), {"settings": self.tr("Settings"), "prompt": self.tr("Prompt")})
        self.tabs.chosen.connect(self._on_tab)
        self._stack = QStackedWidget()
        for pane in self._panes.values():
            self._stack.addWidget(pane)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    @Slot(object)
    def show_prompt_of(self, reply: Message) -> None:
        """Show the prompt of a reply."""
        self.prompt.show_reply(reply)
        self.tabs.choose("prompt")

    @Slot(str)
    def _on_tab(self, key: str) -> None:
        self._stack.setCurrentWidget(self._panes[key])
