"""Cover of the window while something is dragged over it: names where each kind will go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.system.opening import DATA_SUFFIXES, PICTURE_SUFFIXES, TEXT_SUFFIXES, WEIGHT_SUFFIXES
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label, panel

DIM = 150
"""How opaque the cover is, of 255."""


class DropOverlay(QWidget):
    """Lies over ``window``, and leaves the mouse to what is below it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = label("")
        set_look(self.words, "strong")
        card = panel("toast")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(24, 16, 24, 16)
        inside.addWidget(self.words)
        column = QVBoxLayout(self)
        column.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.hide()

    def offer(self, paths: Iterable[Path], *, image: bool = False) -> None:
        """Show where these would go; ``image``: a picture without a file is dragged as well."""
        self.words.setText("\n".join(drop_words(paths, image=image)))
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shade = QColor(theme.colour("window"))
        shade.setAlpha(DIM)
        painter.fillRect(self.rect(), shade)
        painter.end()


def drop_words(paths: Iterable[Path], *, image: bool = False) -> list[str]:
    """Return a line for each kind, by the names alone: how many there are, and where they go."""
    counts = Counter(_kind(path) for path in paths)
    if image and not counts:
        counts["picture"] = 1
    lines = {
        "picture": QCoreApplication.translate("dropping", "Pictures: {count} → Images"),
        "text": QCoreApplication.translate("dropping", "Texts and data: {count} → Train"),
        "model": QCoreApplication.translate("dropping", "Model files: {count} → Models"),
        "folder": QCoreApplication.translate("dropping", "Folders: {count} → the page for what is in them"),
        "other": QCoreApplication.translate("dropping", "Other files: {count}"),
    }
    return [words.format(count=numbers.exact(counts[kind])) for kind, words in lines.items() if counts[kind]]


def _kind(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in PICTURE_SUFFIXES:
        return "picture"
    if suffix in DATA_SUFFIXES or suffix in TEXT_SUFFIXES or suffix == ".json":
        return "text"
    if suffix in WEIGHT_SUFFIXES or suffix == ".gguf":
        return "model"
    return "other" if suffix else "folder"
