"""The inspector of the chat: how tokens are chosen, and the system prompt, of the conversation that is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.protocol import ModelFacts, Sampling
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.chat.sampling_form import SamplingForm
from bigmodel_studio.ui.widgets.page_frame import label

SYSTEM_PX = 96


class SettingsPanel(QWidget):
    """``sampling_edited`` and ``system_edited`` say that the user changed what is shown."""

    sampling_edited = Signal()
    system_edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._showing = False
        self.sampling = SamplingForm()
        self.system = QPlainTextEdit()
        self.system.setPlaceholderText(self.tr("Instructions for the model"))
        self.system.setAccessibleName(self.tr("System prompt"))
        self.system.setTabChangesFocus(True)
        self.system.setFixedHeight(SYSTEM_PX)
        self.note = label("", "small", wrap=True)
        self.reference = label("", "small", wrap=True)
        self.reference.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.sampling)
        column.addSpacing(8)
        column.addWidget(label(self.tr("System prompt"), "heading"))
        column.addWidget(self.system)
        column.addWidget(self.note)
        column.addWidget(self.reference)
        column.addStretch(1)
        self.sampling.edited.connect(self._on_sampling)
        self.system.textChanged.connect(self._on_system)

    def show_settings(self, sampling: Sampling, system: str) -> None:
        """Show the settings of a conversation; that is no edit."""
        self._showing = True
        self.sampling.set_value(sampling)
        if system != self.system.toPlainText():
            self.system.setPlainText(system)
        self._showing = False

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
        if not self._showing:
            self.sampling_edited.emit()

    @Slot()
    def _on_system(self) -> None:
        if not self._showing:
            self.system_edited.emit()
