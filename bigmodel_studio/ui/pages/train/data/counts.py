"""The data in figures, training and evaluation beside each other: how much, how long, how its classes are spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import DataPreview, PartCounts
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.pages.train.data.class_balance import ClassBalance
from bigmodel_studio.ui.pages.train.data.data_words import ROLES, UNITS, Counting, largest_share
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.plots.lengths_chart import LengthsChart
from bigmodel_studio.ui.widgets.page_frame import label, panel

Figure = tuple[str, Callable[[PartCounts], str]]
SCROLL_PX = 16
LEAST_SHARE = 0.001
"""Of a smaller share one more digit is said."""


class DataCounts(QWidget):
    """``show_preview``; where there are no classes the figures have all the room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = label("", "secondary", wrap=True)
        self.figures: dict[tuple[str, str], QLabel] = {}
        """By the title of a row and the role of a part."""
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(28)
        self._table.setVerticalSpacing(6)
        self._table.setColumnStretch(len(ROLES) + 1, 1)  # figures stay near to what they are of
        self.charts: dict[str, LengthsChart] = {role: LengthsChart() for role in ROLES}
        self.chart_words: dict[str, QLabel] = {role: label("", "small", wrap=True) for role in ROLES}
        self.balance = ClassBalance()
        self.balance_words = label("", "secondary", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        figures, lengths = panel("card"), panel("card")
        rows = QVBoxLayout(figures)
        rows.setContentsMargins(16, 12, 16, 14)
        rows.setSpacing(10)
        rows.addLayout(self._table)
        rows.addWidget(self.summary)
        charts = QHBoxLayout(lengths)
        charts.setContentsMargins(16, 12, 16, 12)
        charts.setSpacing(20)
        for role, chart in self.charts.items():
            column = QVBoxLayout()
            column.setSpacing(6)
            column.addWidget(label(word(ROLES[role]), "heading"))
            column.addWidget(self.chart_words[role])
            column.addWidget(chart)
            column.addStretch(1)
            charts.addLayout(column, 1)
        left = QWidget()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(12)
        inside.addWidget(figures)
        inside.addWidget(lengths)
        inside.addStretch(1)
        self._left = left
        self._area = area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(left)
        self._classes = panel("card")
        spread = QVBoxLayout(self._classes)
        spread.setContentsMargins(1, 12, 1, 8)
        spread.setSpacing(8)
        self.balance_words.setContentsMargins(16, 0, 16, 0)
        spread.addWidget(self.balance_words)
        spread.addWidget(self.balance, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(12)
        row.addWidget(area, 1)
        row.addWidget(self._classes, 1)

    def show_preview(self, preview: DataPreview, context: int) -> None:
        """Show the counts. ``context``: the most tokens that the model reads at once."""
        self._show_figures(preview)
        self.summary.setText(i18n.in_one(self._sentences(preview)))
        parts = {part.role: part for part in preview.parts}
        for role, chart in self.charts.items():
            part = parts.get(role)  # type: ignore[call-overload]
            self._show_lengths(role, chart, part, context)
        classes = any(part.classes for part in preview.parts)
        self._classes.setVisible(classes)
        if classes:
            self.balance.show_parts(preview.parts, self.tr("Tag") if preview.objective == "tag" else self.tr("Class"))
            self.balance_words.setText(self._balance(preview))
        self._area.setMinimumWidth(self._left.minimumSizeHint().width() + SCROLL_PX)

    # ------------------------------------------------------------------------------- the figures

    def _rows(self, preview: DataPreview) -> Sequence[Figure]:
        exact = numbers.exact
        unit = word(UNITS[preview.parts[0].unit]) if preview.parts else ""
        longest: list[Figure] = [
            (self.tr("Shortest ({unit})").format(unit=unit), lambda p: exact(p.shortest)),
            (self.tr("Median"), lambda p: exact(p.median)),
            (self.tr("Longest"), lambda p: exact(p.longest)),
        ]
        tokens: list[Figure] = [(self.tr("Tokens"), lambda p: exact(p.items))]
        cut: list[Figure] = [(self.tr("Longer than the context"), lambda p: _of(p.cut, p.examples))]
        several: list[Figure] = [
            (self.tr("Classes per text"), self._class_counts),
            (self.tr("Without a class"), lambda p: _of(p.class_counts[0] if p.class_counts else 0, p.examples)),
        ]
        pictures = preview.objective == "classify-images"
        return [
            (self.tr("Files"), lambda p: exact(p.files)),
            (self.tr("Size"), lambda p: numbers.size(p.bytes) if p.bytes else numbers.NOTHING),
            (self.tr("Examples"), lambda p: exact(p.examples)),
            *([] if pictures else tokens),
            *longest,
            *([] if pictures else cut),
            *(several if preview.several_classes else []),
            (self.tr("Exact duplicates"), lambda p: _of(p.doubles, p.examples)),
        ]

    def _class_counts(self, part: PartCounts) -> str:
        """Return the fewest and the most classes of a text, and the mean: ``0–3, mean 1.4``."""
        there = [number for number, count in enumerate(part.class_counts) if count]
        if len(there) < 2:
            return numbers.exact(there[0]) if there else numbers.NOTHING
        mean = sum(number * count for number, count in enumerate(part.class_counts)) / part.examples
        words = self.tr("{least}–{most}, mean {mean}")
        return words.format(least=numbers.exact(there[0]), most=numbers.exact(there[-1]), mean=numbers.decimal(mean, 1))

    def _show_figures(self, preview: DataPreview) -> None:
        while (item := self._table.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.figures = {}
        right = Qt.AlignmentFlag.AlignRight
        for column, part in enumerate(preview.parts, 1):
            self._table.addWidget(label(word(ROLES[part.role]), "heading"), 0, column, right)
        for row, (title, sentences) in enumerate(self._rows(preview), 1):
            self._table.addWidget(label(title, "secondary"), row, 0)
            for column, part in enumerate(preview.parts, 1):
                value = label(sentences(part))
                theme.tabular(value)
                self.figures[title, part.role] = value
                self._table.addWidget(value, row, column, right)

    def _sentences(self, preview: DataPreview) -> list[str]:
        sentences = []
        if preview.updates_an_epoch:
            words = self.tr("One epoch takes {updates} updates.")
            sentences.append(words.format(updates=numbers.decimal(preview.updates_an_epoch, 1)))
        tested = next((part for part in preview.parts if part.role == "evaluation"), None)
        if tested is not None and tested.examples:
            words = self.tr("{count} evaluation examples are in the training data too.")
            none = self.tr("No evaluation example is in the training data.")
            sentences.append(words.format(count=_of(preview.shared, tested.examples)) if preview.shared else none)
        if not preview.all_read:
            words = self.tr("Counts cover the first {size}.")
            sentences.append(words.format(size=numbers.size(preview.bytes_read)))
        return sentences

    # ------------------------------------------------------------------------------- lengths and classes

    def _show_lengths(self, role: str, chart: LengthsChart, part: PartCounts | None, context: int) -> None:
        there = part is not None and bool(part.lengths)
        chart.setVisible(there)
        if part is None or not there:
            self.chart_words[role].setText(self.tr("None."))
            return
        unit = word(UNITS[part.unit])
        words = self.tr("By length in {unit}")
        if part.unit == "pixels":
            words = self.tr("By the shorter side in {unit}")
        self.chart_words[role].setText(words.format(unit=unit))
        chart.setAccessibleName(self.tr("Lengths, {part}").format(part=word(ROLES[role])))
        limit = context if part.unit == "tokens" else None
        chart.show_lengths(part.edges, part.lengths, unit, limit, cut=part.cut > 0)

    def _balance(self, preview: DataPreview) -> str:
        part = next(part for part in preview.parts if part.classes)
        counts = [each.count for each in part.classes]
        words = self.tr("{classes}, from {least} to {most} each; the largest has {share}.")
        if min(counts) == max(counts):
            words = self.tr("{classes}, {most} each.")
        return words.format(
            classes=Counting().classes(preview.objective, len(counts)),
            least=numbers.exact(min(counts)),
            most=numbers.exact(max(counts)),
            share=numbers.percent(largest_share(part)),
        )


def _of(count: int, whole: int) -> str:
    """Return a count with its share of a whole."""
    if not count or not whole:
        return numbers.exact(count)
    share = count / whole
    return f"{numbers.exact(count)} ({numbers.percent(share, 1 if share >= LEAST_SHARE else 2)})"
