"""The data of a training, looked at before it starts or beside a run: examples, counts, and what should be mended.

It stands beside the window, so that files and the form can be changed meanwhile, and what changed be looked at again.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.specs.spec import RunSpec, write_spec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import DataPreview, LookAtData, Problem, Progress
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.counts import DataCounts
from bigmodel_studio.ui.pages.train.data.data_examples import DataExamples
from bigmodel_studio.ui.pages.train.data.data_words import context_of, doing, summary
from bigmodel_studio.ui.pages.train.data.findings import DataFindings, mark_of
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.asking import Asking
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE = QSize(1080, 700)
BAR_PX = 320


class DataDialog(QDialog):
    """Opens at once, and is filled when the lane has answered.

    ``previewed`` carries the ``DataPreview`` of a whole look.
    """

    previewed = Signal(object)

    def __init__(self, studio: Studio, spec: RunSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Data of {name}").format(name=spec.name))
        self.spec = spec
        self._counted = True
        """Whether all of it was asked for, or only another step's examples."""
        self.looked: DataPreview | None = None
        """What the last whole look gave."""
        self._asking = Asking(studio, self)
        self._asking.progressed.connect(self._on_progress)
        self._asking.answered.connect(self._on_answer)
        self._asking.failed.connect(self._on_failed)
        self._asking.dropped.connect(self.cancel)
        self._thumbnails = Thumbnails(studio, self)
        self.words = ElidedLabel()
        set_look(self.words, "small")
        self.examples = DataExamples(studio, self._thumbnails, mixed=spec.data.mixup > 0)
        self.examples.step_wanted.connect(self.draw)
        self.counts = DataCounts()
        self.findings = DataFindings(studio)
        self.busy = self._bar(self.tr("Drawing examples…"))
        self.first_busy = self._bar(self.tr("Checking data…"))
        self.doing = label("", "secondary")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.problem = Empty("warning")
        self.problem.button.clicked.connect(self.look)
        self.again = QPushButton(self.tr("Check again"))
        self.again.setToolTip(self.tr("Reads the files again"))
        self.again.clicked.connect(self.look)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.reject)
        for button in (self.cancel_button, self.problem.button, self.again, self.close_button):
            button.setAutoDefault(False)
        self._lay_out()
        room = self.screen().availableSize()
        self.resize(SIZE.boundedTo(QSize(room.width() - 32, room.height() - 64)))
        self.look()

    def _bar(self, name: str) -> QProgressBar:
        made = QProgressBar()
        made.setRange(0, 0)
        made.setTextVisible(False)
        made.setAccessibleName(name)
        return made

    # ------------------------------------------------------------------------------- how it is laid out

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        title = ElidedLabel(self.windowTitle())
        set_look(title, "title")
        head.addWidget(title, 1)
        kept = self.busy.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(kept)
        self.busy.setFixedWidth(120)
        self.busy.hide()
        head.addWidget(self.busy)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.examples, self.tr("Examples"))
        self.tabs.addTab(self.counts, self.tr("Counts"))
        self.tabs.addTab(self.findings, self.tr("Findings"))
        self.views = QStackedWidget()
        for view in (self._waiting(), self.problem, self.tabs):
            self.views.addWidget(view)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.again)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.views, 1)
        column.addLayout(foot)

    def _waiting(self) -> QWidget:
        container = QWidget()
        self.first_busy.setFixedWidth(BAR_PX)
        column = QVBoxLayout(container)
        column.setSpacing(12)
        column.addStretch(1)
        for part in (self.doing, self.first_busy, self.cancel_button):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return container

    def done(self, result: int) -> None:
        self._asking.stop()
        self._thumbnails.stop()
        super().done(result)

    # ------------------------------------------------------------------------------- asking

    @Slot()
    def look(self) -> None:
        """Look at all of it, from the files as they are now."""
        self._wait_for(Progress(what=""))
        self.views.setCurrentIndex(0)
        self.cancel_button.setFocus()
        self._ask(counted=True, step=1)

    @Slot(int)
    def draw(self, step: int) -> None:
        """Show what another step learns from; counts and findings are the same at every step."""
        self.busy.show()
        self._ask(counted=False, step=step)

    def _ask(self, *, counted: bool, step: int) -> None:
        self._counted = counted
        self.again.setEnabled(False)
        self.examples.set_busy(True)
        self._asking.ask(LookAtData(spec=write_spec(self.spec), step=step, counted=counted))

    @Slot()
    def cancel(self) -> None:
        """Wait no longer; what was seen before stays."""
        self._asking.stop()
        self._rest()
        self.problem.say(self.tr("Data not checked"), self.tr("Cancelled."), self.tr("Check again"))
        self._show_what_there_is()

    def _rest(self) -> None:
        """Nothing is waited for."""
        self.busy.hide()
        self.again.setEnabled(True)
        self.examples.set_busy(False)

    def _show_what_there_is(self) -> None:
        self.views.setCurrentIndex(1 if self.looked is None else 2)
        self.again.setVisible(self.looked is not None)  # else it is offered in the middle
        (self.problem.button if self.looked is None else self.tabs.tabBar()).setFocus()

    # ------------------------------------------------------------------------------- answers

    def _wait_for(self, event: Progress) -> None:
        words = doing(event)
        self.doing.setText(words)
        for bar in (self.busy, self.first_busy):
            bar.setRange(0, 1000 if event.total else 0)
            bar.setValue(round(1000 * event.done / event.total) if event.total else 0)

    @Slot(object)
    def _on_progress(self, event: Progress) -> None:
        self._wait_for(event)

    @Slot(object)
    def _on_answer(self, preview: DataPreview) -> None:
        self._rest()
        self.examples.show_preview(preview)
        if self._counted:
            self._show_whole(preview)
            self._show_what_there_is()
            self.previewed.emit(preview)

    def _show_whole(self, preview: DataPreview) -> None:
        """Show counts and findings; where no example could be made of the data, the findings say why."""
        self.looked = preview
        self.counts.show_preview(preview, context_of(preview, self.spec))
        self.findings.show_preview(preview)
        self.words.setText(summary(preview))
        for view, there in ((self.examples, preview.examples), (self.counts, preview.parts)):
            self.tabs.setTabVisible(self.tabs.indexOf(view), bool(there))
        place = self.tabs.indexOf(self.findings)
        many = self.tr("Findings ({count})").format(count=numbers.exact(len(preview.findings)))
        self.tabs.setTabText(place, many if preview.findings else self.tr("Findings"))
        self.tabs.setTabIcon(place, mark_of(preview.findings))
        if not preview.examples:
            self.tabs.setCurrentIndex(place)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._rest()
        self.looked = None
        sentence, hint = i18n.sentences(problem)
        self.problem.say(sentence, hint, self.tr("Check again"))
        self.words.setText("")
        self._show_what_there_is()
