"""The list of shortcuts, drawn from the table of actions, with those that belong to one place added."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFormLayout, QWidget

from bigmodel_studio.ui import actions
from bigmodel_studio.ui.widgets.page_frame import label


class ShortcutsDialog(QDialog):
    """Read, then closed with Esc."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Shortcuts"))
        form = QFormLayout(self)
        form.setContentsMargins(24, 24, 24, 24)
        form.setHorizontalSpacing(48)
        form.setVerticalSpacing(8)
        for text, keys in [*actions.texts(), *self._of_chat()]:
            native = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
            form.addRow(label(text), label(native, "secondary"))

    def _of_chat(self) -> list[tuple[str, str]]:
        return [
            (self.tr("Chat: send"), "Return"),
            (self.tr("Chat: line break"), "Shift+Return"),
            (self.tr("Chat: stop the reply"), "Esc"),
        ]
