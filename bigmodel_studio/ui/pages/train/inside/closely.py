"""Entries to a run's details: its data, the examples behind a point of its loss, and a single step taken slowly."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.data_look import DataLook
from bigmodel_studio.ui.pages.train.inside.slow_step_dialog import SlowStepDialog
from bigmodel_studio.ui.pages.train.inside.step_dialog import StepDialog
from bigmodel_studio.ui.window.studio import Studio


class Closely(QObject):
    """``corner`` holds its buttons. ``shown`` gives the run that is on the page, where it can be opened closely."""

    enlarged = Signal(bool)
    """Whether what lies below the corner shall have all the room."""

    def __init__(self, studio: Studio, shown: Callable[[], RunSummary | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._shown, self._page = studio, shown, parent
        self.data_look = DataLook(studio, parent)
        self.slow = QPushButton(self.tr("Step through one update…"))
        set_look(self.slow, "quiet")
        self.slow.clicked.connect(self.one_step)
        self.enlarge = QToolButton()
        self.enlarge.setIcon(icon("enlarge"))
        self.enlarge.setCheckable(True)
        self.enlarge.setToolTip(self.tr("Maximize these tabs"))
        self.enlarge.setAccessibleName(self.enlarge.toolTip())
        self.enlarge.toggled.connect(self.enlarged)
        self.corner = QWidget()
        row = QHBoxLayout(self.corner)
        row.setContentsMargins(0, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self.slow)
        row.addWidget(self.enlarge)

    @Slot(int)
    def look_at_step(self, step: int) -> None:
        """Show the examples that this step of the run learnt from."""
        run = self._shown()
        if run is not None and 1 <= step <= run.step:
            StepDialog(self._studio, run.path, step, run.step, self._page.window()).open()

    @Slot()
    def look_at_data(self) -> None:
        """Show what the run learns from, as its files are now."""
        run = self._shown()
        if run is not None and run.spec is not None:
            self.data_look.look(msgspec.structs.replace(run.spec, name=run.name))

    def stop(self) -> None:
        """Stop timers and jobs: the page closes."""
        self.data_look.stop()

    @Slot()
    def one_step(self) -> None:
        """Take a single step beside the run, and see all that happens in it."""
        run = self._shown()
        if run is not None:
            SlowStepDialog(self._studio, run.path, run.checkpoints, self._page.window()).open()
