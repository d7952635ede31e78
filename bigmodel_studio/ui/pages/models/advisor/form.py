"""Task, memory, speed and license: the form edits an ``AdviceQuestion``."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.advice.ranking import FREE, TASKS, AdviceQuestion
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Device
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.table import words
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.wheel import scroll_past

FIELD_PX = 34
_GB = 10**9
TITLES: dict[str, str] = {
    "chat": str(QT_TRANSLATE_NOOP("models", "Chat")),
    "write": str(QT_TRANSLATE_NOOP("models", "Continue text")),
    "recognise": str(QT_TRANSLATE_NOOP("models", "Classify pictures")),
    "classify-text": str(QT_TRANSLATE_NOOP("models", "Classify texts")),
    "tag": str(QT_TRANSLATE_NOOP("models", "Tag words")),
    "embed": str(QT_TRANSLATE_NOOP("models", "Compare texts by meaning")),
    "fill-mask": str(QT_TRANSLATE_NOOP("models", "Fill in missing words")),
    "summarise": str(QT_TRANSLATE_NOOP("models", "Summarize")),
    "translate": str(QT_TRANSLATE_NOOP("models", "Translate")),
}
UNITS: dict[str, str] = {
    "tokens": str(QT_TRANSLATE_NOOP("models", "tokens/s")),
    "pictures": str(QT_TRANSLATE_NOOP("models", "pictures/s")),
    "inputs": str(QT_TRANSLATE_NOOP("models", "texts/s")),
}


class AdviceForm(QWidget):
    """``changed`` says that ``question()`` is another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = Choice()
        for task in TASKS:
            self.task.addItem(words(TITLES[task]), task)
        self.memory = self._number(9999, 1)
        self.memory.setSuffix(" GB")
        self.memory.setSpecialValueText(self.tr("Available memory"))
        self.speed = self._number(99999, 0)
        self.speed.setSpecialValueText(self.tr("Any"))
        self.licence = Choice()
        licences = {"": self.tr("Any"), FREE: self.tr("Any free license"), "apache-2.0": "Apache 2.0", "mit": "MIT"}
        for licence, text in licences.items():
            self.licence.addItem(text, licence)
        self.free = label("", "small", wrap=True)
        self._speed_title = label("", "secondary", wrap=True)
        self.measure = QPushButton()
        set_look(self.measure, "link")
        self.show_speed(known=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        self._add(column, label(self.tr("Task"), "secondary"), self.task)
        self._add(column, label(self.tr("Memory limit"), "secondary"), self.memory, self.free)
        self._add(column, self._speed_title, self.speed, self.measure)
        self._add(column, label(self.tr("License"), "secondary"), self.licence)
        column.addStretch(1)
        self._say_unit()
        self.task.currentIndexChanged.connect(self._on_task)
        self.memory.valueChanged.connect(self.changed)
        self.speed.valueChanged.connect(self.changed)
        self.licence.currentIndexChanged.connect(self.changed)
        scroll_past(self)

    def _number(self, most: int, digits: int) -> QDoubleSpinBox:
        made = QDoubleSpinBox()
        made.setRange(0, most)
        made.setDecimals(digits)
        made.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        made.setMinimumHeight(FIELD_PX)
        made.setKeyboardTracking(False)
        made.lineEdit().setTextMargins(6, 0, 6, 0)
        theme.tabular(made)
        return made

    def _add(self, column: QVBoxLayout, title: QWidget, field: QWidget, *more: QWidget) -> None:
        field.setMinimumHeight(FIELD_PX)
        field.setAccessibleName(title.property("text"))
        for part in (title, field, *more):
            left = isinstance(part, QPushButton)
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag(0))
        column.addSpacing(8)

    @property
    def chosen(self) -> str:
        """The task."""
        return str(self.task.currentData())

    def question(self) -> AdviceQuestion:
        """Return what is asked."""
        return AdviceQuestion(
            task=self.chosen,
            memory_bytes=round(self.memory.value() * _GB),
            per_second=self.speed.value(),
            licence=str(self.licence.currentData()),
        )

    def show_device(self, device: Device | None) -> None:
        """Say what there is."""
        if device is not None:
            free = numbers.size_of(device.free_bytes, device.total_bytes)
            self.free.setText(self.tr("Free now: {size} ({device})").format(device=device.id, size=free))

    def show_speed(self, *, known: bool, measuring: bool = False) -> None:
        """Offer to measure how fast the device is, where that is not known."""
        self.measure.setText(self.tr("Measuring…") if measuring else self.tr("Measure this computer"))
        self.measure.setEnabled(not measuring)
        self.measure.setVisible(measuring or not known)

    @Slot()
    def _on_task(self) -> None:
        self._say_unit()
        self.changed.emit()

    def _say_unit(self) -> None:
        unit = words(UNITS[TASKS[self.chosen].unit])
        text = self.tr("Minimum {unit}").format(unit=unit)
        self._speed_title.setText(text)
        self.speed.setAccessibleName(text)
