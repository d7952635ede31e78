"""The ranked models: a card each, with why it stands there, what it takes, and what can be done with it."""

from __future__ import annotations

from functools import partial
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bigmodel_studio.core.advice.ranking import TASKS, Advice
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.plots.stacked_bar import BarPart, StackedBar
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.window.uses import USE_IN, use_words

SHOWN_AT_FIRST = 8
SHOWN_MORE = 12
ADDED_AT_ONCE = 2
Action = Literal["use", "show", "fetch"]


class AdviceCard(QWidget):
    """One model. ``wanted`` says what shall be done with it, ``chosen`` whether it is to be tried."""

    wanted = Signal(str, object)
    """A ``Wish``, and the ``Advice`` that it is about."""
    chosen = Signal(str, bool)

    def __init__(self, advice: Advice, task: str, *, tried: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.advice = advice
        candidate = advice.candidate
        name = ElidedLabel(candidate.name)
        set_look(name, "strong")
        place = label(self.tr("on this computer") if advice.here else self.tr("on the Hub"), "key")
        facts = [numbers.count(candidate.parameters), numbers.size(candidate.bytes), candidate.licence]
        figures = label(" · ".join(fact for fact in facts if fact), "small")
        theme.tabular(figures, 12)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name, 1)
        head.addWidget(figures)
        head.addWidget(place)
        reasons = [i18n.sentences(reason)[0] for reason in advice.reasons if reason.code != "advice-here"]
        self.reasons = label(i18n.in_one(reasons), wrap=True)
        set_look(self.reasons, "secondary" if advice.plan.fits else "warn")
        self.bar = StackedBar(legend=False)
        self.bar.show_parts(self._parts(), advice.plan.free_bytes)
        self.try_it = QPushButton(self.tr("Try"))
        self.try_it.setCheckable(True)
        self.try_it.setChecked(tried)
        self.try_it.setVisible(advice.here and advice.plan.fits and bool(TASKS[task].examples))
        self.try_it.toggled.connect(lambda on: self.chosen.emit(advice.id, on))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        self.buttons: dict[str, QPushButton] = {}
        for action, text in self._actions():
            button = QPushButton(text)
            button.clicked.connect(partial(self._want, action))
            button.setAccessibleName(f"{text}: {candidate.name}")
            self.buttons[action] = button
            row.addWidget(button)
        self.try_it.setAccessibleName(self.tr("Try {model}").format(model=candidate.name))
        row.addWidget(self.try_it)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(8)
        inside.addLayout(head)
        inside.addWidget(self.reasons)
        inside.addLayout(row)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(card)

    def _parts(self) -> list[BarPart]:
        parts = self.advice.plan.parts
        weights, overhead = parts["weights"], parts["overhead"]
        return [
            BarPart(self.tr("Weights"), weights, 0),
            BarPart(self.tr("Activations and cache"), sum(parts.values()) - weights - overhead, 1),
            BarPart(self.tr("Process overhead"), overhead, "field"),
        ]

    def _actions(self) -> list[tuple[Action, str]]:
        if not self.advice.here:
            return [("fetch", self.tr("Download…"))]
        page = USE_IN.get(self.advice.candidate.kind)
        shown: list[tuple[Action, str]] = [("show", self.tr("Details"))]
        return [*shown, ("use", use_words(page))] if page is not None else shown

    def _want(self, action: Action) -> None:
        self.wanted.emit(action, self.advice)


class Ranking(QScrollArea):
    """The models that were advised, the best first; a long list is shown in part."""

    wanted = Signal(str, object)
    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[AdviceCard] = []
        self._found: list[Advice] = []
        self._shown = 0
        self._adding = QTimer(self, singleShot=True, interval=0)
        self._adding.timeout.connect(self._add)
        self._task = ""
        self._tried: set[str] = set()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Recommended models, best first"))
        self.more = QPushButton()
        set_look(self.more, "link")
        self.more.clicked.connect(self._on_more)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(24, 16, 24, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_advice(self, found: list[Advice], task: str, tried: set[str]) -> None:
        """Show these; ``tried`` are the ids of those that are to be tried."""
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        self._found, self._task, self._tried = found, task, tried
        self._shown = min(SHOWN_AT_FIRST, len(found))
        self.verticalScrollBar().setValue(0)
        self._add()

    @property
    def is_whole(self) -> bool:
        """Whether all cards are there that shall be."""
        return len(self.cards) == self._shown

    @Slot()
    def _add(self) -> None:
        """Make a few cards, and come back for more: each takes a few milliseconds."""
        first = len(self.cards)
        for advice in self._found[first : min(first + ADDED_AT_ONCE, self._shown)]:
            card = AdviceCard(advice, self._task, tried=advice.id in self._tried)
            card.wanted.connect(self.wanted)
            card.chosen.connect(self.chosen)
            self._column.insertWidget(len(self.cards), card)
            self.cards.append(card)
        left = len(self._found) - self._shown
        self.more.setText(self.tr("Show %n more", "", min(left, SHOWN_MORE)))
        self.more.setVisible(left > 0 and self.is_whole)
        if not self.is_whole:
            self._adding.start()

    @Slot()
    def _on_more(self) -> None:
        self._shown = min(self._shown + SHOWN_MORE, len(self._found))
        self._add()
