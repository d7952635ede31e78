"""What a plan's form is told and asks for: the devices with their speeds, and measurements, over the ``measure`` lane.

The devices are asked for once, when the first model is described; what they have free then is kept up with each model.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import (
    DeviceReport,
    Devices,
    Done,
    Event,
    Failed,
    Measured,
    MeasurePlan,
    ModelRef,
    PlanQuestion,
)
from bigmodel_studio.ui import i18n
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.studio import Studio


class Planning(QObject):
    """One for a ``PlanPanel``; told which model it is about."""

    def __init__(self, studio: Studio, panel: PlanPanel) -> None:
        super().__init__(panel)
        self._studio = studio
        self._panel = panel
        self._ref: ModelRef | None = None
        self._measuring: Job | None = None
        self._asking: Job | None = None
        panel.measure_wanted.connect(self._on_measure)

    def about(self, ref: ModelRef) -> None:
        """Another model is shown; what is being measured of the one before is given up."""
        self.stop()
        self._ref = ref
        if self._asking is None:
            self._asking = self._studio.measure.submit(Devices())
            self._asking.ended.connect(self._on_devices)

    def stop(self) -> None:
        """Give up what is being measured."""
        if self._measuring is not None:
            self._measuring.ended.disconnect(self._on_measured)
            self._measuring.cancel()
            self._measuring = None
            self._panel.show_measuring("")

    @Slot(object)
    def _on_devices(self, end: Event) -> None:
        self._asking = None
        if isinstance(end, Done) and isinstance(end.result, DeviceReport):
            self._panel.show_devices(end.result.devices, {})

    @Slot(object)
    def _on_measure(self, question: PlanQuestion) -> None:
        if self._ref is None or self._measuring is not None:
            return
        self._measuring = self._studio.measure.submit(MeasurePlan(model=self._ref, question=question))
        self._measuring.ended.connect(self._on_measured)
        self._panel.show_measuring(self.tr("Running two steps in a process of its own…"))

    @Slot(object)
    def _on_measured(self, end: Event) -> None:
        self._measuring = None
        if isinstance(end, Done) and isinstance(end.result, Measured):
            self._panel.show_measured(end.result)
        elif isinstance(end, Failed):
            self._panel.show_measuring(i18n.said(end.problem))
            self._panel.measure.setEnabled(True)
