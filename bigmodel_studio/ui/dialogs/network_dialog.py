"""Network activity: every request since the start, sums by host, and the switch that lets nothing leave.

It is reported by the studio's network; nothing is asked or sent from here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QAbstractTableModel, QCoreApplication, QModelIndex, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.core.system.requests_sent import as_csv, totals
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import NetworkRequest
from bigmodel_studio.ui.look.times import clock
from bigmodel_studio.ui.pages.models.table import Index
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (960, 600)
TOGETHER_MS = 200
"""Requests that come close together are shown together."""
PURPOSES: dict[str, str] = {
    "search": str(QT_TRANSLATE_NOOP("network", "Search")),
    "look": str(QT_TRANSLATE_NOOP("network", "Model card and files")),
    "describe": str(QT_TRANSLATE_NOOP("network", "Structure")),
    "download": str(QT_TRANSLATE_NOOP("network", "Download")),
    "check": str(QT_TRANSLATE_NOOP("network", "Checksums")),
    "account": str(QT_TRANSLATE_NOOP("network", "Account")),
}
COLUMNS = (
    str(QT_TRANSLATE_NOOP("network", "Time")),
    str(QT_TRANSLATE_NOOP("network", "Host")),
    str(QT_TRANSLATE_NOOP("network", "Purpose")),
    str(QT_TRANSLATE_NOOP("network", "Method")),
    str(QT_TRANSLATE_NOOP("network", "Path")),
    str(QT_TRANSLATE_NOOP("network", "Status")),
    str(QT_TRANSLATE_NOOP("network", "Sent")),
    str(QT_TRANSLATE_NOOP("network", "Received")),
)
NO_ANSWER = str(QT_TRANSLATE_NOOP("network", "no response"))
WIDTHS_PX = (84, 180, 120, 72, 0, 112, 80, 88)
_PATH, _RIGHT = 4, frozenset({5, 6, 7})


def _words(text: str) -> str:
    return QCoreApplication.translate("network", text)


def _cell(request: NetworkRequest, column: int) -> str:
    cells = (
        clock(request.time),
        request.host,
        _words(PURPOSES[request.purpose]) if request.purpose in PURPOSES else request.purpose,
        request.method,
        request.path,
        str(request.status) if request.status else _words(NO_ANSWER),
        numbers.size(request.sent_bytes),
        numbers.size(request.received_bytes),
    )
    return cells[column]


class RequestsTable(QAbstractTableModel):
    """The last request first."""

    def __init__(self) -> None:
        super().__init__()
        self._requests: list[NetworkRequest] = []

    def show_requests(self, requests: list[NetworkRequest]) -> None:
        """Show these; what is new is put above what was there."""
        new = len(requests) - len(self._requests)
        if new > 0 and requests[: len(self._requests)] == self._requests:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._requests = requests
            self.endInsertRows()
        elif new:
            self.beginResetModel()
            self._requests = requests
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._requests)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        request = self._requests[-1 - index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _cell(request, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{request.method} {request.host}{request.path}\n{numbers.duration(request.seconds)}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None


class NetworkDialog(QDialog):
    """Stays beside the window: what is asked there is seen here."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Network"))
        self.resize(*SIZE_PX)
        self._studio = studio
        self.offline = QCheckBox(self.tr("Work offline"))
        self.sums = label("", wrap=True)
        self.model = RequestsTable()
        self.model.setParent(self)
        self.table = QTableView()
        self.empty = Empty("online")
        self.export = QPushButton(self.tr("Save as CSV…"))
        self.close_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=TOGETHER_MS)
        self._timer.timeout.connect(self._show)
        studio.network.changed.connect(self._timer.start)
        self.offline.clicked.connect(studio.set_offline)
        self.export.clicked.connect(self._on_export)
        self.close_button.clicked.connect(self.reject)
        self._show()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Requests since start"))
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for section, width in enumerate(WIDTHS_PX):
            if width:
                header.resizeSection(section, width)
        header.setSectionResizeMode(_PATH, QHeaderView.ResizeMode.Stretch)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        words = self.tr("Kept on this computer until the application closes. Texts and tokens are not recorded.")
        foot.addWidget(label(words, "small", wrap=True), 1)
        foot.addWidget(self.export)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.offline)
        column.addWidget(self.sums)
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(foot)

    @Slot()
    def _show(self) -> None:
        requests = self._studio.network.requests()
        self.offline.setChecked(self._studio.network.locked)
        self.model.show_requests(requests)
        self.table.setVisible(bool(requests))
        self.empty.setVisible(not requests)
        self.export.setEnabled(bool(requests))
        words = self.tr("No requests since the application started.")
        self.empty.say(self.tr("No request"), words, "")
        self.sums.setText("\n".join(self._sum(*total) for total in totals(requests)))
        self.sums.setVisible(bool(requests))

    def _sum(self, host: str, count: int, failed: int, sent: int, received: int) -> str:
        words = self.tr("{host}: %n request(s), {sent} sent, {received} received", "", count)
        summary = words.format(host=host, sent=numbers.size(sent), received=numbers.size(received))
        lost = self.tr("%n failed", "", failed) if failed else ""
        return f"{summary} · {lost}" if lost else summary

    @Slot()
    def _on_export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save as CSV"), "network.csv", "CSV (*.csv)")
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Write the requests; a problem is reported where that cannot be done."""
        try:
            write_atomic(path, as_csv(self._studio.network.requests()).encode(), durable=False)
        except OSError as error:
            self._studio.report(not_saved(path, error).problem)
