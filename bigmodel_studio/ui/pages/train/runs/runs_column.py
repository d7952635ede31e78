"""The left of the Train page: a field that searches names, tags and notes, and the runs that match below it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.notes import Note, matches, read_notes
from bigmodel_studio.ui.pages.train.runs.runs_list import RunsList, RunsModel
from bigmodel_studio.ui.widgets.page_frame import label

SEARCHED_FROM = 2
"""With fewer runs there is nothing to search."""


class RunsColumn(QWidget):
    """``list`` keeps all runs; those that do not match what is typed are hidden in it."""

    def __init__(self, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self.list = RunsList(runs)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search runs"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search runs by name, tags and notes"))
        self.search.textChanged.connect(self.refilter)
        self.none = label(self.tr("No run matches."), "secondary", wrap=True)
        self.none.setContentsMargins(16, 8, 16, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(4)
        heading = label(self.tr("Runs"), "heading")
        heading.setContentsMargins(16, 0, 0, 0)
        row = QHBoxLayout()
        row.setContentsMargins(12, 4, 12, 4)
        row.addWidget(self.search)
        column.addWidget(heading)
        column.addLayout(row)
        column.addWidget(self.none)
        column.addWidget(self.list, 1)
        runs.modelReset.connect(self.refilter)
        self.refilter()

    @Slot()
    def refilter(self) -> None:
        """Hide what does not match: the text, the runs or what is written beside them is another."""
        words = self.search.text()
        notes = read_notes() if words.strip() else {}
        shown = 0
        for row, run in enumerate(self._runs.runs):
            found = not words.strip() or matches(words, run.name, notes.get(run.name, Note()))
            self.list.setRowHidden(row, not found)
            shown += found
        self.search.setVisible(len(self._runs.runs) >= SEARCHED_FROM)
        self.none.setVisible(bool(self._runs.runs) and not shown)
