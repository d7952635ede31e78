"""A text as the tokens that a model reads, each with a look by what the model has to do with it.

What the model has to say there stands below a token. Lines are laid out in pieces between events and only those in
sight are painted, so that a hundred thousand tokens scroll as a hundred do. The pointer, or the arrow keys, go from
token to token; what is under them is said.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import PreviewToken, TokenRole
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.plots.drawn_grid import DrawnGrid
from bigmodel_studio.ui.widgets.token_looks import BOX_PX, PADDING, paint_box, shown_text, text_font

MARGIN = 12
WORD_GAP, PIECE_GAP = 7, 1
LINE_GAP = 8
ANSWER_PX = 16
AT_ONCE = 1_500
"""Tokens that are laid out between two events: about 10 ms."""
OUTSIDE = "O"
"""The tag of words that are in nothing that is looked for: said quietly, for most words have it."""


class TokenView(DrawnGrid[int]):
    """``show_tokens``; ``read_out`` says what is under the pointer or the keys ("" where nothing is)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tokens: Sequence[PreviewToken] = ()
        self._texts: list[str] = []
        self._x: list[float] = []
        self._wide: list[float] = []
        self._starts: list[int] = []
        """The first token of each line."""
        self._next_x = 0.0
        self._answers = False
        self._known: dict[tuple[str, TokenRole, str], float] = {}
        self.setAccessibleName(self.tr("Tokens of the example"))
        self.viewport().setAutoFillBackground(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._more = QTimer(self, interval=0)
        self._more.timeout.connect(self._lay_out_more)

    def show_tokens(self, tokens: Sequence[PreviewToken]) -> None:
        """Show these instead of those before."""
        self.tokens = tokens
        self._answers = any(token.answer for token in tokens)
        self._known.clear()
        self.at = None
        self.verticalScrollBar().setValue(0)
        self._lay_out()
        self.say()

    def description(self) -> str:
        """Return what is said of the token under the pointer or the keys."""
        if self.at is None:
            return ""
        token = self.tokens[self.at]
        words = self.tr("token {number} of {count}").format(
            number=numbers.exact(self.at + 1), count=numbers.exact(len(self.tokens))
        )
        return " · ".join((words, f"“{shown_text(token.text)}”", self._does(token)))

    def _does(self, token: PreviewToken) -> str:
        roles = {
            "read": self.tr("context only"),
            "learnt": self.tr("target: “{answer}”") if token.answer else self.tr("predicted by the model"),
            "hidden": self.tr("masked; target: “{answer}”"),
            "swapped": self.tr("replaces the target “{answer}”"),
            "kept": self.tr("unchanged; still a target"),
            "added": self.tr("added by the tokenizer or the template"),
            "rejected": self.tr("rejected answer"),
        }
        return roles[token.role].format(answer=shown_text(token.answer))

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 80)

    # ------------------------------------------------------------------------------- geometry

    def _line_px(self) -> int:
        return BOX_PX + LINE_GAP + (ANSWER_PX if self._answers else 0)

    def _lay_out(self) -> None:
        self._texts, self._x, self._wide, self._starts = [], [], [], []
        self._next_x = 0.0
        self._lay_out_more()

    @Slot()
    def _lay_out_more(self) -> None:
        """Place the next tokens; what is above stays where it is."""
        right = self.viewport().width() - MARGIN
        first = len(self._x)
        for number in range(first, min(len(self.tokens), first + AT_ONCE)):
            token = self.tokens[number]
            wide = min(self._width_of(token), right - MARGIN)
            x = self._next_x + (WORD_GAP if token.text.startswith(" ") else PIECE_GAP)
            if not self._starts or self._next_x == 0 or x + wide > right:
                self._starts.append(number)
                x = float(MARGIN)
            self._x.append(x)
            self._wide.append(wide)
            self._next_x = 0.0 if token.text.endswith("\n") else x + wide
        (self._more.start if len(self._x) < len(self.tokens) else self._more.stop)()
        self._fit()
        self.viewport().update()

    def _width_of(self, token: PreviewToken) -> float:
        text = shown_text(token.text)
        self._texts.append(text)
        key = (text, token.role, token.answer)
        known = self._known.get(key)
        if known is None:
            known = QFontMetricsF(text_font(token.role)).horizontalAdvance(text) + 2 * PADDING
            if token.answer:
                below = QFontMetricsF(_answer_font(token.answer == OUTSIDE))
                known = max(known, below.horizontalAdvance(shown_text(token.answer)) + 2)
            self._known[key] = known
        return known

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        height = 2 * MARGIN + len(self._starts) * self._line_px()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._line_px())

    def _line_of(self, number: int) -> int:
        return bisect_right(self._starts, number) - 1

    def _end_of(self, line: int) -> int:
        return self._starts[line + 1] if line + 1 < len(self._starts) else len(self._x)

    def place_of(self, number: int) -> QRectF:
        """Return a token's box in the viewport."""
        top = MARGIN + self._line_of(number) * self._line_px() - self.verticalScrollBar().value()
        return QRectF(self._x[number], top, self._wide[number], BOX_PX)

    def cell_at(self, point: QPointF) -> int | None:
        """Return the token under a point of the viewport."""
        line = int((point.y() + self.verticalScrollBar().value() - MARGIN) // self._line_px())
        if not 0 <= line < len(self._starts):
            return None
        first, end = self._starts[line], self._end_of(line)
        number = bisect_right(self._x, point.x(), first, end) - 1
        return number if number >= first and point.x() <= self._x[number] + self._wide[number] else None

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, line_px = self.verticalScrollBar().value() - MARGIN, self._line_px()
        first = max(0, int(top // line_px))
        for line in range(first, min(len(self._starts), int((top + self.viewport().height()) // line_px) + 1)):
            for number in range(self._starts[line], self._end_of(line)):
                self._paint_token(painter, number)
        if self.at is not None and self.at < len(self._x):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, wide in (("surface", 4), ("text", 1.5)):
                painter.setPen(QPen(theme.colour(colour), wide))
                painter.drawRoundedRect(self.place_of(self.at).adjusted(-1, -1, 1, 1), 4, 4)
        self.paint_focus(painter)
        painter.end()

    def _paint_token(self, painter: QPainter, number: int) -> None:
        token, box = self.tokens[number], self.place_of(number)
        text = self._texts[number]
        if self._wide[number] >= self.viewport().width() - 2 * MARGIN:
            metrics = QFontMetricsF(text_font(token.role))
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 2 * PADDING)
        paint_box(painter, box, token.role, text)
        if token.answer:
            painter.setFont(_answer_font(token.answer == OUTSIDE))
            painter.setPen(theme.colour("secondary" if token.answer == OUTSIDE else "accent"))
            room = QRectF(box.left(), box.bottom() + 1, box.width(), ANSWER_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown_text(token.answer))

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._lay_out()
        self._fit()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.description() if number is not None else "", self)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows from token to token and from line to line, Home and End to the ends; copying takes it
        all.
        """
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText("".join(token.text for token in self.tokens).strip())
        else:
            super().keyPressEvent(event)

    def beside(self, key: Qt.Key) -> int | None:
        wanted = self._wanted(key) if self._x else None
        return min(max(wanted, 0), len(self._x) - 1) if wanted is not None else None

    def _wanted(self, key: Qt.Key) -> int | None:
        if self.at is None:
            moving = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home)
            return 0 if key in moving else len(self._x) - 1 if key == Qt.Key.Key_End else None
        middle = self.place_of(self.at).center()
        below, above = (QPointF(middle.x(), middle.y() + step) for step in (self._line_px(), -self._line_px()))
        moves = {
            Qt.Key.Key_Left: self.at - 1,
            Qt.Key.Key_Right: self.at + 1,
            Qt.Key.Key_Down: self._nearest(below),
            Qt.Key.Key_Up: self._nearest(above),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._x) - 1,
        }
        return moves.get(key)

    def _nearest(self, point: QPointF) -> int:
        """Return the token that is nearest to a point, in its line."""
        line = int((point.y() + self.verticalScrollBar().value() - MARGIN) // self._line_px())
        line = min(max(line, 0), len(self._starts) - 1)
        first = self._starts[line]
        return max(first, bisect_right(self._x, point.x(), first, self._end_of(line)) - 1)

    def bring_into_sight(self, cell: int) -> None:
        bar = self.verticalScrollBar()
        top = bar.value() + self.place_of(cell).top()
        lowest = top + self._line_px() + MARGIN - self.viewport().height()
        bar.setValue(int(min(max(bar.value(), lowest), top - MARGIN)))


@lru_cache
def _answer_font(quiet: bool) -> QFont:
    return theme.font(11, weight=QFont.Weight.Normal if quiet else QFont.Weight.DemiBold)
