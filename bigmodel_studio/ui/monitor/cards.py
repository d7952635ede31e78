"""The monitor's cards: one a device, and one for the disk. Each is given samples; curves come from the history."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bigmodel_studio.client.machine import DeviceSample, DiskSample
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.monitor.history import History
from bigmodel_studio.ui.monitor.live_curve import LiveCurve
from bigmodel_studio.ui.monitor.memory_split import MemorySplit
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

Format = Callable[[float | None], str]


class Card(QFrame):
    """A frame with a heading at its left, a word at its right, and below them what a subclass puts there."""

    def __init__(self, heading: str, aside: str = "") -> None:
        super().__init__()
        set_look(self, "card")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.heading = ElidedLabel(heading)
        set_look(self.heading, "strong")
        self.aside = label(aside, "small")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.heading, 1)
        head.addWidget(self.aside)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)
        self.column.addLayout(head)


class Curves(QWidget):
    """Live curves two abreast; one whose series has no values is not shown, and leaves no hole."""

    def __init__(self, history: History, curves: list[LiveCurve]) -> None:
        super().__init__()
        self._history = history
        self.curves = curves
        self._shown: list[LiveCurve] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        for curve in curves:
            curve.setParent(self)
            curve.hide()

    def refresh(self) -> None:
        """Redraw: the history has grown."""
        shown = [curve for curve in self.curves if self._history.has_values(curve.name)]
        if shown != self._shown:
            self._arrange(shown)
        for curve in shown:
            curve.refresh()

    def _arrange(self, shown: list[LiveCurve]) -> None:
        for curve in self._shown:
            self._grid.removeWidget(curve)
            curve.setVisible(curve in shown)
        for number, curve in enumerate(shown):
            alone = number == len(shown) - 1 and number % 2 == 0
            self._grid.addWidget(curve, number // 2, number % 2, 1, 2 if alone else 1)
            curve.show()
        self._shown = shown


class DeviceCard(Card):
    """A device: what it is called, its memory by part, and curves of its load, memory, temperature and power."""

    def __init__(self, sample: DeviceSample, history: History) -> None:
        super().__init__(sample.name, sample.id)
        self.id = sample.id
        self.memory_words = label("", "small")
        self.memory = MemorySplit()
        self.note = label("", "warn", wrap=True)
        self.note.hide()
        self.curves = Curves(history, self._curves(sample, history))
        for part in (self.note, self.memory_words, self.memory, self.curves):
            self.column.addWidget(part)
        theme.tabular(self.memory_words, 12)

    def _curves(self, sample: DeviceSample, history: History) -> list[LiveCurve]:
        name = sample.id
        limit = sample.power_limit_w
        power: Format = lambda value: _watts(value, limit)  # noqa: E731 - it closes over the card's limit
        return [
            LiveCurve(self.tr("Load"), history, f"{name}/busy", _percent, most=1.0),
            LiveCurve(
                self.tr("Memory, ours"),
                history,
                f"{name}/ours",
                numbers.size,
                behind=f"{name}/used",
                most=sample.total_bytes or None,
            ),
            LiveCurve(self.tr("Temperature"), history, f"{name}/temperature", _degrees, most=110.0),
            LiveCurve(self.tr("Power"), history, f"{name}/power", power, most=limit),
        ]

    def show_sample(self, sample: DeviceSample) -> None:
        """Show the device as it is now; its curves are in the history already."""
        self.heading.setText(sample.name)
        ours, total = numbers.size(sample.ours_bytes), numbers.size(sample.total_bytes)
        whole = self.tr("Memory: {ours} ours of {total}").format(ours=ours, total=total)
        self.memory_words.setText(whole if sample.total_bytes else self.tr("Memory: {ours} ours").format(ours=ours))
        self.memory.show_sample(sample)
        self.curves.refresh()

    def show_note(self, text: str) -> None:
        """Say what stands in the way of the device ("" where nothing does)."""
        self.note.setText(text)
        self.note.setVisible(bool(text))


class DiskCard(Card):
    """The disk that models and runs lie on."""

    def __init__(self, history: History) -> None:
        super().__init__(self.tr("Disk"))
        reads = LiveCurve(self.tr("Reading"), history, "disk/reads", _bytes_a_second)
        writes = LiveCurve(self.tr("Writing"), history, "disk/writes", _bytes_a_second)
        self.curves = Curves(history, [reads, writes])
        self.column.addWidget(self.curves)

    def show_sample(self, disk: DiskSample) -> None:
        """Show what is free now."""
        words = self.tr("{free} free of {total}")
        self.aside.setText(words.format(free=numbers.size(disk.free_bytes), total=numbers.size(disk.total_bytes)))
        self.curves.refresh()


def points_of(sample: DeviceSample) -> dict[str, float | None]:
    """Return a device's values as the history keeps them."""
    return {
        f"{sample.id}/busy": sample.busy,
        f"{sample.id}/ours": float(sample.ours_bytes),
        f"{sample.id}/used": float(sample.ours_bytes + sample.others_bytes),
        f"{sample.id}/temperature": sample.temperature_c,
        f"{sample.id}/power": sample.power_w,
    }


def _percent(share: float | None) -> str:
    return numbers.percent(share, 0)


def _degrees(value: float | None) -> str:
    return f"{numbers.decimal(value, 0)} °C"


def _watts(value: float | None, limit: float | None) -> str:
    of = f" / {numbers.decimal(limit, 0)}" if limit else ""
    return f"{numbers.decimal(value, 0)}{of} W"


def _bytes_a_second(value: float | None) -> str:
    return numbers.size_rate(value)
