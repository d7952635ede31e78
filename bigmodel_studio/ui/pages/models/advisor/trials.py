"""Trying models on examples: the table of them, what puts examples into it, and the button that runs it.

Models run in the ``measure`` lane, one after the other, so that a conversation keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFontMetrics, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.client.background import Background
from bigmodel_studio.client.job import Job
from bigmodel_studio.core.advice.ranking import TASKS, Examples
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES, TEXT_SUFFIXES
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import (
    Cancelled,
    Event,
    Failed,
    ModelRef,
    Picture,
    Preview,
    Progress,
    Tried,
    Try,
)
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.models.advisor.examples import FIXED, MOST_EXAMPLES, TRIED, ExamplesTable
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.window.studio import Studio

ROW_PX = 64
THUMBNAIL_PX = 48
MOST_TEXT_BYTES = 1_000_000
_MODEL_PX = 200


class AnswerDelegate(QStyledItemDelegate):
    """A model's answer in two lines at most, and below it whether it was right and how long it took."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.colour("accent_soft"))
        tried = index.data(TRIED)
        if not isinstance(tried, Tried):
            return
        room = option.rect.adjusted(8, 6, -8, -6)
        body = theme.font()
        upper = QRect(room.left(), room.top(), room.width(), room.height() - 18)
        text = tried.output or self.tr("(nothing)")
        colour = "text" if tried.output else "secondary"
        if tried.error is not None:
            text, colour = i18n.sentences(tried.error)[0], "bad"
        painter.setFont(body)
        painter.setPen(theme.colour(colour))
        metrics = QFontMetrics(body)
        lines = max(1, upper.height() // metrics.lineSpacing())
        shown = metrics.elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, lines * upper.width() - 24)
        painter.drawText(upper, Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop, shown)
        if tried.error is None:
            lower = QRect(room.left(), room.bottom() - 16, room.width(), 17)
            self._paint_figures(painter, lower, tried)

    def _paint_figures(self, painter: QPainter, room: QRect, tried: Tried) -> None:
        painter.setFont(theme.font(12, tabular=True))
        verdicts = {True: (self.tr("right"), "good"), False: (self.tr("wrong"), "bad"), None: ("", "secondary")}
        verdict, colour = verdicts[tried.right]
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if verdict:
            painter.setPen(theme.colour(colour))
            painter.drawText(room, middle, verdict)
            room.setLeft(room.left() + QFontMetrics(painter.font()).horizontalAdvance(verdict) + 8)
        painter.setPen(theme.colour("secondary"))
        painter.drawText(room, middle, f"{numbers.duration(tried.seconds)} · {numbers.size(tried.memory_bytes)}")

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(_MODEL_PX, ROW_PX)


class Trials(QWidget):
    """``ask`` says for which task and models; the rest is the user's."""

    running_changed = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._job: Job | None = None
        self._asked: Try | None = None
        self._previews: Job | None = None
        self._files = Background("trial-examples", self)
        self._files.done.connect(self._on_read)
        self._files.failed.connect(studio.report)
        self.model = ExamplesTable()
        self.model.setParent(self)
        self.table = QTableView()
        self.hint = label("", "small", wrap=True)
        self.state = label("", "small")
        self.add = QPushButton()
        self.remove = QPushButton(self.tr("Remove"))
        self.run = QPushButton()
        set_look(self.run, "primary")
        self.setAcceptDrops(True)
        self._lay_out()
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.run.clicked.connect(self._on_run)
        for changed in (self.model.dataChanged, self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            changed.connect(self._say)
        self._say()

    def _lay_out(self) -> None:
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Examples with each model's answer"))
        self.table.setItemDelegate(QStyledItemDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setIconSize(QSize(THUMBNAIL_PX, THUMBNAIL_PX))
        self.table.setWordWrap(True)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_PX)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        header.setMinimumHeight(44)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self.tr("Try on your own examples"), "heading"))
        head.addWidget(self.state)
        head.addStretch(1)
        for button in (self.add, self.remove, self.run):
            head.addWidget(button)
        frame = panel("status")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(24, 12, 24, 12)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self.hint)
        inside.addWidget(self.table, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(frame)

    # ------------------------------------------------------------------------------- what is asked

    def ask(self, task: str, models: list[ModelRef]) -> None:
        """Try these models on this task from now on."""
        kind = TASKS[task].examples
        if (task, models) != (self.model.task, self.model.models) or kind != self.model.kind:
            if task != self.model.task:
                self.stop()
            self.model.ask(task, kind or "texts", models)
        answers = AnswerDelegate(self.table)
        for column in range(FIXED, self.model.columnCount()):
            self.table.setItemDelegateForColumn(column, answers)
        self._size_columns()
        self._say()

    def _size_columns(self) -> None:
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(96)
        header.resizeSection(0, 240)
        header.resizeSection(1, 140)
        columns = self.model.columnCount()
        for column in range(FIXED, columns):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        if columns == FIXED:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    @property
    def is_running(self) -> bool:
        """Whether models are at work."""
        return self._job is not None

    def take(self, data: QMimeData) -> bool:
        """Make examples of what was dropped, files once a thread has read them; whether anything could be of use."""
        paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if not self.model.kind:
            return False
        if not paths and self.model.kind == "texts":
            return self.model.add("texts", _stripped(data.text().splitlines())) > 0
        self._read(paths)
        return bool(paths)

    def _read(self, paths: list[Path]) -> None:
        kind, of_path = self.model.kind, _READERS[self.model.kind]
        self._files.run(lambda: (kind, [found for path in paths for found in of_path(path)]))

    @Slot(object)
    def _on_read(self, found: tuple[Examples, list[str]]) -> None:
        self.model.add(*found)
        self._ask_previews()

    def _ask_previews(self) -> None:
        missing = [one.input for one in self.model.kept["pictures"] if one.input not in self.model.thumbnails]
        if missing and self._previews is None:
            self._previews = self._studio.measure.submit(Preview(images=tuple(missing), most_px=2 * THUMBNAIL_PX))
            self._previews.happened.connect(self._on_preview)
            self._previews.ended.connect(self._on_previews_ended)

    @Slot(object)
    def _on_preview(self, event: Event) -> None:
        if isinstance(event, Picture):
            pixmap = QPixmap()
            if event.preview is not None and pixmap.loadFromData(event.preview, "PNG"):
                pixmap.setDevicePixelRatio(max(pixmap.width(), pixmap.height()) / THUMBNAIL_PX)
            self.model.thumbnails[event.image] = pixmap
            self.table.viewport().update()

    @Slot()
    def _on_previews_ended(self) -> None:
        self._previews = None

    # ------------------------------------------------------------------------------- running

    @Slot()
    def _on_run(self) -> None:
        if self._job is not None:
            self.stop()
            return
        self._asked = Try(models=tuple(self.model.models), task=self.model.task, examples=tuple(self.model.examples))
        self._job = self._studio.measure.submit(self._asked)
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)
        self.state.setText(self.tr("Starting…"))
        self._say()
        self.running_changed.emit()

    def stop(self) -> None:
        """End what is running; what was said stays."""
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if self._asked is None:
            return
        if isinstance(event, Tried):
            self.model.answer(self._asked.task, self._asked.examples[event.example], event)
        elif isinstance(event, Progress) and event.what == "loading":
            self.state.setText(self.tr("Loading a model…"))
        elif isinstance(event, Progress) and event.total:
            done, total = numbers.exact(round(event.done) + 1), numbers.exact(round(event.total))
            self.state.setText(self.tr("{done} of {total}…").format(done=done, total=total))

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = self._asked = None
        texts = {Cancelled: self.tr("Stopped"), Failed: ""}
        self.state.setText(texts.get(type(end), self.tr("Done")))
        if isinstance(end, Failed):
            self._studio.report(end.problem)
        self._say()
        self.running_changed.emit()

    def shut(self) -> None:
        """End what is running, and say nothing more."""
        self._files.close()
        for job in (self._job, self._previews):
            if job is not None:
                job.cancel()

    # ------------------------------------------------------------------------------- examples by hand

    @Slot()
    def _on_add(self) -> None:
        if self.model.kind == "pictures":
            suffixes = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_SUFFIXES))
            kinds = self.tr("Pictures") + f" ({suffixes})"
            chosen, _ = QFileDialog.getOpenFileNames(self.window(), self.tr("Pictures to try models on"), "", kinds)
            self._read([Path(path) for path in chosen])
            return
        blank = self.model.index(self.model.rowCount() - 1, 0)
        self.table.setCurrentIndex(blank)
        self.table.scrollTo(blank)
        self.table.edit(blank)

    @Slot()
    def _on_remove(self) -> None:
        self.model.remove(self.table.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self._on_remove()
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasUrls() or (self.model.kind == "texts" and data.hasText()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.take(event.mimeData()):
            event.acceptProposedAction()

    # ------------------------------------------------------------------------------- what is said

    @Slot()
    def _say(self) -> None:
        pictures = self.model.kind == "pictures"
        self.add.setText(self.tr("Add pictures…") if pictures else self.tr("Add a text"))
        self.run.setText(self.tr("Stop") if self.is_running else self.tr("Run"))
        ready = bool(self.model.examples and self.model.models)
        self.run.setEnabled(ready or self.is_running)
        self.remove.setVisible(bool(self.model.examples))
        self.hint.setText(self._next_step())
        self.hint.setVisible(bool(self.hint.text()))

    def _next_step(self) -> str:
        if not self.model.models:
            return self.tr("Press “Try” on downloaded models to compare them below.")
        if not self.model.examples and self.model.kind == "pictures":
            return self.tr("Drop pictures and, optionally, enter the expected class of each.")
        if not self.model.examples:
            return self.tr("Enter a prompt and, optionally, text that a correct answer must contain.")
        return ""


def _pictures(path: Path) -> list[str]:
    """Return a picture's path, or those of the pictures in a folder."""
    found = sorted(path.iterdir())[: 10 * MOST_EXAMPLES] if path.is_dir() else [path]
    return [str(one) for one in found if one.suffix.lower() in PICTURE_SUFFIXES][:MOST_EXAMPLES]


def _lines(path: Path) -> list[str]:
    """Return the lines of a text file that is not large."""
    try:
        if path.suffix.lower() not in TEXT_SUFFIXES or path.stat().st_size > MOST_TEXT_BYTES:
            return []
        return _stripped(path.read_text("utf-8", "replace").splitlines())
    except OSError:
        return []


def _stripped(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


_READERS: dict[Examples, Callable[[Path], list[str]]] = {"texts": _lines, "pictures": _pictures}
