"""The Models page: a searchable table of what is on this computer, and beside it the model that is chosen.

The structure is asked of the ``measure`` lane when a model is chosen, so that a stranger's config never runs in the
window and chat does not wait for it.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.library import ModelRecord
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.protocol import Describe, Description, Done, Event, Failed, ModelRef, Problem
from bigmodel_studio.ui.pages.models.details import USE_IN, ModelDetails
from bigmodel_studio.ui.pages.models.table import COLUMNS, RECORD, ROW_PX, ModelTable, NameDelegate, sorted_and_filtered
from bigmodel_studio.ui.studio import Studio
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import Page, label

ASK_AFTER_MS = 150
"""How long a model stays chosen before its structure is asked for: walking through the table asks for none."""


class ModelsPage(Page):
    """``show_what`` takes a ``ModelRef``."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "models", self.tr("Models"))
        self._job: Job | None = None
        self._chosen: ModelRef | None = None
        self._wanted: ModelRef | None = None
        self._forgotten: Path | None = None
        self._known: dict[tuple[ModelRef, int], Description] = {}
        self._ask_timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._ask_timer.timeout.connect(self._ask)

        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search this computer"))
        self.search.setAccessibleName(self.tr("Search this computer"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(220)
        self.open_button = QPushButton(self.tr("Open a folder…"))
        self.add_to_header(self.search)
        self.add_to_header(self.open_button, right=True)

        self.model = ModelTable()
        self.rows = sorted_and_filtered(self.model)
        self.table = self._made_table()
        self.details = ModelDetails()
        self.empty = label("", "secondary", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.undo_row, self.undo_words, self.undo = self._made_undo()
        self.set_body(self._laid_out())

        self.search.textChanged.connect(self._on_search)
        self.open_button.clicked.connect(self._on_open)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.doubleClicked.connect(self._on_double_clicked)
        self.details.use_wanted.connect(self._on_use)
        self.details.forget_wanted.connect(self._on_forget)
        self.undo.clicked.connect(self._on_undo)
        studio.library.changed.connect(self._on_library)
        self._on_library()

    # ------------------------------------------------------------------------------- making it

    def _made_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.rows)
        table.setItemDelegateForColumn(0, NameDelegate(table))
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_PX)
        table.setAccessibleName(self.tr("Models on this computer"))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _made_undo(self) -> tuple[QFrame, QLabel, QPushButton]:
        row = QFrame()
        set_look(row, "banner")
        words = label("", wrap=True)
        button = QPushButton(self.tr("Undo"))
        set_look(button, "quiet")
        layout = QHBoxLayout(row)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(words, 1)
        layout.addWidget(button)
        row.hide()
        return row, words, button

    def _laid_out(self) -> QWidget:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.undo_row)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.details)
        right = QFrame()
        set_look(right, "inspector")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(area)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setChildrenCollapsible(False)
        body.addWidget(left)
        body.addWidget(right)
        body.setStretchFactor(0, 5)
        body.setStretchFactor(1, 6)
        left.setMinimumWidth(400)
        right.setMinimumWidth(340)
        body.setSizes([560, 640])
        return body

    # ------------------------------------------------------------------------------- the list

    @Slot()
    def _on_library(self) -> None:
        self.model.set_records(self.studio.library.records())
        self._say_empty()
        if self._wanted is not None and self._select(self._wanted):
            self._wanted = None
        elif self._chosen is None or not self._select(self._chosen):
            self.table.selectRow(0)
        if not self.rows.rowCount():
            self.details.clear()

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.rows.setFilterFixedString(text)
        self._say_empty()

    def _say_empty(self) -> None:
        some = self.rows.rowCount() > 0
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        if not self.studio.library.ready:
            self.empty.setText(self.tr("Looking for models…"))
        elif self.model.rowCount():
            self.empty.setText(self.tr("No model’s name has “{text}” in it.").format(text=self.search.text()))
        else:
            self.empty.setText(self.tr("There is no model here yet. Open a model’s folder, or drop it on the window."))

    def _select(self, ref: ModelRef) -> bool:
        for row in range(self.rows.rowCount()):
            record = self.rows.index(row, 0).data(RECORD)
            if isinstance(record, ModelRecord) and record.ref == ref:
                index = self.rows.index(row, 0)
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
                self.table.selectionModel().setCurrentIndex(index, flags)
                self.table.scrollTo(index)
                return True
        return False

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        record = index.data(RECORD) if index.isValid() else None
        if isinstance(record, ModelRecord):
            self._chosen = record.ref
            self.details.show_record(record)
            self._drop_job()
            if record.problem is None:
                self.details.show_state(self.tr("Working out the structure…"))
                self._ask_timer.start()

    # ------------------------------------------------------------------------------- the structure

    @Slot()
    def _ask(self) -> None:
        record = self.studio.library.find(self._chosen) if self._chosen is not None else None
        if record is None:
            return
        known = self._known.get((record.ref, record.bytes))
        if known is not None:
            self.details.show_description(known)
            return
        self._job = self.studio.measure.submit(Describe(model=record.ref))
        self._job.ended.connect(self._on_described)

    @Slot(object)
    def _on_described(self, end: Event) -> None:
        job, self._job = self._job, None
        if isinstance(end, Done) and isinstance(end.result, Description) and job is not None:
            record = self.studio.library.find(self._chosen) if self._chosen is not None else None
            if record is not None and isinstance(job.request, Describe) and job.request.model == record.ref:
                self._known[record.ref, record.bytes] = end.result
            self.details.show_description(end.result)
        elif isinstance(end, Failed):
            self.details.show_problem(end.problem)

    def _drop_job(self) -> None:
        self._ask_timer.stop()
        if self._job is not None:
            self._job.ended.disconnect(self._on_described)
            self._job.cancel()
            self._job = None

    # ------------------------------------------------------------------------------- what can be done

    @Slot(object)
    def _on_use(self, record: ModelRecord) -> None:
        self.studio.open_page(USE_IN[record.kind], record.ref)

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        record = index.data(RECORD)
        if isinstance(record, ModelRecord) and record.problem is None and record.kind in USE_IN:
            self._on_use(record)

    @Slot(object)
    def _on_forget(self, record: ModelRecord) -> None:
        self._forgotten = Path(record.ref.id)
        self.studio.library.forget(self._forgotten)
        self.undo_words.setText(self.tr("{name} was taken off the list; its files stay.").format(name=record.name))
        self.undo_row.show()

    @Slot()
    def _on_undo(self) -> None:
        self.undo_row.hide()
        if self._forgotten is not None:
            self._remember(self._forgotten)

    @Slot()
    def _on_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window(), self.tr("Open a model’s folder"))
        if folder:
            self._remember(Path(folder))

    def _remember(self, folder: Path) -> None:
        try:
            self._wanted = self.studio.library.remember(folder)
        except StudioError as error:
            self.studio.tell(error.problem)
        except OSError as error:
            arguments: dict[str, str | int | float] = {"path": str(folder), "detail": error.strerror or str(error)}
            self.studio.tell(Problem(code="folder-unreadable", arguments=arguments))

    def show_what(self, what: object) -> None:
        """Choose a model in the table, now or as soon as the library has read it."""
        if isinstance(what, ModelRef):
            self.search.clear()
            self._wanted = None if self._select(what) else what

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.hasFocus():
            self._on_double_clicked(self.table.currentIndex())
            return
        super().keyPressEvent(event)

    def shut(self) -> None:
        self._drop_job()
