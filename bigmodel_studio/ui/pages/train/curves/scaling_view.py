"""Loss against compute: where each of the compared runs ended, and the power law through the best of them.

Two logarithmic axes, a colour and a shape a size of model (Kaplan et al. 2020, figure 1). What is drawn and what the
law says comes from ``core.specs.scaling``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs import scaling
from bigmodel_studio.core.specs.scaling import Scaling, ScalingPoint
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.curves.file_export import FileExport
from bigmodel_studio.ui.pages.train.runs.words import experiment_word
from bigmodel_studio.ui.plots.log_scatter import LogScatter, Mark
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SHOWN_FROM = 2
"""Amounts of compute: a single one is nothing to lay losses over."""
CAUTION_FROM_PX = 300


class ScalingView(QWidget):
    """``show_runs`` whenever they may be others. ``opened`` names a run whose point was chosen."""

    opened = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.found: Scaling | None = None
        self._sweep = ""
        self.words = label("", "small", wrap=True)
        self.caution = label(experiment_word(scaling.CAUTION), "small", wrap=True)
        self.read_out = ElidedLabel()
        set_look(self.read_out, "small")
        self.chart = LogScatter(self.tr("Evaluation loss against compute (FLOPs), both on logarithmic axes"))
        self.chart.setAccessibleName(self.tr("Evaluation loss against compute"))
        self.chart.setToolTip(self.tr("Click a point (or press Enter on it) to show its run"))
        self.chart.read_out.connect(self._show_read_out)
        self.chart.chosen.connect(self._on_chosen)
        self.export_button = QPushButton(self.tr("Export"))
        set_look(self.export_button, "quiet")
        self.export = FileExport(studio, self.export_button, self.chart, self.table, lambda: self._sweep or "scaling")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.read_out, 1)
        head.addWidget(self.export_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 8, 4)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.caution)
        column.addWidget(self.chart, 1)

    @property
    def offered(self) -> bool:
        """Whether there is anything to see."""
        return self.found is not None and scaling.amounts(self.found) >= SHOWN_FROM

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show those that are compared; runs of another objective than the first one's have another loss."""
        like = [run for run in runs if run.objective == runs[0].objective]
        points = scaling.points_of([(run, run.spec) for run in like])
        if self.found is not None and points == self.found.points:
            return
        self._sweep = like[0].sweep if like else ""
        self.found = scaling.scaling_of(points)
        self._show(self.found)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_caution()

    def _fit_caution(self) -> None:
        """Beside a law, and where the chart keeps enough room; else where the pointer rests on the words."""
        law = self.found is not None and self.found.law is not None
        self.caution.setVisible(law and self.height() >= CAUTION_FROM_PX)
        self.words.setToolTip(self.caution.text() if law else "")

    def table(self) -> bytes:
        """Return the points as CSV (RFC 4180)."""
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(("run", "flops", "evaluation_loss", "parameters", "items", "ended", "on_frontier"))
        found = self.found or scaling.scaling_of(())
        for point in found.points:
            row = (point.name, point.compute, point.loss, point.parameters, int(point.items), point.ended)
            writer.writerow((*row, point in found.frontier))
        return text.getvalue().encode("utf-8")

    def _show(self, found: Scaling) -> None:
        sizes = sorted({(point.width, point.parameters) for point in found.points}, key=lambda size: size[::-1])
        widths = {point.width for point in found.points}
        by_width = 0 not in widths and len(widths) == len(sizes)
        names = [self._size_name(width, parameters, by_width) for width, parameters in sizes]
        marks = [
            Mark(
                point.compute,
                point.loss,
                sizes.index((point.width, point.parameters)),
                self._point_words(point),
                point.ended,
            )
            for point in found.points
        ]
        best = [(point.compute, point.loss) for point in found.frontier]
        law = found.law
        line = (scaling.formula(law, numbers.power(law.scale)), law.at) if law is not None else None
        self.chart.show_marks(marks, names, best, line)
        self.words.setText(self._rest_words(found))
        self._fit_caution()

    def _size_name(self, width: int, parameters: int, by_width: bool) -> str:
        if by_width:
            return self.tr("width {width}").format(width=numbers.exact(width))
        return self.tr("{count} parameters").format(count=numbers.count(parameters))

    def _point_words(self, point: ScalingPoint) -> str:
        parts = [
            point.name,
            self.tr("loss {loss}").format(loss=numbers.significant(point.loss)),
            self.tr("{flops} FLOPs").format(flops=numbers.power(point.compute)),
            self.tr("{count} parameters").format(count=numbers.count(point.parameters)),
            self.tr("{amount} of training data").format(amount=numbers.count(point.items)),
        ]
        if point.source == "estimated":
            parts.append(self.tr("FLOPs estimated as 6·N·D"))
        if not point.ended:
            parts.append(self.tr("unfinished"))
        return " · ".join(parts)

    def _rest_words(self, found: Scaling) -> str:
        """On what the law rests, or why there is none."""
        law, size = found.law, found.by_parameters
        if law is None:
            return i18n.sentence(found.refused) if found.refused is not None else ""
        law_text = self.tr(
            "α = {alpha} ± {error}, R² = {fit}: {points} of {count} runs on the frontier, {decades} decades."
        ).format(
            alpha=numbers.decimal(law.alpha, 3),
            error=numbers.decimal(law.standard_error, 3),
            fit=numbers.decimal(law.r_squared, 3),
            points=numbers.exact(law.points),
            count=numbers.exact(len(found.points)),
            decades=numbers.decimal(law.decades, 1),
        )
        if size is None:
            return law_text
        more = self.tr("With the most data: L(N) = ({scale} / N)^{alpha}, R² = {fit}, without embeddings.").format(
            scale=numbers.power(size.scale),
            alpha=numbers.decimal(size.alpha, 3),
            fit=numbers.decimal(size.r_squared, 3),
        )
        return i18n.in_one((law_text, more))

    @Slot(str)
    def _show_read_out(self, text: str) -> None:
        self.read_out.setText(text)

    @Slot(int)
    def _on_chosen(self, number: int) -> None:
        if self.found is not None and number < len(self.found.points):
            self.opened.emit(self.found.points[number].name)
