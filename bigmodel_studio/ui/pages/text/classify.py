"""Classify: one text's classes as bars; many texts as a table, with the bars of the one that is chosen beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QModelIndex, QSortFilterProxyModel, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.data import class_table
from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.protocol import ClassifyTexts, ModelRef, Request, TextClassified
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.text.classes_model import ANSWER_ROLE, CLASS, PROBABILITY, SORT_ROLE, TEXT, ClassesModel
from bigmodel_studio.ui.pages.text.reading import Reading
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.plots.bars import ProbabilityBars
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.table_rows import as_rows

CLASSES = 5
BARS_PX, TABLE_PX, WIDEST_PX = 320, 200, 560
FILLS = 1000
"""The table takes what room is left."""
PAIR = "\t"
"""Parts the two texts of a pair."""


class ClassifyTask(Task):
    """Texts, or pairs of them, into classes."""

    refused = Signal(object)
    """A ``Problem``: the table could not be written."""

    id = "classify"
    title = str(QT_TRANSLATE_NOOP("text", "Classify"))
    kinds = ("text-classifier",)
    about = str(QT_TRANSLATE_NOOP("text", "Enter texts, one per line, to classify them."))
    placeholder = str(QT_TRANSLATE_NOOP("text", "One text per line. Separate pairs with a tab."))
    example = "I am still waiting on my card.\nWhy was I charged twice for the same thing?"
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't classify texts"))
    objective = "classify-text"
    most = 5000

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ClassesModel(self)
        self._shown: Reading | None = None
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self.model)
        self._sorted.setSortRole(SORT_ROLE)
        self.table = QTableView()
        self.table.setModel(self._sorted)
        self.table.setAccessibleName(self.tr("Classified texts"))
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # as they were written, until a heading is pressed
        as_rows(self.table, 30)
        self.table.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(CLASS, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(CLASS, 200)
        header.resizeSection(PROBABILITY, 110)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setMinimumHeight(TABLE_PX)
        self.text = label("", "strong", wrap=True)
        self.reason = label("", "bad", wrap=True)
        self.bars = ProbabilityBars()
        self.bars.setMaximumWidth(WIDEST_PX)
        self.export = QPushButton(self.tr("Export CSV…"))
        self.export.clicked.connect(self.ask_export)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._lay_out()
        self.clear()

    def _lay_out(self) -> None:
        self.list_card, self.bars_card = panel("card"), panel("card")
        left, right = QVBoxLayout(self.list_card), QVBoxLayout(self.bars_card)
        left.setContentsMargins(8, 4, 8, 8)
        right.setContentsMargins(16, 12, 16, 12)
        right.setSpacing(8)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.export)
        left.addWidget(self.table)
        left.addLayout(foot)
        for part in (self.text, self.reason, self.bars):
            right.addWidget(part)
        right.addStretch(1)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        self._row.addWidget(self.list_card, 1)
        self._row.addWidget(self.bars_card, 0)
        self.column.insertLayout(0, self._row)

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        inputs = tuple(tuple(part.strip() for part in text.split(PAIR, 1)) for text in texts)
        return ClassifyTexts(model=model, inputs=inputs, top_k=CLASSES)

    def show_reading(self, reading: Reading) -> None:
        many = len(reading.texts) > 1
        self.list_card.setVisible(many)
        self.bars_card.setVisible(True)
        self.bars_card.setFixedWidth(BARS_PX) if many else self.bars_card.setMaximumWidth(16_777_215)
        self.column.setStretchFactor(self._row, FILLS if many else 0)
        if reading is not self._shown:
            self.model.begin()
            self._shown = reading
        self.model.add(reading.answers[len(self.model.answers) :])
        if self.current() is None and self.model.answers:
            self.table.setCurrentIndex(self._sorted.index(0, 0))
        self._show_current()

    def clear(self) -> None:
        self.model.begin()
        self._shown = None
        self.list_card.hide()
        self.bars_card.hide()

    def current(self) -> TextClassified | None:
        """Return the answer whose classes are shown as bars."""
        found = self.table.currentIndex().data(ANSWER_ROLE)
        return found if isinstance(found, TextClassified) else None

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._show_current()

    def _show_current(self) -> None:
        answer = self.current()
        self.text.setText(" | ".join(filter(None, (answer.text, answer.second))) if answer else "")
        self.bars.show_labels(answer.predictions if answer else (), len(answer.chosen) if answer else 0)
        self.reason.setText(i18n.sentence(answer.error) if answer is not None and answer.error is not None else "")
        self.reason.setVisible(bool(self.reason.text()))

    # ------------------------------------------------------------------------------- as a file

    @Slot()
    def ask_export(self) -> None:
        """Ask where to write the table."""
        name, _ = QFileDialog.getSaveFileName(self.window(), self.tr("Save as CSV"), "classes.csv", "CSV (*.csv)")
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the table there; ``refused`` says why not."""
        try:
            write_atomic(
                path if path.suffix else path.with_suffix(".csv"), class_table.as_csv(self.model.answers).encode()
            )
        except OSError as error:
            self.refused.emit(not_saved(path, error).problem)
