"""The form of a new run: it edits a ``RunSpec``, says at each field what is wrong with it, and what the model costs.

What is trained is chosen first, for most of the form is that subject's. What can be checked is checked by
``core.specs.rules`` and ``core.runs.launch`` as the form is filled; nothing is trained here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.input_check import InputCheck
from bigmodel_studio.core.advice.scaling_down import Like
from bigmodel_studio.core.data.kinds import objective_of
from bigmodel_studio.core.specs.objectives import ADAPTERS, SCRATCH, TRAINABLE
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.rules import check_spec
from bigmodel_studio.core.specs.spec import RunSpec, make_spec
from bigmodel_studio.core.specs.sweeps import check_values
from bigmodel_studio.core.system.opening import is_text
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef, Problem
from bigmodel_studio.ui.pages.train.data.data_look import DataLook, can_be_looked_at
from bigmodel_studio.ui.pages.train.form.cost_words import cost_words
from bigmodel_studio.ui.pages.train.form.fields import Fields, line
from bigmodel_studio.ui.pages.train.form.foot import Foot
from bigmodel_studio.ui.pages.train.form.how_card import HowCard
from bigmodel_studio.ui.pages.train.form.schedule_card import ScheduleCard
from bigmodel_studio.ui.pages.train.form.subject import Subject
from bigmodel_studio.ui.pages.train.form.subjects import SUBJECTS
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

AnySubject = TypeVar("AnySubject", bound=Subject)
CHECK_AFTER_MS = 120
DROPPED = frozenset({"causal-lm", "masked-lm"})
"""Objectives whose networks from scratch have a dropout of their own."""
WIDEST_PX = 720


class NewRun(QWidget):
    """``started`` carries a ``ResolvedSpec`` that can be trained as far as can be said, ``sweep_started`` one with a
    grid of values to try; ``left``: the user left it.
    """

    started = Signal(object)
    sweep_started = Signal(object, object)
    left = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.parts = Fields(self)
        self.errors = self.parts.errors
        self.data_look = DataLook(studio, self)
        self.data_look.previewed.connect(self.check)
        self._inputs = InputCheck(self)
        self._inputs.answered.connect(self._on_inputs)
        self._inputs.costs_known.connect(self._on_memory)
        self._starting = False
        """Start was asked for, and waits until what the spec names has been looked at."""
        self._making = False
        """A run is being made of the form."""
        self._names = {""}
        self._timer = QTimer(self, singleShot=True, interval=CHECK_AFTER_MS)
        self._timer.timeout.connect(self.check)
        self._build_subjects()
        self._build_widgets()
        self._lay_out()
        self._on_subject()

    # ------------------------------------------------------------------------------- widgets

    def _build_subjects(self) -> None:
        self.subjects: dict[str, Subject] = {make.objective: make(self.studio) for make in SUBJECTS}
        self.choices: dict[str, QRadioButton] = {}
        group = QButtonGroup(self)
        for objective, subject in self.subjects.items():
            subject.changed.connect(self._changed)
            subject.kind_changed.connect(self._on_subject)
            subject.data.changed.connect(self._on_data)
            subject.look.button.clicked.connect(self.look_at_data)
            self.choices[objective] = QRadioButton(word(subject.title))
            group.addButton(self.choices[objective])
        next(iter(self.choices.values())).setChecked(True)
        group.buttonToggled.connect(self._on_subject)

    def _build_widgets(self) -> None:
        self.name = line("", self._changed)
        self.schedule = ScheduleCard(self)
        self.schedule.changed.connect(self._changed)
        self.how = HowCard(self)
        self.how.changed.connect(self._changed)
        self.foot = foot = Foot()
        self.start_button, self.leave_button = foot.start, foot.leave
        self.cost, self.cost_more, self.error = foot.cost, foot.cost_more, foot.error
        self.start_button.clicked.connect(self.start)
        self.leave_button.clicked.connect(self.left)

    def of(self, kind: type[AnySubject]) -> AnySubject:
        """Return the form's subject of that class."""
        return next(subject for subject in self.subjects.values() if type(subject) is kind)

    @property
    def subject(self) -> Subject:
        """What is being filled in."""
        return next(self.subjects[name] for name, button in self.choices.items() if button.isChecked())

    # ------------------------------------------------------------------------------- how it is laid out

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(self.tr("New run"), "large"))
        choice = QWidget()
        rows = QVBoxLayout(choice)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        for button in self.choices.values():
            rows.addWidget(button)
        column.addWidget(
            self.parts.card([[("objective", self.tr("Objective"), choice)], [("name", self.tr("Name"), self.name)]])
        )
        for subject in self.subjects.values():
            column.addWidget(subject)
        column.addWidget(self.schedule.card(self.parts))
        column.addWidget(self.how.card(self.parts))
        column.addStretch(1)
        self._area = area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        area.setWidget(inner)
        inner.setMaximumWidth(WIDEST_PX)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self.foot)

    # ------------------------------------------------------------------------------- the value

    def spec(self) -> RunSpec:
        """Return what the form says now, whether or not it can be trained. Raises ``StudioError`` where it is no
        value.
        """
        subject = self.subject
        return make_spec(
            {
                "name": self.name.text().strip(),
                "objective": subject.objective,
                "seed": self.schedule.seed.value(),
                **self._with_dropout({**subject.tables(), "method": subject.method_table()}),
                "optimizer": self.schedule.optimizer(),
                "schedule": {**self.schedule.schedule(), **self.how.schedule()},
                "launch": self.how.launch(),
            }
        )

    @property
    def _dropped(self) -> str:
        """The table that says the dropout of what is trained; "" where that is the model's own."""
        subject = self.subject
        if subject.method in ADAPTERS:
            return "method"
        return "model" if subject.objective in DROPPED and not subject.fine.isChecked() else ""

    def _with_dropout(self, tables: dict[str, Any]) -> dict[str, Any]:
        table = self._dropped
        return {**tables, table: {**tables[table], "dropout": self.how.dropout.value()}} if table else tables

    def _suggest(self) -> None:
        """Suggest what a practitioner would take for this subject, except where the user has changed it."""
        subject = self.subject
        usual = make_spec(
            {
                "name": "",
                "objective": subject.objective,
                "data": {"train": []},
                "model": {"base": "a model" if subject.fine.isChecked() else SCRATCH},
                "method": {"kind": subject.method},
            }
        )
        self.schedule.suggest(usual)
        self.how.dropout.setEnabled(bool(self._dropped))

    # ------------------------------------------------------------------------------- checking

    def open(self) -> None:
        """Prepare the form, which is shown now."""
        for each in self.subjects.values():
            each.picker.choose_first()
        self.check()
        self._area.verticalScrollBar().setValue(0)
        self.name.setFocus()
        self.name.selectAll()

    def renew(self) -> None:
        """Begin the next run: its name and lengths are suggested anew, its data and model stay."""
        self._making = False
        self._names.add(self.name.text())
        self.schedule.renew()
        self._on_subject()

    def learn_from(self, files: list[Path]) -> None:
        """Begin with these files instead of those that are in the form, and with what learns from such."""
        objectives = [TextSubject.objective if is_text(file) else objective_of(file) for file in files]
        objective = next(filter(None, objectives), None)
        if objective is not None:
            self.choices[objective].setChecked(True)
        self.subject.data.set_files(files)

    @Slot()
    def check(self) -> None:
        """Have what the spec names looked at again, and say what is wrong, at its field, as far as it is known."""
        self._timer.stop()
        self._starting = False
        self._say(look=True)

    def _say(self, *, look: bool) -> ResolvedSpec | None:
        """Return what is wrong, at its field. What could be started, None where something is wrong or not known yet."""
        problem: Problem | None = None
        spec: RunSpec | None = None
        ready: ResolvedSpec | None = None
        runs = 1
        try:
            spec = self.spec()
            check_spec(spec)
            if look:
                self._inputs.ask(spec)
            match self._inputs.answer(spec):
                case Problem() as wrong:
                    raise StudioError.of(wrong)
                case ready:
                    pass
            grid = self.how.grid()
            runs = check_values(spec, grid, Path.home()) if grid else 1
        except StudioError as error:
            problem = error.problem
        elsewhere = [parts.show_problem(problem) for parts in (self.parts, self.subject.parts)]
        self.foot.show_error(elsewhere[0] if all(elsewhere) else "")
        self.how.show_spec(spec)
        self._show_cost(spec)
        self._show_look(spec)
        self.foot.show_runs(runs)
        ready = ready if problem is None else None
        self.start_button.setEnabled(ready is not None and not self._making)
        return ready

    def _show_cost(self, spec: RunSpec | None) -> None:
        examples = self.schedule.batch.value() * self.how.accumulate.value()
        needed_bytes = self._inputs.needed_bytes(spec) if spec is not None else None
        time = self._inputs.time(spec) if spec is not None else None
        headline, more = cost_words(self.subject, spec, needed_bytes, examples, self.schedule.steps.value(), time)
        self.cost.setText(headline)
        self.cost_more.setText(more)

    def _show_look(self, spec: RunSpec | None) -> None:
        """Whether the data can be looked at, and what was seen of it, if it was."""
        look = self.subject.look
        look.button.setEnabled(spec is not None and can_be_looked_at(spec))
        look.summary.setText(self.data_look.summary_of(spec) if spec is not None else "")

    def train_on(self, ref: ModelRef) -> None:
        """Begin with a model of the library: what its kind can be trained for is chosen, and to fine-tune it."""
        record = self.studio.library.find(ref)
        able = [s for s in self.subjects.values() if record is not None and record.kind in TRAINABLE[s.objective].bases]
        if record is None or not able:
            return
        for subject in able:
            subject.fine.setChecked(True)
            subject.picker.choose(record.ref)
        if self.subject not in able:
            self.choices[able[0].objective].setChecked(True)

    def begin_like(self, like: Like) -> None:
        """Begin with what is to be trained for, and with a model or the shape of one, made smaller."""
        subject = self.subjects.get(like.objective)
        if subject is not None:
            self.choices[like.objective].setChecked(True)
            if like.base is not None:
                subject.fine.setChecked(True)
                subject.picker.choose(like.base)
            else:
                subject.begin_like(like.model)

    def stop(self) -> None:
        self._timer.stop()
        self._inputs.close()
        for subject in self.subjects.values():
            subject.stop()
        self.data_look.stop()

    # ------------------------------------------------------------------------------- hands

    @Slot()
    def start(self) -> None:
        """Start the run, if it can be: once what it names has been looked at as it is now."""
        self.check()
        self._starting = not self._making

    def not_made(self) -> None:
        """Let the user start again what could not be made."""
        self._making = False
        self._say(look=False)

    @Slot()
    def _on_memory(self) -> None:
        self._say(look=False)

    @Slot()
    def _on_inputs(self) -> None:
        ready = self._say(look=False)
        starting, self._starting = self._starting, False
        if not starting or ready is None:
            return
        self._making = True
        self.start_button.setEnabled(False)
        if grid := self.how.grid():
            self.sweep_started.emit(ready, grid)
        else:
            self.started.emit(ready)

    @Slot()
    def look_at_data(self) -> None:
        """Show what would be learnt from, whatever else there is to be filled in."""
        self.check()
        if self.subject.look.button.isEnabled():
            self.data_look.look(self.spec())

    @Slot()
    def _changed(self) -> None:
        self._timer.start()

    @Slot()
    def _on_data(self) -> None:
        if self.name.text() in self._names:
            name = self.subject.run_name()
            self._names.add(name)
            self.name.setText(name)
        self.check()

    @Slot()
    def _on_subject(self) -> None:
        """Another subject, or another kind of its model."""
        chosen = self.subject
        for subject in self.subjects.values():
            subject.setVisible(subject is chosen)
        self._suggest()
        self._on_data()
