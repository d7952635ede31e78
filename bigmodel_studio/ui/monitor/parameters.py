"""The card of parameters: how many the loaded model has, by kind of layer, and what each run trains of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description, LayerKind, ModelFacts
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.monitor.cards import Card
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

KINDS_SHOWN = 6
ROW_PX = 22


class ParametersCard(Card):
    """Told what is loaded, how it is built, and which runs live."""

    def __init__(self) -> None:
        super().__init__(self.tr("Parameters"))
        self.model = ElidedLabel()
        self.counts = label("", "small", wrap=True)
        self.kinds = KindRows()
        self.runs = QVBoxLayout()
        self.runs.setSpacing(8)
        self._run_lines: list[_RunLine] = []
        for part in (self.model, self.counts, self.kinds):
            self.column.addWidget(part)
        self.column.addLayout(self.runs)
        self.show_model(None, None)

    def show_model(self, facts: ModelFacts | None, description: Description | None) -> None:
        """Show what the engine holds; ``said`` comes later, or not at all."""
        self.model.setVisible(facts is not None)
        self.kinds.show_kinds(() if description is None else description.kinds)
        self.aside.setText("" if facts is None else numbers.count(facts.parameters))
        if facts is None:
            self.counts.setText(self.tr("No model loaded. Chatting or opening pictures loads one."))
            return
        self.model.setText(facts.name)
        trainable = None if description is None else description.trainable_parameters
        self.counts.setText(_counts(facts.parameters, trainable))
        self.counts.setToolTip(self.tr("Trainable parameters for full fine-tuning"))

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show the runs that live and know their size by now."""
        known = [run for run in runs if run.live and run.parameters]
        while len(self._run_lines) < len(known):
            line = _RunLine()
            self.runs.addWidget(line)
            self._run_lines.append(line)
        for line, run in zip(self._run_lines, known, strict=False):
            line.show_run(run)
        for line in self._run_lines[len(known) :]:
            line.hide()


class _RunLine(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.name = ElidedLabel()
        self.counts = label("", "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.name)
        column.addWidget(self.counts)

    def show_run(self, run: RunSummary) -> None:
        self.name.setText(self.tr("{run} (training)").format(run=run.name))
        self.counts.setText(_counts(run.parameters, run.trainable_parameters))
        self.show()


class KindRows(QWidget):
    """Kinds of layers with their parameters, each behind a bar of its share: torch's names, the largest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, int]] = []
        self._whole = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_kinds(self, kinds: Sequence[LayerKind]) -> None:
        """Show the first few, and the others as one."""
        words = self.tr("{type} × {layers}")
        rows = [(words.format(type=kind.type, layers=numbers.exact(kind.layers)), kind.parameters) for kind in kinds]
        if len(rows) > KINDS_SHOWN:
            others = rows[KINDS_SHOWN - 1 :]
            rows = [*rows[: KINDS_SHOWN - 1], (self.tr("others"), sum(parameters for _, parameters in others))]
        self._rows = rows
        self._whole = sum(parameters for _, parameters in rows) or 1
        self.setAccessibleName("; ".join(self.texts()) or self.tr("Layer types"))
        self.setVisible(bool(rows))
        self.updateGeometry()
        self.update()

    def texts(self) -> list[str]:
        """Return what the rows say."""
        return [f"{name} {self._row_text(parameters)}" for name, parameters in self._rows]

    def _row_text(self, parameters: int) -> str:
        return f"{numbers.count(parameters)}  {numbers.percent(parameters / self._whole)}"

    def sizeHint(self) -> QSize:
        return QSize(280, ROW_PX * len(self._rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, ROW_PX * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(12, tabular=True))
        for number, (name, parameters) in enumerate(self._rows):
            row = QRectF(0, number * ROW_PX, self.width(), ROW_PX - 2)
            bar = QRectF(row.left(), row.top(), max(2.0, row.width() * parameters / self._whole), row.height())
            painter.fillRect(bar, theme.colour("accent_soft"))
            inner = row.adjusted(6, 0, -6, 0)
            description = self._row_text(parameters)
            painter.setPen(theme.colour("text"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, description)
            room = inner.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(description) - 8, 0)
            short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
        painter.end()


def _counts(parameters: int, trainable: int | None) -> str:
    from PySide6.QtCore import QCoreApplication

    total = QCoreApplication.translate("ParametersCard", "{total} total")
    split = QCoreApplication.translate("ParametersCard", "{trainable} trainable · {frozen} frozen")
    words = [total.format(total=numbers.exact(parameters))]
    if trainable is not None:
        words.append(split.format(trainable=numbers.count(trainable), frozen=numbers.count(parameters - trainable)))
    return " · ".join(words)
