"""What is drawn, as files: a menu of a button that asks where to, and writes a picture or a table there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.ui.window.studio import Studio

PICTURE_SCALE = 2.0
"""A picture is for slides and papers: twice the pixels of the screen."""


class FileExport(QObject):
    """``name`` is what a file may be called, ``chart`` what is drawn as PNG, ``table`` gives the CSV."""

    def __init__(
        self, studio: Studio, button: QPushButton, chart: QWidget, table: Callable[[], bytes], name: Callable[[], str]
    ) -> None:
        super().__init__(button)
        self._studio, self._chart, self._table, self._name = studio, chart, table, name
        self.menu = QMenu(button)
        self.menu.addAction(self.tr("Picture (PNG)…"), partial(self._ask, "png"))
        self.menu.addAction(self.tr("Table (CSV)…"), partial(self._ask, "csv"))
        button.setMenu(self.menu)

    def _ask(self, kind: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self._chart.window(),
            self.tr("Save the curves as"),
            str(Path.home() / f"{self._name()}.{kind}"),
            f"*.{kind}",
        )
        if chosen:
            self.save(Path(chosen), kind)

    def save(self, path: Path, kind: str) -> None:
        """Write the chart (``png``) or its points (``csv``) there; a problem is told in the window."""
        made = picture(self._chart) if kind == "png" else self._table()
        try:
            write_atomic(path if path.suffix else path.with_suffix(f".{kind}"), made)
        except OSError as error:
            self._studio.tell(not_saved(path, error).problem)


def picture(chart: QWidget) -> bytes:
    """A chart as PNG."""
    pixmap = QPixmap(chart.size() * PICTURE_SCALE)
    pixmap.setDevicePixelRatio(PICTURE_SCALE)
    pixmap.fill(chart.palette().window().color())
    chart.render(pixmap)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(buffer.data().data())
