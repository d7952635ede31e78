"""Time travel: a page uses a run's model as it was at a step, until one comes back.

One journey at a time, on the page that uses that kind of model. Whoever begins it says where to; the page's badge
(``ui.widgets.travel_badge``) chooses the model there, and puts back what was used before.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from bigmodel_studio.protocol import ModelRef


class TimeTravel(QObject):
    """``ref`` is the model that ``page`` uses meanwhile (None: nobody travels), ``before`` what it used before."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.page = ""
        self.ref: ModelRef | None = None
        self.before: ModelRef | None = None
        self.kept = False
        """Whether ``before`` is known."""

    def go(self, page: str, run: str, step: int) -> None:
        """Have ``page`` use the model of a run as it was after ``step``."""
        ref = ModelRef(source="run", id=run, step=step)
        if (page, ref) == (self.page, self.ref):
            return
        if page != self.page:
            self.leave()
        self.page, self.ref = page, ref
        self.changed.emit()

    def keep(self, before: ModelRef | None) -> None:
        """Remember, once a journey, what to come back to."""
        if not self.kept:
            self.before, self.kept = before, True

    def step_of(self, run: str) -> int | None:
        """Return where in this run one is; None where one is not in it."""
        return self.ref.step if self.ref is not None and self.ref.id == run else None

    def leave(self) -> None:
        """Come back. ``before`` stays until the next journey, for the page to use."""
        if self.ref is not None:
            self.ref = None
            self.changed.emit()
            self.page, self.before, self.kept = "", None, False
