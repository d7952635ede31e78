"""Inputs of a task: texts, one a line, or two sentences that belong together."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFontMetrics, QTextCursor
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.widgets.page_frame import label

LEAST_LINES, MOST_LINES = 3, 8
LONGEST = 20_000
"""Characters of a line in one of the two fields."""


class TextInput(QWidget):
    """``changed`` whatever is typed. A subclass says what stands in it."""

    changed = Signal()
    tool: QPushButton | None = None
    """What helps with typing, where something does; the page has a place for it."""

    def text(self) -> str:
        """Return all that stands in it, as it is kept."""
        raise NotImplementedError

    def set_text(self, text: str) -> None:
        """Put what was kept into it."""
        raise NotImplementedError

    def texts(self) -> tuple[str, ...]:
        """Return what is to be read: nothing where something is missing."""
        raise NotImplementedError

    def begin(self) -> None:
        """Put the focus where it is begun with."""
        raise NotImplementedError


class LinesInput(TextInput):
    """A field that grows with its lines, of which each is a text; those without a word are none."""

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: tuple[str, ...] | None = ()
        """What stands in it, taken apart when it is asked for: a page asks after each of thousands of answers."""
        self.editor = QPlainTextEdit()
        self.editor.setTabChangesFocus(True)
        self.editor.setAccessibleName(name)
        self.editor.setPlaceholderText(placeholder)
        self.editor.textChanged.connect(self._on_text_changed)
        self.editor.document().documentLayout().documentSizeChanged.connect(self._fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.editor)
        self._fit()

    def text(self) -> str:
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        if text != self.text():
            self.editor.setPlainText(text)

    def texts(self) -> tuple[str, ...]:
        if self._texts is None:
            self._texts = tuple(line.strip(" ") for line in self.text().splitlines() if line.strip())
        return self._texts

    def begin(self) -> None:
        self.editor.setFocus()

    def replace_word(self, word: str) -> None:
        """Put ``word`` in place of what is selected, or of the word that the cursor is in or behind."""
        cursor = self.editor.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        cursor.insertText(word)
        self.editor.setTextCursor(cursor)
        self.editor.setFocus()

    @Slot()
    def _on_text_changed(self) -> None:
        self._texts = None
        self.changed.emit()

    @Slot()
    def _fit(self) -> None:
        lines = min(max(round(self.editor.document().size().height()), LEAST_LINES), MOST_LINES)
        frame = 2 * self.editor.frameWidth() + round(2 * self.editor.document().documentMargin()) + 12
        self.editor.setFixedHeight(lines * QFontMetrics(theme.font()).lineSpacing() + frame)


class PairInput(TextInput):
    """Two fields, the second below the first."""

    def __init__(self, names: tuple[str, str], placeholders: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.second = QLineEdit(), QLineEdit()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (field, name) in enumerate(zip((self.first, self.second), names, strict=True)):
            field.setMaxLength(LONGEST)
            field.setMinimumHeight(32)
            field.setAccessibleName(name)
            field.setPlaceholderText(placeholders[row])
            field.textChanged.connect(self.changed)
            grid.addWidget(label(name, "secondary"), row, 0)
            grid.addWidget(field, row, 1)

    def text(self) -> str:
        return f"{self.first.text()}\n{self.second.text()}".rstrip("\n")

    def set_text(self, text: str) -> None:
        first, _, second = text.partition("\n")
        self.first.setText(first)
        self.second.setText(second)

    def texts(self) -> tuple[str, ...]:
        both = (self.first.text().strip(), self.second.text().strip())
        return both if all(both) else ()

    def begin(self) -> None:
        (self.second if self.first.text().strip() and not self.second.text().strip() else self.first).setFocus()
