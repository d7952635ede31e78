"""An article checked: what a widely read introduction says, beside what was published and what is computed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.advice.articles import CLAIMS, Claim
from bigmodel_studio.protocol import Description
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.widgets.page_frame import label, panel


class Article(QScrollArea):
    """One card a claim; the computed figures come as the structures are counted (``show_description``)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Common claims, checked"))
        self.computed: dict[int, QLabel] = {}
        """By the claim's place: what is computed for it."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(self.tr("Common claims, checked"), "large"))
        column.addWidget(
            label(
                self.tr(
                    "Figures from a widely read introduction, compared with the papers and with values "
                    "computed from the models' structures."
                ),
                "secondary",
                wrap=True,
            )
        )
        for at, claim in enumerate(CLAIMS):
            column.addWidget(self._card(at, claim))
        column.addStretch(1)
        self.setWidget(inside)

    @property
    def references(self) -> list[str]:
        """The models whose structures it needs."""
        return list(dict.fromkeys(claim.reference for claim in CLAIMS if claim.computed is not None))

    def show_description(self, id_: str, description: Description) -> None:
        """Show what follows from a model's structure."""
        for at, claim in enumerate(CLAIMS):
            if claim.reference == id_ and claim.computed is not None:
                self.computed[at].setText(claim.computed(description))

    def _card(self, at: int, claim: Claim) -> QWidget:
        card = panel("card")
        grid = QGridLayout(card)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(f"{claim.subject} · {_words(claim.figure)}", "strong"), 0, 0, 1, 3)
        computed = self.tr("counting…") if claim.computed is not None else "–"
        columns = (
            (self.tr("The article"), _words(claim.claimed)),
            (self.tr("Published"), _words(claim.published)),
            (self.tr("Computed"), computed),
        )
        for column, (title, text) in enumerate(columns):
            value = label(text, wrap=True)
            value.setAlignment(Qt.AlignmentFlag.AlignTop)
            theme.tabular(value)
            grid.addWidget(label(title, "heading"), 1, column)
            grid.addWidget(value, 2, column)
            grid.setColumnStretch(column, 1)
            if column == len(columns) - 1:
                self.computed[at] = value
        grid.addWidget(label(_words(claim.meaning), wrap=True), 3, 0, 1, 3)
        grid.addWidget(label(f"{claim.source.citation}: {claim.source.place}", "small", wrap=True), 4, 0, 1, 3)
        return card


def _words(text: str) -> str:
    """Return a text of ``core.advice.articles`` in the window's language."""
    return QCoreApplication.translate("articles", text)
