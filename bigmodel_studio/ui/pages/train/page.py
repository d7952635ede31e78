"""The Train page: the runs at the left, the chosen one's curves and samples in the middle, its facts at the right.

It watches run folders through the studio's ``RunWatcher`` and changes a run only by asking it
(``core.runs.run_folder``) or through the queue (``core.runs.run_queue``), so that a run is the same whether this
window, another or a shell started it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QTimer, Slot
from PySide6.QtWidgets import QPushButton, QStackedWidget

from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.comparison import Measures, measures_of
from bigmodel_studio.core.runs.inside_reader import Recorded
from bigmodel_studio.core.runs.reader import Columns, RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.curves.axes import STEP
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.curves.curves_export import CurvesExport
from bigmodel_studio.ui.pages.train.curves.overlays import Overlays
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.making import Making, attempted
from bigmodel_studio.ui.pages.train.form.new_run import NewRun
from bigmodel_studio.ui.pages.train.inside.closely import Closely
from bigmodel_studio.ui.pages.train.runs.facts import Facts
from bigmodel_studio.ui.pages.train.runs.possible import page_of, possible
from bigmodel_studio.ui.pages.train.runs.run_area import RunArea
from bigmodel_studio.ui.pages.train.runs.run_strip import RunStrip
from bigmodel_studio.ui.pages.train.runs.runs_column import RunsColumn
from bigmodel_studio.ui.pages.train.runs.runs_list import RunsModel
from bigmodel_studio.ui.pages.train.runs.story import Story
from bigmodel_studio.ui.pages.train.runs.time_slider import TimeSlider
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window.destinations import (
    Destination,
    LearnFrom,
    OpenEventFiles,
    OpenRun,
    TrainLike,
    TrainModel,
    UseModel,
)
from bigmodel_studio.ui.window.dropping import leave_to_window
from bigmodel_studio.ui.window.studio import Studio
from bigmodel_studio.ui.window.uses import use_words

TICK_MS = 1000
STRIP_VERBS: dict[str, Callable[[RunFolder], object]] = {
    "up": run_queue.move_up,
    "now": run_queue.start_now,
    "remove": run_queue.remove,
    "release": lambda folder: folder.ask("pause", release=True),
}
"""What the strip above the curves can want of a run."""


class TrainPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "train", "")
        self.title_label.setText(self.tr("Train"))
        self._shown: str | None = None
        self._wanted: str | None = None
        self._stays = False
        """Whether the form stays, and what is typed into it with it, while rows come and go."""
        self._spec: RunSpec | None = None
        self.runs = RunsModel(self)
        self._build_header()
        self._build_list()
        self._build_body()
        self.facts = Facts()
        self.facts.note.kept.connect(self.column.refilter)
        self.facts.note.failed.connect(studio.tell)
        self.set_inspector(self.facts)
        self.making = Making(studio, self)
        self.making.made.connect(self._on_made)
        self.making.sweep_made.connect(self._on_sweep_made)
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._refresh)
        watcher = studio.runs
        watcher.runs_changed.connect(self._on_runs)
        watcher.points.connect(self._on_points)
        watcher.reset.connect(self._on_reset)
        watcher.samples_changed.connect(self._on_samples)
        watcher.inside.connect(self._on_inside)
        self._on_runs(watcher.runs)

    # ------------------------------------------------------------------------------- how it is laid out

    def _build_header(self) -> None:
        self.new_button = self._button(self.tr("New run"), self.new_item)
        set_look(self.new_button, "primary")
        self.use_button = self._button(self.tr("Use in Chat"), self.use)
        self.stop_button = self._button(self.tr("Stop"), self.stop_run)
        self.save_button = self._button(self.tr("Save now"), self.save_run)
        self.pause_button = self._button(self.tr("Pause"), self.pause_run)
        self.resume_button = self._button(self.tr("Resume"), self.resume_run)
        self.fork_button = self._button(self.tr("Fork…"), self.fork_run)
        self.fork_button.setToolTip(self.tr("Go on from a checkpoint with other settings, as a run of its own"))
        self.experiments_button = self._button(self.tr("Experiments…"), self.show_experiments)
        self.experiments_button.setToolTip(
            self.tr("Several runs that are ready to be made, and show something together")
        )
        for button in (self.new_button, self.experiments_button):
            self.add_to_header(button)
        running = (self.save_button, self.pause_button, self.resume_button, self.stop_button)
        for button in (self.use_button, self.fork_button, *running):
            self.add_to_header(button, right=True)

    def _button(self, text: str, slot: object) -> QPushButton:
        made = QPushButton(text)
        made.clicked.connect(slot)
        return made

    def _build_list(self) -> None:
        column = RunsColumn(self.runs)
        self.column, self.list = column, column.list
        self.list.remove_wanted.connect(self.studio.removals.remove_run)
        self.list.data_wanted.connect(self.look_at_data)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.set_list(column, 260)

    def _build_body(self) -> None:
        self.empty = Empty("train")
        self.empty.button.clicked.connect(self.new_item)
        self.strip = RunStrip()
        self.strip.wanted.connect(self._on_strip)
        self.curves = Curves()
        self.overlays = Overlays(self.studio.runs, self.runs, self.curves)
        self.export = CurvesExport(self.studio, self.curves, lambda: self._shown)
        self.thumbnails = Thumbnails(self.studio, self)
        self.story = Story(self.studio, self.thumbnails)
        self.story.compare.opened.connect(self.choose)
        self.story.scaling.opened.connect(self.choose)
        self.overlays.changed.connect(self._refresh)
        self.time_slider = TimeSlider(self.studio)
        self.closely = Closely(self.studio, self._open_closely, self)
        self.curves.step_chosen.connect(self.closely.look_at_step)
        self.story.setCornerWidget(self.closely.corner)
        self._run_view = RunArea(self.strip, self.curves, self.time_slider, self.story)
        self.closely.enlarged.connect(self._run_view.enlarge_story)
        self._form: NewRun | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._run_view)
        self.set_body(self.stack)

    @property
    def form(self) -> NewRun:
        """The form of a new run, made when it is first asked for."""
        if self._form is None:
            self._form = NewRun(self.studio)
            self._form.started.connect(self.making.start)
            self._form.sweep_started.connect(self.making.start_sweep)
            self._form.left.connect(self._on_form_left)
            leave_to_window(self._form)
            self.stack.addWidget(self._form)
        return self._form

    @property
    def _filling(self) -> bool:
        return self._form is not None and self.stack.currentWidget() is self._form

    # ------------------------------------------------------------------------------- for the window

    def open(self, destination: Destination) -> None:
        match destination:
            case OpenRun():
                self.choose(destination.name)
            case TrainLike():
                self.new_item()
                self.form.begin_like(destination.like)
            case TrainModel():
                self.new_item()
                self.form.train_on(destination.model)
            case LearnFrom():
                self.new_item()
                self.form.learn_from(list(destination.paths))
            case OpenEventFiles():
                self.making.read_events(list(destination.paths))

    @Slot()
    def new_item(self) -> None:
        """Fill in a new run."""
        self.form.open()
        self.stack.setCurrentWidget(self.form)
        self._refresh()

    def shut(self) -> None:
        self._clock.stop()
        if self._form is not None:
            self._form.stop()
        self.closely.stop()
        self.facts.note.stop()
        self.export.stop()
        self.making.stop()
        self.curves.stop()
        self.overlays.stop()
        self.story.stop()
        self.time_slider.stop()
        self.thumbnails.stop()
        if self._shown is not None:
            self.studio.runs.unwatch(self._shown)

    # ------------------------------------------------------------------------------- which run

    def choose(self, name: str) -> None:
        """Show a run, now or as soon as the watcher has seen it."""
        self._wanted = name
        row = self.runs.row_of(name)
        if row is not None:
            self._wanted = None
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.list.selectionModel().setCurrentIndex(self.runs.index(row), flags)
            self._show(name)
            self.stack.setCurrentWidget(self._run_view)
            self._refresh()

    def current(self) -> RunSummary | None:
        """The run that is shown."""
        row = self.runs.row_of(self._shown) if self._shown is not None else None
        return self.runs.runs[row] if row is not None else None

    def _show(self, name: str) -> None:
        if name == self._shown:
            return
        if self._shown is not None:
            self.studio.runs.unwatch(self._shown)
        self._shown = name
        run = self.current()
        self._spec = RunFolder(Path(run.path)).spec() if run is not None else None
        self.curves.begin(self.runs.colour_of(name), measures_of(run) if run is not None else Measures())
        self.story.begin(Path(run.path) if run is not None else None)
        self.studio.runs.watch(name, inside=True)
        self.overlays.show_for(name)

    @Slot(object)
    def _on_runs(self, runs: list[RunSummary]) -> None:
        travelled = self.studio.travel.ref
        if travelled is not None and not any(run.name == travelled.id for run in runs):
            self.studio.travel.leave()  # the run is gone
        if self.runs.show_runs(runs):
            if self._wanted is not None and self.runs.row_of(self._wanted) is not None:
                self.choose(self._wanted)
            elif runs:
                self._select_again()
            self.overlays.show_for(self._shown)
        self._refresh()

    def _select_again(self) -> None:
        """Rows came or went: keep the run that is shown, without taking the form away."""
        self._stays = self._filling
        row = (self.runs.row_of(self._shown) if self._shown is not None else None) or 0
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.runs.index(row), flags)
        self._stays = False

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._show(self.runs.runs[current.row()].name)
            if not self._stays:
                self.stack.setCurrentWidget(self._run_view)
            self._refresh()

    # ------------------------------------------------------------------------------- what the watcher says

    @Slot(str, object)
    def _on_points(self, name: str, columns: Columns) -> None:
        if name == self._shown:
            self.curves.add(columns)

    @Slot(str, int)
    def _on_reset(self, name: str, kept: int) -> None:
        if name == self._shown:
            self.curves.cut(kept)

    @Slot(str, object)
    def _on_samples(self, name: str, samples: list[dict[str, Any]]) -> None:
        if name == self._shown:
            self.story.show_samples(samples)

    @Slot(str, str, object)
    def _on_inside(self, name: str, file: str, gained: Recorded) -> None:
        if name == self._shown:
            self.story.add_inside(file, gained)

    # ------------------------------------------------------------------------------- what is done to a run

    @Slot(str)
    def _on_made(self, name: str) -> None:
        self.choose(name)
        self.studio.runs.refresh()

    @Slot(object)
    def _on_sweep_made(self, names: list[str]) -> None:
        self.overlays.choose(names)
        self._on_made(names[0])
        self.story.await_scaling()

    @Slot()
    def show_experiments(self) -> None:
        """Ask which of the experiments that are ready shall be run."""
        self.making.experiments()

    @Slot()
    def stop_run(self) -> None:
        """Ask the run to save and end."""
        self._do(run_queue.end)

    @Slot()
    def pause_run(self) -> None:
        """Ask the run to wait where it is, its memory kept."""
        self._do(lambda folder: folder.ask("pause"))

    @Slot()
    def save_run(self) -> None:
        """Ask the run for a checkpoint at its next step."""
        self._do(RunFolder.ask_to_save)

    @Slot()
    def resume_run(self) -> None:
        """Go on: a paused run is asked to, any other joins the queue, to start from its newest whole checkpoint."""
        self._do(lambda folder: folder.ask("run") if folder.at_work() else run_queue.submit(folder, resume=True))

    @Slot()
    def fork_run(self) -> None:
        """Ask from which checkpoint, and with what other settings, a fork shall go on."""
        run = self.current()
        if run is not None and self._spec is not None:
            self.making.fork(RunFolder(Path(run.path)), self._spec, self.time_slider.step)

    def offers(self, handler: str) -> bool:
        """What cannot be pressed is not offered elsewhere either."""
        buttons = {
            "pause_run": self.pause_button,
            "resume_run": self.resume_button,
            "save_run": self.save_button,
            "stop_run": self.stop_button,
            "fork_run": self.fork_button,
            "use": self.use_button,
            "one_step": self.closely.slow,
        }
        if handler == "look_at_data":
            return self._can_look_at_data()
        return handler not in buttons or buttons[handler].isEnabled()

    @Slot(str)
    def _on_strip(self, verb: str) -> None:
        run = self.current()
        if verb == "smaller" and run is not None:
            self.making.smaller(RunFolder(Path(run.path)))
        else:
            self._do(STRIP_VERBS[verb])

    def _do(self, action: Callable[[RunFolder], object]) -> None:
        """Do something to the run that is shown, and look at once what came of it."""
        run = self.current()
        if run is not None:
            attempted(self.studio, lambda: action(RunFolder(Path(run.path))))
            self.studio.runs.refresh()

    @Slot()
    def use(self) -> None:
        """Use what the run has made so far."""
        run = self.current()
        if run is not None and run.checkpoints:
            self.studio.library.refresh()
            self.studio.open(UseModel(page_of(run), ModelRef(source="run", id=run.name)))

    @Slot()
    def one_step(self) -> None:
        """Take a single step beside the run, slowly."""
        self.closely.one_step()

    @Slot()
    def look_at_data(self) -> None:
        """Show what the form's training would learn from, or the run that is shown."""
        (self.form if self._filling else self.closely).look_at_data()

    def _can_look_at_data(self) -> bool:
        if self._filling:
            return self.form.subject.look.button.isEnabled()
        run = self._open_closely()
        return run is not None and not run.bundled

    def _open_closely(self) -> RunSummary | None:
        """The run that is shown, where its training can be opened beside it."""
        run = self.current()
        return run if run is not None and not run.foreign and self._spec is not None else None

    @Slot()
    def _on_form_left(self) -> None:
        self.stack.setCurrentWidget(self._run_view if self._shown is not None else self.empty)
        self._refresh()

    # ------------------------------------------------------------------------------- what is shown

    @Slot()
    def _refresh(self) -> None:
        """Show the state as it is now: the only place that decides what can be pressed."""
        run = self.current()
        filling = self._filling
        if run is None and not filling:
            self.stack.setCurrentWidget(self.empty)
        self.empty.say(
            self.tr("Train a model and watch it learn"),
            self.tr("A small one learns to write little stories in a few minutes, on this computer."),
            self.tr("New run"),
        )
        self._fold_for(run is not None, filling)
        self.facts.show_run(run, self._spec)
        self.curves.show_baselines(run.baselines if run is not None else {})
        if run is not None and self.curves.axis != STEP:
            self.curves.measure(measures_of(run))
        self.strip.show_run(run)
        self.story.show_comparison(self.overlays.compared())
        self.time_slider.show_run(run, page_of(run))
        self.story.show_run(run, self._spec)
        can = possible(run, has_spec=self._spec is not None)
        for button, able in (
            (self.stop_button, can.stop),
            (self.save_button, can.save),
            (self.pause_button, can.pause),
            (self.resume_button, can.resume),
            (self.fork_button, can.fork),
            (self.use_button, can.use),
            (self.closely.slow, self._open_closely() is not None),
        ):
            button.setEnabled(able and not filling)
        self.pause_button.setVisible(can.pauses)
        self.resume_button.setVisible(not can.pauses)
        self.use_button.setText(use_words(page_of(run)))
        live = run is not None and run.live
        if live != self._clock.isActive():
            (self._clock.start if live else self._clock.stop)()

    def _fold_for(self, any_run: bool, filling: bool) -> None:
        """Without a run there is nothing to list or to inspect, and the form wants the inspector's room."""
        for panel_, button, wanted in (
            (self._list, self._list_button, any_run),
            (self._inspector, self._inspector_button, any_run and not filling),
        ):
            button.setEnabled(wanted)
            if panel_ is not None:
                panel_.setVisible(wanted and button.isChecked())
