"""The list of runs: a colour, a name, the state, the last loss, and its course in a few pixels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.runs.run_colours import with_colours
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.runs.words import origin_line, state_line

Index = QModelIndex | QPersistentModelIndex
ROW_PX = 56
INDENT_PX = 14
MOST_INDENTS = 4
RUN_ROLE = Qt.ItemDataRole.UserRole
COLOUR_ROLE = Qt.ItemDataRole.UserRole + 1
_SPARK = QSize(60, 16)
_STATE_COLOURS = {"failed": "bad", "interrupted": "warn", "running": "good"}


class RunsModel(QAbstractListModel):
    """The runs as the watcher lists them. Each keeps its colour: ``colours`` says which, by name."""

    colours_changed = Signal()
    """A run got its colour."""

    def __init__(self, colours: Mapping[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: list[RunSummary] = []
        self.colours: dict[str, int] = dict(colours)

    def show_runs(self, runs: list[RunSummary]) -> bool:
        """Take in the list; whether rows came or went, so that the selection has to be set again."""
        if any(run.name not in self.colours for run in runs):
            oldest_first = sorted(runs, key=lambda run: (run.started, run.name))
            self.colours = with_colours(self.colours, [run.name for run in oldest_first])
            self.colours_changed.emit()
        if [run.name for run in runs] == [run.name for run in self.runs]:
            before, self.runs = self.runs, list(runs)
            for row, (old, new) in enumerate(zip(before, runs, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(row), self.index(row))
            return False
        self.beginResetModel()
        self.runs = list(runs)
        self.endResetModel()
        return True

    def row_of(self, name: str) -> int | None:
        """Return where a run is."""
        return next((row for row, run in enumerate(self.runs) if run.name == name), None)

    def run(self, name: str) -> RunSummary | None:
        """Return the run of that name."""
        row = self.row_of(name)
        return self.runs[row] if row is not None else None

    def colour_of(self, name: str) -> int:
        """Return the number of a run's colour."""
        return self.colours.get(name, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.runs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        run = self.runs[index.row()]
        roles: dict[int, Any] = {
            Qt.ItemDataRole.DisplayRole: run.name,
            Qt.ItemDataRole.ToolTipRole: "\n".join(filter(None, (run.name, state_line(run), origin_line(run)))),
            Qt.ItemDataRole.AccessibleTextRole: f"{run.name}, {state_line(run)}, {numbers.significant(run.loss)}",
            RUN_ROLE: run,
            COLOUR_ROLE: self.colour_of(run.name),
        }
        return roles.get(role)


class RunsList(QListView):
    """The runs, newest first. ``remove_wanted`` carries the ``RunSummary`` of one that shall go; ``data_wanted``: the
    data of the one that is chosen shall be looked at.
    """

    remove_wanted = Signal(object)
    data_wanted = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_RunRow(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Runs"))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._remove(self.currentIndex())
        else:
            super().keyPressEvent(event)

    @Slot(QPoint)
    def _on_menu(self, position: QPoint) -> None:
        index = self.indexAt(position)
        if index.isValid():
            self.setCurrentIndex(index)
            menu = self.menu_of(index)
            menu.exec(self.viewport().mapToGlobal(position))
            menu.deleteLater()

    def menu_of(self, index: Index) -> QMenu:
        """Return what can be done with a run of the list."""
        menu = QMenu(self)
        run: RunSummary = index.data(RUN_ROLE)
        if not (run.foreign or run.bundled):  # a bundled run came without what it learnt from
            menu.addAction(self.tr("Check data…"), self.data_wanted.emit)
        menu.addAction(self.tr("Remove"), partial(self._remove, index))
        return menu

    def _remove(self, index: Index) -> None:
        if index.isValid():
            self.remove_wanted.emit(index.data(RUN_ROLE))


class _RunRow(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        run: RunSummary = index.data(RUN_ROLE)
        tint = theme.colours().series[index.data(COLOUR_ROLE) % 4]
        styled: Any = option
        row = QRect(styled.rect).adjusted(8, 2, -8, -2)
        indent = INDENT_PX * min(run.depth, MOST_INDENTS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(theme.colour("accent_soft"))
            painter.drawRoundedRect(row, 6, 6)
        if indent:
            _paint_branch(painter, QPointF(row.left() + 12 + indent, row.top() + 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint))
        painter.drawEllipse(QPointF(row.left() + 12 + indent, row.top() + 16), 4, 4)
        inner = QRectF(row).adjusted(24 + indent, 6, -8, -6)
        self._paint_name(painter, inner, run)
        self._paint_state(painter, inner, run)
        _paint_sparkline(
            painter, QRectF(inner.right() - _SPARK.width(), inner.bottom() - 18, _SPARK.width(), 14), run, tint
        )
        painter.restore()

    def _paint_name(self, painter: QPainter, inner: QRectF, run: RunSummary) -> None:
        number = theme.font(tabular=True)
        loss = numbers.significant(run.evaluation_loss if run.evaluation_loss is not None else run.loss)
        painter.setPen(theme.colour("text"))
        painter.setFont(number)
        line = QRectF(inner.left(), inner.top(), inner.width(), 18)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, loss)
        name = theme.font(weight=QFont.Weight.Medium)
        painter.setFont(name)
        room = line.adjusted(0, 0, -QFontMetricsF(number).horizontalAdvance(loss) - 8, 0)
        side = Qt.TextElideMode.ElideLeft if run.sweep else Qt.TextElideMode.ElideMiddle  # its values are at the end
        elided = QFontMetricsF(name).elidedText(run.name, side, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)

    def _paint_state(self, painter: QPainter, inner: QRectF, run: RunSummary) -> None:
        font = theme.font(12)
        painter.setFont(font)
        painter.setPen(theme.colour(_STATE_COLOURS.get(run.state, "secondary")))
        room = QRectF(inner.left(), inner.bottom() - 20, inner.width() - _SPARK.width() - 8, 18)
        elided = QFontMetricsF(font).elidedText(state_line(run), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)


def _paint_branch(painter: QPainter, dot: QPointF) -> None:
    """From the run above to a fork of it."""
    painter.setPen(QPen(theme.colour("secondary"), 1))
    corner = QPointF(dot.x() - INDENT_PX, dot.y())
    painter.drawPolyline(QPolygonF([QPointF(corner.x(), corner.y() - 18), corner, QPointF(dot.x() - 6, dot.y())]))


def _paint_sparkline(painter: QPainter, box: QRectF, run: RunSummary, tint: str) -> None:
    values = run.sparkline
    if len(values) < 2:
        return
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    points = [
        QPointF(
            box.left() + box.width() * number / (len(values) - 1),
            box.bottom() - box.height() * (value - low) / span,
        )
        for number, value in enumerate(values)
    ]
    painter.setPen(QPen(QColor(tint), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))
