"""Actions on the shown run: the header's buttons, and what the strip and the palette do besides.

A run is changed only by asking it (``core.runs.run_folder``) or through the queue (``core.runs.run_queue``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QPushButton

from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.pages.train.form.making import Making
from bigmodel_studio.ui.pages.train.runs.overflow_row import OverflowRow
from bigmodel_studio.ui.pages.train.runs.possible import page_of, possible
from bigmodel_studio.ui.pages.train.runs.resuming import Resuming
from bigmodel_studio.ui.window.destinations import UseModel
from bigmodel_studio.ui.window.studio import Studio
from bigmodel_studio.ui.window.uses import use_words

STRIP_VERBS: dict[str, Callable[[RunFolder], object]] = {
    "up": run_queue.move_up,
    "now": run_queue.start_now,
    "remove": run_queue.remove,
    "release": lambda folder: folder.ask("pause", release=True),
}
"""What the strip above the curves can want of a run."""


class RunActions(QObject):
    """``show_run`` decides what can be pressed; the page puts the ``row`` of buttons into its header."""

    def __init__(self, studio: Studio, making: Making, step: Callable[[], int | None], parent: QObject) -> None:
        """``step`` gives the checkpoint that the time slider stands at."""
        super().__init__(parent)
        self._studio, self._making, self._step = studio, making, step
        self._run: RunSummary | None = None
        self._spec: RunSpec | None = None
        self.resuming = Resuming(studio, parent)
        self.resuming.resumed.connect(studio.runs.refresh)
        self.use_button = self._button(self.tr("Use in Chat"), self.use)
        self.fork_button = self._button(self.tr("Fork…"), self.fork)
        self.fork_button.setToolTip(self.tr("Start a new run from a checkpoint, with other settings"))
        self.save_button = self._button(self.tr("Save now"), self.save)
        self.pause_button = self._button(self.tr("Pause"), self.pause)
        self.resume_button = self._button(self.tr("Resume"), self.resume)
        self.stop_button = self._button(self.tr("Stop"), self.stop)
        self.buttons = {
            "use": self.use_button,
            "fork": self.fork_button,
            "save": self.save_button,
            "pause": self.pause_button,
            "resume": self.resume_button,
            "stop": self.stop_button,
        }
        """By the name of the method that each calls, in the header's order."""
        self.row = OverflowRow(list(self.buttons.values()), (self.save_button, self.fork_button, self.use_button))

    def _button(self, text: str, slot: object) -> QPushButton:
        made = QPushButton(text)
        made.clicked.connect(slot)
        return made

    def show_run(self, run: RunSummary | None, spec: RunSpec | None, *, filling: bool) -> None:
        """Set the run that is shown; ``filling``: a form lies over it, and nothing is done to what cannot be seen."""
        self._run, self._spec = run, spec
        can = possible(run, has_spec=spec is not None)
        focused = self.pause_button.hasFocus() or self.resume_button.hasFocus()
        widest = max(button.sizeHint().width() for button in (self.pause_button, self.resume_button))
        for button, able in (
            (self.stop_button, can.stop),
            (self.save_button, can.save),
            (self.pause_button, can.pause),
            (self.resume_button, can.resume),
            (self.fork_button, can.fork),
            (self.use_button, can.use),
        ):
            button.setEnabled(able and not filling)
        for button in (self.pause_button, self.resume_button):
            button.setMinimumWidth(widest)  # the one takes the other's place, and nothing beside them moves
        away = self.resume_button if can.pauses else self.pause_button
        self.row.show_only([button for button in self.buttons.values() if button is not away])
        if focused:
            (self.pause_button if can.pauses else self.resume_button).setFocus()
        self.use_button.setText(use_words(page_of(run)))

    @Slot()
    def stop(self) -> None:
        """Ask the run to save and end."""
        self._do(run_queue.end)

    @Slot()
    def pause(self) -> None:
        """Ask the run to wait where it is, its memory kept."""
        self._do(lambda folder: folder.ask("pause"))

    @Slot()
    def save(self) -> None:
        """Ask the run for a checkpoint at its next step."""
        self._do(RunFolder.ask_to_save)

    @Slot()
    def resume(self) -> None:
        """Go on: see ``Resuming``."""
        if self._run is not None:
            self.resuming.resume(RunFolder(Path(self._run.path)))

    @Slot()
    def fork(self) -> None:
        """Ask from which checkpoint, and with what other settings, a fork shall go on."""
        if self._run is not None and self._spec is not None:
            self._making.fork(RunFolder(Path(self._run.path)), self._spec, self._step())

    @Slot()
    def use(self) -> None:
        """Use what the run has made so far."""
        run = self._run
        if run is not None and run.checkpoints:
            self._studio.library.refresh()
            self._studio.open(UseModel(page_of(run), ModelRef(source="run", id=run.name)))

    @Slot(str)
    def do_verb(self, verb: str) -> None:
        """Do what the strip above the curves asks for."""
        if verb == "smaller" and self._run is not None:
            self._making.smaller(RunFolder(Path(self._run.path)))
        else:
            self._do(STRIP_VERBS[verb])

    def _do(self, action: Callable[[RunFolder], object]) -> None:
        """Do something to the run that is shown, and look at once what came of it."""
        run = self._run
        if run is not None:
            folder = RunFolder(Path(run.path))
            self._making.change(lambda: action(folder))
