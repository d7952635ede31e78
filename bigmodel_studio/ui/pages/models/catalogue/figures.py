"""A reference model's figures: what was published beside what is computed, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt, QUrl, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.advice.articles import stacked_layers
from bigmodel_studio.core.advice.catalog import Reference
from bigmodel_studio.core.memory.training_cost import training_flops
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description
from bigmodel_studio.ui.dialogs.links import open_link
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label, panel


class Figure(NamedTuple):
    """A row; ``agrees`` is None where there is nothing to compare."""

    name: str
    published: str
    computed: str = ""
    agrees: bool | None = None


class Figures(QScrollArea):
    """Told a reference, then its description when that is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reference: Reference | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        card = panel("card")
        card.setLayout(self._grid)
        self.source = label("", "secondary", wrap=True)
        self.link = QPushButton(self.tr("Open the paper"))
        self.link.clicked.connect(self._on_link)
        set_look(self.link, "link")
        self.note = label("", "secondary", wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.source, 1)
        row.addWidget(self.link, 0, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(card)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addStretch(1)
        self.setWidget(inside)

    def show_reference(self, reference: Reference, description: Description | None) -> None:
        """Show what was published, and what is computed where that is known already."""
        self._reference = reference
        self.source.setText(f"{reference.source.citation}: {reference.source.place}")
        self.note.setText(QCoreApplication.translate("articles", reference.note))
        self.note.setVisible(bool(reference.note))
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for at, title in enumerate(("", self.tr("Published"), self.tr("Computed from the structure"))):
            self._grid.addWidget(label(title, "heading"), 0, at)
        for at, figure in enumerate(self._figures(reference, description), 1):
            self._grid.addWidget(label(figure.name, "secondary"), at, 0)
            self._grid.addWidget(self._value(figure.published), at, 1)
            self._grid.addWidget(self._computed(figure), at, 2)

    def rows(self) -> list[list[str]]:
        """Return what stands there now, row by row."""
        found = []
        for row in range(1, self._grid.rowCount()):
            items = [self._grid.itemAtPosition(row, column) for column in range(3)]
            widgets = [item.widget() for item in items if item is not None]
            found.append([widget.text() for widget in widgets if isinstance(widget, QLabel)])
        return [row for row in found if row]

    def _value(self, text: str) -> QLabel:
        made = label(text)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.tabular(made)
        return made

    def _computed(self, figure: Figure) -> QLabel:
        words = figure.computed
        if figure.agrees is not None:
            agrees = self.tr("{figure} · agrees") if figure.agrees else self.tr("{figure} · differs, see the note")
            words = agrees.format(figure=figure.computed)
        made = self._value(words)
        if figure.agrees is False:
            set_look(made, "warn")
        return made

    def _figures(self, reference: Reference, described: Description | None) -> Iterator[Figure]:
        shape = reference.published
        counting = self.tr("counting…")
        computed, agrees = counting, None
        if described is not None:
            computed = numbers.exact(described.parameters)
            agrees = abs(described.parameters - shape.parameters) <= shape.rounding
        yield Figure(self.tr("Parameters"), numbers.count(shape.parameters), computed, agrees)
        if shape.layers:
            stacked = stacked_layers(described.layers) if described is not None and shape.heads else 0
            same = stacked == shape.layers if stacked else None
            yield Figure(
                self.tr("Layers"), numbers.exact(shape.layers), numbers.exact(stacked) if stacked else "", same
            )
        if shape.context and described is not None and described.context_length:
            same_context = described.context_length == shape.context
            context = numbers.exact(described.context_length)
            yield Figure(self.tr("Context"), numbers.exact(shape.context), context, same_context)
        elif shape.context:
            yield Figure(self.tr("Context"), numbers.exact(shape.context))
        if shape.flops:
            found = (
                numbers.count(described.flops_per_image / 2)
                if described is not None and described.flops_per_image
                else counting
            )
            yield Figure(self.tr("Multiply-adds per picture"), numbers.count(shape.flops), found)
        counts = {
            self.tr("Width"): shape.width,
            self.tr("Heads"): shape.heads,
            self.tr("Head size"): shape.head_width,
            self.tr("Batch"): shape.batch,
        }
        for name, count in counts.items():
            if count:
                yield Figure(name, numbers.exact(round(count)))
        if shape.learning_rate:
            yield Figure(self.tr("Learning rate"), numbers.significant(shape.learning_rate))
        if shape.tokens:
            work = (
                f"{training_flops(described.parameters, shape.tokens):.3g} FLOPs (6·N·D)"
                if described is not None
                else ""
            )
            yield Figure(self.tr("Training tokens"), numbers.count(shape.tokens), work)

    @Slot()
    def _on_link(self) -> None:
        if self._reference is not None:
            open_link(QUrl(self._reference.source.url), self.tr("Open this address in the browser?"), self)
