"""Which texts a run learns from: the bundled stories, or files and folders that are dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.core import numbers, paths
from bigmodel_studio.ui.icons import icon
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.drop_area import DropArea
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label


def sample_text() -> Path:
    """The stories that this project made."""
    return paths.samples() / "stories.txt"


class DataField(DropArea):
    """A list of paths that can be dropped onto; never empty of a way to fill it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files: list[Path] = [sample_text()] if sample_text().is_file() else []
        self.column.setContentsMargins(12, 8, 8, 8)
        self.column.setSpacing(4)
        self._rows: list[QWidget] = []
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2)
        self.none = label(self.tr("Drop text files or folders here"), "secondary")
        self.add = QPushButton(self.tr("Add files…"))
        self.add.clicked.connect(self.browse)
        self.sample = QPushButton(self.tr("Use the sample stories"))
        self.sample.clicked.connect(self._on_sample)
        for button in (self.add, self.sample):
            set_look(button, "quiet")
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.add)
        buttons.addWidget(self.sample)
        buttons.addStretch(1)
        self.column.addLayout(self.rows)
        self.column.addWidget(self.none)
        self.column.addLayout(buttons)
        self.paths_dropped.connect(self.add_files)
        self._show()

    @Slot()
    def browse(self) -> None:
        """Ask for text files."""
        files, _ = QFileDialog.getOpenFileNames(self.window(), self.tr("Texts to learn from"))
        if files:
            self.add_files([Path(file) for file in files])

    @Slot(object)
    def add_files(self, files: list[Path]) -> None:
        """Own texts take the place of the sample."""
        kept = [file for file in self.files if file != sample_text()]
        self.files = list(dict.fromkeys([*kept, *(file.absolute() for file in files)]))
        self._show()
        self.changed.emit()

    @Slot()
    def _on_sample(self) -> None:
        self.files = [sample_text()]
        self._show()
        self.changed.emit()

    @Slot()
    def _on_removed(self) -> None:
        path = self.sender().property("path")
        self.files = [file for file in self.files if str(file) != path]
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._rows = [self._row(file) for file in self.files]
        for row in self._rows:
            self.rows.addWidget(row)
        self.none.setVisible(not self.files)
        self.sample.setVisible(sample_text().is_file() and self.files != [sample_text()])

    def _row(self, file: Path) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        name = ElidedLabel(self.tr("Sample stories") if file == sample_text() else file.name)
        name.setToolTip(str(file))
        remove = QToolButton()
        remove.setIcon(icon("close"))
        remove.setAccessibleName(self.tr("Remove {name}").format(name=file.name))
        remove.setToolTip(remove.accessibleName())
        remove.setProperty("path", str(file))
        remove.clicked.connect(self._on_removed)
        row.addWidget(name, 1)
        row.addWidget(label(_size(file), "small"))
        row.addWidget(remove)
        return holder


def _size(file: Path) -> str:
    try:
        return numbers.size(file.stat().st_size) if file.is_file() else ""
    except OSError:
        return ""
