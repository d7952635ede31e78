"""The inspector of Images: what the picture that is shown was recognised as, or why it was not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Prediction
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.images.items import Item
from bigmodel_studio.ui.plots.bars import ProbabilityBars
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

MOST_LISTED = 50


class Unreadable(QWidget):
    """The pictures that could not be read, each with the reason; hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[tuple[str, str]] = []
        self._heading = label("", "heading")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._heading)
        self.hide()

    def show_reasons(self, reasons: list[tuple[str, str]]) -> None:
        """Show names and sentences, in the order dropped."""
        if reasons == self._shown:
            return
        if reasons[: len(self._shown)] != self._shown:
            self._clear()
        for name, reason in reasons[len(self._shown) : MOST_LISTED]:
            self._column.addSpacing(6)
            self._column.addWidget(ElidedLabel(name))
            self._column.addWidget(label(reason, "small", wrap=True))
        self._shown = list(reasons)
        self._heading.setText(self.tr("Unreadable: {count}").format(count=numbers.exact(len(reasons))))
        self.setVisible(bool(reasons))

    def texts(self) -> list[str]:
        """Return what is listed: ``name: reason``."""
        return [f"{name}: {reason}" for name, reason in self._shown[:MOST_LISTED]]

    def _clear(self) -> None:
        self._shown = []
        while (entry := self._column.takeAt(1)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.deleteLater()


class Result(QWidget):
    """The name, size and time of a picture over its probabilities."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel()
        set_look(self.name, "strong")
        self.facts = label("", "small")
        self.sentence = label("", wrap=True)
        self.hint = label("", "secondary", wrap=True)
        self.bars = ProbabilityBars()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        for part in (self.name, self.facts):
            column.addWidget(part)
        column.addSpacing(8)
        column.addWidget(self.sentence)
        column.addWidget(self.hint)
        column.addWidget(self.bars)
        column.addSpacing(16)
        self.unreadable = Unreadable()
        column.addWidget(self.unreadable)
        column.addStretch(1)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.show_item(None)

    def show_item(self, item: Item | None) -> None:
        """Show an item; None while nothing is on the page."""
        prediction = item.prediction if item is not None else None
        self.name.setText(item.path.name if item is not None else "")
        self.name.setVisible(item is not None)
        self.facts.setText(self._facts(prediction) if prediction is not None and prediction.error is None else "")
        self.facts.setVisible(bool(self.facts.text()))
        sentence, hint = self._words(item)
        for line, words in ((self.sentence, sentence), (self.hint, hint)):
            line.setText(words)
            line.setVisible(bool(words))
        self.bars.show_labels(prediction.predictions if prediction is not None else ())
        self.bars.setVisible(bool(self.bars.texts()))

    def _facts(self, prediction: Prediction) -> str:
        size = f"{numbers.exact(prediction.width)} × {numbers.exact(prediction.height)}"
        return f"{size} · {numbers.duration(prediction.seconds)}"

    def _words(self, item: Item | None) -> tuple[str, str]:
        if item is None:
            return "", self.tr("Results appear here.")
        if item.prediction is None:
            return "", self.tr("Stopped.") if item.stopped else self.tr("Waiting…")
        return i18n.sentences(item.prediction.error) if item.prediction.error is not None else ("", "")
