"""Findings in the data: a list, errors first, beside it the way out and the places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Slot
from PySide6.QtGui import QFont, QIcon, QKeyEvent, QKeySequence, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import DataPreview, Finding, Place, Problem
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages.train.data.data_words import WEIGHTS
from bigmodel_studio.ui.pages.train.data.places import copy_place, open_place
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.table_rows import as_rows
from bigmodel_studio.ui.window.studio import Studio

Index = QModelIndex | QPersistentModelIndex
FINDING_ROLE = Qt.ItemDataRole.UserRole
ROW_PX, MARK_PX, LINES = 72, 16, 2
LIST_PX = 400
PAIRED = frozenset(
    {
        "preview-shared",
        "preview-shared-nearly",
        "preview-conflicts",
        "preview-doubles",
        "preview-doubles-nearly",
    }
)
"""What is about one example and another: its places are pairs, the later of which follows the earlier."""
LOOKS: dict[str, tuple[str, str, str]] = {
    "error": ("error", "bad", str(QT_TRANSLATE_NOOP("train", "Error"))),
    "warning": ("warning", "warn", str(QT_TRANSLATE_NOOP("train", "Warning"))),
    "note": ("info", "secondary", str(QT_TRANSLATE_NOOP("train", "Note"))),
}
"""By weight: a mark, a colour, and a word."""


def mark_of(findings: Sequence[Finding]) -> QIcon:
    """Return the mark of the heaviest; none where there is nothing to mend."""
    weights = [each.weight for each in findings]
    heaviest = next((weight for weight in WEIGHTS[:2] if weight in weights), None)
    if heaviest is None:
        return QIcon()
    mark, colour, _word = LOOKS[heaviest]
    return icon(mark, colour, colour)


class DataFindings(QWidget):
    """``show_preview``."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.empty = Empty("well")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Results"))
        self.list.setItemDelegate(_Row(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.currentRowChanged.connect(self._on_current)
        self.sentence = label("", "strong", wrap=True)
        self.hint = label("", "secondary", wrap=True)
        self.count = label("", "small", wrap=True)
        self.places = Places()
        self.places.itemDoubleClicked.connect(self._on_open)
        self.places.itemSelectionChanged.connect(self._on_selected)
        self.open = QPushButton(self.tr("Open file"))
        self.copy = QPushButton(self.tr("Copy file and line"))
        self.open.clicked.connect(self._on_open)
        self.copy.clicked.connect(self.places.copy)
        for button in (self.open, self.copy):
            button.setAutoDefault(False)
        self._lay_out()

    def _lay_out(self) -> None:
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(16, 4, 0, 0)
        column.setSpacing(8)
        for words in (self.sentence, self.hint, self.count):
            column.addWidget(words)
        self._card = panel("card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(1, 4, 1, 4)
        inside.addWidget(self.places)
        column.addWidget(self._card, 1)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.open)
        row.addWidget(self.copy)
        row.addStretch(1)
        column.addWidget(self._buttons)
        self._rest = QWidget()  # where there are no places, the words stay at the top
        column.addWidget(self._rest, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(detail)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([LIST_PX, LIST_PX])
        self.views = QStackedWidget()
        self.views.addWidget(splitter)
        self.views.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 12, 0, 0)
        whole.addWidget(self.views)

    def show_preview(self, preview: DataPreview) -> None:
        """Show these findings, the heaviest first."""
        findings = sorted(preview.findings, key=lambda each: WEIGHTS.index(each.weight))
        self.list.clear()
        for finding in findings:
            item = QListWidgetItem(self.list)
            item.setData(FINDING_ROLE, finding)
            weight = word(LOOKS[finding.weight][2])
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{weight}: {i18n.sentences(finding.problem)[0]}")
        self.empty.say(self.tr("No problems found"), self._checked(preview), "")
        self.views.setCurrentIndex(0 if findings else 1)
        self.list.setCurrentRow(0 if findings else -1)
        self._on_current()

    def _checked(self, preview: DataPreview) -> str:
        """Return what was looked for."""
        looked = [
            self.tr("unreadable lines"),
            self.tr("empty examples"),
            self.tr("duplicate examples"),
            self.tr("examples in both training and evaluation"),
        ]
        looked += [] if preview.objective == "classify-images" else [self.tr("texts longer than the context")]
        if any(part.classes for part in preview.parts):
            looked.append(self.tr("rare or missing classes"))
        return self.tr("Checked for: {what}").format(what=" · ".join(looked))

    @property
    def current(self) -> Finding | None:
        """The finding that is shown."""
        found: Finding | None = self.list.currentIndex().data(FINDING_ROLE)
        return found

    @Slot()
    def _on_current(self) -> None:
        finding = self.current
        if finding is None:
            return
        sentence, hint = i18n.sentences(finding.problem)
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        there = bool(finding.places)
        self.count.setText(self._counted(finding))
        self.count.setVisible(bool(self.count.text()))
        self.places.show_places(finding.places, paired=finding.problem.code in PAIRED)
        for part, shown in ((self._card, there), (self._buttons, there), (self._rest, not there)):
            part.setVisible(shown)

    def _counted(self, finding: Finding) -> str:
        shown = len(finding.places)
        shown = shown // 2 if finding.problem.code in PAIRED else shown
        if shown < finding.count and shown:
            words = self.tr("{count} in total; the first {shown} are listed.")
        elif finding.count > 1 and not shown:
            words = self.tr("{count} in total.")
        else:
            return ""
        return words.format(count=numbers.exact(finding.count), shown=numbers.exact(shown))

    @Slot()
    def _on_selected(self) -> None:
        for button in (self.open, self.copy):
            button.setEnabled(self.places.place is not None)

    @Slot()
    def _on_open(self) -> None:
        if self.places.place is not None:
            open_place(self._studio, self.places.place)


class Places(QTableWidget):
    """Files and lines. Enter or a double click opens one, copying takes ``path:line``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self._places: Sequence[Place] = ()
        self.setAccessibleName(self.tr("Locations"))
        self.setHorizontalHeaderLabels([self.tr("File"), self.tr("Line"), self.tr("Folder")])
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        as_rows(self, 28)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, mode in enumerate((QHeaderView.ResizeMode.Stretch, QHeaderView.ResizeMode.ResizeToContents) * 2):
            if column < 3:
                header.setSectionResizeMode(column, mode)

    def show_places(self, places: Sequence[Place], *, paired: bool = False) -> None:
        """Show these, the first of them chosen; of ``paired`` ones the second is marked as belonging to the first."""
        self._places = places
        self.setRowCount(len(places))
        for row, place in enumerate(places):
            file = Path(place.file)
            line = str(place.line) if place.line else numbers.NOTHING
            name = f"↳ {file.name}" if paired and row % 2 else file.name
            for column, text in enumerate((name, line, str(file.parent))):
                item = QTableWidgetItem(text)
                item.setToolTip(place.file)
                self.setItem(row, column, item)
        self.setColumnHidden(1, not any(place.line for place in places))
        if places:
            self.selectRow(0)

    @property
    def place(self) -> Place | None:
        """The place that is chosen."""
        row = self.currentRow()
        return self._places[row] if self.selectedItems() and 0 <= row < len(self._places) else None

    @Slot()
    def copy(self) -> None:
        """Put ``path:line`` on the clipboard."""
        if self.place is not None:
            copy_place(self.place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self.itemDoubleClicked.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class _Row(QStyledItemDelegate):
    """A mark and a word for the weight, how many it concerns, and the sentence in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        finding: Finding = index.data(FINDING_ROLE)
        mark, colour, name = LOOKS[finding.weight]
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(QRect(styled.rect).adjusted(0, 1, -4, -1), 6, 6)
        room = QRect(styled.rect).adjusted(10, 8, -14, -8)
        icon(mark, colour).paint(painter, QRect(room.left(), room.top(), MARK_PX, MARK_PX))
        head = QRect(room.left() + MARK_PX + 8, room.top(), room.width() - MARK_PX - 8, MARK_PX)
        painter.setFont(theme.font(12, weight=QFont.Weight.DemiBold, tabular=True))
        painter.setPen(theme.colour(colour))
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, word(name))
        painter.setPen(theme.colour("secondary"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(head, right, numbers.exact(finding.count) if finding.count > 1 else "")
        painter.setPen(theme.colour("text"))
        words = head.adjusted(0, MARK_PX + 4, 0, 0)
        words.setBottom(room.bottom())
        _paint_lines(painter, words, i18n.sentences(_in_short(finding.problem))[0])
        painter.restore()


def _in_short(problem: Problem) -> Problem:
    """Return its paths by their last names."""
    short = {
        name: PurePath(value).name if isinstance(value, str) and PurePath(value).is_absolute() else value
        for name, value in problem.arguments.items()
    }
    return Problem(code=problem.code, arguments=short)


def _paint_lines(painter: QPainter, room: QRect, text: str) -> None:
    """Paint the text in as many lines as there are, the last one elided."""
    layout = QTextLayout(text, theme.font())
    layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
    layout.beginLayout()
    painter.setFont(theme.font())
    metrics = painter.fontMetrics()
    for number in range(LINES):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(room.width())
        y = room.top() + number * metrics.lineSpacing()
        if number == LINES - 1:
            rest = metrics.elidedText(text[line.textStart() :], Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(QPointF(room.left(), y + metrics.ascent()), rest)
        else:
            painter.drawText(QPointF(room.left(), y + metrics.ascent()), text[line.textStart() :][: line.textLength()])
    layout.endLayout()
