"""Experiments that are ready to be run: which one, with what, how many runs that is and how long they will take here.

What there is stands in ``core.specs.experiments``; each parameter there becomes a field. Pictures that are still to be
drawn are drawn by an engine before the runs are queued.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.background import Latest
from bigmodel_studio.client.job import Job
from bigmodel_studio.core.advice.advice_candidates import main_device
from bigmodel_studio.core.memory import device_speed, training_time
from bigmodel_studio.core.runs.launch import check_inputs
from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.experiments import EXPERIMENTS, Experiment, Planned
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.specs.sweeps import specs_of
from bigmodel_studio.core.system.settings import runs_at_once
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Done, DrawPictures, Event, Failed, MeasureSpeed, Problem, Progress
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.form.experiment_form import ExperimentForm
from bigmodel_studio.ui.pages.train.runs.words import experiment_word
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

CHECK_AFTER_MS = 120
WIDE_PX = 640


class _Cost(NamedTuple):
    """What is known of an experiment once its data and this computer's speed were looked at."""

    made: Planned
    specs: Sequence[RunSpec]
    draws: bool
    """Whether its pictures are still to be drawn."""
    seconds: float | None


class ExperimentsDialog(QDialog):
    """``planned`` carries the spec and the points of what shall be queued."""

    planned = Signal(object, object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Experiments"))
        self._studio = studio
        self._job: Job | None = None
        """Pictures are being drawn, or the computer's speed is measured."""
        self._device = main_device()
        self._dtype = "bfloat16" if self._device.kind == "cuda" else "float32"
        self._queueing = False
        """The runs are to be queued as soon as what they learn from has been looked at."""
        self._look = Latest("experiments", self)
        self._look.answered.connect(self._on_looked)
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self.choices: dict[str, QRadioButton] = {}
        self.forms: dict[str, ExperimentForm] = {}
        self.pages = QStackedWidget()
        group = QButtonGroup(self)
        for name, experiment in EXPERIMENTS.items():
            self.choices[name] = QRadioButton(experiment_word(experiment.title))
            self.choices[name].setStyleSheet("font-weight: 600")
            group.addButton(self.choices[name])
            self.forms[name] = ExperimentForm(experiment)
            self.forms[name].changed.connect(self._timer.start)
            self.pages.addWidget(self.forms[name])
        next(iter(self.choices.values())).setChecked(True)
        group.buttonToggled.connect(self._on_choice)
        self.cost = label("", "strong", wrap=True)
        self.error = label("", "bad", wrap=True)
        self.busy = QProgressBar()
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Drawn pictures"))
        self.busy.hide()
        self.leave_button = QPushButton(self.tr("Cancel"))
        self.leave_button.setAutoDefault(False)
        self.leave_button.clicked.connect(self.reject)
        self.queue_button = QPushButton()
        self.queue_button.setDefault(True)
        set_look(self.queue_button, "primary")
        self.queue_button.clicked.connect(self.queue)
        self._lay_out()
        self._measure_speed()
        self._on_choice()

    def _lay_out(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for name, experiment in EXPERIMENTS.items():
            column.addWidget(_Choice(self.choices[name], experiment))
        column.addWidget(self.pages)
        column.addStretch(1)
        column.addWidget(self.cost)
        column.addWidget(self.busy)
        column.addWidget(self.error)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.leave_button)
        foot.addWidget(self.queue_button)
        column.addLayout(foot)
        self.setMinimumWidth(WIDE_PX)

    # ------------------------------------------------------------------------------- what is asked for

    @property
    def chosen(self) -> str:
        """The name of the experiment that is chosen."""
        return next(name for name, button in self.choices.items() if button.isChecked())

    @Slot()
    def _on_choice(self) -> None:
        self.pages.setCurrentWidget(self.forms[self.chosen])
        self.queue_button.setEnabled(False)
        self.check()
        self._fit()

    def _fit(self) -> None:
        """As high as its texts are at this width: Qt asks for what they would be at their own."""
        if not self.isVisible():
            return
        wanted = self._column.totalHeightForWidth(self.width())
        if wanted > self.height():
            self.resize(self.width(), wanted)

    @Slot()
    def check(self) -> None:
        """Say what is wrong, at its field, or how many runs it is; then look how long they take, and at their data."""
        self._timer.stop()
        self._queueing = False
        try:
            values = self.forms[self.chosen].values()
            made = experiments.planned(self.chosen, values)
            specs = specs_of(made.spec, made.points, Path.home())
        except StudioError as error:
            self._refuse(error.problem)
            return
        count = numbers.exact(len(specs))
        self.queue_button.setText(self.tr("Queue {count} run(s)", "", len(specs)).format(count=count))
        name, device, dtype = self.chosen, self._device.id, self._dtype
        self._look.ask(lambda: _cost_of(name, values, made, specs, device, dtype))

    def _refuse(self, problem: Problem) -> None:
        self._look.forget()
        self.cost.setText("")
        self._say(self.forms[self.chosen].parts.show_problem(problem))
        self.queue_button.setEnabled(False)

    @Slot(object)
    def _on_looked(self, found: _Cost | Problem) -> None:
        queueing, self._queueing = self._queueing, False
        if self._drawing is not None:
            return
        if isinstance(found, Problem):
            self._refuse(found)
            return
        self._say(self.forms[self.chosen].parts.show_problem(None))
        self._show_cost(found)
        self.queue_button.setEnabled(True)
        if queueing:
            self._queue(found)

    def _show_cost(self, found: _Cost) -> None:
        count = numbers.exact(len(found.specs))
        runs = self.tr("{count} run(s)", "", len(found.specs)).format(count=count)
        if found.seconds is not None:
            summary = self.tr("{runs}, about {time} on this computer").format(
                runs=runs, time=numbers.rough_duration(found.seconds)
            )
        elif self._job is not None:
            summary = self.tr("{runs}. Measuring this computer's speed…").format(runs=runs)
        else:
            summary = runs
        self.cost.setText(summary)

    def _say(self, words: str) -> None:
        self.error.setText(words)
        self.error.setVisible(bool(words))

    # ------------------------------------------------------------------------------- what an engine does

    @property
    def _drawing(self) -> Job | None:
        return self._job if self._job is not None and isinstance(self._job.request, DrawPictures) else None

    def _measure_speed(self) -> None:
        """Measure for a few seconds, once a computer."""
        if device_speed.speed_of(self._device.id, self._dtype) is None:
            self._job = self._studio.measure.submit(MeasureSpeed(device=self._device.id, dtype=self._dtype))
            self._job.ended.connect(self._on_measured)

    @Slot(object)
    def _on_measured(self, _end: Event) -> None:
        self._job = None
        queueing = self._queueing
        self.check()
        self._queueing = queueing

    @Slot()
    def queue(self) -> None:
        """Have the runs queued, their pictures drawn before, once what they learn from has been looked at."""
        self.check()
        self._queueing = True

    def _queue(self, found: _Cost) -> None:
        if not found.draws:
            self.planned.emit(found.made.spec, found.made.points)
            self.accept()
            return
        self._forget_job()
        request = DrawPictures(folder=str(experiments.drawn_pictures()), each=experiments.DRAWN_EACH)
        self._job = self._studio.measure.submit(request)
        self._job.happened.connect(self._on_drawing)
        self._job.ended.connect(self._on_drawn)
        self._set_drawing(True)

    def _set_drawing(self, drawing: bool) -> None:
        self.busy.setRange(0, 0)
        self.busy.setVisible(drawing)
        if drawing:
            self.cost.setText(self.tr("Generating training pictures (once)…"))
        self.pages.setEnabled(not drawing)
        self.queue_button.setEnabled(not drawing)
        for button in self.choices.values():
            button.setEnabled(not drawing)

    @Slot(object)
    def _on_drawing(self, event: Event) -> None:
        if isinstance(event, Progress) and event.total:
            self.busy.setRange(0, int(event.total))
            self.busy.setValue(int(event.done))

    @Slot(object)
    def _on_drawn(self, end: Event) -> None:
        self._job = None
        self._set_drawing(False)
        self.check()
        if isinstance(end, Done):
            self._queueing = True
            return
        self._look.forget()
        self.queue_button.setEnabled(True)
        self._say(i18n.sentence(end.problem if isinstance(end, Failed) else Problem(code="engine-closed")))

    def _forget_job(self) -> None:
        if self._job is None:
            return
        self._job.ended.disconnect(self._on_drawn if self._drawing is not None else self._on_measured)
        self._job.cancel()
        self._job = None

    def done(self, result: int) -> None:
        self._timer.stop()
        self._forget_job()
        self._look.close()
        for form in self.forms.values():
            form.stop()
        super().done(result)


def _cost_of(
    name: str, values: Mapping[str, Any], made: Planned, specs: Sequence[RunSpec], device: str, dtype: str
) -> _Cost:
    """Look at the data and at this computer's speed. Raises ``StudioError`` where it can't be run."""
    draws = experiments.draws_pictures(name, values)
    if not draws:
        check_inputs(specs[0])
    speed = device_speed.speed_of(device, dtype)
    seconds = training_time.seconds_of_all(specs, speed, runs_at_once()) if speed is not None else None
    return _Cost(made, specs, draws, seconds)


class _Choice(QFrame):
    """What an experiment is called, what it shows, and where that was published; a click anywhere chooses it."""

    def __init__(self, button: QRadioButton, experiment: Experiment) -> None:
        super().__init__()
        set_look(self, "card")
        self._button = button
        button.setAccessibleDescription(experiment_word(experiment.shows))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(14, 10, 14, 12)
        inside.setSpacing(4)
        inside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        for text, look in ((experiment_word(experiment.shows), ""), (experiment.paper, "small")):
            words = label(text, look, wrap=True)
            words.setContentsMargins(22, 0, 0, 0)
            inside.addWidget(words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._button.isEnabled():
            self._button.setChecked(True)
