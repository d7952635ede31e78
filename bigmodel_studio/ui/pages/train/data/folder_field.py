"""Field for folders and tables of pictures: a folder of splits is taken apart, and what is in each row is counted.

Both are done in a thread: a folder may be large, and disks slow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.data import class_folders
from bigmodel_studio.core.data.columns import NO_COLUMNS, Columns
from bigmodel_studio.core.data.picture_listing import TABLES, ListingSummary, look, tables_in
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.data_field import DataField, short_name

MOST_COUNTED = 5_000
"""Entries that are looked at to say how many pictures a folder holds."""


class _Content(NamedTuple):
    """What a path holds. ``listing`` is None where it can't be read: the form says at this field what is wrong."""

    train: Path
    evaluation: Path | None
    has_table: bool
    listing: ListingSummary | None


class FolderField(DataField):
    """Folders that hold a folder of pictures for each class, and tables of pictures' paths. ``stop`` it at the end."""

    evaluation_found = Signal(object)
    """A folder that was given holds one to learn from, which was taken, and this one to evaluate on."""
    counted = Signal()
    """The classes and the pictures of the files are known now."""

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
        self.has_table = False
        """Whether something in it is a table, or a folder of tables."""
        self._contents: dict[Path, _Content] = {}
        self._added: set[Path] = set()
        """Paths that were added and not looked at yet: a folder of splits among them is taken apart."""
        self._look = Latest("folder-field", self)
        self._look.answered.connect(self._on_looked)
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
        self._added.update(file.absolute() for file in files)
        super().add_files(files)

    def set_files(self, files: list[Path]) -> None:
        super().set_files(files)
        self._count()

    def set_columns(self, columns: Columns) -> None:
        """Set what the columns of tables are called, and count again."""
        if columns != self.columns:
            self.columns = columns
            self._count()

    def stop(self) -> None:
        self._look.close()

    def name_shown(self, file: Path) -> str:
        return short_name(file)

    def amount_shown(self, file: Path) -> str:
        content = self._contents.get(file)
        if content is None:
            return self.tr("Counting…")
        if content.listing is None or not content.listing.pictures:
            return super().amount_shown(file)
        words = (
            self.tr("{classes} classes, over {count} pictures")
            if content.listing.more
            else self.tr("{classes} classes, {count} pictures")
        )
        amounts = {"classes": len(content.listing.labels), "count": content.listing.pictures}
        return words.format(**{name: numbers.exact(amount) for name, amount in amounts.items()})

    def _count(self) -> None:
        """Look at the folders and tables: as far as it takes to say how much is in them."""
        files, added, columns = tuple(self.files), frozenset(self._added), self.columns
        self._look.ask(lambda: _contents_of(files, added, columns))

    @Slot(object)
    def _on_looked(self, contents: object) -> None:
        if not isinstance(contents, dict):
            return
        self._added.clear()
        self._contents = {content.train: content for content in contents.values()}
        listings = [content.listing for content in contents.values() if content.listing is not None]
        self.classes = tuple(sorted({label for each in listings for label in each.labels}))
        self.count = sum(each.pictures for each in listings)
        self.has_table = any(content.has_table for content in contents.values())
        parts = [content for path, content in contents.items() if content.train != path]
        if parts:
            # They are counted already: the files alone are other ones.
            DataField.set_files(self, [contents[file].train for file in self.files])
        else:
            self.show_amounts()
        for part in parts:
            if part.evaluation is not None:
                self.evaluation_found.emit(part.evaluation)
        self.counted.emit()


def _contents_of(files: Sequence[Path], added: Collection[Path], columns: Columns) -> dict[Path, _Content]:
    return {file: _content(file, file in added, columns) for file in files}


def _content(path: Path, split: bool, columns: Columns) -> _Content:
    train, evaluation = (class_folders.split_of(path) if split else None) or (path, None)
    try:
        has_table = bool(tables_in(train))
        listing = look([str(train)], columns, MOST_COUNTED)
    except (StudioError, OSError):
        return _Content(train, evaluation, False, None)
    return _Content(train, evaluation, has_table, listing)
