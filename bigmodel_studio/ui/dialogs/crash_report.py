"""Report shown after the window ended unexpectedly: a calm strip, and the report behind it.

The report is text to read and to copy; nothing sends it anywhere. What happened is ``core.system.crashes``' to say.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.system.crashes import CrashReport
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.code_view import CodeView
from bigmodel_studio.ui.widgets.page_frame import label

SIZE_PX = (760, 520)


class CrashStrip(QFrame):
    """Says what happened, with the details a click away; deletes itself when it is dismissed."""

    def __init__(self, report: CrashReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "banner")
        self._report = report
        mark = QLabel()
        mark.setPixmap(icon("info", off="accent").pixmap(20, 20))
        happened = {
            "fault": self.tr("The window crashed last time."),
            "gone": self.tr("The window ended unexpectedly last time: it was killed, or the power failed."),
        }
        self.sentence = label(happened[report.how], "strong", wrap=True)
        self.hint = label(self.tr("Runs continued without it, and chats were saved."), wrap=True)
        self.details = QPushButton(self.tr("Show details"))
        self.dismiss = QPushButton(self.tr("Dismiss"))
        set_look(self.dismiss, "quiet")
        self.details.clicked.connect(self._on_details)
        self.dismiss.clicked.connect(self._on_dismissed)
        self.setAccessibleName(self.sentence.text())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(mark)
        row.addLayout(words, 1)
        row.addWidget(self.details)
        row.addWidget(self.dismiss)

    @Slot()
    def _on_details(self) -> None:
        CrashDialog(self._report, self.window()).open()

    @Slot()
    def _on_dismissed(self) -> None:
        self.hide()
        self.deleteLater()


class CrashDialog(QDialog):
    """The report, to read and to copy."""

    def __init__(self, report: CrashReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What happened"))
        self.resize(*SIZE_PX)
        self.text = CodeView(self.tr("Crash report"))
        self.text.setPlainText(report.text)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(self._on_copy)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(label(self.tr("Nothing was sent. Copy the report to ask for help."), "small"), 1)
        foot.addWidget(self.copy)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.text, 1)
        column.addLayout(foot)
        self.copy.setFocus()

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(self.tr("Copied"))
