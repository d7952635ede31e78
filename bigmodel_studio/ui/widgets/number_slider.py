"""A whole number, typed or slid on a scale that doubles, from 1 to what is most."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QVBoxLayout, QWidget

from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

STEPS = 8
"""Of the slider, for each doubling."""
FIELD_PX = 96


class NumberSlider(QWidget):
    """``value`` is what stands in the field; the slider only ever gives numbers that the field can take."""

    edited = Signal()

    def __init__(self, title: str, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QSpinBox()
        set_look(self.field, "number")
        self.field.setGroupSeparatorShown(True)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(FIELD_PX)
        theme.tabular(self.field)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(STEPS)
        for part in (self.field, self.slider):
            part.setAccessibleName(title)
        name = label(title, "secondary")
        name.setBuddy(self.field)
        row = QHBoxLayout()
        row.addWidget(name)
        row.addStretch(1)
        row.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.slider)
        self.set_most(most)
        self.field.valueChanged.connect(self._on_field)
        self.slider.valueChanged.connect(self._on_slider)

    @property
    def value(self) -> int:
        """The number now."""
        return self.field.value()

    def set_value(self, value: int) -> None:
        """Show another number."""
        self.field.setValue(value)

    def set_most(self, most: int) -> None:
        """Set another upper end."""
        self.field.setRange(1, max(1, most))
        self.slider.blockSignals(True)
        self.slider.setRange(0, math.ceil(STEPS * math.log2(max(1, most))))
        self.slider.setValue(round(STEPS * math.log2(max(1, self.value))))
        self.slider.blockSignals(False)

    @Slot(int)
    def _on_field(self, value: int) -> None:
        self.slider.blockSignals(True)
        self.slider.setValue(round(STEPS * math.log2(max(1, value))))
        self.slider.blockSignals(False)
        self.edited.emit()

    @Slot(int)
    def _on_slider(self, at: int) -> None:
        self.field.setValue(round(2 ** (at / STEPS)))
