"""The chat's inspector: the settings of the conversation, a reply under the microscope, and the prompt as tokens."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.ui.pages.chat.microscope.pane import Microscope
from bigmodel_studio.ui.pages.chat.prompt_pane import PromptPane
from bigmodel_studio.ui.pages.chat.settings_panel import SettingsPanel
from bigmodel_studio.ui.widgets.segments import Segments


class Inspector(QWidget):
    """``tabs`` say which of its panes is shown."""

    def __init__(
        self, settings: SettingsPanel, microscope: Microscope, prompt: PromptPane, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.microscope, self.prompt = microscope, prompt
        self._panes: dict[str, QWidget] = {"settings": settings, "microscope": microscope, "prompt": prompt}
        names = {"settings": self.tr("Settings"), "microscope": self.tr("Microscope"), "prompt": self.tr("Prompt")}
        self.tabs = Segments(self.tr("Inspector"), names)
        self.tabs.chosen.connect(self._on_tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.tabs)
        for pane in self._panes.values():  # no stack: it is as tall as the tallest of them
            column.addWidget(pane, 1)
        self._on_tab(self.tabs.key)

    @Slot(object)
    def show_prompt_of(self, reply: Message) -> None:
        """Show the prompt of a reply."""
        self.prompt.show_reply(reply)
        self.tabs.choose("prompt")

    @Slot(object)
    def show_tokens_of(self, reply: Message) -> None:
        """Show a reply under the microscope."""
        self.microscope.show_reply(reply)
        self.tabs.choose("microscope")

    @Slot(str)
    def _on_tab(self, key: str) -> None:
        for name, pane in self._panes.items():
            pane.setVisible(name == key)
