"""Data and requests of the plan form: the devices with their speeds, and measurements, over the ``measure`` lane.

The devices are asked for once, when the first model is described; what they have free then is kept up with each model.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.protocol import (
    Device,
    DeviceReport,
    Devices,
    Done,
    Event,
    Failed,
    Measured,
    MeasurePlan,
    MeasureSpeed,
    ModelRef,
    PlanQuestion,
)
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.pages.models.quality_row import QualityMeasuring
from bigmodel_studio.ui.window.studio import Studio


class Planning(QObject):
    """One for a ``PlanPanel``; is given the model that it is about."""

    def __init__(self, studio: Studio, panel: PlanPanel) -> None:
        super().__init__(panel)
        self._studio = studio
        self._panel = panel
        self._ref: ModelRef | None = None
        self._measuring: Job | None = None
        self._asking: Job | None = None
        self._devices: tuple[Device, ...] = ()
        self._speeds_asked: set[tuple[str, str]] = set()
        self.quality = QualityMeasuring(studio, panel.quality)
        for signal in (panel.dtype.currentIndexChanged, panel.purpose.chosen):
            signal.connect(self._say_quality)
        panel.speed_wanted.connect(self._on_speed_wanted)
        panel.measure_wanted.connect(self._on_measure)

    def about(self, ref: ModelRef) -> None:
        """Set the model shown; what is being measured of the one before is given up."""
        self.stop()
        self._ref = ref
        self._say_quality()
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
        self.quality.stop()

    @Slot()
    def _say_quality(self) -> None:
        question = self._panel.question
        self.quality.about(self._ref if question.purpose == "inference" else None, question.precision)

    @Slot(object)
    def _on_devices(self, end: Event) -> None:
        self._asking = None
        if isinstance(end, Done) and isinstance(end.result, DeviceReport):
            self._devices = end.result.devices
            self._panel.show_devices(self._devices, device_speed.speeds())

    @Slot(str, str)
    def _on_speed_wanted(self, device: str, dtype: str) -> None:
        """Measure the speed as soon as somebody looks at a plan: it takes a few seconds, once a computer."""
        if (device, dtype) not in self._speeds_asked:
            self._speeds_asked.add((device, dtype))
            job = self._studio.measure.submit(MeasureSpeed(device=device, dtype=dtype))
            job.ended.connect(self._on_speed)

    @Slot(object)
    def _on_speed(self, end: Event) -> None:
        if isinstance(end, Done):
            self._panel.show_devices(self._devices, device_speed.speeds())

    @Slot(object)
    def _on_measure(self, question: PlanQuestion) -> None:
        if self._ref is None or self._measuring is not None:
            return
        self._measuring = self._studio.measure.submit(MeasurePlan(model=self._ref, question=question))
        self._measuring.ended.connect(self._on_measured)
        self._panel.show_measuring(self.tr("Running two steps in a separate process…"))

    @Slot(object)
    def _on_measured(self, end: Event) -> None:
        self._measuring = None
        if isinstance(end, Done) and isinstance(end.result, Measured):
            self._panel.show_measured(end.result)
        elif isinstance(end, Failed):
            self._panel.show_measuring(i18n.sentence(end.problem))
            self._panel.measure.setEnabled(True)
