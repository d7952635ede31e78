"""The monitor's dock: a card a device, the loaded model's parameters, the disk. It is given samples while it is shown.

What an engine has to say (how the model is built, which devices torch uses) is asked once for each model, and only
while somebody looks.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.client.machine import MachineSample
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.protocol import Describe, Description, DeviceReport, Devices, Done, End, ModelFacts, Request
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.monitor.cards import DeviceCard, DiskCard, points_of
from bigmodel_studio.ui.monitor.history import History
from bigmodel_studio.ui.monitor.parameters import ParametersCard
from bigmodel_studio.ui.widgets.page_frame import HEADER_PX, label, panel
from bigmodel_studio.ui.window.studio import Studio

WIDTH_PX = 340
LEAST_PX = 280


class MonitorDock(QDockWidget):
    """Made when it is first shown; ``history`` outlives it."""

    resized = Signal()
    """It takes more room, or less."""

    def __init__(self, studio: Studio, history: History) -> None:
        super().__init__()
        self.studio = studio
        self._history = history
        self._asked: ModelFacts | None = None
        self._described: dict[str, Description] = {}
        self._report: DeviceReport | None = None
        self._report_asked = False
        self.setObjectName("monitor")
        self.setWindowTitle(self.tr("Monitor"))
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.setTitleBarWidget(self._title())
        self.devices: list[DeviceCard] = []
        self.parameters = ParametersCard()
        self.disk = DiskCard(history)
        self.waiting = label(self.tr("Measuring…"), "secondary", wrap=True)
        self._lay_out()
        studio.facts_changed.connect(self._on_facts_changed)
        studio.runs.runs_changed.connect(self._on_runs_changed)
        self._on_facts_changed(studio.facts)
        self._on_runs_changed(studio.runs.runs)

    def _title(self) -> QWidget:
        bar = _Title()
        set_look(bar, "header")
        self.closing = QToolButton()
        self.closing.setIcon(icon("close"))
        self.closing.setToolTip(self.tr("Hide the monitor"))
        self.closing.setAccessibleName(self.tr("Hide the monitor"))
        self.closing.clicked.connect(self.close)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 6, 0)
        row.addWidget(label(self.tr("Monitor"), "title"))
        row.addStretch(1)
        row.addWidget(self.closing)
        return bar

    def _lay_out(self) -> None:
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(12)
        for part in (self.waiting, self.parameters, self.disk):
            self._column.addWidget(part)
        self._column.addStretch(1)
        self.disk.hide()
        self.area = QScrollArea()
        self.area.setAccessibleName(self.tr("Monitor"))
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        frame = panel("monitor")
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        frame.setMinimumWidth(LEAST_PX)
        self.setWidget(frame)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    # ------------------------------------------------------------------------------- what is shown

    def show_sample(self, sample: MachineSample) -> None:
        """Show the machine as it is now."""
        points: dict[str, float | None] = {}
        for device in sample.devices:
            points |= points_of(device)
        if sample.disk is not None:
            points |= {"disk/reads": sample.disk.reads, "disk/writes": sample.disk.writes}
        self._history.add(sample.time, points)
        if [card.id for card in self.devices] != [device.id for device in sample.devices]:
            self._make_cards(sample)
        for card, device in zip(self.devices, sample.devices, strict=True):
            card.show_sample(device)
        self.disk.setVisible(sample.disk is not None)
        if sample.disk is not None:
            self.disk.show_sample(sample.disk)
        self._ask(sample)

    def _make_cards(self, sample: MachineSample) -> None:
        self.waiting.hide()
        for card in self.devices:
            self._column.removeWidget(card)
            card.deleteLater()
        self.devices = [DeviceCard(device, self._history) for device in sample.devices]
        for number, card in enumerate(self.devices):
            self._column.insertWidget(number, card)
        self._show_notes()

    def _show_notes(self) -> None:
        if self._report is None:
            return
        used = {device.id for device in self._report.devices}
        for card in self.devices:
            card.show_note("" if card.id in used else self.tr("The installed PyTorch doesn't use this device."))

    # ------------------------------------------------------------------------------- what an engine is asked

    def _ask(self, sample: MachineSample) -> None:
        """Ask what is not known yet; an engine that has loaded a model answers at once."""
        facts = self.studio.facts
        if facts is None:
            return
        if facts != self._asked and _key(facts) not in self._described:
            self._asked = facts
            self._submit(Describe(model=facts.model))
        if sample.gpus and not self._report_asked:
            self._report_asked = True
            self._submit(Devices())

    def _submit(self, request: Request) -> None:
        self.studio.interactive.submit(request).ended.connect(self._on_ended)

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        result = end.result if isinstance(end, Done) else None
        if isinstance(result, DeviceReport):
            self._report = result
            self._show_notes()
        elif isinstance(result, Description) and self._asked is not None and self._asked.model.id == result.id:
            self._described[_key(self._asked)] = result
            self._on_facts_changed(self.studio.facts)

    @Slot(object)
    def _on_facts_changed(self, facts: ModelFacts | None) -> None:
        self.parameters.show_model(facts, None if facts is None else self._described.get(_key(facts)))

    @Slot(object)
    def _on_runs_changed(self, runs: list[RunSummary]) -> None:
        self.parameters.show_runs(runs)


class _Title(QFrame):
    """As high as the header of a page."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEADER_PX)


def _key(facts: ModelFacts) -> str:
    return repr(facts.model)
