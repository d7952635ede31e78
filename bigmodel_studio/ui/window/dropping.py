"""Drops on the window: files and folders go where they belong, a picture to Images, the rest is refused.

Fields for text would take a file's address as text; ``leave_to_window`` has them let it through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QMimeData, QObject, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from bigmodel_studio.client.background import Background
from bigmodel_studio.core.models import library
from bigmodel_studio.core.system.opening import Opened, sort_paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.window.actions import page_title
from bigmodel_studio.ui.window.destinations import (
    Destination,
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


class Opening(QObject):
    """Opens what is dropped, chosen or handed over. A thread looks at what paths are: a folder may be large or far."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._background = Background("opening", self)
        self._background.done.connect(self._on_sorted)
        self._background.failed.connect(window.studio.report)

    def take(self, dropped: QMimeData) -> None:
        """Send what was dropped to where it belongs. A picture that was dragged out of a browser is taken as shown."""
        urls = dropped.urls()
        local = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        image = dropped.imageData() if not local and dropped.hasImage() else None
        if local:
            self.open_paths(local)
        if isinstance(image, QImage) and not image.isNull():
            self._window.open(OpenImage(image))
        elif len(local) < len(urls) or not local:
            self._window.studio.report(Problem(code="open-not-local"))

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Send each path to the page that takes it; a path that no page takes is reported with the reason."""
        given = tuple(paths)
        self._background.run(lambda: _sorted(given))

    def close(self) -> None:
        """Join the thread."""
        self._background.close()

    @Slot(object)
    def _on_sorted(self, found: tuple[Opened, list[Destination]]) -> None:
        opened, models = found
        for problem in opened.problems:
            self._window.studio.report(problem)
        if models:
            self._window.studio.library.refresh()
        _open_all(self._window, [*_destinations(opened), *((1, model) for model in models)])


def _sorted(given: Sequence[Path]) -> tuple[Opened, list[Destination]]:
    """Return what paths are, and where models go, which are kept in the library; what nothing takes is a problem."""
    opened = sort_paths(given)
    models: list[Destination] = []
    for folder in opened.models:
        try:
            ref = library.remember(folder)
        except StudioError as error:
            opened.problems.append(error.problem)
            continue
        models.append(UseModel("chat", ref) if folder in opened.chat_models else OpenModel(ref))
    return opened, models


def _destinations(opened: Opened) -> list[tuple[int, Destination]]:
    """Return where what is no model goes, with how much goes there."""
    found: list[tuple[int, Destination]] = []
    if opened.pictures:
        found.append((len(opened.pictures), OpenPictures(tuple(opened.pictures))))
    if learnt := (*opened.texts, *opened.data):
        found.append((len(learnt), LearnFrom(learnt)))
    if opened.events:
        found.append((len(opened.events), OpenEventFiles(tuple(opened.events))))
    return found + [(1, OpenRun(Path(run).name)) for run in opened.runs]


def _open_all(window: MainWindow, found: Sequence[tuple[int, Destination]]) -> None:
    """Open each, last the page where most of it belongs: that one stays, and the others are named."""
    counts: Counter[str] = Counter()
    for count, destination in found:
        counts[destination.page] += count
    if not counts:
        return
    most = max(counts, key=lambda page: counts[page])
    for _, destination in sorted(found, key=lambda each: each[1].page == most):
        window.open(destination)
    others = [page for page in counts if page != most]
    if others:
        words = QCoreApplication.translate("dropping", "was opened as well.")
        names = ", ".join(page_title(page) for page in others)
        show = QCoreApplication.translate("dropping", "Show")
        window.toast.offer(names, words, show, partial(window.show_page, others[0]))


def leave_to_window(root: QWidget) -> None:
    """Have the fields for text in ``root`` leave what is dropped on them to the window."""
    for kind in FIELDS:
        for field in root.findChildren(kind):
            field.setAcceptDrops(False)
