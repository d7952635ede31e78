"""Probabilities as bars: a label, the percentage in tabular figures, and a flat bar below.

A probability is drawn square-ended and without a frame, so that it is neither a progress bar (framed, green) nor a
slider (with a handle). Labels are anybody's text: painted, never interpreted.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Label
from bigmodel_studio.ui.look import theme

ROW_PX = 40
_BAR_PX = 6
_LEAST_PX = 2.0


class ProbabilityBars(QWidget):
    """Shows a model's first answers, most probable first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[Label, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_labels(())

    def show_labels(self, labels: Sequence[Label], chosen: int = 1) -> None:
        """Show these rows, of which the first ``chosen`` are the answer; probabilities are shares of one."""
        self._labels, self._chosen = tuple(labels), chosen
        self.setAccessibleName("; ".join(self.texts()) or self.tr("Probabilities"))
        self.updateGeometry()
        self.update()

    def texts(self) -> list[str]:
        """Return what the rows say: ``label percent``."""
        return [f"{each.label} {numbers.percent(each.probability)}" for each in self._labels]

    def sizeHint(self) -> QSize:
        return QSize(240, ROW_PX * len(self._labels))

    def minimumSizeHint(self) -> QSize:
        return QSize(140, ROW_PX * len(self._labels))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for row, each in enumerate(self._labels):
            self._paint_row(painter, row, each)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, each: Label) -> None:
        weight = QFont.Weight.DemiBold if row < self._chosen else QFont.Weight.Normal
        number, name = theme.font(weight=weight, tabular=True), theme.font(weight=weight)
        percent = numbers.percent(each.probability)
        wide = QFontMetricsF(number).horizontalAdvance(percent)
        text = QRectF(0, row * ROW_PX + 4, self.width(), 20)
        painter.setPen(theme.colour("text"))
        painter.setFont(number)
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent)
        painter.setFont(name)
        room = text.adjusted(0, 0, -wide - 12, 0)
        elided = QFontMetricsF(name).elidedText(each.label, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        track = QRectF(0, text.bottom() + 3, self.width(), _BAR_PX)
        painter.fillRect(track, theme.colour("raised"))
        share = min(max(each.probability, 0.0), 1.0)
        if share > 0:
            length = max(_LEAST_PX, track.width() * share)
            painter.fillRect(QRectF(0, track.top(), length, _BAR_PX), theme.colour("accent"))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = event.pos().y() // ROW_PX
            QToolTip.showText(event.globalPos(), self._labels[row].label if row < len(self._labels) else "", self)
            return True
        return super().event(event)
