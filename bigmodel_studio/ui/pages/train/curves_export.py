"""The curves on the screen as files: the chart as a picture (PNG), its points as a table (CSV)."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFileDialog, QMenu

from bigmodel_studio.core.files import write_atomic
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.curves import Curves
from bigmodel_studio.ui.studio import Studio
from bigmodel_studio.ui.widgets.series import Series

PICTURE_SCALE = 2.0
"""A picture is for slides and papers: twice the pixels of the screen."""


class CurvesExport(QObject):
    """The menu of the Export button. ``shown``: the name of the run whose curves these are."""

    def __init__(self, studio: Studio, curves: Curves, shown: Callable[[], str | None]) -> None:
        super().__init__(curves)
        self._studio, self._curves, self._shown = studio, curves, shown
        menu = QMenu(curves.export)
        menu.addAction(self.tr("Picture (PNG)…"), partial(self._ask, "png"))
        menu.addAction(self.tr("Table (CSV)…"), partial(self._ask, "csv"))
        curves.export.setMenu(menu)
        self.menu = menu

    def _ask(self, kind: str) -> None:
        name = self._shown() or "curves"
        chosen, _ = QFileDialog.getSaveFileName(
            self._curves.window(), self.tr("Save the curves as"), str(Path.home() / f"{name}.{kind}"), f"*.{kind}"
        )
        if chosen:
            self.save(Path(chosen), kind)

    def save(self, path: Path, kind: str) -> None:
        """Write the chart (``png``) or its points (``csv``) there; a problem is told in the window."""
        made = picture(self._curves) if kind == "png" else table(self._curves.shown_series(), self._shown() or "")
        try:
            write_atomic(path if path.suffix else path.with_suffix(f".{kind}"), made)
        except OSError as error:
            detail = error.strerror or str(error)
            self._studio.tell(Problem(code="file-not-saved", arguments={"path": str(path), "detail": detail}))


def picture(curves: Curves) -> bytes:
    """The large chart as PNG."""
    chart = curves.chart
    pixmap = QPixmap(chart.size() * PICTURE_SCALE)
    pixmap.setDevicePixelRatio(PICTURE_SCALE)
    pixmap.fill(chart.palette().window().color())
    chart.render(pixmap)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(buffer.data().data())


def table(series: dict[tuple[str, str], Series], shown: str) -> bytes:
    """The points as CSV (RFC 4180): run, metric, step, value; a gap is an empty value."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("run", "metric", "step", "value"))
    for (run, metric), one in series.items():
        for step, value in zip(one.steps.tolist(), one.values.tolist(), strict=True):
            writer.writerow((run or shown, metric, int(step), value if math.isfinite(value) else ""))
    return text.getvalue().encode("utf-8")
