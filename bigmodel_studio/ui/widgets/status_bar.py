"""The line at the window's foot: the device, memory (ours and others'), what is loaded, and the jobs that run."""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelFacts
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.network_button import NetworkButton
from bigmodel_studio.ui.widgets.page_frame import label

HEIGHT_PX = 32
JOBS_SHOWN = 2


class MemoryBar(QWidget):
    """A bar of memory: ours, others', and free. Shares are of the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ours = self._others = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_shares(self, ours: float, others: float) -> None:
        """Show both shares, from 0 to 1."""
        self._ours, self._others = min(max(ours, 0.0), 1.0), min(max(others, 0.0), 1.0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(112, 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, height = float(self.width()), float(self.height())
        painter.setBrush(theme.colour("border"))
        painter.drawRoundedRect(QRectF(0, 0, width, height), 2, 2)
        ours = width * self._ours
        painter.setBrush(theme.colour("secondary"))
        painter.drawRoundedRect(QRectF(0, 0, min(width, ours + width * self._others), height), 2, 2)
        if ours:
            painter.setBrush(theme.colour("accent"))
            painter.drawRoundedRect(QRectF(0, 0, max(ours, 2.0), height), 2, 2)
        painter.end()


class JobLine(QWidget):
    """A job's name and how far it is (of unknown length where ``share`` is None)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = _shrinking()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(96)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words)
        row.addWidget(self.bar)
        self.hide()

    def show_job(self, words: str, share: float | None) -> None:
        """Show it; ``share`` from 0 to 1."""
        self.words.setText(words)
        self.bar.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.bar.setValue(round(1000 * share))
        self.bar.setAccessibleName(words)
        self.show()


class DeviceButton(QAbstractButton):
    """The device and its memory, to be pressed for more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(8, 0, 8, 0)
        self.row.setSpacing(8)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(HEIGHT_PX - 4)

    def add(self, widget: QWidget) -> None:
        """Put a part at the right end; it leaves the mouse to the button."""
        widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.row.addWidget(widget)

    def sizeHint(self) -> QSize:
        return self.row.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not (self.underMouse() or self.hasFocus() or self.isDown()):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
        painter.end()


class StatusBar(QFrame):
    """Told what to show; it asks nobody."""

    monitor_wanted = Signal()
    """The device was pressed."""
    offline_wanted = Signal(bool)
    """Nothing shall leave this computer, or may again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "status")
        self.setFixedHeight(HEIGHT_PX)
        self.device = _shrinking()
        self.memory_name = label(self.tr("Memory"), "small")
        self.memory = MemoryBar()
        self.memory_words = label("", "small")
        self.loaded = _shrinking(self.tr("no model loaded"))
        self.jobs = [JobLine() for _ in range(JOBS_SHOWN)]
        self.more_jobs = label("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(16)
        self.button = DeviceButton()
        self.button.setAccessibleName(self.tr("Monitor"))
        self.button.clicked.connect(self.monitor_wanted)
        self._memory_part = QWidget()
        part = QHBoxLayout(self._memory_part)
        part.setContentsMargins(8, 0, 0, 0)
        part.setSpacing(8)
        for shown in (self.memory_name, self.memory, self.memory_words):
            part.addWidget(shown)
        for whole in (self.device, self._memory_part):
            self.button.add(whole)
        row.addWidget(self.button)
        row.addWidget(self.loaded)
        self.free = QWidget()
        """Room that nothing stands in: messages lie over it."""
        self.free.setFixedHeight(HEIGHT_PX - 2)
        row.addWidget(self.free, 1)
        for job in self.jobs:
            row.addWidget(job)
        row.addWidget(self.more_jobs)
        self.network = NetworkButton()
        self.network.wanted.connect(self.offline_wanted)
        row.addWidget(self.network)
        self.more_jobs.hide()
        self.device.hide()
        self._memory_part.hide()
        self.button.hide()

    def show_device(self, name: str) -> None:
        """Show the device that models are computed on."""
        self.device.setText(_short(name))
        self.button.setToolTip(self.tr("{device}: show or hide the monitor").format(device=name))
        self.device.setVisible(bool(name))
        self.button.show()

    def show_memory(self, ours_bytes: int, others_bytes: int, total_bytes: int) -> None:
        """Show memory of that device: what our processes hold, what others hold, and all there is."""
        self.memory.show_shares(ours_bytes / max(total_bytes, 1), others_bytes / max(total_bytes, 1))
        words = self.tr("{ours} of {total} used here, {others} by other programs").format(
            ours=numbers.size(ours_bytes), others=numbers.size(others_bytes), total=numbers.size(total_bytes)
        )
        self.memory_words.setText(words)
        self.memory.setAccessibleName(self.tr("Memory: {words}").format(words=words))
        self.button.setAccessibleDescription(words)
        self._memory_part.show()
        self.button.show()

    @Slot(object)
    def show_loaded(self, facts: ModelFacts | None) -> None:
        """Show what the engine holds now."""
        if facts is None:
            self.loaded.setText(self.tr("no model loaded"))
            return
        words = self.tr("{name} · {parameters} parameters · {dtype}").format(
            name=_middle(facts.name), parameters=numbers.count(facts.parameters), dtype=facts.dtype
        )
        self.loaded.setText(words)
        exact = self.tr("{parameters} parameters, {bytes} on {device}").format(
            parameters=numbers.exact(facts.parameters), bytes=numbers.size(facts.weight_bytes), device=facts.device
        )
        self.loaded.setToolTip(f"{facts.name}: {exact}")

    def show_jobs(self, jobs: list[tuple[str, float | None]]) -> None:
        """Show what runs, with how far it is (0 to 1, None where that is not known)."""
        for line, job in zip(self.jobs, [*jobs, *[None] * JOBS_SHOWN], strict=False):
            if job is None:
                line.hide()
            else:
                line.show_job(*job)
        more = len(jobs) - JOBS_SHOWN
        self.more_jobs.setText(self.tr("%n more", "", more) if more > 0 else "")
        self.more_jobs.setVisible(more > 0)


def _shrinking(text: str = "") -> ElidedLabel:
    """Return a small label as wide as its text, or narrower where there is no room."""
    made = ElidedLabel(text)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    set_look(made, "small")
    return made


def _short(device: str) -> str:
    """Return a processor's name without its trade marks and its clock."""
    kept = re.sub(r"\((R|TM|C)\)|\bCPU\b|\bProcessor\b|@.*", " ", device, flags=re.IGNORECASE)
    return " ".join(kept.split()) or device


def _middle(name: str, most: int = 32) -> str:
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-most // 2 :]}"
