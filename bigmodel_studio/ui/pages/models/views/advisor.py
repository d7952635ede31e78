"""The adviser: what is to be done at the left, the models that suit it ranked beside it, and below a trial of them.

The ranking follows the form and the library; it is worked out in a thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout

from bigmodel_studio.client.adviser import Advised, Adviser
from bigmodel_studio.client.job import Job
from bigmodel_studio.core.advice.ranking import TASKS, Advice
from bigmodel_studio.protocol import Event, Failed, MeasureSpeed
from bigmodel_studio.ui.pages.models.advisor.form import AdviceForm
from bigmodel_studio.ui.pages.models.advisor.ranking import Ranking
from bigmodel_studio.ui.pages.models.advisor.trials import Trials
from bigmodel_studio.ui.pages.models.views.frame import View
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import panel
from bigmodel_studio.ui.window.destinations import OpenModel, OpenOnHub, UseModel
from bigmodel_studio.ui.window.studio import Studio
from bigmodel_studio.ui.window.uses import USE_IN

FORM_PX = 248
ASK_AFTER_MS = 80
"""How long the form rests before it is asked: typing a number asks once."""
TRIED_AT_FIRST = 2


class AdvisorView(View):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._chosen: dict[str, set[str]] = {}
        """By task: the ids of the models that are to be tried; a task that is not here was not looked at yet."""
        self._found: list[Advice] = []
        self._measuring: Job | None = None
        self.adviser = Adviser(self)
        self._advised: Advised | None = None
        self.form = AdviceForm()
        self.ranking = Ranking()
        self.trials = Trials(studio)
        self.empty = Empty("models")
        self._ask_timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._ask_timer.timeout.connect(self._ask)
        self._lay_out()
        self.form.changed.connect(self._ask_timer.start)
        self.form.measure.clicked.connect(self._on_measure)
        self.ranking.wanted.connect(self._on_wanted)
        self.ranking.chosen.connect(self._on_chosen)
        self.empty.button.clicked.connect(self._on_any_licence)
        self.adviser.advised.connect(self._on_advised)
        studio.library.changed.connect(self._ask)
        self.empty.say("", self.tr("Looking for models…"), "")
        self.stack.setCurrentWidget(self.empty)

    def _lay_out(self) -> None:
        aside = panel("list")
        inside = QVBoxLayout(aside)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.form)
        aside.setMinimumWidth(200)
        aside.setMaximumWidth(340)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.ranking)
        self.stack.addWidget(self.empty)
        self.stack.setMinimumHeight(160)
        self.trials.setMinimumHeight(180)
        right = QSplitter(Qt.Orientation.Vertical)
        right.setHandleWidth(1)
        right.setChildrenCollapsible(False)
        right.addWidget(self.stack)
        right.addWidget(self.trials)
        right.setSizes([420, 300])
        body = QSplitter(Qt.Orientation.Horizontal)
        body.setHandleWidth(1)
        body.setChildrenCollapsible(False)
        body.addWidget(aside)
        body.addWidget(right)
        body.setStretchFactor(1, 1)
        body.setSizes([FORM_PX, 900])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(body)

    # ------------------------------------------------------------------------------- the ranking

    def enter(self) -> None:
        self.form.task.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()  # what is free may have changed, too

    @Slot()
    def _ask(self) -> None:
        if self.studio.library.ready and self.isVisible():
            self.adviser.ask(self.form.question(), self.studio.library.records())

    @Slot(object)
    def _on_advised(self, answer: Advised) -> None:
        self._advised, self._found = answer, answer.found
        question = answer.question
        self.form.show_device(answer.device)
        self._say_speed()
        able = [advice.id for advice in self._found if advice.here and advice.plan.fits]
        chosen = self._chosen.setdefault(question.task, set(able[:TRIED_AT_FIRST])) if able else set()
        self.ranking.show_advice(self._found, question.task, chosen)
        if not self._found:
            words = self.tr("No known model does this under this license.")
            button = self.tr("Any license") if question.licence else ""
            self.empty.say(self.tr("No recommendation"), words, button)
        self.stack.setCurrentWidget(self.ranking if self._found else self.empty)
        self._ask_trials()

    def _say_speed(self) -> None:
        known = self._advised is None or self._advised.speed_known
        self.form.show_speed(known=known, measuring=self._measuring is not None)

    @Slot()
    def _on_measure(self) -> None:
        if self._advised is not None and self._measuring is None:
            self._measuring = self.studio.measure.submit(MeasureSpeed(device=self._advised.device.id))
            self._measuring.ended.connect(self._on_measured)
            self._say_speed()

    @Slot(object)
    def _on_measured(self, end: Event) -> None:
        self._measuring = None
        if isinstance(end, Failed):
            self.studio.report(end.problem)
        self._say_speed()
        self._ask()

    def _ask_trials(self) -> None:
        task = self.form.chosen
        chosen = self._chosen.get(task, set())
        models = [ref for ref in (advice.ref for advice in self._found if advice.id in chosen) if ref is not None]
        self.trials.setVisible(bool(TASKS[task].examples))
        self.trials.ask(task, models)

    @Slot(str, bool)
    def _on_chosen(self, name: str, on: bool) -> None:
        chosen = self._chosen.setdefault(self.form.chosen, set())
        if on:
            chosen.add(name)
        else:
            chosen.discard(name)
        self._ask_trials()

    @Slot()
    def _on_any_licence(self) -> None:
        self.form.licence.setCurrentIndex(0)

    # ------------------------------------------------------------------------------- what can be done

    @Slot(str, object)
    def _on_wanted(self, action: str, advice: Advice) -> None:
        ref, use = advice.candidate.ref, advice.ref
        if ref is None or use is None:
            self.studio.open(OpenOnHub(advice.id))
        elif action == "use":
            self.studio.open(UseModel(USE_IN[advice.candidate.kind], use))
        else:
            self.studio.open(OpenModel(ref))

    def shut(self) -> None:
        self._ask_timer.stop()
        if self._measuring is not None:
            self._measuring.cancel()
        self.trials.shut()
        self.adviser.close()
