"""Strip above a run's curves while it does not compute: why it waits or rests, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

MEMORY = frozenset({"training-memory", "training-memory-recompute", "training-memory-context"})
"""Ends for want of memory for which there is something smaller to try."""


class RunStrip(QFrame):
    """Hidden where there is nothing to say. ``wanted`` names what shall be done: "up", "now", "remove", "release",
    "smaller".
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "card")
        self.title = label("", "strong")
        self.reason = label("", "secondary", wrap=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.reason)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(8)
        row.addLayout(words, 1)
        self.buttons = {
            "up": self._button("up", self.tr("Move up"), self.tr("Move up in the queue")),
            "now": self._button("now", self.tr("Start now"), self.tr("Start now, beside running ones")),
            "remove": self._button(
                "remove", self.tr("Remove from queue"), self.tr("Remove it from the queue; Resume adds it again")
            ),
            "release": self._button(
                "release",
                self.tr("Free memory"),
                self.tr("Save, then end its process; Resume continues from there"),
            ),
        }
        self.buttons["smaller"] = self._button(
            "smaller", self.tr("Try smaller"), self.tr("Start a new run with this change from the last checkpoint")
        )
        for button in self.buttons.values():
            row.addWidget(button)
        self.hide()

    def show_run(self, run: RunSummary | None) -> None:
        """Say what keeps the run from computing, if something does."""
        resting = run is not None and run.state == "paused"
        offered: dict[str, bool] = {}
        if run is not None and run.waiting:
            self._say_waiting(run)
            offered = {"up": run.turn > 1, "now": True, "remove": True}
        elif run is not None and resting:
            self._say_resting(run)
            offered = {"release": True} if run.live else {}
        elif run is not None and run.state == "failed" and run.problem is not None and run.problem.code in MEMORY:
            self.title.setText(self.tr("Out of memory"))
            self.reason.setText(i18n.sentence(run.problem))
            offered = {"smaller": True}
        for name, button in self.buttons.items():
            button.setVisible(name in offered)
            button.setEnabled(offered.get(name, False))
        self.setVisible(resting or bool(offered))

    def _say_waiting(self, run: RunSummary) -> None:
        first, later = self.tr("Next in the queue"), self.tr("No. {turn} in the queue")
        self.title.setText(first if run.turn <= 1 else later.format(turn=numbers.exact(run.turn)))
        why, how = i18n.sentences(run.waits) if run.waits is not None else (self.tr("Starting soon."), "")
        self.reason.setText(f"{why} {how}".strip())

    def _say_resting(self, run: RunSummary) -> None:
        self.title.setText(self.tr("Paused after step {step}").format(step=numbers.exact(run.step)))
        self.reason.setText(
            self.tr("Memory stays reserved; Resume continues immediately.")
            if run.live
            else self.tr("Memory released. Resume continues from the last checkpoint.")
        )

    def _button(self, verb: str, text: str, tip: str) -> QPushButton:
        made = QPushButton(text)
        made.setToolTip(tip)
        made.setProperty("verb", verb)
        made.clicked.connect(self._on_clicked)
        return made

    @Slot()
    def _on_clicked(self) -> None:
        self.wanted.emit(self.sender().property("verb"))
