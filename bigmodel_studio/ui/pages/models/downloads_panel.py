"""The downloads that have not come to their end, at the foot of the Models page, whichever view is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.client.downloads import Downloads, Item
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.download_row import DownloadRow

SHOWN = 3
"""Rows that are seen at once; others are scrolled to."""


class DownloadsPanel(QFrame):
    """Hidden while there is none."""

    def __init__(self, downloads: Downloads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "status")
        self.setAccessibleName(self.tr("Downloads"))
        self._downloads = downloads
        self.rows: list[DownloadRow] = []
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(16, 10, 12, 10)
        self._column.setSpacing(10)
        self._area = QScrollArea()
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        downloads.changed.connect(self._on_changed)
        downloads.progressed.connect(self._on_progressed)
        self._on_changed()

    def row(self, item: Item) -> DownloadRow | None:
        """Return the row of an item."""
        return next((row for row in self.rows if row.item is item), None)

    @Slot()
    def _on_changed(self) -> None:
        items = self._downloads.items()
        for row in [row for row in self.rows if row.item not in items]:
            self.rows.remove(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for item in items:
            row = self.row(item) or self._added(item)
            row.show_item()
        self.setVisible(bool(items))
        self._fit()

    def _added(self, item: Item) -> DownloadRow:
        row = DownloadRow(item)
        row.pause_wanted.connect(self._downloads.pause)
        row.go_on_wanted.connect(self._downloads.go_on)
        row.cancel_wanted.connect(self._downloads.cancel)
        self.rows.append(row)
        self._column.addWidget(row)
        return row

    def _fit(self) -> None:
        """As high as its rows, up to ``SHOWN`` of them."""
        heights = [row.sizeHint().height() for row in self.rows[:SHOWN]]
        margins, between = self._column.contentsMargins(), self._column.spacing() * max(0, len(heights) - 1)
        self.setFixedHeight(sum(heights) + between + margins.top() + margins.bottom() + 1)

    @Slot(object)
    def _on_progressed(self, item: Item) -> None:
        row = self.row(item)
        if row is not None:
            row.show_item()
