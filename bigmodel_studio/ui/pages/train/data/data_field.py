"""Fields for training data: files and folders, dropped, chosen or fetched from the Hub; a field for each kind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.core.data import class_folders
from bigmodel_studio.core.system.paths import sample_text
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.drop_area import DropArea
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

_SAY_NOTHING = frozenset({*class_folders.TRAIN_NAMES, *class_folders.EVALUATION_NAMES})
"""Names that need their parent's to mean something."""
_SAY_LITTLE = frozenset({"data", "input"})
"""Names that are as good as none for a run."""


def name_of_data(path: Path) -> str:
    """Return what a run on this data may be called: a folder or a file called "train" says nothing, nor does
    "input".
    """
    named = path.parent if path.stem.lower() in _SAY_NOTHING | _SAY_LITTLE and path.parent.name else path
    return named.stem


def short_name(path: Path) -> str:
    """Return what data is called in a row: a folder or a file called "train" with its parent's name."""
    return f"{path.parent.name}/{path.name}" if path.stem.lower() in _SAY_NOTHING else path.name


class DataField(DropArea):
    """A list of paths that can be dropped onto; never empty of a way to fill it."""

    changed = Signal()
    hub_wanted = Signal()
    """Data from the Hub is asked for; who hears it adds what was chosen."""

    def __init__(self, hint: str, add: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files: list[Path] = []
        self.column.setContentsMargins(12, 8, 8, 8)
        self.column.setSpacing(4)
        self._rows: list[QWidget] = []
        self._amounts: dict[Path, QLabel] = {}
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2)
        self.none = label(hint, "secondary", wrap=True)
        self.add = QPushButton(add)
        self.add.clicked.connect(self.browse)
        set_look(self.add, "quiet")
        self.hub = QPushButton(self.tr("From the Hub…"))
        self.hub.clicked.connect(self.hub_wanted)
        set_look(self.hub, "quiet")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(4)
        self.buttons.addWidget(self.add)
        self.buttons.addWidget(self.hub)
        self.buttons.addStretch(1)
        self.column.addLayout(self.rows)
        self.column.addWidget(self.none)
        self.column.addLayout(self.buttons)
        self.paths_dropped.connect(self.add_files)

    @Slot()
    def browse(self) -> None:
        """Ask for what is to be added."""
        raise NotImplementedError

    @Slot(object)
    def add_files(self, files: list[Path]) -> None:
        """Put paths at the end, each once."""
        self.set_files([*self.files, *files])

    def set_files(self, files: list[Path]) -> None:
        """Show these from now on."""
        self.files = list(dict.fromkeys(file.absolute() for file in files))
        self.show_files()
        self.changed.emit()

    @Slot()
    def _on_removed(self) -> None:
        path = self.sender().property("path")
        self.set_files([file for file in self.files if str(file) != path])

    def show_files(self) -> None:
        """Draw the rows anew."""
        for old in self._rows:
            old.hide()
            old.deleteLater()
        self._amounts = {}
        self._rows = [self._row(file) for file in self.files]
        for row in self._rows:
            self.rows.addWidget(row)
        self.none.setVisible(not self.files)

    def name_shown(self, file: Path) -> str:
        """Return what a row says."""
        return file.name

    def amount_shown(self, file: Path) -> str:
        """Return how much there is in it, at the row's end."""
        try:
            return numbers.size(file.stat().st_size) if file.is_file() else ""
        except OSError:
            return ""

    def show_amounts(self) -> None:
        """Say anew how much there is in each row, and leave the rows as they are."""
        for file, amount in self._amounts.items():
            amount.setText(self.amount_shown(file))

    def stop(self) -> None:
        """Stop looking at files: the form closes."""

    def _row(self, file: Path) -> QWidget:
        container = QWidget()
        row = QHBoxLayout(container)
        row.setContentsMargins(0, 0, 0, 0)
        name = ElidedLabel(self.name_shown(file))
        name.setToolTip(str(file))
        remove = QToolButton()
        remove.setIcon(icon("close"))
        remove.setAccessibleName(self.tr("Remove {name}").format(name=file.name))
        remove.setToolTip(remove.accessibleName())
        remove.setProperty("path", str(file))
        remove.clicked.connect(self._on_removed)
        row.addWidget(name, 1)
        self._amounts[file] = amount = label(self.amount_shown(file), "small")
        row.addWidget(amount)
        row.addWidget(remove)
        return container


class TextField(DataField):
    """Text files and folders of them; the bundled stories at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.none.setText(self.tr("Drop text files, Parquet files or folders here"))
        self.add.setText(self.tr("Add files…"))
        self.sample = QPushButton(self.tr("Use the sample stories"))
        self.sample.clicked.connect(self._on_sample)
        set_look(self.sample, "quiet")
        self.buttons.insertWidget(1, self.sample)
        self.files = [sample_text()] if sample_text().is_file() else []
        self.show_files()

    @Slot()
    def browse(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self.window(), self.tr("Training texts"))
        if files:
            self.add_files([Path(file) for file in files])

    @Slot(object)
    def add_files(self, files: list[Path]) -> None:
        """Add texts, which take the place of the sample."""
        self.set_files([*(file for file in self.files if file != sample_text()), *files])

    @Slot()
    def _on_sample(self) -> None:
        self.set_files([sample_text()])

    def show_files(self) -> None:
        super().show_files()
        self.sample.setVisible(sample_text().is_file() and self.files != [sample_text()])

    def name_shown(self, file: Path) -> str:
        return self.tr("Sample stories") if file == sample_text() else file.name


class ChatField(DataField):
    """Files of conversations, and folders of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent)
        self.none.setText(self.hint())
        self.add.setText(self.tr("Add files…"))
        self.show_files()

    def hint(self) -> str:
        """Return what is said while there are no files."""
        return self.tr("Drop chats here: JSON, JSONL or Parquet with messages, or instructions and answers")

    def kind_words(self) -> tuple[str, str]:
        """Return what such files are called, and the title of the dialog that asks for them."""
        return self.tr("Chats"), self.tr("Training chats")

    @Slot()
    def browse(self) -> None:
        kind, title = self.kind_words()
        files, _ = QFileDialog.getOpenFileNames(self.window(), title, "", f"{kind} (*.json *.jsonl *.parquet)")
        if files:
            self.add_files([Path(file) for file in files])


class PairField(ChatField):
    """Files of preference pairs, and folders of them."""

    def hint(self) -> str:
        return self.tr("Drop preference pairs here: JSON, JSONL or Parquet with prompt, chosen and rejected")

    def kind_words(self) -> tuple[str, str]:
        return self.tr("Preference pairs"), self.tr("Training pairs")
