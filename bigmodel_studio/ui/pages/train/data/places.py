"""Where in the data something stands: said in a few characters, copied, and opened in the program that edits it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from bigmodel_studio.core.data import conll, labelled_tables
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES, TEXT_SUFFIXES
from bigmodel_studio.protocol import Place, Problem
from bigmodel_studio.ui.window.studio import Studio

OPENED = PICTURE_SUFFIXES | {*TEXT_SUFFIXES, *conll.SUFFIXES, *labelled_tables.READERS, ".json", ".jsonl"}
"""Endings of data. Anything else may be a program to the system, and only its folder is shown."""


def place_text(place: Place, *, whole: bool = False) -> str:
    """Return ``train.csv:12``, or with the whole path, as editors and shells take it."""
    file = place.file if whole else Path(place.file).name
    return f"{file}:{place.line}" if place.line else file


def copy_place(place: Place) -> None:
    """Put ``path:line`` on the clipboard."""
    QGuiApplication.clipboard().setText(place_text(place, whole=True))


def open_place(studio: Studio, place: Place) -> None:
    """Show the file in the program that this system has for it; a problem is reported where that cannot be done."""
    file = Path(place.file)
    if not file.exists():
        studio.report(Problem(code="open-missing", arguments={"path": str(file)}))
        return
    shown = file if file.is_dir() or file.suffix.lower() in OPENED else file.parent
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(shown))):
        studio.report(Problem(code="folder-not-shown", arguments={"path": str(file)}))
