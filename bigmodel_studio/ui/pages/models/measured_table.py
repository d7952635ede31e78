"""Predicted and measured memory of a plan, part by part."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from bigmodel_studio.core.memory.plan import PARTS, Plan
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Measured
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.models.plan_words import part_words
from bigmodel_studio.ui.widgets.page_frame import label


class MeasuredTable(QWidget):
    """Empty until it is given a measurement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = label("", "secondary", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.words)
        column.addLayout(self._grid)
        self.clear()

    def clear(self) -> None:
        """Clear: nothing was measured of what is shown."""
        self._empty()
        self.hide()

    def say(self, text: str) -> None:
        """Say what the measurement is at."""
        self._empty()
        self.words.setText(text)
        self.setVisible(bool(text))

    def show_both(self, plan: Plan, measured: Measured) -> None:
        """Show a row for each part, the peak last."""
        self._empty()
        names = part_words()
        rows = [
            (names[key], plan.parts[key], measured.parts.get(key, 0))
            for key in PARTS
            if plan.parts[key] or measured.parts.get(key, 0)
        ]
        rows.append((self.tr("Peak"), plan.total_bytes, measured.peak_bytes))
        for column, title in enumerate(("", self.tr("Predicted"), self.tr("Measured"), self.tr("Error"))):
            self._grid.addWidget(label(title, "heading"), 0, column, Qt.AlignmentFlag.AlignRight)
        for number, (name, predicted, found) in enumerate(rows, start=1):
            off = numbers.percent(predicted / found - 1) if found else numbers.NOTHING
            self._row(number, name, numbers.size(predicted), numbers.size(found), off)
        step = self.tr("Measured on {device}: {time} per step.")
        self.words.setText(step.format(device=measured.device, time=numbers.duration(measured.seconds_per_step)))
        self.show()

    def texts(self) -> list[list[str]]:
        """Return what the rows say."""
        found = []
        for row in range(1, self._grid.rowCount()):
            items = [self._grid.itemAtPosition(row, column) for column in range(4)]
            widgets = [item.widget() for item in items if item is not None]
            if widgets:
                found.append([each.text() for each in widgets if isinstance(each, QLabel)])
        return found

    def _row(self, number: int, *texts: str) -> None:
        for column, text in enumerate(texts):
            cell = label(text, "secondary" if column == 0 else "")
            theme.tabular(cell)
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            self._grid.addWidget(cell, number, column, side)

    def _empty(self) -> None:
        while self._grid.count():
            item = self._grid.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
