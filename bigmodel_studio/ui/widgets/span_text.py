"""A text in which some parts stand out: each in a box of its own tint, with what it is written behind it.

What a part is never rests on its tint alone. The text is anybody's: painted, never interpreted. It wraps at spaces, and
a part that goes on in the next line has its box in both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.ui.look import theme

TEXT_PX, CAPTION_PX, LINE_PX, BOX_PX = 14, 11, 30, 24
SIDE_PX = 5.0
"""Of a box, around what is in it."""
TINT_ALPHA = 0.16


@dataclass(frozen=True)
class Span:
    """The characters ``first`` to ``end`` (excluded). ``tint``: a place among the series' colours, or a colour's name.

    ``marked`` underlines it. One without a ``tint`` has no box.
    """

    first: int
    end: int
    caption: str = ""
    tint: int | str | None = None
    marked: bool = False


@dataclass
class _Piece:
    """A run of characters without a space, or a caption, in its place."""

    text: str
    span: Span | None
    width: float
    gap: float
    """Before it, where it is not the first of a line."""
    caption: bool = False
    x: float = 0.0
    line: int = 0


class SpanText(QWidget):
    """As wide as there is room, as high as its lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self.spans: tuple[Span, ...] = ()
        self._pieces: list[_Piece] = []
        self._room = -1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(self, text: str, spans: Sequence[Span]) -> None:
        """Show a text; ``spans`` follow each other and do not overlap."""
        self.text, self.spans = text, tuple(spans)
        self._pieces = list(self._made())
        self._room = -1
        named = "; ".join(f"{text[each.first : each.end]}: {each.caption}" for each in spans if each.caption)
        self.setAccessibleName(f"{text} ({named})" if named else text)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lines(width) * LINE_PX

    def sizeHint(self) -> QSize:
        return QSize(400, self._lines(max(self.width(), 200)) * LINE_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, LINE_PX)

    # ------------------------------------------------------------------------------- where things stand

    def _made(self) -> list[_Piece]:
        plain, boxed = QFontMetricsF(_font(boxed=False)), QFontMetricsF(_font(boxed=True))
        strong, space = QFontMetricsF(_caption_font()), plain.horizontalAdvance(" ")
        pieces: list[_Piece] = []
        at = 0
        parts: list[tuple[int, int, Span | None]] = []
        for span in self.spans:
            parts += [(at, span.first, None), (span.first, span.end, span)]
            at = span.end
        parts.append((at, len(self.text), None))
        end = 0
        for first, last, part in parts:
            metrics = boxed if part is not None and part.tint is not None else plain
            for found in re.finditer(r"\S+", self.text[first:last]):
                gap = space if first + found.start() > end or not pieces else 0.0
                pieces.append(_Piece(found[0], part, metrics.horizontalAdvance(found[0]), gap))
                end = first + found.end()
            if part is not None and part.caption and pieces:
                pieces.append(_Piece(part.caption, part, strong.horizontalAdvance(part.caption), 5.0, caption=True))
        return pieces

    def _lines(self, width: int) -> int:
        """Put every piece into its line; how many there are."""
        if width == self._room:
            return self._pieces[-1].line + 1 if self._pieces else 1
        self._room = width
        x, line = 0.0, 0
        before: _Piece | None = None
        for place, piece in enumerate(self._pieces):
            after = self._pieces[place + 1] if place + 1 < len(self._pieces) else None
            follows = after.gap + after.width if after is not None and after.caption else 0.0  # stays with its word
            boxed = piece.span is not None and piece.span.tint is not None
            begins = boxed and (before is None or before.span is not piece.span)
            ends = before is not None and before.span is not None and before.span.tint is not None
            ends = ends and before is not None and before.span is not piece.span
            gap = piece.gap + SIDE_PX * begins + SIDE_PX * ends
            if x and x + gap + piece.width + follows + SIDE_PX * boxed > width and not piece.caption:
                x, line, gap = 0.0, line + 1, SIDE_PX * boxed
            elif before is None:
                gap = SIDE_PX * boxed
            piece.x, piece.line = x + gap, line
            x += gap + piece.width
            before = piece
        return line + 1

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        self._lines(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in self.spans:
            self._paint_box(painter, span)
        for piece in self._pieces:
            tinted = piece.span is not None and piece.span.tint is not None
            painter.setFont(_caption_font() if piece.caption else _font(boxed=tinted))
            painter.setPen(theme.colour("secondary" if piece.caption else "text"))
            place = QRectF(piece.x, piece.line * LINE_PX, piece.width + 4, LINE_PX)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, piece.text)
        painter.end()

    def _paint_box(self, painter: QPainter, span: Span) -> None:
        by_line: dict[int, list[_Piece]] = {}
        for piece in self._pieces:
            if piece.span is span:
                by_line.setdefault(piece.line, []).append(piece)
        for line, pieces in by_line.items():
            left, right = pieces[0].x, pieces[-1].x + pieces[-1].width
            top = line * LINE_PX + (LINE_PX - BOX_PX) / 2
            if span.tint is not None:
                ink = _ink(span.tint)
                fill = QColor(ink)
                fill.setAlphaF(TINT_ALPHA)
                painter.setPen(QPen(ink, 1))
                painter.setBrush(fill)
                box = QRectF(left - SIDE_PX, top, right - left + 2 * SIDE_PX, BOX_PX)
                painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            if span.marked:
                painter.setPen(QPen(theme.colour("warn"), 2, Qt.PenStyle.DotLine))
                y = top + BOX_PX + 1.5
                painter.drawLine(int(left), int(y), int(right), int(y))


def _ink(tint: int | str) -> QColor:
    if isinstance(tint, str):
        return theme.colour(tint)
    series = theme.colours().series
    return QColor(series[tint % len(series)])


def _font(*, boxed: bool) -> QFont:
    return theme.font(TEXT_PX, weight=QFont.Weight.Medium if boxed else QFont.Weight.Normal)


def _caption_font() -> QFont:
    return theme.font(CAPTION_PX, weight=QFont.Weight.DemiBold)
