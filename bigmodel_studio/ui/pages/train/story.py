"""What a run said or saw at each evaluation, and the end of its log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QFont, QPainter, QTextOption
from PySide6.QtWidgets import (
    QListView,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabWidget,
    QWidget,
)

from bigmodel_studio.core import numbers
from bigmodel_studio.ui import theme
from bigmodel_studio.ui.pages.train.classes_table import ClassesTable
from bigmodel_studio.ui.pages.train.pictures_table import PicturesTable
from bigmodel_studio.ui.pages.train.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.words import sample_words
from bigmodel_studio.ui.stylesheet import set_look

Index = QModelIndex | QPersistentModelIndex
SAMPLE_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = 62
LOG_EVERY_MS = 1000
LOG_BYTES = 32 * 1024
"""As much of the end of a log is shown."""


class Story(QTabWidget):
    """Samples and log of the run that is shown; of a classifier's, its pictures and the scores of its classes."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._log_path: Path | None = None
        self._log_seen: tuple[int, int] | None = None
        self.model = SamplesModel(self)
        self.samples = _SamplesView()
        self.samples.setModel(self.model)
        self.samples.setAccessibleName(self.tr("What the model says, by step"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.log.setAccessibleName(self.tr("The end of the log"))
        set_look(self.log, "bare")
        self.log.document().setDocumentMargin(16)
        self.pictures = PicturesTable(thumbnails)
        self.classes = ClassesTable()
        self.addTab(self.samples, self.tr("Samples"))
        self.addTab(self.pictures, self.tr("Pictures"))
        self.addTab(self.classes, self.tr("Classes"))
        self.addTab(self.log, self.tr("Log"))
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._timer = QTimer(self, interval=LOG_EVERY_MS)
        self._timer.timeout.connect(self.read_log)
        self.currentChanged.connect(self._on_tab)
        self.show_samples([])

    def begin(self, run: Path | None) -> None:
        """Another run."""
        self.show_samples([])
        self._log_path = run / "log.txt" if run is not None else None
        self._log_seen = None
        self.log.clear()
        self.read_log()

    def show_samples(self, samples: list[dict[str, Any]]) -> None:
        """Records of ``samples.jsonl``: the tabs are those that they have something for."""
        seen = [sample for sample in samples if sample.get("predictions")]
        scores: list[dict[str, Any]] = next((s["classes"] for s in reversed(samples) if s.get("classes")), [])
        self.model.show_samples([sample for sample in samples if "prompt" in sample])
        self.pictures.predictions.show_samples(seen)
        self.classes.scores.show_scores(scores)
        before = self.currentIndex()
        for view, wanted in ((self.samples, not seen), (self.pictures, bool(seen)), (self.classes, bool(scores))):
            self.setTabVisible(self.indexOf(view), wanted)
        if not self.isTabVisible(before):
            self.setCurrentWidget(self.pictures if seen else self.samples)

    def stop(self) -> None:
        """The window closes."""
        self._timer.stop()

    @Slot()
    def _on_tab(self) -> None:
        if self.currentWidget() is self.log:
            self._timer.start()
            self.read_log()
        else:
            self._timer.stop()

    @Slot()
    def read_log(self) -> None:
        """Show the end of the log as it is now, staying at its end if that is where one was."""
        if self._log_path is None or self.currentWidget() is not self.log:
            return
        try:
            stat = self._log_path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            if seen == self._log_seen:
                return
            with open(self._log_path, "rb") as stream:
                stream.seek(max(0, stat.st_size - LOG_BYTES))
                text = stream.read(LOG_BYTES).decode("utf-8", "replace")
        except OSError:
            return
        self._log_seen = seen
        bar = self.log.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.log.setPlainText(text)
        if at_end:
            bar.setValue(bar.maximum())


class SamplesModel(QAbstractListModel):
    """What was said, newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: list[dict[str, Any]] = []

    def show_samples(self, samples: list[dict[str, Any]]) -> None:
        """Records in the order of the file."""
        self.beginResetModel()
        self._samples = samples[::-1]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self._samples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        sample = self._samples[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join([numbers.exact(int(sample.get("step", 0))), *sample_words(sample)])
        return sample if role == SAMPLE_ROLE else None


class _SamplesView(QListView):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_SampleRow(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)
        if not self.model().rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(theme.colour("secondary"))
            painter.setFont(theme.font())
            text = self.tr("What the model says is shown here after each evaluation.")
            room = self.viewport().rect().adjusted(16, 0, -16, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            painter.end()


class _SampleRow(QStyledItemDelegate):
    """The step at the left; beside it the prompt, and below what the model made of it, on two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        sample = index.data(SAMPLE_ROLE)
        styled: Any = option
        row = QRectF(styled.rect).adjusted(16, 6, -16, -4)
        painter.save()
        painter.setFont(theme.font(12, tabular=True))
        painter.setPen(theme.colour("secondary"))
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(row, top, numbers.exact(int(sample.get("step", 0))))
        text = row.adjusted(64, 0, 0, 0)
        painter.setFont(theme.font(12, weight=QFont.Weight.Medium))
        heading, said = sample_words(sample)
        elided = painter.fontMetrics().elidedText(heading, Qt.TextElideMode.ElideMiddle, int(text.width()))
        painter.drawText(text, top, elided)
        painter.setFont(theme.font())
        painter.setPen(theme.colour("text"))
        below = text.adjusted(0, 17, 0, 0)
        painter.setClipRect(below)
        painter.drawText(below, top | Qt.TextFlag.TextWordWrap, said)
        painter.setClipping(False)
        painter.setPen(theme.colour("border"))
        painter.drawLine(row.bottomLeft(), row.bottomRight())
        painter.restore()

    def helpEvent(self, event: Any, view: Any, option: QStyleOptionViewItem, index: Index) -> bool:
        from PySide6.QtWidgets import QToolTip

        QToolTip.showText(event.globalPos(), str(index.data() or "")[:2000], view)
        return True
