"""The curves on the screen as files: the chart as PNG and SVG, its points as CSV; and their run as a script."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.runs import metrics_table
from bigmodel_studio.protocol import Done, Event, ExportScript, Failed
from bigmodel_studio.ui.pages.train.curves.curves import Curves
from bigmodel_studio.ui.pages.train.curves.file_export import FileExport
from bigmodel_studio.ui.plots.series import Series
from bigmodel_studio.ui.window.studio import Studio


class CurvesExport(QObject):
    """The menu of the Export button. ``shown``: the name of the run whose curves these are."""

    def __init__(self, studio: Studio, curves: Curves, shown: Callable[[], str | None]) -> None:
        super().__init__(curves)
        self._studio, self._curves, self._shown = studio, curves, shown
        self._job: Job | None = None
        self._folder = Path()
        self._files = FileExport(studio, curves.export, curves.chart, self._table, lambda: shown() or "curves")
        self.save, self.menu = self._files.save, self._files.menu
        self.menu.setToolTipsVisible(True)
        self.menu.addSeparator()
        self.script = self.menu.addAction(self.tr("PyTorch script…"), self._ask_script)
        self.menu.aboutToShow.connect(self._show_script)

    def _table(self) -> bytes:
        return table(self._curves.shown_series(), self._shown() or "")

    @Slot()
    def _show_script(self) -> None:
        reason = self._why_not()
        self.script.setEnabled(not reason)
        tool_tip = self.tr("A folder with train.py, the initial model and the data; it reproduces the run's losses")
        self.script.setToolTip(reason or tool_tip)

    def _why_not(self) -> str:
        """Return why the run that is shown cannot be written as a script; "" where it can."""
        run = self._studio.runs.summary_of(self._shown() or "")
        if run is None:
            return self.tr("No run is shown")
        if run.foreign:
            return self.tr("Another program wrote this run; its computation is unknown")
        if run.bundled:
            return self.tr("This bundled run's training data is not on this computer")
        return self.tr("Exporting a script…") if self._job is not None else ""

    def _ask_script(self) -> None:
        name = self._shown() or "run"
        chosen = QFileDialog.getExistingDirectory(
            self._curves.window(), self.tr("Choose a location for the script"), str(Path.home())
        )
        if chosen:
            self.save_script(Path(chosen) / f"{name}-script")

    def save_script(self, folder: Path) -> None:
        """Write the run that is shown as a script into a new folder; an engine does that, for it builds the model."""
        self._folder = folder
        self._curves.export.setText(self.tr("Exporting…"))
        self._job = self._studio.measure.submit(ExportScript(run=self._shown() or "", folder=str(folder)))
        self._job.ended.connect(self._on_script)

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        if self._job is not None:
            self._job.ended.disconnect(self._on_script)
            self._job.cancel()
            self._job = None

    @Slot(object)
    def _on_script(self, end: Event) -> None:
        self._job = None
        self._curves.export.setText(self.tr("Export"))
        if isinstance(end, Failed):
            self._studio.report(end.problem)
        elif isinstance(end, Done):
            self._curves.read_out.setText(self.tr("The script is in {path}").format(path=self._folder))


def table(series: dict[tuple[str, str], Series], shown: str) -> bytes:
    """Return the points as CSV: a row a step, a column a metric, of each run where there are several; a gap is
    empty.
    """
    several = len({run for run, _ in series}) > 1
    rows: dict[int, dict[str, float | int]] = {}
    names = ["step"]
    for (run, metric), one in series.items():
        names.append(name := f"{run or shown}: {metric}" if several else metric)
        for step, value in zip(one.steps.tolist(), one.values.tolist(), strict=True):
            row = rows.setdefault(int(step), {"step": int(step)})
            if math.isfinite(value):
                row[name] = value
    return metrics_table.written(names, [rows[step] for step in sorted(rows)])
