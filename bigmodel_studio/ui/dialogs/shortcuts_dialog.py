"""The list of shortcuts, drawn from the table of actions, in two columns of sections."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window import actions
from bigmodel_studio.ui.window.studio import Studio

COLUMNS = 2
SIZE_PX = (760, 600)


class ShortcutsDialog(QDialog):
    """Read, then closed with Esc."""

    def __init__(self, _studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Shortcuts"))
        self.resize(*SIZE_PX)
        self.sheet = QWidget()
        columns = QHBoxLayout(self.sheet)
        columns.setContentsMargins(24, 24, 24, 8)
        columns.setSpacing(40)
        for sections in _shared_out(list(actions.sheet()), COLUMNS):
            column = QVBoxLayout()
            column.setSpacing(20)
            for title, lines in sections:
                column.addLayout(self._section(title, lines))
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.sheet)
        area.setAccessibleName(self.tr("Shortcuts"))
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 8, 24, 16)
        foot.addStretch(1)
        foot.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area, 1)
        whole.addLayout(foot)
        close.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the dialog as wide as the lines take, now that their fonts are known: they do not wrap, and scroll only
        downwards.
        """
        super().showEvent(event)
        for line in self.sheet.findChildren(QLabel):
            line.ensurePolished()
            line.updateGeometry()
        bar = self.area.verticalScrollBar().sizeHint().width()
        self.area.setMinimumWidth(self.sheet.minimumSizeHint().width() + bar)

    def _section(self, title: str, lines: list[tuple[str, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(title, "heading"), 0, 0, 1, 2)
        for row, (text, keys) in enumerate(lines, 1):
            caps = QHBoxLayout()
            caps.setSpacing(4)
            caps.addStretch(1)
            for key in actions.native(keys):
                caps.addWidget(label(key, "key"))
            grid.addWidget(label(text), row, 0)
            grid.addLayout(caps, row, 1)
        return grid


Section = tuple[str, list[tuple[str, str]]]


def _shared_out(sections: list[Section], columns: int) -> list[list[Section]]:
    """Return the sections in order, in columns of about the same height."""
    heights = [len(lines) + 2 for _, lines in sections]
    shared: list[list[Section]] = [[] for _ in range(columns)]
    done = 0
    for section, height in zip(sections, heights, strict=True):
        middle = done + height / 2
        shared[min(int(middle * columns / sum(heights)), columns - 1)].append(section)
        done += height
    return shared
