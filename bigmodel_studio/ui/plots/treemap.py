"""A model's parameters as a treemap: each module is a rectangle of its share, coloured by what it is for.

Told the tree and which module is chosen; says which one the user chooses. What is hovered is said below the map.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bigmodel_studio.core.models.module_roles import Path, Role, Tile, by_role, drawn_parameters, tiles
from bigmodel_studio.core.models.treemap import Box
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Layer
from bigmodel_studio.ui.look import theme

READ_OUT_PX = 22
LEGEND_PX = 20
_NAME_FROM_PX = 44
_STRENGTH = 0.42
"""How much of a role's colour is mixed into the ground, so that names on it can be read."""
_SERIES: dict[Role, int] = {"embedding": 0, "attention": 1, "feed-forward": 2, "convolution": 3}
_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}


class Treemap(QWidget):
    """The map, a legend of roles above it, and a line that says what is under the pointer."""

    chosen = Signal(tuple)
    """The path of the module that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers: Sequence[Layer] = ()
        self._whole = 1
        self._roles: dict[Role, int] = {}
        self._tiles: list[Tile] = []
        self._hovered: Path = ()
        self.path: Path = ()
        """The module that is chosen, () for none."""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)
        self.show_layers(())

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show another model."""
        self._layers = [layer for layer in layers if drawn_parameters(layer) > 0]
        self._whole = sum(map(drawn_parameters, self._layers)) or 1
        self._roles = by_role(self._layers)
        self._hovered = self.path = ()
        self._lay_out()
        self._say()

    def choose(self, path: Path) -> None:
        """Show a module as chosen; one that is too small to be seen is shown as the one that it is in."""
        self.path = path
        self._say()
        self.update()

    def tile_of(self, path: Path) -> Tile | None:
        """Return how a module is drawn: as itself, or as the smallest one around it that can be seen."""
        by_path = {tile.path: tile for tile in self._tiles}
        while path and path not in by_path:
            path = path[:-1]
        return by_path.get(path)

    def texts(self) -> list[str]:
        """Return what the legend says."""
        words = role_words()
        return [f"{words[role]} {numbers.percent(count / self._whole)}" for role, count in self._roles.items()]

    def read_out(self) -> str:
        """Return what is said of the module under the pointer, else of the one that is chosen."""
        tile = self.tile_of(self._hovered or self.path)
        if tile is None:
            return ""
        shape = " × ".join(map(numbers.exact, tile.layer.shape))
        share = numbers.percent(tile.layer.parameters / self._whole)
        parts = [".".join(tile.path), tile.layer.type, shape, numbers.exact(tile.layer.parameters), share]
        return " · ".join(filter(None, parts))

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    # ------------------------------------------------------------------------------- geometry

    def _map(self) -> Box:
        return Box(0, LEGEND_PX, self.width(), max(0, self.height() - LEGEND_PX - READ_OUT_PX))

    def _lay_out(self) -> None:
        self._tiles = tiles(self._layers, self._map())
        self.update()

    def _at(self, x: float, y: float) -> Tile | None:
        return next((tile for tile in reversed(self._tiles) if tile.box.contains(x, y)), None)

    def _say(self) -> None:
        words = self.read_out() or "; ".join(self.texts())
        self.setAccessibleName(self.tr("Parameter map"))
        self.setAccessibleDescription(words)

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_legend(painter)
        painter.setFont(theme.font(12))
        for tile in self._tiles:
            if tile.whole:
                self._paint_tile(painter, tile)
        for tile in self._tiles:
            if tile.depth == 0 and not tile.whole:
                _frame(painter, tile.box, theme.colour("surface"), 2)
        chosen = self.tile_of(self.path)
        if chosen is not None:
            _frame(painter, chosen.box, theme.colour("text"), 2)
        hovered = self.tile_of(self._hovered)
        if hovered is not None:
            _frame(painter, hovered.box, theme.colour("accent"), 2)
        if self.hasFocus():
            _frame(painter, self._map(), theme.colour("accent"), 1)
        painter.setPen(theme.colour("secondary"))
        painter.setFont(theme.font(12, tabular=True))
        below = QRectF(0, self.height() - READ_OUT_PX, self.width(), READ_OUT_PX)
        text = painter.fontMetrics().elidedText(self.read_out(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _paint_tile(self, painter: QPainter, tile: Tile) -> None:
        box = QRectF(*tile.box)
        painter.fillRect(box.adjusted(0, 0, -1, -1), role_colour(tile.role))
        if tile.box.width < _NAME_FROM_PX or tile.box.height < 18:
            return
        name = tile.path[-1] if not tile.path[-1].isdigit() else ".".join(tile.path[-2:])
        painter.setPen(theme.colour("text"))
        room = box.adjusted(4, 2, -4, -2)
        short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, short)

    def _paint_legend(self, painter: QPainter) -> None:
        painter.setFont(theme.font(12, tabular=True))
        left = 0.0
        for role, text in zip(self._roles, self.texts(), strict=True):
            wide = painter.fontMetrics().horizontalAdvance(text)
            if left + 14 + wide > self.width():
                break
            painter.fillRect(QRectF(left, 5, 8, 8), role_colour(role))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(
                QRectF(left + 13, 0, wide + 2, LEGEND_PX - 2),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            left += 13 + wide + 14

    # ------------------------------------------------------------------------------- hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        tile = self._at(event.position().x(), event.position().y())
        self._hovered = tile.path if tile is not None else ()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = ()
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tile = self._at(event.position().x(), event.position().y())
        if tile is not None:
            self._choose(tile.path)

    def _choose(self, path: Path) -> None:
        self.choose(path)
        self.chosen.emit(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go to the neighbour, down into a module, up to the one around it."""
        key = Qt.Key(event.key())
        tile = self.tile_of(self.path)
        here = tile.path if tile is not None else ()
        if key in _STEPS:
            beside = [tile.path for tile in self._tiles if tile.path[:-1] == here[:-1]]
            at = beside.index(here) if here in beside else -_STEPS[key]
            if beside:
                self._choose(beside[(at + _STEPS[key]) % len(beside)])
        elif key == Qt.Key.Key_Up and len(here) > 1:
            self._choose(here[:-1])
        elif key == Qt.Key.Key_Down:
            inside = next((tile.path for tile in self._tiles if tile.path[:-1] == here and tile.path != here), None)
            if inside is not None:
                self._choose(inside)
        else:
            super().keyPressEvent(event)


def _frame(painter: QPainter, box: Box, colour: QColor, wide: int) -> None:
    painter.setPen(QPen(colour, wide))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = wide / 2
    painter.drawRect(QRectF(*box).adjusted(half, half, -half - 1, -half - 1))


def role_colour(role: Role) -> QColor:
    """Return a role's ground: a colour of the series, mixed into the surface; greys for what is none of them."""
    ground = theme.colour("surface")
    if role in ("norm", "other"):
        return theme.colour("border")
    colour = theme.colour("accent") if role == "head" else theme.series_colour(_SERIES[role])
    parts = zip(
        (colour.redF(), colour.greenF(), colour.blueF()), (ground.redF(), ground.greenF(), ground.blueF()), strict=True
    )
    return QColor.fromRgbF(*(one * _STRENGTH + other * (1 - _STRENGTH) for one, other in parts))


def role_words() -> dict[Role, str]:
    """Return what the roles are called."""
    return {
        "embedding": QCoreApplication.translate("Treemap", "Embedding"),
        "attention": QCoreApplication.translate("Treemap", "Attention"),
        "feed-forward": QCoreApplication.translate("Treemap", "Feed-forward"),
        "convolution": QCoreApplication.translate("Treemap", "Convolution"),
        "norm": QCoreApplication.translate("Treemap", "Normalization"),
        "head": QCoreApplication.translate("Treemap", "Head"),
        "other": QCoreApplication.translate("Treemap", "Other"),
    }
