"""How a repository's model is built, its layers and whether it fits: from its config and the headers of its weights.

It is asked for when somebody looks, on the lane that may ask the Hub; for a copy that is here, nobody is asked.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Describe, Description, Done, Event, Failed, ModelRef, Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.models.cards_panel import CardsPanel
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.pages.models.planning import Planning
from bigmodel_studio.ui.pages.models.structure_panel import StructurePanel
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

MOST_KNOWN = 20
"""Descriptions that are kept."""


class Anatomy(QWidget):
    """``about`` says of which model, ``show_part`` which part of it is looked at."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._ref: ModelRef | None = None
        self._here = False
        self._job: Job | None = None
        self._part = "structure"
        self._known: dict[ModelRef, Description] = {}
        self.structure, self.cards, self.plan = StructurePanel(), CardsPanel(), PlanPanel()
        self.planning = Planning(studio, self.plan)
        self.state = label("", "secondary", wrap=True)
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._parts: dict[str, QWidget] = {"structure": self.structure, "layers": self.cards, "plan": self.plan}
        self._stack = QStackedWidget()
        for part in (*self._parts.values(), self.state):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)

    def about(self, ref: ModelRef, *, here: bool) -> None:
        """Set another model; nothing is asked before one looks."""
        if (ref, here) != (self._ref, self._here):
            self.stop()
            self._ref, self._here = ref, here
            if self.isVisible():
                self.show_part(self._part)

    def show_part(self, part: str) -> None:
        """Show ``structure``, ``layers`` or ``plan``, and ask for what is not known yet."""
        self._part = part
        known = self._known.get(self._ref) if self._ref is not None else None
        if known is not None:
            self._show(known)
        elif self._ref is not None and self._job is None:
            self._ask(self._ref)

    def stop(self) -> None:
        """Give up what was asked."""
        self.planning.stop()
        if self._job is not None:
            self._job.ended.disconnect(self._on_described)
            self._job.cancel()
            self._job = None

    def _ask(self, ref: ModelRef) -> None:
        if self._studio.network.locked and not self._here:
            self._say(i18n.sentence(Problem(code="hub-locked")))
            return
        lane = self._studio.measure if self._here else self._studio.network.lane()
        self._say(self.tr("Computing the structure from config and weight headers…"))
        self._job = lane.submit(Describe(model=ref))
        self._job.ended.connect(self._on_described)

    @Slot(object)
    def _on_described(self, end: Event) -> None:
        self._job = None
        if isinstance(end, Done) and isinstance(end.result, Description) and self._ref is not None:
            self._known[self._ref] = end.result
            while len(self._known) > MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._show(end.result)
        elif isinstance(end, Failed):
            self._say(i18n.sentence(end.problem))

    def _show(self, description: Description) -> None:
        if self._ref is not None:
            self.planning.about(self._ref)
        self.structure.show_description(description)
        self.cards.show_description(description)
        self.plan.show_costs(description.costs, runs_here=self._here)
        self._stack.setCurrentWidget(self._parts[self._part])

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self._stack.setCurrentWidget(self.state)
