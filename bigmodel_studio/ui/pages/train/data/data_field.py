"""Fields for training data: files and folders, dropped, chosen or fetched from the Hub; a field for each kind."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.core.data import picture_folders
from bigmodel_studio.core.data.columns import NO_COLUMNS, Columns
from bigmodel_studio.core.data.picture_listing import TABLES, look, tables_in
from bigmodel_studio.core.system.paths import sample_text
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.drop_area import DropArea
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

MOST_COUNTED = 5_000
"""Entries that are looked at to say how many pictures a folder holds, on the window's thread: some milliseconds."""
_SAY_NOTHING = frozenset({*picture_folders.TRAIN_NAMES, *picture_folders.EVALUATION_NAMES})
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

    def _row(self, file: Path) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
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
        row.addWidget(label(self.amount_shown(file), "small"))
        row.addWidget(remove)
        return holder


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
        words = self.tr("Drop chats here: JSON, JSONL or Parquet with messages, or instructions and answers")
        self.none.setText(words)
        self.add.setText(self.tr("Add files…"))
        self.show_files()

    @Slot()
    def browse(self) -> None:
        endings = self.tr("Chats") + " (*.json *.jsonl *.parquet)"
        files, _ = QFileDialog.getOpenFileNames(self.window(), self.tr("Training chats"), "", endings)
        if files:
            self.add_files([Path(file) for file in files])


class FolderField(DataField):
    """Folders that hold a folder of pictures for each class, and tables of pictures' paths."""

    evaluation_found = Signal(object)
    """A folder that was given holds one to learn from, which was taken, and this one to evaluate on."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(hint, "", parent)
        self.add.setText(self.tr("Add a folder…"))
        self.add_table = QPushButton(self.tr("Add a table…"))
        self.add_table.clicked.connect(self.browse_tables)
        set_look(self.add_table, "quiet")
        self.buttons.insertWidget(1, self.add_table)
        self.columns = NO_COLUMNS
        self.classes: tuple[str, ...] = ()
        self.count = 0
        """Pictures in all, as far as they were counted."""
        self._amounts: dict[Path, str] = {}
        self.show_files()

    @Slot()
    def browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window(), self.tr("A folder with one subfolder per class"))
        if folder:
            self.add_files([Path(folder)])

    @Slot()
    def browse_tables(self) -> None:
        """Ask for tables."""
        endings = self.tr("Tables") + f" ({' '.join(f'*{suffix}' for suffix in TABLES)})"
        title = self.tr("A table with path and class of each picture")
        files, _ = QFileDialog.getOpenFileNames(self.window(), title, "", endings)
        if files:
            self.add_files([Path(file) for file in files])

    @Slot(object)
    def add_files(self, files: list[Path]) -> None:
        """Add folders and tables; a folder that only holds a training and a test part is taken apart."""
        added: list[Path] = []
        for path in files:
            train, evaluation = picture_folders.split_of(path) or (path, None)
            added.append(train)
            if evaluation is not None:
                self.evaluation_found.emit(evaluation)
        super().add_files(added)

    def set_columns(self, columns: Columns) -> None:
        """Set what the columns of tables are called, and count again."""
        if columns != self.columns:
            self.columns = columns
            self.show_files()

    @property
    def has_table(self) -> bool:
        """Whether something in it is a table, or a folder of tables."""
        return any(_is_table(file) for file in self.files)

    def show_files(self) -> None:
        self._count()
        super().show_files()

    def name_shown(self, file: Path) -> str:
        return short_name(file)

    def amount_shown(self, file: Path) -> str:
        return self._amounts.get(file) or super().amount_shown(file)

    def _count(self) -> None:
        """Look at the folders and tables now: as far as it takes to say how much is in them."""
        labels: set[str] = set()
        self._amounts, self.count = {}, 0
        for path in self.files:
            try:
                seen = look([str(path)], self.columns, MOST_COUNTED)
            except (StudioError, OSError):
                continue  # the form says at this field what is wrong with it
            if seen.pictures:
                words = (
                    self.tr("{classes} classes, over {count} pictures")
                    if seen.more
                    else self.tr("{classes} classes, {count} pictures")
                )
                amounts = {"classes": numbers.exact(len(seen.labels)), "count": numbers.exact(seen.pictures)}
                self._amounts[path] = words.format(**amounts)
            self.count += seen.pictures
            labels.update(seen.labels)
        self.classes = tuple(sorted(labels))


def _is_table(path: Path) -> bool:
    try:
        return bool(tables_in(path))
    except (StudioError, OSError):
        return False
