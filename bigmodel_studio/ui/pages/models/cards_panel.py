"""The kinds of layers of a model explained: each with its formula, this model's own numbers, and what it is for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description, LayerCard
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.widgets.page_frame import label, panel


class CardsPanel(QScrollArea):
    """Told a description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.cards: list[QFrame] = []
        self.show_cards(())

    def show_description(self, description: Description) -> None:
        """Show another model's layers."""
        unit = self.tr("a picture") if description.flops_per_image else self.tr("a token")
        self.show_cards(description.cards, unit)

    def show_cards(self, cards: Sequence[LayerCard], unit: str = "") -> None:
        """Show the cards, in the order that data takes through the model."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        self.cards = [_card(card, unit) for card in cards]
        for card in self.cards:
            column.addWidget(card)
        if not cards:
            column.addWidget(label(self.tr("No description for its layer types."), "secondary"))
        column.addStretch(1)
        self.setWidget(inner)


def _card(card: LayerCard, unit: str) -> QFrame:
    from bigmodel_studio.core.models.layer_cards import CARDS

    words = CARDS[card.kind]
    frame = panel("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(8)
    title = label(QCoreApplication.translate("cards", words.title), "strong", wrap=True)
    column.addWidget(title)
    column.addWidget(label(QCoreApplication.translate("cards", words.purpose), "secondary", wrap=True))
    formula = label(card.formula, wrap=True)
    font = theme.font(13)
    font.setFamilies(theme.MONOSPACE)
    formula.setFont(font)
    formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    column.addWidget(formula)
    column.addLayout(_numbers(card, unit))
    if words.source:
        column.addWidget(label(words.source, "small", wrap=True))
    frame.setAccessibleName(title.text())
    return frame


def _numbers(card: LayerCard, unit: str) -> QGridLayout:
    rows = [*card.numbers]
    rows.append((QCoreApplication.translate("CardsPanel", "layers of this type"), numbers.exact(card.layers)))
    rows.append((QCoreApplication.translate("CardsPanel", "parameters in total"), numbers.exact(card.parameters)))
    if card.flops is not None:
        cost = QCoreApplication.translate("CardsPanel", "FLOPs {unit}").format(unit=unit)
        rows.append((cost, numbers.count(card.flops)))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    for row, (name, value) in enumerate(rows):
        value_label: QLabel = label(value, wrap=True)
        theme.tabular(value_label)
        grid.addWidget(label(name, "small"), row, 0)
        grid.addWidget(value_label, row, 1)
    grid.setColumnStretch(1, 1)
    return grid
