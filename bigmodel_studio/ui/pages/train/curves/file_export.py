"""A plot as files: a menu of a button that asks where to, and writes a picture, a drawing or a table there."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from bigmodel_studio.core.system.files import not_saved, write_atomic
from bigmodel_studio.ui.plots.plot import Plot
from bigmodel_studio.ui.window.studio import Studio

PICTURE_SCALE = 2.0
"""A picture is for slides and papers: twice the pixels of the screen."""


class FileExport(QObject):
    """``name`` is what a file may be called, ``chart`` what is drawn as PNG and SVG, ``table`` gives the CSV."""

    def __init__(
        self, studio: Studio, button: QPushButton, chart: Plot, table: Callable[[], bytes], name: Callable[[], str]
    ) -> None:
        super().__init__(button)
        self._studio, self._chart, self._table, self._name = studio, chart, table, name
        self.menu = QMenu(button)
        self.menu.addAction(self.tr("Picture (PNG)…"), partial(self._ask, "png"))
        self.menu.addAction(self.tr("Vector graphic (SVG)…"), partial(self._ask, "svg"))
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
        """Write the chart (``png``, ``svg``) or its points (``csv``) there; a problem is reported in the window."""
        made = {"png": self._picture, "svg": self._drawing, "csv": self._table}[kind]()
        try:
            write_atomic(path if path.suffix else path.with_suffix(f".{kind}"), made)
        except OSError as error:
            self._studio.report(not_saved(path, error).problem)

    def _picture(self) -> bytes:
        return picture(self._chart)

    def _drawing(self) -> bytes:
        return drawing(self._chart, self._name())


def picture(chart: Plot) -> bytes:
    """Return a chart as PNG."""
    image = QImage(chart.size() * PICTURE_SCALE, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(PICTURE_SCALE)
    image.fill(chart.palette().window().color())
    _draw(chart, QPainter(image))
    buffer = _opened()
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes
    return bytes(buffer.data().data())


def drawing(chart: Plot, title: str) -> bytes:
    """Return a chart as SVG 1.1."""
    buffer = _opened()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(chart.size())
    generator.setViewBox(QRect(0, 0, chart.width(), chart.height()))
    generator.setResolution(chart.logicalDpiX())  # else what pyqtgraph has recorded of its axes is scaled
    generator.setTitle(title)
    _draw(chart, QPainter(generator))
    return bytes(buffer.data().data())


def _draw(chart: Plot, painter: QPainter) -> None:
    chart.render(painter)
    painter.end()


def _opened() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer
