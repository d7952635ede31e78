"""The card that one writes in: what the model is to do, the field for its texts, and what begins and stops it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.text.reading import Reading
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.pages.text.words import phrase
from bigmodel_studio.ui.widgets.drop_area import DropArea
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.segments import Segments

RUN_KEYS = "Ctrl+Return"


def run_keys() -> str:
    """Return the keys that have it read, as this system writes them."""
    return QKeySequence(RUN_KEYS).toString(QKeySequence.SequenceFormat.NativeText)


class Writing(DropArea):
    """``chosen`` carries the id of a task, ``typed`` says that what is written is another."""

    chosen = Signal(str)
    typed = Signal()
    read_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, tasks: Iterable[Task], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.dashed = False
        self._tasks = list(tasks)
        titles = {task.id: phrase(task.title) for task in self._tasks}
        self.switch = Segments(self.tr("Task"), titles)
        self.switch.chosen.connect(self._on_chosen)
        self.note = ElidedLabel()
        set_look(self.note, "secondary")
        self.failure = label("", "bad", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName(self.tr("Texts"))
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.clicked.connect(self.stop_wanted)
        self.read_button = QPushButton(self.tr("Read"))
        set_look(self.read_button, "primary")
        self.read_button.setToolTip(run_keys())
        self.read_button.clicked.connect(self.read_wanted)
        self._lay_out()
        self._on_chosen(self.switch.key)

    def _lay_out(self) -> None:
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        self.column.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(12)
        for task in self._tasks:
            task.input.changed.connect(self.typed)
            self.column.addWidget(task.input)
            if task.input.tool is not None:
                row.addWidget(task.input.tool)
        row.addWidget(self.note, 1)
        for part in (self.bar, self.stop_button, self.read_button):
            row.addWidget(part)
        self.column.addLayout(row)
        self.column.addWidget(self.failure)

    def fail(self, words: str) -> None:
        """Say why it could not be read; "" takes it back."""
        self.failure.setText(words)
        self.failure.setVisible(bool(words))

    def show_state(self, running: Reading | None, words: str, *, ready: bool) -> None:
        """Show what is being read, what is said of it, and whether it can be begun."""
        self.read_button.setEnabled(ready)
        self.note.setText(words)
        self.stop_button.setVisible(running is not None and not running.job.cancelling)
        loading = running is not None and running.doing == "loading"
        self.bar.setVisible(running is not None and (loading or running.total > 1))
        if running is not None:
            self.bar.setRange(0, 0 if loading else max(1, running.total))
            self.bar.setValue(len(running.answers))

    @Slot(str)
    def _on_chosen(self, id_: str) -> None:
        self.fail("")
        for task in self._tasks:
            for part in (task.input, task.input.tool):
                if part is not None:
                    part.setVisible(task.id == id_)
        self.chosen.emit(id_)
