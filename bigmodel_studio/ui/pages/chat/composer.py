"""Where the user writes: Enter sends, Shift+Enter breaks the line, Esc stops. It grows with its text.

Enter never sends while an input method composes: the method's own text is not yet in the document then.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

TEXT_PX = 14
MOST_LINES = 8
CORNER_PX = 8


class Editor(QPlainTextEdit):
    """The text field. ``sent`` and ``stopped`` are what its keys mean."""

    sent = Signal()
    stopped = Signal()
    focused = Signal()
    """The keyboard came or went."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "composer")
        self.composing = False
        """Whether an input method holds text that is not yet committed."""
        self.setAcceptDrops(False)  # what is dropped goes to the window, which knows where it belongs
        self.setTabChangesFocus(True)
        self.setFont(theme.font(TEXT_PX))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.composing:
            if plain:
                self.sent.emit()
                return
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.insertPlainText("\n")
                self.ensureCursorVisible()
                return
        elif event.key() == Qt.Key.Key_Escape and plain and not self.composing:
            self.stopped.emit()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self.composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.composing = False
        super().focusOutEvent(event)
        self.focused.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = 0
        block = self.document().firstBlock()
        while block.isValid() and lines < MOST_LINES:
            lines += max(1, block.layout().lineCount())
            block = block.next()
        line = QFontMetrics(theme.font(TEXT_PX)).lineSpacing()
        self.setFixedHeight(min(max(lines, 1), MOST_LINES) * line + 8)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())


class EditorFrame(QFrame):
    """A frame around an editor, which shows where the keyboard is; buttons go into ``row`` below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = Editor()
        self.editor.focused.connect(self.update)
        self.row = QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 13, 11, 11)
        column.setSpacing(4)
        column.addWidget(self.editor)
        column.addLayout(self.row)
        self.setFocusProxy(self.editor)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent" if self.editor.hasFocus() else "field"))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CORNER_PX, CORNER_PX)
        painter.end()


class Composer(EditorFrame):
    """The editor in its frame, with one button that sends or stops."""

    sent = Signal(str)
    """What is to be sent; the editor keeps it until ``clear`` is called."""
    stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self.editor.setPlaceholderText(self.tr("Write a message…"))
        self.editor.setAccessibleName(self.tr("Message"))
        self.hint = label("", "small")
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.setSpacing(12)
        self.row.addStretch(1)
        self.row.addWidget(self.hint)
        self.row.addWidget(self.button)
        self.editor.sent.connect(self._on_sent)
        self.editor.stopped.connect(self.stopped)
        self.editor.textChanged.connect(self._say)
        self.button.clicked.connect(self._on_pressed)
        self._say()

    def text(self) -> str:
        """Return what is written."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Write something, with the cursor behind it."""
        self.editor.setPlainText(text)
        self.editor.moveCursor(self.editor.textCursor().MoveOperation.End)

    @Slot(str)
    def take_back(self, text: str) -> None:
        """Write what was not sent after all, where nothing else is written here."""
        if not self.text().strip():
            self.set_text(text)
        self.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Set whether a reply is on its way: the button stops it then."""
        self._busy = busy
        self._say()

    @Slot()
    def _on_sent(self) -> None:
        if self.text().strip():
            self.sent.emit(self.text())

    @Slot()
    def _on_pressed(self) -> None:
        if self._busy:
            self.stopped.emit()
        else:
            self._on_sent()

    @Slot()
    def _say(self) -> None:
        self.hint.setText(
            self.tr("Enter to send after this reply")
            if self._busy
            else self.tr("Enter to send · Shift+Enter for a new line")
        )
        self.button.setText(self.tr("Stop · Esc") if self._busy else self.tr("Send"))
        self.button.setEnabled(self._busy or bool(self.text().strip()))
        set_look(self.button, "" if self._busy else "primary")
