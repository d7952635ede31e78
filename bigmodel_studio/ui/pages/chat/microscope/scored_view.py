"""A reply as tokens whose ground tells how likely each was, in five steps that a legend names.

The steps differ in lightness, so they can be told apart without color; the chosen token has a frame.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import PreviewToken, ScoredToken
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.widgets.token_looks import PADDING, shown_text, text_font
from bigmodel_studio.ui.widgets.token_view import MARGIN, TokenView

Measure = Literal["probability", "rank", "entropy"]
PROBABILITIES = (0.01, 0.05, 0.2, 0.5)
RANKS = (1, 3, 10, 100)
ENTROPIES = (0.5, 1.5, 3.0, 5.0)
"""In nats."""
LEVELS = 5
SHARES = {"light": (0.0, 0.25, 0.5, 0.75, 1.0), "dark": (0.0, 0.12, 0.24, 0.36, 0.48)}
"""How much of the strong colour is in each step; the text on it keeps a contrast of 4.5 to 1."""
LEGEND_PX = 20
VIEW_PX = 130
"""Of the tokens, at least."""


def level_of(token: ScoredToken, measure: Measure) -> int | None:
    """Return the step of a token, 0 what was expected to 4 what was a surprise; None where it was not measured."""
    if measure == "probability":
        known = token.logprob is not None
        return LEVELS - 1 - bisect_right(PROBABILITIES, math.exp(token.logprob or 0.0)) if known else None
    if measure == "rank":
        return None if token.rank is None else bisect_left(RANKS, token.rank)
    return None if token.entropy is None else bisect_right(ENTROPIES, token.entropy)


def level_names(measure: Measure) -> list[str]:
    """Return what the legend says of each step."""
    if measure == "probability":
        shares = [numbers.percent(share, 0) for share in reversed(PROBABILITIES)]
        return [*(f"≥ {share}" for share in shares), f"< {shares[-1]}"]
    if measure == "rank":
        return ["1", *(f"≤ {rank}" for rank in RANKS[1:]), f"> {RANKS[-1]}"]
    bounds = [numbers.decimal(bound, 1) for bound in ENTROPIES]
    return [*(f"< {bound}" for bound in bounds), f"≥ {bounds[-1]}"]


def level_colour(level: int) -> QColor:
    """Return the ground of a step."""
    share = SHARES[theme.scheme()][level]
    quiet, strong = theme.colour("raised"), theme.series_colour(1)
    parts = zip(_parts(quiet), _parts(strong), strict=True)
    return QColor(*(round(one + (other - one) * share) for one, other in parts))


def _parts(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


class ScoredView(TokenView):
    """``show_scored``; ``token_chosen`` carries the number of a token that was clicked or gone to with the keys."""

    token_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scored: Sequence[ScoredToken] = ()
        self.measure: Measure = "probability"
        self.chosen: int | None = None
        self.setAccessibleName(self.tr("Tokens of the reply"))

    def sizeHint(self) -> QSize:
        return QSize(240, VIEW_PX)

    def show_scored(self, tokens: Sequence[ScoredToken], chosen: int | None = None) -> None:
        """Show these tokens, one of them chosen; the view stays where it is scrolled to."""
        at = self.verticalScrollBar().value()
        self.scored, self.chosen = tokens, chosen
        texts = [token.text or token.shown for token in tokens]
        self.show_tokens([PreviewToken(text, "read") for text in texts])
        self.verticalScrollBar().setValue(at)
        self.go_to(chosen)

    def set_measure(self, measure: Measure) -> None:
        """Set what the grounds tell."""
        self.measure = measure
        self.viewport().update()

    def choose(self, number: int) -> None:
        """Make a token the chosen one."""
        self.chosen = number
        self.go_to(number)
        self.viewport().update()
        self.token_chosen.emit(number)

    def go_to(self, cell: int | None) -> None:
        """Make a token the one that is said; where the pointer is on none, the chosen one."""
        super().go_to(self.chosen if cell is None else cell)

    def take(self, cell: int) -> None:
        self.bring_into_sight(cell)
        self.choose(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self.cell_at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(number)
        else:
            super().mousePressEvent(event)

    def description(self) -> str:
        """Return what is said of the token under the pointer or the keys."""
        if self.at is None or self.at >= len(self.scored):
            return ""
        words = self.tr("token {number} of {count}").format(
            number=numbers.exact(self.at + 1), count=numbers.exact(len(self.scored))
        )
        token = self.scored[self.at]
        return " · ".join([words, f"“{shown_text(token.text or token.shown)}”", *measures(token)])

    def _paint_token(self, painter: QPainter, number: int) -> None:
        box, text = self.place_of(number), self._texts[number]
        level = level_of(self.scored[number], self.measure)
        chosen = number == self.chosen
        painter.setBrush(level_colour(level) if level is not None else Qt.BrushStyle.NoBrush)
        dotted = QPen(theme.colour("field"), 1.0, Qt.PenStyle.DotLine)
        painter.setPen(
            QPen(theme.colour("accent"), 2) if chosen else Qt.PenStyle.NoPen if level is not None else dotted
        )
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self._wide[number] >= self.viewport().width() - 2 * MARGIN:
            metrics = QFontMetricsF(text_font("read"))
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width() - 2 * PADDING)
        painter.setPen(theme.colour("text"))
        painter.setFont(text_font("read"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def measures(token: ScoredToken) -> list[str]:
    """Return what was measured of a token, in words."""
    found = []
    if token.logprob is not None:
        words = QCoreApplication.translate("microscope", "probability {share}")
        found.append(words.format(share=numbers.percent(math.exp(token.logprob))))
    if token.rank is not None:
        words = QCoreApplication.translate("microscope", "rank {rank}")
        found.append(words.format(rank=numbers.exact(token.rank)))
    if token.entropy is not None:
        words = QCoreApplication.translate("microscope", "entropy {nats} nats")
        found.append(words.format(nats=numbers.decimal(token.entropy)))
    return found


class LevelLegend(QWidget):
    """The five steps of a measure side by side, from expected to surprising."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self.setFixedHeight(LEGEND_PX)
        self.set_measure("probability")

    def set_measure(self, measure: Measure) -> None:
        """Show the steps of a measure."""
        self._names = level_names(measure)
        self.setAccessibleName(self.tr("Legend") + ": " + ", ".join(self._names))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, LEGEND_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = self.width() / LEVELS
        painter.setFont(theme.font(11, tabular=True))
        for level, name in enumerate(self._names):
            box = QRectF(level * wide, 0, wide - 2, LEGEND_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(level_colour(level))
            painter.drawRoundedRect(box, 3, 3)
            painter.setPen(theme.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
        painter.end()
