"""One download: its name, how far it is, how fast, how long still, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.client.downloads import Item
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

ICON_PX = 16


class DownloadRow(QWidget):
    """Told what to show; says what is wanted of its item."""

    pause_wanted = Signal(object)
    go_on_wanted = Signal(object)
    cancel_wanted = Signal(object)

    def __init__(self, item: Item, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = item
        self.name = ElidedLabel(item.id)
        set_look(self.name, "strong")
        self.words = label("", "small")
        theme.tabular(self.words)
        self.problem = label("", "bad", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.pause = self._button("pause", self.tr("Pause"))
        self.go_on = self._button("play", self.tr("Resume (sends requests to the Hub)"))
        self.cancel = self._button("close", self.tr("Cancel and delete the partial download"))
        upper = QHBoxLayout()
        upper.setSpacing(12)
        upper.addWidget(self.name, 1)
        upper.addWidget(self.words)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addLayout(upper)
        left.addWidget(self.bar)
        left.addWidget(self.problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(left, 1)
        for button in (self.pause, self.go_on, self.cancel):
            row.addWidget(button)
        self.pause.clicked.connect(self._on_pause)
        self.go_on.clicked.connect(self._on_go_on)
        self.cancel.clicked.connect(self._on_cancel)
        self.show_item()

    def _button(self, mark: str, text: str) -> QToolButton:
        made = QToolButton()
        made.setIcon(icon(mark))
        made.setIconSize(QSize(ICON_PX, ICON_PX))
        made.setToolTip(text)
        made.setAccessibleName(text)
        return made

    def show_item(self) -> None:
        """Say how it is with the item now."""
        item = self.item
        share = item.share
        self.bar.setRange(0, 0 if share is None and item.stage == "running" else 1000)
        self.bar.setValue(round(1000 * (share or 0.0)))
        words = self._status_text()
        self.words.setText(words)
        self.bar.setAccessibleName(f"{item.id}: {words}")
        self.problem.setText(i18n.sentence(item.problem) if item.problem is not None else "")
        self.problem.setVisible(item.problem is not None)
        self.pause.setVisible(item.stage in ("running", "waiting", "pausing"))
        self.pause.setEnabled(item.stage != "pausing")
        self.go_on.setVisible(item.stage in ("paused", "failed"))
        self.cancel.setEnabled(item.stage != "leaving")

    def _status_text(self) -> str:
        item = self.item
        size = numbers.size_of(item.done_bytes, item.total_bytes) if item.total_bytes else ""
        stages = {
            "waiting": self.tr("waiting"),
            "pausing": self.tr("pausing…"),
            "paused": self.tr("paused"),
            "failed": self.tr("stopped"),
            "leaving": self.tr("cancelling…"),
        }
        parts = [size, stages.get(item.stage, "")]
        if item.stage == "running":
            parts += self._speed() if item.progress is not None else [self.tr("contacting the Hub…")]
        return " · ".join(part for part in parts if part)

    def _speed(self) -> list[str]:
        progress = self.item.progress
        if progress is None:
            return []
        if any(file.state == "checking" for file in progress.files) and progress.done_bytes >= progress.total_bytes:
            return [self.tr("verifying…")]
        left = self.tr("{time} left").format(time=numbers.duration(progress.seconds_left))
        return [numbers.size_rate(progress.bytes_per_s), left if progress.seconds_left is not None else ""]

    @Slot()
    def _on_pause(self) -> None:
        self.pause_wanted.emit(self.item)

    @Slot()
    def _on_go_on(self) -> None:
        self.go_on_wanted.emit(self.item)

    @Slot()
    def _on_cancel(self) -> None:
        self.cancel_wanted.emit(self.item)
