"""Data from the Hub: a dataset is looked at, a split of it fetched once, and then given to the form as any other files.

What was fetched before is listed when it opens, and can be used without the network, or removed. Closing it ends what
is on its way; what came is kept, and the next time goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.hub.hub_datasets import Address
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    DatasetCopy,
    DatasetDownloaded,
    DatasetListing,
    Done,
    DownloadDataset,
    Downloading,
    End,
    Event,
    Failed,
    LookAtDataset,
    Problem,
)
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.splits_table import SplitsTable
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (720, 480)
BAR_STEPS = 1000


class Split(NamedTuple):
    """A row: a split of a dataset, and the copy of it that is here (None: it is on the Hub alone)."""

    id: str
    config: str
    split: str
    bytes: int
    copy: DatasetCopy | None
    here_bytes: int = 0


class DatasetDialog(QDialog):
    """``chosen`` says what is to be learnt from: a list of paths."""

    chosen = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Data from the Hub"))
        self.resize(*SIZE_PX)
        self._studio = studio
        self._job: Job | None = None
        self._problem: Problem | None = None
        self._wanted = Address("")
        self._listed: tuple[Address, DatasetListing] | None = None
        self.address = QLineEdit()
        self.address.setPlaceholderText("OWNER/NAME")
        self.address.setAccessibleName(self.tr("Address of the dataset"))
        self.look = QPushButton(self.tr("Look up"))
        self.look.setIcon(icon("leaves"))
        self.heading = label("", "strong")
        self.table = SplitsTable()
        self.empty = label("", "secondary", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.problem = label("", "bad", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Download progress"))
        self.words = label("", "small")
        theme.tabular(self.words)
        self.remove = QPushButton(self.tr("Remove"))
        self.stop = QPushButton(self.tr("Stop (the download can resume)"))
        self.close_button = QPushButton(self.tr("Close"))
        self.use = QPushButton()
        set_look(self.use, "primary")
        self._lay_out()
        self.address.returnPressed.connect(self._on_look)
        self.address.textChanged.connect(self._show)
        self.look.clicked.connect(self._on_look)
        self.table.itemSelectionChanged.connect(self._show)
        self.table.itemActivated.connect(self._on_use)
        self.use.clicked.connect(self._on_use)
        self.remove.clicked.connect(self._on_remove)
        self.stop.clicked.connect(self._on_stop)
        self.close_button.clicked.connect(self.reject)
        studio.network.changed.connect(self._show)
        self._list()
        self.address.setFocus()

    def _lay_out(self) -> None:
        words = self.tr(
            "A dataset name on the Hub, such as stanfordnlp/imdb. Files are downloaded once and "
            "verified; no script is run."
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.address, 1)
        line.addWidget(self.look)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.remove)
        foot.addWidget(self.words, 1)
        for button in (self.stop, self.close_button, self.use):
            foot.addWidget(button)
        for button in (self.look, self.remove, self.stop, self.close_button, self.use):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(words, "small", wrap=True))
        column.addLayout(line)
        column.addWidget(self.problem)
        column.addWidget(self.heading)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addWidget(self.bar)
        column.addLayout(foot)

    def done(self, result: int) -> None:
        self._drop_job()
        super().done(result)

    # ------------------------------------------------------------------------------- what is listed

    def _list(self) -> None:
        """Fill the table: with what was looked at, else with what is here."""
        copies = {(c.id, c.revision, c.config, c.split): c for c in hub_datasets.copies()}
        if self._listed is None:
            self.heading.setText(self.tr("On this computer"))
            rows = [Split(c.id, c.config, c.split, c.bytes, c) for c in copies.values()]
            wanted = Address("")
        else:
            wanted, listing = self._listed
            self.heading.setText(listing.id)
            rows = [
                Split(listing.id, part.config, part.split, part.bytes, copy, part.here_bytes)
                for part in listing.parts
                for copy in (copies.get((listing.id, listing.revision, part.config, part.split)),)
            ]
        self.empty.setText(self.tr("No datasets downloaded yet."))
        self.table.show_rows(rows, _preferred(rows, wanted, self.table.chosen()))
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self._show()

    @Slot()
    def _show(self) -> None:
        """Show what can be done now."""
        busy, row = self._job is not None, self.table.chosen()
        fetching = self._job is not None and isinstance(self._job.request, DownloadDataset)
        locked = self._studio.network.locked
        here = row is not None and row.copy is not None
        self.look.setEnabled(not busy and not locked and bool(self.address.text().strip()))
        self.address.setEnabled(not fetching)
        self.table.setEnabled(not fetching)
        self.use.setText(self.tr("Use dataset") if here or row is None else self.tr("Download and use"))
        self.use.setIcon(
            icon("leaves", off="on_accent") if row is not None and not here else icon("plus", off="on_accent")
        )
        self.use.setEnabled(row is not None and not busy and (here or not locked))
        self.use.setVisible(not fetching)
        self.remove.setVisible(here and not busy)
        self.stop.setVisible(fetching)
        self.bar.setVisible(busy)
        problem = self._problem or (Problem(code="hub-locked") if locked else None)
        self.problem.setText(i18n.sentence(problem) if problem is not None else "")
        self.problem.setVisible(problem is not None)
        set_look(self.problem, "bad" if self._problem is not None else "secondary")  # offline is a state, no fault

    # ------------------------------------------------------------------------------- what is asked

    @Slot()
    def _on_look(self) -> None:
        if not self.look.isEnabled():
            return
        self._problem = None
        try:
            address = hub_datasets.parse_address(self.address.text())
        except StudioError as error:
            self._problem = error.problem
            self._show()
            return
        self._listed = None
        self._wanted = address
        self.words.setText(self.tr("contacting the Hub…"))
        self._begin(self._studio.network.lane().submit(LookAtDataset(id=address.id, revision=address.revision or None)))

    @Slot()
    def _on_use(self) -> None:
        row = self.table.chosen()
        if row is None or not self.use.isEnabled():
            return
        if row.copy is not None:
            self._give([row.copy])
        elif self._listed is not None:
            self._problem = None
            self.words.setText(self.tr("contacting the Hub…"))
            revision = self._listed[0].revision or None
            request = DownloadDataset(id=row.id, config=row.config, split=row.split, revision=revision)
            self._begin(self._studio.network.download(request))

    @Slot()
    def _on_remove(self) -> None:
        row = self.table.chosen()
        if row is not None:
            self._studio.removals.remove_dataset(row.id)
            self._list()

    @Slot()
    def _on_stop(self) -> None:
        self._drop_job()
        self.words.setText(self.tr("Stopped. The download can resume."))
        self._show()

    def _begin(self, job: Job) -> None:
        self._job = job
        self.bar.setRange(0, 0)
        job.happened.connect(self._on_happened)
        job.ended.connect(self._on_ended)
        self._show()

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Downloading) and event.total_bytes:
            self.bar.setRange(0, BAR_STEPS)
            self.bar.setValue(round(BAR_STEPS * event.done_bytes / event.total_bytes))
            left = self.tr("{time} left").format(time=numbers.duration(event.seconds_left))
            parts = [numbers.size_of(event.done_bytes, event.total_bytes), numbers.size_rate(event.bytes_per_s)]
            self.words.setText(" · ".join([*parts, left] if event.seconds_left is not None else parts))

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        self._job = None
        self.words.setText("")
        result = end.result if isinstance(end, Done) else None
        if isinstance(end, Failed):
            self._problem = end.problem
        elif isinstance(result, DatasetDownloaded):
            self._give(result.copies)
            return
        elif isinstance(result, DatasetListing):
            self._listed = self._wanted, result
        self._list()

    def _give(self, copies: Sequence[DatasetCopy]) -> None:
        self.chosen.emit([Path(path) for copy in copies for path in copy.paths])
        self.accept()

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.happened.disconnect(self._on_happened)
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None


def _preferred(rows: Sequence[Split], wanted: Address, chosen: Split | None) -> int:
    """Return the row to begin with: the one that is chosen, else what the address names, else the split to learn
    from.
    """
    ranked = [
        (
            chosen is not None and row[:3] == chosen[:3],
            row.config == wanted.config,
            row.split == (wanted.split or "train"),
            row.config == "default",
            -number,
        )
        for number, row in enumerate(rows)
    ]
    return -max(ranked)[-1] if ranked else -1
