"""Welcome view of the Chat page: which model will answer, whether it is ready, and how to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelFacts, Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

STARTER = "starter-gpt"
QUESTIONS = ("Tell me a story.", "What is a residual network?", "What can you do?")
"""Not translated: the bundled model learnt English alone, and is sent what the button says."""


class Welcome(QWidget):
    """``asked`` carries one of the first questions; ``folder_wanted``: a model's folder is to be opened."""

    asked = Signal(str)
    folder_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label("", "large", wrap=True)
        self.state = label("", "secondary", wrap=True)
        self.first = [QPushButton(text) for text in QUESTIONS]
        self.open = QPushButton(self.tr("Open a model folder…"))
        self.open.clicked.connect(self.folder_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        for widget in (self.title, self.state):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(widget)
        column.addSpacing(16)
        for button in (*self.first, self.open):
            button.clicked.connect(self._on_pressed)
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)

    def show_model(
        self, name: str, facts: ModelFacts | None, *, looking: bool, loading: bool, problem: Problem | None
    ) -> None:
        """Say which model answers and how far it is."""
        self.open.setVisible(not name and not looking)
        for button in self.first:
            button.setVisible(name == STARTER and problem is None)
        self.title.setText(self.tr("Talk to {name}").format(name=name) if name else self.tr("No model yet"))
        set_look(self.state, "secondary")
        if problem is not None:
            self.state.setText(i18n.sentence(problem))
            set_look(self.state, "bad")
        elif facts is not None:
            words = self.tr("{parameters} parameters, ready on {device}")
            self.state.setText(words.format(parameters=numbers.count(facts.parameters), device=facts.device))
        elif loading:
            self.state.setText(self.tr("Loading. You can start writing."))
        elif looking:
            self.title.setText(self.tr("Looking for models…"))
            self.state.setText("")
        elif not name:
            self.state.setText(self.tr("Drop a language model folder on the window, or open one."))
        else:
            self.state.setText("")

    @Slot()
    def _on_pressed(self) -> None:
        button = self.sender()
        if button in self.first and isinstance(button, QPushButton):
            self.asked.emit(button.text())
