"""The log viewer: one process's or run's log, followed while it is written, filtered by level, to be copied.

What a log is and how it is read is ``core.system.log_reader``'s; nothing is written or sent from here.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.log_reader import LEVELS, Line, LogTail, logs
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.code_view import CodeView
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (960, 600)
FOLLOW_MS = 500
MOST_LINES = 5000
FILTERS: dict[str, int] = {
    str(QT_TRANSLATE_NOOP("log", "Everything")): 0,
    str(QT_TRANSLATE_NOOP("log", "Warnings and errors")): LEVELS["WARNING"],
    str(QT_TRANSLATE_NOOP("log", "Errors")): LEVELS["ERROR"],
}
PROCESSES: dict[str, str] = {
    "window": str(QT_TRANSLATE_NOOP("log", "The window")),
    "engine-interactive": str(QT_TRANSLATE_NOOP("log", "Engine: chat and pictures")),
    "engine-measure": str(QT_TRANSLATE_NOOP("log", "Engine: measuring")),
    "command-line": str(QT_TRANSLATE_NOOP("log", "Command line")),
}


class LogViewer(QDialog):
    """Opens on the window's own log, and stays beside the window: what is done there is seen here."""

    def __init__(self, _studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Logs"))
        self.resize(*SIZE_PX)
        self._tail: LogTail | None = None
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)
        self.choice = Choice()
        self.choice.setAccessibleName(self.tr("Log of"))
        self.choice.setMinimumWidth(240)
        for each in logs():
            known = PROCESSES.get(each.name) if each.path.suffix == ".log" else None
            run = self.tr("Run: {name}").format(name=each.name)
            name = (
                QCoreApplication.translate("log", known) if known else each.name if each.path.suffix == ".log" else run
            )
            self.choice.addItem(name, str(each.path))
        self.filter = Choice()
        self.filter.setAccessibleName(self.tr("Level"))
        for text, level in FILTERS.items():
            self.filter.addItem(QCoreApplication.translate("log", text), level)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Filter lines…"))
        self.search.setAccessibleName(self.tr("Show only lines with these words"))
        self.search.setClearButtonEnabled(True)
        self.follow = QCheckBox(self.tr("Follow"))
        self.follow.setChecked(True)
        self.text = CodeView(self.tr("Log"))
        self.text.setMaximumBlockCount(MOST_LINES)
        self.copy = QPushButton(self.tr("Copy"))
        self.folder = QPushButton(self.tr("Open folder"))
        self.close_button = QPushButton(self.tr("Close"))
        self._lay_out()
        self._timer = QTimer(self, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._read)
        self.choice.currentIndexChanged.connect(self._on_chosen)
        self.filter.currentIndexChanged.connect(self._show_all)
        self.search.textChanged.connect(self._show_all)
        self.follow.toggled.connect(self._on_follow)
        self.copy.clicked.connect(self._on_copy)
        self.folder.clicked.connect(self._on_folder)
        self.close_button.clicked.connect(self.reject)
        self.finished.connect(self._timer.stop)
        self._on_chosen()
        self._timer.start()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.choice)
        head.addWidget(self.filter)
        head.addWidget(self.search, 1)
        head.addWidget(self.follow)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(label(self.tr("Logs stay on this computer and are never sent."), "small"), 1)
        for button in (self.folder, self.copy, self.close_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    # ------------------------------------------------------------------------------- what is read

    @Slot()
    def _on_chosen(self) -> None:
        path = self.choice.currentData()
        self._tail = LogTail(Path(path)) if path else None
        self._lines.clear()
        self.text.clear()
        self._read()

    @Slot()
    def _read(self) -> None:
        if self._tail is None:
            return
        void, lines = self._tail.read()
        if void:
            self._lines.clear()
            self.text.clear()
        self._lines.extend(lines)
        self._append([line.text for line in lines if self._wanted(line)])

    @Slot(bool)
    def _on_follow(self, follow: bool) -> None:
        if follow:
            self._read()
            self._to_end()
        (self._timer.start if follow else self._timer.stop)()

    # ------------------------------------------------------------------------------- what is shown

    def _wanted(self, line: Line) -> bool:
        return line.level >= self.filter.currentData() and self.search.text().casefold() in line.text.casefold()

    @Slot()
    def _show_all(self) -> None:
        self.text.clear()
        self._append([line.text for line in self._lines if self._wanted(line)])

    def _append(self, texts: list[str]) -> None:
        if texts:
            self.text.appendPlainText("\n".join(texts))
            if self.follow.isChecked():
                self._to_end()

    def _to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    # ------------------------------------------------------------------------------- what is done

    @Slot()
    def _on_copy(self) -> None:
        chosen = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(chosen or self.text.toPlainText())

    @Slot()
    def _on_folder(self) -> None:
        path = self.choice.currentData()
        folder = Path(path).parent if path else paths.logs()
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
