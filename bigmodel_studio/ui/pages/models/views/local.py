"""Models on this computer: a searchable table, and beside it the model that is chosen.

The structure is asked of the ``measure`` lane when a model is chosen, so that a stranger's config never runs in the
window and chat does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Describe, Description, Done, Download, Event, Failed, ModelFacts, ModelRef, Problem
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.checking import Checking
from bigmodel_studio.ui.pages.models.delete_dialog import DeleteForGood
from bigmodel_studio.ui.pages.models.details import ModelDetails
from bigmodel_studio.ui.pages.models.loader import Loader
from bigmodel_studio.ui.pages.models.planning import Planning
from bigmodel_studio.ui.pages.models.table import RECORD, ModelTable, sorted_and_filtered
from bigmodel_studio.ui.pages.models.view import ModelsView
from bigmodel_studio.ui.pages.models.views.frame import View
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenOnHub, TrainModel, UseModel
from bigmodel_studio.ui.window.studio import Studio
from bigmodel_studio.ui.window.uses import USE_IN

MOST_NAMED = 12
"""Repositories of which downloads left something, in a tooltip."""
ASK_AFTER_MS = 150
"""How long a model stays chosen before its structure is asked for: walking through the table asks for none."""


class LocalView(View):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, self.tr("Search this computer"))
        self._job: Job | None = None
        self._chosen: ModelRef | None = None
        self._wanted: ModelRef | None = None
        self._row = 0
        self._known: dict[tuple[ModelRef, int], Description] = {}
        self._ask_timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._ask_timer.timeout.connect(self._ask)

        self.open_button = QPushButton(self.tr("Open a folder…"))
        self.tools = (self.open_button,)

        self.model = ModelTable()
        self.rows = sorted_and_filtered(self.model)
        self.table = ModelsView(self.rows, self.model)
        self.table.setAccessibleName(self.tr("Models on this computer"))
        self.details = ModelDetails()
        self.planning = Planning(studio, self.details.plan)
        self.loader = Loader(studio, self)
        self.checking = Checking(studio, self)
        self.empty = Empty("models")
        self.total, self.leftovers = label("", "small"), label("", "small")
        self.clean_button = QPushButton(self.tr("Clean up"))
        set_look(self.clean_button, "link")
        self._lay_out()

        self.open_button.clicked.connect(self._on_open)
        self.empty.button.clicked.connect(self._on_empty_pressed)
        self.empty.other.clicked.connect(self._on_all_wanted)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self.table.doubleClicked.connect(self._on_double_clicked)
        self.details.wanted.connect(self._on_wanted)
        self.loader.changed.connect(self._on_warmth)
        self.checking.changed.connect(self._say_checked)
        self._acts: dict[str, Callable[[ModelRecord], None]] = {
            "use": self._use,
            "load": self.loader.load,
            "unload": lambda _record: self.loader.unload(),
            "cancel": lambda _record: self.loader.cancel(),
            "tune": self._tune,
            "fetch": self._fetch,
            "check": self.checking.check,
            "open": self._open_folder,
            "remove": studio.removals.remove_model,
        }
        self.clean_button.clicked.connect(self._on_clean)
        studio.library.left_over.connect(self._say_leftovers)
        studio.library.changed.connect(self._on_library)
        studio.facts_changed.connect(self._on_facts)
        studio.removals.other_disk.connect(self._on_other_disk)
        self._on_library()
        self._say_leftovers()
        self._on_facts(studio.facts)

    # ------------------------------------------------------------------------------- making it

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        self._foot = foot = panel("status")
        line = QHBoxLayout(foot)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(self.total)
        line.addStretch(1)
        line.addWidget(self.leftovers)
        line.addWidget(self.clean_button)
        column.addWidget(foot)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.details)
        self._aside = right = panel("inspector")
        inside = QVBoxLayout(right)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(area)
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setObjectName("local")
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.addWidget(left)
        body.addWidget(right)
        body.setStretchFactor(0, 6)
        body.setStretchFactor(1, 4)
        left.setMinimumWidth(400)
        right.setMinimumWidth(340)
        body.setSizes([760, 440])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    # ------------------------------------------------------------------------------- the list

    @Slot()
    def _on_library(self) -> None:
        row = self._row
        self.model.set_records(self.studio.library.records())
        self._say_empty()
        self._say_total()
        if self._wanted is not None and self._select(self._wanted):
            self._wanted = None
        elif self._chosen is None or not self._select(self._chosen):
            self.table.selectRow(max(0, min(row, self.rows.rowCount() - 1)))
        if not self.rows.rowCount():
            self.details.clear()

    def search(self, text: str) -> None:
        super().search(text)
        self.rows.setFilterFixedString(text)
        self._say_empty()

    def _say_empty(self) -> None:
        some = self.rows.rowCount() > 0
        self.table.setVisible(some)
        self.empty.setVisible(not some)
        self._aside.setVisible(self.model.rowCount() > 0)
        if not self.studio.library.ready:
            self.empty.say("", self.tr("Looking for models…"), "")
        elif self.model.rowCount():
            words = self.tr("No model here matches “{text}”. The Hub wasn't searched.").format(text=self.searched)
            self.empty.say(self.tr("Not on this computer"), words, self.tr("Search the Hub"), self.tr("Show all"))
        else:
            words = self.tr("Open a model folder (safetensors), or drop it on the window.")
            self.empty.say(self.tr("No model yet"), words, self.tr("Open a folder…"))

    @Slot()
    def _on_empty_pressed(self) -> None:
        if self.model.rowCount():
            self.studio.open(OpenOnHub(words=self.searched.strip()))
        else:
            self._on_open()

    @Slot()
    def _on_all_wanted(self) -> None:
        self.search_wanted.emit("")

    def _say_total(self) -> None:
        cached = [record for record in self.model.records() if record.source == "hub"]
        size = numbers.size(sum(record.disk_bytes for record in cached))
        words = self.tr("%n model(s)", "", self.model.rowCount())
        if cached:
            words += " · " + self.tr("%n in the Hub’s cache, {size}", "", len(cached)).format(size=size)
        self.total.setText(words)
        self._foot.setVisible(self.model.rowCount() > 0)
        self.total.setToolTip(str(hub_cache.root()))

    @Slot()
    def _say_leftovers(self) -> None:
        """Say what downloads left that no model uses, where there is some."""
        left = self.studio.library.leftovers
        size = numbers.size(sum(each.bytes for each in left))
        self.leftovers.setText(self.tr("Leftover download files: {size}").format(size=size))
        words = self.tr(
            "Deletes partial downloads and files that no model uses. Incomplete models go to the "
            "trash and can be restored."
        )
        self.clean_button.setToolTip("\n\n".join([words, "\n".join(each.id for each in left[:MOST_NAMED])]))
        self.clean_button.setAccessibleDescription(words)
        for widget in (self.leftovers, self.clean_button):
            widget.setVisible(bool(left))

    @Slot()
    def _on_clean(self) -> None:
        self.clean_button.setVisible(False)  # until it is known what is left by then
        self.studio.removals.clean(self.studio.library.leftovers)

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
        if not isinstance(record, ModelRecord):
            return
        self._row, self._chosen = index.row(), record.ref
        shown = self.details.record
        if shown is not None and replace(shown, last_used=record.last_used) == record:
            self.details.show_again(record)
            return
        self._drop_job()
        self.details.show_record(record, self.loader.warmth(record))
        self._say_checked()
        if record.problem is None or record.only_looked_at:
            self.details.show_state(self.tr("Computing the structure…"))
            self._ask_timer.start()

    @Slot()
    def _on_warmth(self) -> None:
        if self.details.record is not None:
            self.details.show_warmth(self.loader.warmth(self.details.record))

    @Slot()
    def _say_checked(self) -> None:
        record = self.details.record
        self.details.show_checked(self.checking.words(record.ref) if record is not None else "")

    @Slot(object)
    def _on_facts(self, facts: ModelFacts | None) -> None:
        self.model.set_loaded(facts.model if facts is not None else None)
        self._on_warmth()
        if facts is not None:
            self.studio.library.refresh()  # it was used just now

    # ------------------------------------------------------------------------------- the structure

    @Slot()
    def _ask(self) -> None:
        record = self.studio.library.find(self._chosen) if self._chosen is not None else None
        if record is None:
            return
        self.planning.about(record.ref)
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

    @Slot(str, object)
    def _on_wanted(self, action: str, record: ModelRecord) -> None:
        self._acts[action](record)

    def _use(self, record: ModelRecord) -> None:
        self.studio.open(UseModel(USE_IN[record.kind], record.ref))

    def _tune(self, record: ModelRecord) -> None:
        self.studio.open(TrainModel(record.ref))

    def _fetch(self, record: ModelRecord) -> None:
        if self.studio.network.locked:
            self.studio.report(Problem(code="hub-locked"))
        else:
            self.studio.downloads.begin(Download(id=record.ref.id, revision=record.ref.revision))

    def _open_folder(self, record: ModelRecord) -> None:
        path = Path(record.path)
        folder = str(path.parent if path.is_file() else path)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.studio.report(Problem(code="folder-not-shown", arguments={"path": folder}))

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        record = index.data(RECORD)
        if isinstance(record, ModelRecord) and record.problem is None and record.kind in USE_IN:
            self._use(record)

    @Slot(object)
    def _on_other_disk(self, record: ModelRecord) -> None:
        """Ask, as it cannot wait in the trash, this once, for what cannot be undone."""
        asked = DeleteForGood(record, self)
        asked.accepted.connect(partial(self.studio.removals.delete_model, record))
        asked.open()

    @Slot()
    def _on_open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window(), self.tr("Open a model folder"))
        if folder:
            self._remember(Path(folder))

    def _remember(self, folder: Path) -> None:
        self.studio.library.remember(folder, self._want, self.studio.report)

    def _want(self, ref: ModelRef) -> None:
        """Choose a model as soon as the library has read it."""
        self._wanted = ref

    def open(self, destination: Destination) -> None:
        """Choose a model in the table, now or as soon as the library has read it."""
        if isinstance(destination, OpenModel):
            self.search_wanted.emit("")
            self._wanted = None if self._select(destination.model) else destination.model

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.table.hasFocus() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_double_clicked(self.table.currentIndex())
            return
        if self.table.hasFocus() and event.key() == Qt.Key.Key_Delete and self.details.record is not None:
            self.studio.removals.remove_model(self.details.record)
            return
        super().keyPressEvent(event)

    def shut(self) -> None:
        self._drop_job()
        self.planning.stop()
        self.checking.stop()
        self.loader.cancel()
