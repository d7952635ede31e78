"""The Text page: texts are written, and a model that reads says what it makes of them.

What can be done is the table ``tasks.TASKS``; the page has the model and the texts, ``reader`` what came of them for
each task. While one types, a small model that is warm reads along. It holds widgets and wiring.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.background import Background
from bigmodel_studio.core.advice.scaling_down import Like
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system.opening import TEXT_SUFFIXES, Opened, sort_paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.lines import lines_of
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages.text import offers
from bigmodel_studio.ui.pages.text.answers import Answers
from bigmodel_studio.ui.pages.text.classify import ClassifyTask
from bigmodel_studio.ui.pages.text.offers import Offer
from bigmodel_studio.ui.pages.text.reader import Reader
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.pages.text.tasks import TASKS
from bigmodel_studio.ui.pages.text.words import phrase
from bigmodel_studio.ui.pages.text.writing import RUN_KEYS, Writing, run_keys
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.widgets.travel_badge import TravelBadge
from bigmodel_studio.ui.window.destinations import Destination, OpenOnHub, OpenPictures, OpenRun, TrainLike, UseModel
from bigmodel_studio.ui.window.studio import Studio

READS: tuple[ModelKind, ...] = ("masked-lm", "text-classifier", "token-classifier", "encoder", "seq2seq")
"""The kinds of model that are used here; the first that there is one of is what a new user begins with."""
LIVE_MS = 500
"""After so long without typing, a model that is warm and small reads along."""
LIVE_PARAMETERS, LIVE_TEXTS = 50_000_000, 20


class TextPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "text", "")
        self.title_label.setText(self.tr("Text"))
        self._unknown = False
        """Whether nobody knows yet what the model chosen can do."""
        self.tasks: dict[str, Task] = {task.id: task() for task in TASKS}
        self.reader = Reader(studio, self.tasks, self)
        self._opening = Background("texts", self)
        self._opening.done.connect(self._on_opened)
        self._opening.failed.connect(studio.report)
        self._build_header()
        self._build_body()
        self.reader.changed.connect(self._refresh)
        self.reader.failed.connect(self.writing.fail)
        self.reader.refused.connect(self._on_model_refused)
        self._live = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._live.timeout.connect(self._read_along)
        keys = QShortcut(QKeySequence(RUN_KEYS), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.read)
        self._restore()
        studio.library.changed.connect(self._on_library_changed)
        studio.facts_changed.connect(self._refresh)
        self.badge.begin()
        self._refresh()

    # ------------------------------------------------------------------------------- how it is laid out

    def _build_header(self) -> None:
        self.picker = ModelPicker(self.studio.library, READS)
        self.picker.chosen.connect(self._on_model_chosen)
        self.picker.refused.connect(self.studio.report)
        self.badge = TravelBadge(self.studio, "text", self.picker)
        self.open_button = QPushButton(self.tr("Open…"))
        self.open_button.setToolTip(self.tr("Read lines from text files"))
        self.open_button.clicked.connect(self.browse)
        self.add_to_header(self.picker)
        self.add_to_header(self.badge)
        self.add_to_header(self.open_button, right=True)

    def _build_body(self) -> None:
        self.writing = Writing(self.tasks.values())
        self.writing.paths_dropped.connect(self.add_paths)
        self.writing.refused.connect(self._on_refused)
        self.writing.chosen.connect(self._on_task)
        self.writing.typed.connect(self._on_typed)
        self.writing.read_wanted.connect(self.read)
        self.writing.stop_wanted.connect(self.stop)
        for task in self.tasks.values():
            if isinstance(task, ClassifyTask):
                task.refused.connect(self.studio.report)
        self.answers = Answers(self.tasks.values())
        self.empty = self.answers.empty
        self.empty.button.clicked.connect(self._on_offer)
        self.empty.other.clicked.connect(self._on_hub)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.writing)
        column.addWidget(self.answers, 1)
        self.set_body(body)

    # ------------------------------------------------------------------------------- what is chosen

    @property
    def task(self) -> Task:
        """What the model is to do."""
        return self.tasks[self.writing.switch.key]

    def record(self) -> ModelRecord | None:
        """Return what the library says of the model chosen."""
        return self.picker.record()

    def able(self, task: Task) -> bool:
        """Return whether the model chosen does that, as far as it is known."""
        record = self.record()
        return record is None or task.able(record)

    def texts(self) -> tuple[str, ...]:
        """Return what is to be read."""
        return self.task.input.texts()[: self.task.most]

    # ------------------------------------------------------------------------------- what is brought here

    def open(self, destination: Destination) -> None:
        if isinstance(destination, UseModel):
            self.picker.choose(destination.model)
            if self.record() is not None:  # what the model was made for, and not what it could be used for as well
                able = (id_ for id_, task in self.tasks.items() if self.able(task))
                self.writing.switch.choose(next(able, self.task.id))

    def enter(self) -> None:
        self.task.input.begin()

    @Slot()
    def new_item(self) -> None:
        """Begin with nothing written."""
        self.stop()
        self.reader.forget(self.task.id)
        self.task.input.set_text("")
        self.task.input.begin()
        self._refresh()

    @Slot()
    def browse(self) -> None:
        """Ask for text files."""
        kinds = " ".join(f"*{suffix}" for suffix in TEXT_SUFFIXES)
        files, _ = QFileDialog.getOpenFileNames(
            self.window(), self.tr("Open texts"), "", self.tr("Texts ({kinds})").format(kinds=kinds)
        )
        if files:
            self.add_paths([Path(file) for file in files])

    @Slot(object)
    def add_paths(self, given: Iterable[Path]) -> None:
        """Put the lines of text files into the field; a model's folder is read with; others go where they belong.

        A thread reads them.
        """
        paths, most = tuple(given), self.task.most
        self._opening.run(lambda: _read(paths, most))

    @Slot(object)
    def _on_opened(self, found: tuple[Opened, list[str]]) -> None:
        opened, lines = found
        for folder in opened.models:
            self.picker.take_folder(folder)
        for problem in opened.problems:
            self.studio.report(problem)
        if lines:
            self.task.input.set_text("\n".join(lines))
            self.read()
        elif opened.pictures:
            self.studio.open(OpenPictures(tuple(opened.pictures)))
        elif opened.runs:
            self.studio.open(OpenRun(Path(opened.runs[0]).name))

    @Slot()
    def _on_refused(self) -> None:
        self.studio.report(Problem(code="open-not-local"))

    # ------------------------------------------------------------------------------- the session

    def _restore(self) -> None:
        session = self.studio.settings.values.session
        for task in self.tasks.values():
            with QSignalBlocker(task.input):
                task.input.set_text(session.texts.get(task.id, ""))
        if session.text_task in self.tasks:
            self.writing.switch.choose(session.text_task)
        self._restore_model()
        self._on_task(self.writing.switch.key)

    def _restore_model(self) -> None:
        kept = self.studio.settings.values.session.models.get("text")
        record = self.studio.library.find(kept) if kept is not None else None
        if self.picker.ref() is None and kept is not None and record is not None and record.problem is None:
            self.picker.choose(kept)
        self.picker.choose_first()

    def remember(self) -> None:
        session = self.studio.settings.values.session
        models = dict(session.models)
        if (ref := self.badge.settled()) is not None:
            models["text"] = ref
        texts = {id_: task.input.text() for id_, task in self.tasks.items() if task.input.text()}
        self.studio.settings.change_session(models=models, texts=texts, text_task=self.writing.switch.key)

    def shut(self) -> None:
        self._live.stop()
        self._opening.close()
        self.stop()

    # ------------------------------------------------------------------------------- the model

    @Slot()
    def _on_library_changed(self) -> None:
        self._restore_model()
        if self._unknown and self.record() is not None:  # it was chosen before the library knew it
            self._unknown = False
            self._go_to_what_it_does()
        self._refresh()

    @Slot(object)
    def _on_model_chosen(self, ref: ModelRef) -> None:
        """Read again with the chosen model what can be, and by what it can do."""
        travelling = self.studio.travel.ref == ref and self.studio.travel.page == "text"
        again = travelling or self.task.id in self.reader.shown or self.reader.running is not None
        self.stop()
        for id_ in list(self.reader.shown):
            if id_ != self.task.id or not self.able(self.task):
                self.reader.forget(id_)
        self._unknown = self.record() is None
        if again and self.able(self.task):
            self.read()
        self._go_to_what_it_does()
        self._refresh()

    @Slot(object)
    def _on_model_refused(self, problem: Problem) -> None:
        """Say why a model can't be used, and go on with the one that could."""
        self.studio.report(problem)
        if self.reader.worked is not None:
            self.picker.choose(self.reader.worked)
            self.read()

    def _go_to_what_it_does(self) -> None:
        """Show a task that the model chosen does, where it does not do the one that is shown."""
        first = next((id_ for id_, task in self.tasks.items() if self.able(task)), None)
        if first is not None and not self.able(self.task):
            self.writing.switch.choose(first)

    @Slot(str)
    def _on_task(self, id_: str) -> None:
        self._live.stop()
        self.answers.show_task(id_)
        self._refresh()

    # ------------------------------------------------------------------------------- reading

    @Slot()
    def read(self) -> None:
        """Have the model read what is written."""
        self._live.stop()
        ref, texts = self.picker.ref(), self.texts()
        if ref is None or not texts or not self.able(self.task):
            return
        self.reader.ask(self.task, ref, texts)

    @Slot()
    def stop(self) -> None:
        """Read no further; what came stays."""
        self._live.stop()
        self.reader.stop()

    @Slot()
    def _on_typed(self) -> None:
        self._live.start()
        self._refresh()

    @Slot()
    def _read_along(self) -> None:
        facts, texts = self.studio.facts, self.texts()
        warm = facts is not None and facts.model == self.picker.ref() and facts.parameters <= LIVE_PARAMETERS
        busy = self.studio.at_work and self.reader.running is None
        if self.task.live and warm and not busy and self._is_new() and len(texts) <= LIVE_TEXTS:
            self.read()

    def _is_new(self) -> bool:
        """Return whether what is written is other than what was read."""
        latest = self.reader.latest(self.task.id)
        return bool(self.texts()) and (latest is None or latest.texts != self.texts())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.reader.running is not None:
            self.stop()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------------------- what is shown

    @Slot()
    def _refresh(self) -> None:
        """Show the state as it is now: the only place that decides what can be pressed."""
        task, ref = self.task, self.picker.ref()
        able = ref is not None and self.able(task)
        self.writing.show_state(self.reader.running, self._words(), ready=able and bool(self.texts()))
        for each in self.tasks.values():
            self._mark(each)
        self.answers.show_state(self._offer(), answered=able and task.id in self.reader.shown)

    def _mark(self, task: Task) -> None:
        """Say at its button where the model chosen does not do it."""
        ref = self.picker.ref()
        unable = ref is not None and not self.able(task)
        words = offers.cannot(task, ref) if ref is not None and unable else phrase(task.about)
        self.writing.switch.mark(task.id, icon("info") if unable else QIcon(), words)

    def _words(self) -> str:
        running, written = self.reader.running, self.task.input.texts()
        if running is not None and running.doing == "loading":
            return self.tr("Loading the model…")
        if running is not None:
            done, total = numbers.exact(len(running.answers)), numbers.exact(len(running.texts))
            return self.tr("Reading… {done} of {total}").format(done=done, total=total) if running.total > 1 else ""
        if len(written) > self.task.most:
            return self.tr("Only the first {count} lines are used.").format(count=numbers.exact(self.task.most))
        if self._is_new() and self.able(self.task) and self.picker.ref() is not None:
            return self.tr("{keys} to run").format(keys=run_keys())
        return ""

    def _offer(self) -> Offer:
        """Return what stands where the answers will be."""
        ref = self.picker.ref()
        if ref is None and self.studio.library.ready:
            return offers.no_model()
        if ref is not None and not self.able(self.task):
            return offers.unable(self.task, ref, self.record(), self.picker.choices())
        return offers.to_begin(self.task, example=ref is not None and not self.texts())

    @Slot()
    def _on_offer(self) -> None:
        """Do what the empty page offers."""
        match self._offer().leads_to:
            case ModelRef() as ref:
                self.picker.choose(ref)
            case Like() as like:
                self.studio.open(TrainLike(like))
            case str() as example:
                self.task.input.set_text(example)
                self.task.input.begin()  # the button that was pressed is gone
                self.read()

    @Slot()
    def _on_hub(self) -> None:
        self.studio.open(OpenOnHub())


def _read(paths: tuple[Path, ...], most: int) -> tuple[Opened, list[str]]:
    """Return what paths are, and the lines of those that are texts."""
    opened = sort_paths(paths)
    lines, problems = lines_of(opened.texts, most)
    opened.problems += problems
    return opened, lines
