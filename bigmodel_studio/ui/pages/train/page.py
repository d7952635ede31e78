"""The Train page: the runs at the left, the chosen one's curves and samples in the middle, its facts at the right.

It watches run folders through the studio's ``RunWatcher`` and changes a run only by asking it
(``core.runs.run_folder``) or through the queue (``core.runs.run_queue``), so that a run is the same whether this
window, another or a shell started it.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget

from bigmodel_studio.core.runs.comparison import measures_of
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.curves.axes import STEP
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.curves.curves_export import CurvesExport
from bigmodel_studio.ui.pages.train.curves.overlays import Overlays
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.form.making import Making
from bigmodel_studio.ui.pages.train.form.new_run import NewRun
from bigmodel_studio.ui.pages.train.inside.closely import Closely
from bigmodel_studio.ui.pages.train.runs.facts import Facts
from bigmodel_studio.ui.pages.train.runs.possible import page_of
from bigmodel_studio.ui.pages.train.runs.run_actions import RunActions
from bigmodel_studio.ui.pages.train.runs.run_area import RunArea
from bigmodel_studio.ui.pages.train.runs.run_strip import RunStrip
from bigmodel_studio.ui.pages.train.runs.runs_column import RunsColumn
from bigmodel_studio.ui.pages.train.runs.runs_list import RunsModel
from bigmodel_studio.ui.pages.train.runs.story import Story
from bigmodel_studio.ui.pages.train.runs.time_slider import TimeSlider
from bigmodel_studio.ui.pages.train.runs.watched_run import WatchedRun
from bigmodel_studio.ui.pages.train.runs.words import phase_line
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window.destinations import (
    Destination,
    LearnFrom,
    OpenEventFiles,
    OpenRun,
    TrainLike,
    TrainModel,
)
from bigmodel_studio.ui.window.dropping import leave_to_window
from bigmodel_studio.ui.window.studio import Studio

TICK_MS = 1000


class TrainPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "train", "")
        self.title_label.setText(self.tr("Train"))
        self._wanted: str | None = None
        self._stays = False
        """Whether the form stays, and what is typed into it with it, while rows come and go."""
        self.runs = RunsModel(studio.settings.values.session.run_colours, self)
        self.runs.colours_changed.connect(self._keep_colours)
        self.making = Making(studio, self)
        self.making.made.connect(self._on_made)
        self.making.sweep_made.connect(self._on_sweep_made)
        self.making.failed.connect(self._on_making_failed)
        self._build_list()
        self._build_body()
        self.watched = WatchedRun(studio.runs, self.runs, self.curves, self.story, self)
        self.run_actions = RunActions(studio, self.making, lambda: self.time_slider.step, self)
        self.strip.wanted.connect(self.run_actions.do_verb)
        self._build_header()
        self.facts = Facts()
        self.facts.note.kept.connect(self.column.refilter)
        self.facts.note.failed.connect(studio.report)
        self.set_inspector(self.facts)
        self._clock = QTimer(self, interval=TICK_MS)
        self._clock.timeout.connect(self._refresh)
        studio.runs.runs_changed.connect(self._on_runs)
        self._on_runs(studio.runs.runs)

    # ------------------------------------------------------------------------------- how it is laid out

    def _build_header(self) -> None:
        self.new_button = self._button(self.tr("New run"), self.new_item)
        set_look(self.new_button, "primary")
        self.experiments_button = self._button(self.tr("Experiments…"), self.show_experiments)
        self.experiments_button.setToolTip(self.tr("Ready-made sets of runs"))
        for button in (self.new_button, self.experiments_button):
            self.add_to_header(button)
        self.add_to_header(self.run_actions.row, right=True)

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
        self.curves = Curves()
        self.overlays = Overlays(self.studio.runs, self.runs, self.curves)
        self.export = CurvesExport(self.studio, self.curves, lambda: self.watched.name)
        self.thumbnails = Thumbnails(self.studio, self)
        self.story = Story(self.studio, self.thumbnails)
        self.story.opened.connect(self.choose)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._filling:
            self._on_form_left()
        else:
            super().keyPressEvent(event)

    def shut(self) -> None:
        self._clock.stop()
        if self._form is not None:
            self._form.stop()
        self.closely.stop()
        self.facts.stop()
        self.export.stop()
        self.making.stop()
        self.run_actions.resuming.stop()
        self.curves.stop()
        self.overlays.stop()
        self.story.stop()
        self.time_slider.stop()
        self.thumbnails.stop()
        self.watched.stop()

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
        """Return the run that is shown."""
        return self.watched.summary()

    def _show(self, name: str) -> None:
        if self.watched.show(name):
            self.overlays.show_for(name)

    @Slot()
    def _keep_colours(self) -> None:
        self.studio.settings.change_session(run_colours=self.runs.colours)

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
            self.overlays.show_for(self.watched.name)
        self._refresh()

    def _select_again(self) -> None:
        """Rows came or went: keep the run that is shown, without taking the form away."""
        self._stays = self._filling
        row = (self.runs.row_of(self.watched.name) if self.watched.name is not None else None) or 0
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

    # ------------------------------------------------------------------------------- what is done to a run

    @Slot(str)
    def _on_made(self, name: str) -> None:
        if self._form is not None:
            self._form.renew() if self._filling else self._form.not_made()
        self.choose(name)
        self.studio.runs.refresh()

    @Slot()
    def _on_making_failed(self) -> None:
        if self._form is not None:
            self._form.not_made()

    @Slot(object)
    def _on_sweep_made(self, names: list[str]) -> None:
        self.overlays.choose(names)
        self._on_made(names[0])

    @Slot()
    def show_experiments(self) -> None:
        """Ask which of the experiments that are ready shall be run."""
        self.making.experiments()

    def offers(self, handler: str) -> bool:
        """Return what cannot be pressed is not offered elsewhere either."""
        buttons = {f"run_actions.{name}": button for name, button in self.run_actions.buttons.items()}
        buttons["one_step"] = self.closely.slow
        if handler == "export_curves":
            return self.curves.isVisible()
        if handler == "look_at_data":
            return self._can_look_at_data()
        return handler not in buttons or buttons[handler].isEnabled()

    @Slot()
    def export_curves(self) -> None:
        """Open the menu of what the curves are exported as."""
        button = self.curves.export
        self.export.menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

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
        """Return the run that is shown, where its training can be opened beside it."""
        run = self.current()
        return run if run is not None and not run.foreign and self.watched.spec is not None else None

    @Slot()
    def _on_form_left(self) -> None:
        self.stack.setCurrentWidget(self._run_view if self.watched.name is not None else self.empty)
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
            self.tr("A small one learns to write short stories in a few minutes on this computer."),
            self.tr("New run"),
        )
        self._fold_for(run is not None, filling)
        self.facts.show_run(run, self.watched.spec)
        self.curves.show_baselines(run.baselines if run is not None else {})
        if run is not None and self.curves.axis != STEP:
            self.curves.measure(measures_of(run))
        self.strip.show_run(run)
        self.curves.chart.say_empty(phase_line(run) if run is not None else "")
        self.story.show_comparison(self.overlays.compared())
        self.time_slider.show_run(run, page_of(run))
        self.story.show_run(run, self.watched.spec)
        self.run_actions.show_run(run, self.watched.spec, filling=filling)
        self.closely.slow.setEnabled(self._open_closely() is not None and not filling)
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
