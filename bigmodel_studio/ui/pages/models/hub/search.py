"""Asking the Hub for models, a page at a time: what was asked, what is on its way, and why it did not come.

Knows no widget. An answer to a question that was given up never reaches anybody.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Done, Event, Failed, HubPage, Problem, SearchHub
from bigmodel_studio.ui.window.studio import NetworkLike

State = Literal["idle", "asking", "asking-more", "shown", "failed"]


class HubSearch(QObject):
    """One question at a time; another takes the place of the one before."""

    changed = Signal()
    """``state`` is another."""
    arrived = Signal(object)
    """A ``HubPage`` of what was asked."""

    def __init__(self, network: NetworkLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._job: Job | None = None
        self.state: State = "idle"
        self.query: SearchHub | None = None
        """What was asked last, without its place among the pages."""
        self.problem: Problem | None = None
        self.next = ""
        """Where the next page begins; "" where there is none."""

    def ask(self, query: SearchHub) -> None:
        """Ask for the first page."""
        self._leave()
        self.query, self.next = query, ""
        self._submit(query, "asking")

    def more(self) -> None:
        """Ask for the next page, where there is one and nothing is on its way; after a failure, for the same again."""
        if self._job is None and self.query is not None:
            self._submit(replace(self.query, after=self.next), "asking-more" if self.next else "asking")

    def stop(self) -> None:
        """Give up what is on its way."""
        self._leave()
        self._say("shown" if self.next else "idle")

    def _submit(self, query: SearchHub, state: State) -> None:
        self.problem = None
        if self._network.locked:
            self._fail(Problem(code="hub-locked"))
            return
        self._job = self._network.lane().submit(query)
        self._job.ended.connect(self._on_ended)
        self._say(state)

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = None
        if isinstance(end, Done) and isinstance(end.result, HubPage):
            self.next = end.result.next
            self.arrived.emit(end.result)
            self._say("shown")
        elif isinstance(end, Failed):
            self._fail(end.problem)
        else:
            self._say("idle")

    def _fail(self, problem: Problem) -> None:
        self.problem = problem
        self._say("failed")

    def _leave(self) -> None:
        if self._job is not None:
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None

    def _say(self, state: State) -> None:
        self.state = state
        self.changed.emit()
