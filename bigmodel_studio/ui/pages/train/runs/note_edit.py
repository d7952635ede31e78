"""Editor of a run's notes: tags in a line, a note below. Kept a moment after the last key, and when left."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.notes import note_of, write_note
from bigmodel_studio.core.system.files import not_saved

KEEP_AFTER_MS = 700
NOTE_LINES, MOST_LINES = 3, 6


class NoteEdit(QWidget):
    """``kept``: what is beside the run is another now; ``failed`` carries the problem where it could not be kept."""

    kept = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: str | None = None
        self._typed = False
        self.tags = QLineEdit()
        self.tags.setPlaceholderText(self.tr("Tags"))
        self.tags.setAccessibleName(self.tr("Tags of the run"))
        self.tags.setToolTip(self.tr("Words for search, separated by spaces"))
        self.text = _NoteText()
        self.text.setPlaceholderText(self.tr("Notes"))
        self.text.setAccessibleName(self.tr("Notes on the run"))
        self.text.setToolTip(
            self.tr("Checkpoints named in the notes, like @200, are never removed to free up disk space.")
        )
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(self.text.fontMetrics().lineSpacing() * NOTE_LINES + 16)
        self.text.setMaximumHeight(self.text.fontMetrics().lineSpacing() * MOST_LINES + 16)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.tags)
        column.addWidget(self.text)
        self._timer = QTimer(self, singleShot=True, interval=KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        self.tags.textEdited.connect(self._on_typed)
        self.tags.editingFinished.connect(self.keep)
        self.text.textChanged.connect(self._on_typed)
        self.text.left.connect(self.keep)

    def show_run(self, run: str | None) -> None:
        """Show another run; what was typed beside the one before is kept first."""
        if run == self._run:
            return
        self.keep()
        self._run = run
        note = note_of(run) if run is not None else None
        with QSignalBlocker(self.text):
            self.text.setPlainText(note.text if note is not None else "")
        self.tags.setText(" ".join(note.tags) if note is not None else "")

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        self.keep()
        self._timer.stop()

    @Slot()
    def _on_typed(self) -> None:
        self._typed = True
        self._timer.start()

    @Slot()
    def keep(self) -> None:
        """Write what has been typed."""
        self._timer.stop()
        typed, self._typed = self._typed, False
        if self._run is None or not typed:
            return
        try:
            write_note(self._run, text=self.text.toPlainText(), tags=[self.tags.text()])
        except OSError as error:
            self.failed.emit(not_saved(Path(error.filename or ""), error).problem)
            return
        self.kept.emit()


class _NoteText(QPlainTextEdit):
    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()
