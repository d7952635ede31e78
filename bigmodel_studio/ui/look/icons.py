"""The line icons of ``resources/icons``, drawn in a colour of the palette at the screen's resolution.

An icon is asked for by name and colour name; it is drawn when Qt wants its pixels, in the scheme then in force, so
that nothing has to be set again when the appearance changes.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.look.theme import colours


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text("utf-8")


@lru_cache(maxsize=256)
def _renderer(name: str, hex_colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", hex_colour).encode()))


class _LineIcon(QIconEngine):
    def __init__(self, name: str, off: str, on: str) -> None:
        super().__init__()
        self._name, self._off, self._on = name, off, on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name = self._on if state == QIcon.State.On else self._off
        if mode == QIcon.Mode.Disabled and name == "on_accent":
            name = "secondary"  # as the text of such a button
        elif mode == QIcon.Mode.Disabled:
            painter.setOpacity(0.5)
        _renderer(self._name, getattr(colours(), name)).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        if made.isNull():  # a button that has no room yet asks for nothing
            return made
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _LineIcon(self._name, self._off, self._on)


def icon(name: str, off: str = "secondary", on: str = "accent") -> QIcon:
    """Return an icon by its file's name; ``off`` and ``on`` are colour names of ``theme.Colours`` (on: a checked
    button).
    """
    return QIcon(_LineIcon(name, off, on))
