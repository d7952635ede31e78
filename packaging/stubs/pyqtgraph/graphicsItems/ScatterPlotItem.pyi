"""The marks of points: outlines of about one unit, around the origin."""

from PySide6.QtGui import QPainterPath

Symbols: dict[str, QPainterPath]
