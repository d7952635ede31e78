"""How a token looks by what the model has to do with it: ground, border and underline tell it, not colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bigmodel_studio.protocol import TokenRole
from bigmodel_studio.ui.look import theme

BOX_PX = 20
PADDING = 4
MOST_CHARACTERS, MOST_KNOWN = 64, 8192
DASHES = (4.0, 4.0)
_MOST_SPACES = 4
_SIGNS = {"\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "␣", "\u3000": "␣", "\u200c": "\u200c", "\u200d": "\u200d"}
_NOTHING = "◌"
"""Of a token that ends in the middle of a character."""


@dataclass(frozen=True)
class Look:
    """Colours are the theme's; ``border`` is a line around the box, ``underline`` one below the text."""

    ground: str
    ink: str
    border: Qt.PenStyle = Qt.PenStyle.NoPen
    line: str = ""
    underline: bool = False
    italic: bool = False


LOOKS: dict[TokenRole, Look] = {
    "read": Look("raised", "text"),
    "learnt": Look("accent_soft", "text", line="accent", underline=True),
    "rejected": Look("", "text", line="bad", underline=True),
    "hidden": Look("accent", "on_accent"),
    "swapped": Look("", "text", border=Qt.PenStyle.DashLine, line="warn"),
    "kept": Look("", "text", border=Qt.PenStyle.SolidLine, line="good"),
    "added": Look("", "secondary", border=Qt.PenStyle.DotLine, line="field", italic=True),
}


@lru_cache
def text_font(role: TokenRole) -> QFont:
    """Return what a token is written in."""
    made = theme.font()
    made.setItalic(LOOKS[role].italic)
    return made


@lru_cache(maxsize=MOST_KNOWN)
def shown_text(text: str) -> str:
    """Return a token's text with what cannot be seen made visible; the space before a word becomes a gap."""
    if text and not text.strip(" "):
        return "␣" * len(text) if len(text) <= _MOST_SPACES else f"␣×{len(text)}"
    body = text.removeprefix(" ")
    bare = body.strip(" ")
    start, end = body.index(bare) if bare else 0, len(body.rstrip(" "))
    marked = "␣" * start + body[start:end] + "␣" * (len(body) - end)
    printable = "".join(_SIGNS.get(letter) or (letter if letter.isprintable() else "�") for letter in marked)
    printable = printable or _NOTHING
    return printable if len(printable) <= MOST_CHARACTERS else printable[: MOST_CHARACTERS - 1] + "…"


def paint_box(painter: QPainter, box: QRectF, role: TokenRole, text: str) -> None:
    """Paint a token in its box."""
    look = LOOKS[role]
    painter.setPen(Qt.PenStyle.NoPen)
    if look.ground:
        painter.setBrush(theme.colour(look.ground))
        painter.drawRoundedRect(box, 3, 3)
    if look.border != Qt.PenStyle.NoPen:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(theme.colour(look.line), 1.3, look.border)
        if look.border == Qt.PenStyle.DashLine:
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if look.underline:
        painter.fillRect(QRectF(box.left(), box.bottom() - 2, box.width(), 2), theme.colour(look.line))
    painter.setPen(QColor(theme.colour(look.ink)))
    painter.setFont(text_font(role))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class TokenSample(QWidget):
    """A small box with the look of a role, for a legend; the words beside it are its name."""

    def __init__(self, role: TokenRole, text: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role, self._text = role, text
        wide = QFontMetricsF(text_font(role)).horizontalAdvance(text)
        self.setFixedSize(QSize(round(wide) + 2 * PADDING, BOX_PX))
        self.setAccessibleName(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_box(painter, QRectF(self.rect()), self._role, self._text)
        painter.end()
