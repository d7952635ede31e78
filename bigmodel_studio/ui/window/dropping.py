"""Drops on the window: files and folders go where they belong, a picture to Images, the rest is refused.

Fields for text would take a file's address as text; ``leave_to_window`` has them let it through.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from bigmodel_studio.core.system.opening import sort_paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.window.destinations import (
    LearnFrom,
    OpenEventFiles,
    OpenImage,
    OpenModel,
    OpenPictures,
    OpenRun,
    UseModel,
)

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow

FIELDS: tuple[type[QWidget], ...] = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


def is_taken(dragged: QMimeData) -> bool:
    """Return whether it may be dropped; what becomes of it is said then."""
    return dragged.hasUrls() or dragged.hasImage()


def take(window: MainWindow, dropped: QMimeData) -> None:
    """Send what was dropped to where it belongs. A picture that was dragged out of a browser is taken as it is seen."""
    urls = dropped.urls()
    local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    image = dropped.imageData() if not local and dropped.hasImage() else None
    if local:
        open_paths(window, local)
    if isinstance(image, QImage) and not image.isNull():
        window.open(OpenImage(image))
    elif len(local) < len(urls) or not local:
        window.studio.tell(Problem(code="open-not-local"))


def open_paths(window: MainWindow, paths: Sequence[Path]) -> None:
    """Send each path to the page that takes it; what nothing takes is told with the reason."""
    opened = sort_paths(paths)
    for problem in opened.problems:
        window.studio.tell(problem)
    if opened.pictures:
        window.open(OpenPictures(tuple(opened.pictures)))
    if learnt := (*opened.texts, *opened.data):
        window.open(LearnFrom(learnt))
    if opened.events:
        window.open(OpenEventFiles(tuple(opened.events)))
    for run in opened.runs:
        window.open(OpenRun(Path(run).name))
    for folder in opened.models:
        try:
            ref = window.studio.library.remember(folder)
        except StudioError as error:
            window.studio.tell(error.problem)
            continue
        window.open(UseModel("chat", ref) if folder in opened.chat_models else OpenModel(ref))


def leave_to_window(root: QWidget) -> None:
    """Have the fields for text in ``root`` leave what is dropped on them to the window."""
    for kind in FIELDS:
        for field in root.findChildren(kind):
            field.setAcceptDrops(False)
