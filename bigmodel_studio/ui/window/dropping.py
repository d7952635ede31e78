"""Drops on the window: files and folders go where they belong, a picture to Images, the rest is refused.

Fields for text would take a file's address as text; ``leave_to_window`` has them let it through.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.window.destinations import OpenImage

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow

FIELDS: tuple[type[QWidget], ...] = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


def is_taken(dragged: QMimeData) -> bool:
    """Whether it may be dropped; what becomes of it is said then."""
    return dragged.hasUrls() or dragged.hasImage()


def take(window: MainWindow, dropped: QMimeData) -> None:
    """Send what was dropped to where it belongs. A picture that was dragged out of a browser is taken as it is seen."""
    urls = dropped.urls()
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    image = dropped.imageData() if not local and dropped.hasImage() else None
    if local:
        window.open_paths(local)
    if isinstance(image, QImage) and not image.isNull():
        window.open(OpenImage(image))
    elif len(local) < len(urls) or not local:
        window.studio.tell(Problem(code="open-not-local"))


def leave_to_window(root: QWidget) -> None:
    """Have the fields for text in ``root`` leave what is dropped on them to the window."""
    for kind in FIELDS:
        for field in root.findChildren(kind):
            field.setAcceptDrops(False)
