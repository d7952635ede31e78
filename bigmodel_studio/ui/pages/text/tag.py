"""Tag: words in boxes with their tags, as each word's best and as the best whole, and the lattice of both ways."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Slot
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from bigmodel_studio.core.data import conlleval, tag_decoding
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.words import places_of
from bigmodel_studio.protocol import ModelRef, Request, Tagged, TagWords, TextAnswer
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.text.task import CardsTask
from bigmodel_studio.ui.plots.lattice import Lattice
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.span_text import LINE_PX, Span, SpanText


class TagTask(CardsTask):
    """What each word is."""

    id = "tag"
    title = str(QT_TRANSLATE_NOOP("text", "Tag"))
    kinds = ("token-classifier",)
    about = str(QT_TRANSLATE_NOOP("text", "Enter sentences, one per line, to tag their words."))
    placeholder = str(QT_TRANSLATE_NOOP("text", "One sentence per line"))
    example = "Anna Smith works for Acme in New York.\nTom flew from Paris to Berlin on Monday."
    cannot = str(QT_TRANSLATE_NOOP("text", "{model} doesn't tag words"))
    objective = "tag"
    most = 30

    def request(self, model: ModelRef, texts: tuple[str, ...]) -> Request:
        return TagWords(model=model, texts=texts)

    def card(self, answer: TextAnswer) -> QWidget:
        assert isinstance(answer, Tagged)
        return TaggedSentence(answer)


class TaggedSentence(QWidget):
    """Both ways to tag a sentence, one where they are the same, over its lattice."""

    def __init__(self, tagged: Tagged, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ways: dict[str, SpanText] = {}
        self.note = label(self._words(tagged), "small", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, tags, total) in enumerate(self._rows(tagged)):
            way = SpanText()
            way.show_text(tagged.text, spans_of(tagged, tags))
            self.ways[name] = way
            title = label(name, "strong")
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(way, row, 1)
            words = self.tr("log-probability {number}").format(number=numbers.decimal(total))
            words_label = label(words, "secondary")
            words_label.setToolTip(self.tr("Total log-probability of the path"))
            for part in (title, words_label):
                part.setMinimumHeight(LINE_PX)  # in line with the first of the text
            grid.addWidget(words_label, row, 2, Qt.AlignmentFlag.AlignTop)
        self.lattice = Lattice()
        self.lattice.show_tagged(tagged)
        self.read_out = ElidedLabel()
        set_look(self.read_out, "secondary")
        self._hint = self.tr("Point at a cell, or use the arrow keys.")
        self.lattice.read_out.connect(self._on_read_out)
        self._on_read_out("")
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addSpacing(4)
        column.addWidget(self.lattice)
        column.addWidget(self.read_out)

    @Slot(str)
    def _on_read_out(self, text: str) -> None:
        self.read_out.setText(text or self._hint)

    def _rows(self, tagged: Tagged) -> list[tuple[str, Sequence[str], float]]:
        if tagged.greedy == tagged.viterbi:
            return [(self.tr("Greedy and Viterbi"), tagged.viterbi, tagged.viterbi_logprob)]
        return [
            (self.tr("Greedy"), tagged.greedy, tagged.greedy_logprob),
            (self.tr("Viterbi"), tagged.viterbi, tagged.viterbi_logprob),
        ]

    def _words(self, tagged: Tagged) -> str:
        differ = sum(one != other for one, other in zip(tagged.greedy, tagged.viterbi, strict=True))
        if not differ:
            return self.tr("Greedy and Viterbi agree here.")
        broken = tag_decoding.broken(tagged.greedy, tagged.tags)
        names = ", ".join(f"{tagged.words[place]} {tagged.greedy[place]}" for place in broken[:3])
        words = self.tr("%n word(s) differ, marked by dots.", "", differ)
        return i18n.in_one(
            (words, self.tr("Greedy decoding starts an entity with an I- tag: {words}.").format(words=names))
        )


def spans_of(tagged: Tagged, tags: Sequence[str]) -> list[Span]:
    """Return a box for each entity of these tags, its type written behind it; words whose tags differ between the ways
    are marked.
    """
    places = list(places_of(tagged.words, tagged.text))
    types = sorted({tag.partition("-")[2] or tag for tag in tagged.tags} - {"O"})
    differ = [one != other for one, other in zip(tagged.greedy, tagged.viterbi, strict=True)]
    found: list[Span] = []
    entities = {entity.first: entity for entity in conlleval.entities(tags)}
    at = 0
    while at < len(places):
        entity = entities.get(at)
        last = entity.last if entity is not None else at
        marked = any(differ[at : last + 1])
        if entity is not None or marked:
            type_ = entity.type if entity is not None else ""
            tint = types.index(type_) if type_ in types else None
            found.append(Span(places[at][0], places[last][1], caption=type_, tint=tint, marked=marked))
        at = last + 1
    return found
