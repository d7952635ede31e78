"""Embed: how alike the texts are to a model, as a heat map of the cosines between their vectors."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Embedded, EmbedTexts, ModelRef, Request
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.text.reading import Reading
from bigmodel_studio.ui.pages.text.task import Task, refusal
from bigmodel_studio.ui.plots.cell_map import CellMap
from bigmodel_studio.ui.plots.colour_scale import Scale
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel

_COSINES = Scale(-1.0, 1.0, colours="signed")


class EmbedTask(Task):
    """A vector for each text."""

    id = "embed"
    title = str(QT_TRANSLATE_NOOP("text", "Embed"))
    kinds = ("encoder", "masked-lm", "text-classifier", "token-classifier")
    about = str(QT_TRANSLATE_NOOP("text", "Enter texts, one per line, to compare their embeddings."))
    placeholder = str(QT_TRANSLATE_NOOP("text", "One text per line, at least two"))
    example = "Tom is sad.\nMia is sad.\nThe ball is red.\nThe kite is blue.\nThe dog is at the river."
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't embed texts"))
    objective = "masked-lm"
    most = 100

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = SimilarityMap()
        self.read_out = ElidedLabel()
        set_look(self.read_out, "secondary")
        self._hint = self.tr("Point at a cell, or use the arrow keys.")
        self.map.read_out.connect(self._on_read_out)
        self._on_read_out("")
        self.note = label(
            self.tr("Cosine similarity of the embeddings: 1 = same direction, 0 = unrelated."),
            "small",
            wrap=True,
        )
        self.body_note = label(
            self.tr("This model was not trained for similarity: most of its embeddings point the same way."),
            "small",
            wrap=True,
        )
        self.card = panel("card")
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(16, 12, 16, 12)
        for part in (self.map, self.read_out, self.note, self.body_note):
            inside.addWidget(part)
        self.errors = QVBoxLayout()
        self.column.insertWidget(0, self.card)
        self.column.insertLayout(1, self.errors)
        self.clear()

    @Slot(str)
    def _on_read_out(self, text: str) -> None:
        self.read_out.setText(text or self._hint)

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        return EmbedTexts(model=model, texts=texts)

    def show_reading(self, reading: Reading) -> None:
        """Show progress; cosines come at the end, with the last text."""
        if reading.similarities is None:
            return
        self.clear()
        answers = [each for each in reading.answers if isinstance(each, Embedded)]
        for answer in answers:
            if answer.error is not None:
                self.errors.addWidget(refusal(answer.text, answer.error))
        self.map.show_texts([each.text for each in answers], reading.similarities.cosines)
        values = self.map.values[~np.eye(len(answers), dtype=bool)]
        finite = values[np.isfinite(values)]
        self.body_note.setVisible(len(finite) > 2 and float(finite.min()) > 0.8)
        self.card.show()

    def clear(self) -> None:
        self.card.hide()
        while (entry := self.errors.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class SimilarityMap(CellMap):
    """Each text beside each other one; the columns have the numbers of the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "decimal", parent)
        self.setAccessibleName(self.tr("Pairwise similarity"))
        self._texts: list[str] = []

    def show_texts(self, texts: list[str], cosines: tuple[tuple[float | None, ...], ...]) -> None:
        """Show a matrix whose rows and columns are the texts, in order."""
        self._texts = texts
        values = np.array([[np.nan if each is None else each for each in row] for row in cosines], np.float64)
        ranks = [numbers.exact(number + 1) for number in range(len(texts))]
        rows = [f"{rank}  {text}" for rank, text in zip(ranks, texts, strict=True)]
        self.show_cells(rows, ranks, values.reshape(len(texts), len(texts)), _COSINES)

    def description(self) -> str:
        if self.at is None:
            return ""
        row, column = self.at
        words = self.tr("“{one}” and “{other}”: {cosine}")
        return words.format(one=self._texts[row], other=self._texts[column], cosine=self.written(row, column))

    def written(self, row: int, column: int) -> str:
        value = float(self.values[row, column])
        return numbers.decimal(value if np.isfinite(value) else None, 2)
