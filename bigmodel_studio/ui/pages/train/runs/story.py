"""Samples of a run at each evaluation, and the end of its log."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.runs.inside_reader import EVALUATIONS, HISTOGRAMS, LAYERS, Recorded
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.curves.comparison_pane import ComparisonPane
from bigmodel_studio.ui.pages.train.curves.scaling_view import ScalingView
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.inside.classes_table import ClassesTable
from bigmodel_studio.ui.pages.train.inside.evaluation_view import EvaluationView
from bigmodel_studio.ui.pages.train.inside.layers_view import LayersView
from bigmodel_studio.ui.pages.train.runs.across_steps import AcrossSteps
from bigmodel_studio.ui.pages.train.runs.pictures_table import PicturesTable
from bigmodel_studio.ui.pages.train.runs.samples_view import SamplesModel, SamplesView
from bigmodel_studio.ui.window.studio import Studio

LOG_EVERY_MS = 1000
LOG_BYTES = 32 * 1024
"""As much of the end of a log is shown."""
Stamp = tuple[int, int]
"""When a file was written last (nanoseconds since 1970), and its size in bytes."""


class _End(NamedTuple):
    path: Path
    stamp: Stamp
    text: str


class Story(QTabWidget):
    """Samples and log of the run that is shown; of a classifier's, its pictures and the scores of its classes.

    What compares runs is made when there are several to compare: it would be a third of the page's first showing.
    """

    opened = Signal(str)
    """A run's name, chosen among those that are compared."""

    def __init__(self, studio: Studio, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._comparison: ComparisonPane | None = None
        self._scaling: ScalingView | None = None
        self._log_path: Path | None = None
        self._log_stamp: Stamp | None = None
        self._reading: Path | None = None
        self._log_end = Latest("log-end", self)
        self._log_end.answered.connect(self._on_log_read)
        self.model = SamplesModel(self)
        self.samples = SamplesView(self.tr("Samples appear here after each evaluation."))
        self.samples.setModel(self.model)
        self.samples.setAccessibleName(self.tr("Samples by step"))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.log.setAccessibleName(self.tr("End of the log"))
        set_look(self.log, "bare")
        self.log.document().setDocumentMargin(16)
        self.pictures = PicturesTable(thumbnails)
        self.classes = ClassesTable()
        self.addTab(self.samples, self.tr("Samples"))
        self.addTab(self.pictures, self.tr("Pictures"))
        self.addTab(self.classes, self.tr("Classes"))
        self.layers = LayersView()
        self.evaluations = EvaluationView(thumbnails)
        self.addTab(self.evaluations, self.tr("Examples"))
        self.addTab(self.layers, self.tr("Layers"))
        self.across = AcrossSteps(studio)
        self.across.offered.connect(self._on_offered)
        self.addTab(self.across, self.tr("Across steps"))
        self.addTab(self.log, self.tr("Log"))
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._timer = QTimer(self, interval=LOG_EVERY_MS)
        self._timer.timeout.connect(self.read_log)
        self.currentChanged.connect(self._on_tab)
        self.show_samples([])

    @property
    def comparison(self) -> ComparisonPane:
        """The compared runs as a table."""
        if self._comparison is None:
            self._comparison = ComparisonPane()
            self._comparison.table.opened.connect(self.opened)
            self._add_hidden(self._comparison, self.tr("Compare"))
        return self._comparison

    @property
    def scaling(self) -> ScalingView:
        """The compared runs' losses against their compute."""
        if self._scaling is None:
            self._scaling = ScalingView(self._studio)
            self._scaling.opened.connect(self.opened)
            self._add_hidden(self._scaling, self.tr("Compute"))
            self.setTabToolTip(self.indexOf(self._scaling), self.tr("Loss against compute"))
        return self._scaling

    def _add_hidden(self, view: QWidget, title: str) -> None:
        """Add a tab before the log's, which nobody sees yet."""
        at = self.insertTab(self.indexOf(self.log), view, title)
        self.setTabVisible(at, False)

    def begin(self, run: Path | None) -> None:
        """Begin another run."""
        self.show_samples([])
        self.layers.begin()
        self.evaluations.begin()
        self._log_path = run / "log.txt" if run is not None else None
        self._log_stamp = None
        self.log.clear()
        self.read_log()

    def show_samples(self, samples: list[dict[str, Any]]) -> None:
        """Show records of ``samples.jsonl``: the tabs are those that they have something for."""
        with_predictions = [sample for sample in samples if sample.get("predictions")]
        scores: list[dict[str, Any]] = next((s["classes"] for s in reversed(samples) if s.get("classes")), [])
        self.model.show_samples([sample for sample in samples if "prompt" in sample])
        self.pictures.predictions.show_samples(with_predictions)
        self.classes.scores.show_scores(scores)
        before = self.currentIndex()
        for view, wanted in (
            (self.samples, not with_predictions),
            (self.pictures, bool(with_predictions)),
            (self.classes, bool(scores)),
        ):
            self.setTabVisible(self.indexOf(view), wanted)
        if not self.isTabVisible(before):
            self.setCurrentWidget(self.pictures if with_predictions else self.samples)

    def show_run(self, run: RunSummary | None, spec: RunSpec | None) -> None:
        """Show the run as it is now."""
        self.across.show_run(run, spec)
        none = run is not None and run.state == "finished" and spec is not None and not spec.samples.prompts
        self.samples.say_empty(
            self.tr("This run has no sample prompts.")
            if none
            else self.tr("Samples appear here after each evaluation.")
        )

    def show_comparison(self, runs: list[RunSummary]) -> None:
        """Show these beside each other, where they are several; nothing to compare, no tab."""
        several = runs if len(runs) > 1 else []
        if not several and self._comparison is None:
            return
        self.comparison.show_runs(several)
        self.scaling.show_runs(several)
        for view, wanted in ((self.comparison, bool(several)), (self.scaling, self.scaling.offered)):
            at = self.indexOf(view)
            if wanted == self.isTabVisible(at):
                continue
            self.setTabVisible(at, wanted)
            if not wanted and self.currentIndex() == at:
                self.setCurrentIndex(next(at for at in range(self.count()) if self.isTabVisible(at)))

    def add_inside(self, file: str, gained: Recorded) -> None:
        """Add what one of the records of the run's inside gained."""
        adds = {
            LAYERS: self.layers.add_layers,
            HISTOGRAMS: self.layers.add_histograms,
            EVALUATIONS: self.evaluations.add,
        }
        adds[file](gained)

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        self._timer.stop()
        self._log_end.close()
        if self._comparison is not None:
            self._comparison.stop()
        self.layers.stop()
        self.across.stop()

    @Slot(bool)
    def _on_offered(self, offered: bool) -> None:
        self.setTabVisible(self.indexOf(self.across), offered)

    @Slot()
    def _on_tab(self) -> None:
        if self.currentWidget() is self.log:
            self._timer.start()
            self.read_log()
        else:
            self._timer.stop()

    @Slot()
    def read_log(self) -> None:
        """Show the end of the log as it is now, staying at its end if that is where one was."""
        path, stamp = self._log_path, self._log_stamp
        if path is None or self.currentWidget() is not self.log or (self._log_end.busy and path == self._reading):
            return
        self._reading = path
        self._log_end.ask(lambda: _end_of(path, stamp))

    @Slot(object)
    def _on_log_read(self, end: _End | Problem | None) -> None:
        if not isinstance(end, _End) or end.path != self._log_path:
            return
        self._log_stamp = end.stamp
        bar = self.log.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self.log.setPlainText(end.text)
        if at_end:
            bar.setValue(bar.maximum())


def _end_of(path: Path, before: Stamp | None) -> _End | None:
    """Return the end of a log; None where nothing was written since ``before``. Raises ``OSError``."""
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_size)
    if stamp == before:
        return None
    with open(path, "rb") as stream:
        stream.seek(max(0, stat.st_size - LOG_BYTES))
        return _End(path, stamp, stream.read(LOG_BYTES).decode("utf-8", "replace"))
