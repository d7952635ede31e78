"""A slider over a run's checkpoints: where it stands, the pages that use the run's model use it as it was then."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QSlider, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.destinations import OpenPage
from bigmodel_studio.ui.window.studio import Studio

SETTLE_MS = 250
"""A model is loaded when the slider has rested for so long."""


class TimeSlider(QFrame):
    """Hidden where a run has fewer than two checkpoints. At its right end it is now: nobody travels."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio, self._travel = studio, studio.travel
        self._run: RunSummary | None = None
        self._page = ""
        set_look(self, "card")
        name = label(self.tr("Time travel"), "strong")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setTickPosition(QSlider.TickPosition.NoTicks)
        self.slider.setPageStep(1)
        self.slider.setAccessibleName(self.tr("Checkpoint of the run"))
        self.steps = Choice()
        self.steps.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)  # steps come while it is shown
        self.steps.setAccessibleName(self.tr("Step of the checkpoint"))
        self.now = QPushButton(self.tr("Now"))
        self.now.setToolTip(self.tr("Return to the newest checkpoint; other pages use their previous model"))
        self.use = QPushButton(self.tr("Use this step"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(name)
        row.addWidget(self.slider, 1)
        row.addWidget(self.steps)
        row.addWidget(self.now)
        row.addWidget(self.use)
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._timer.timeout.connect(self._go)
        self.slider.valueChanged.connect(self._on_slid)
        self.steps.currentIndexChanged.connect(self.slider.setValue)
        self.now.clicked.connect(self._on_now)
        self.use.clicked.connect(self._on_use)
        self._travel.changed.connect(self._show_place)
        self.hide()

    @property
    def step(self) -> int | None:
        """The step that the slider stands at."""
        run = self._run
        return run.checkpoints[self.slider.value()] if run is not None and run.checkpoints else None

    def show_run(self, run: RunSummary | None, page: str) -> None:
        """Set the run that is shown, and the page that uses its models."""
        same = self._run is not None and run is not None and self._run.name == run.name
        if same and run is not None and self._run is not None and run.checkpoints == self._run.checkpoints:
            return
        before = self.step if same and self._travel.step_of(run.name if run is not None else "") is not None else None
        self._run, self._page = run, page
        checkpoints = run.checkpoints if run is not None else ()
        with QSignalBlocker(self.slider), QSignalBlocker(self.steps):
            self.steps.clear()
            self.steps.addItems([self.tr("step {step}").format(step=numbers.exact(step)) for step in checkpoints])
            self.slider.setRange(0, max(0, len(checkpoints) - 1))
        self._show_place(before)
        self.setVisible(len(checkpoints) > 1)

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        self._timer.stop()

    @Slot()
    def _show_place(self, wanted: int | None = None) -> None:
        """Stand where the journey is; at the end where there is none in this run."""
        run = self._run
        if run is None or not run.checkpoints:
            return
        step = self._travel.step_of(run.name) if wanted is None else wanted
        at = run.checkpoints.index(step) if step in run.checkpoints else len(run.checkpoints) - 1
        with QSignalBlocker(self.slider), QSignalBlocker(self.steps):
            self.slider.setValue(at)
            self.steps.setCurrentIndex(at)
        self._show_ends()

    def _show_ends(self) -> None:
        at_end = self.slider.value() == self.slider.maximum()
        self.now.setEnabled(not at_end)
        self.use.setEnabled(not at_end)

    @Slot(int)
    def _on_slid(self, at: int) -> None:
        with QSignalBlocker(self.steps):
            self.steps.setCurrentIndex(at)
        self._show_ends()
        self._timer.start()

    @Slot()
    def _go(self) -> None:
        run, step = self._run, self.step
        if run is None or step is None:
            return
        if step != run.checkpoints[-1]:
            self._travel.go(self._page, run.name, step)
        elif self._travel.step_of(run.name) is not None:
            self._travel.leave()

    @Slot()
    def _on_now(self) -> None:
        self.slider.setValue(self.slider.maximum())
        self._timer.stop()
        self._go()

    @Slot()
    def _on_use(self) -> None:
        """Go where the model of that step is used."""
        self._timer.stop()
        self._go()
        self._studio.open(OpenPage(self._page))
