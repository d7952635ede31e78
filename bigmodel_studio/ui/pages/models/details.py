"""One model: what can be done with it, its facts, how it is built, its layers explained, and whether it fits."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.models import removal
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description, Problem
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.look.times import ago
from bigmodel_studio.ui.pages.models.cards_panel import CardsPanel
from bigmodel_studio.ui.pages.models.loader import Warmth
from bigmodel_studio.ui.pages.models.plan_panel import PlanPanel
from bigmodel_studio.ui.pages.models.structure_panel import StructurePanel
from bigmodel_studio.ui.pages.models.table import KINDS, SOURCES, words
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.segments import Segments
from bigmodel_studio.ui.window.uses import USE_IN, use_words

TUNED = frozenset(kind for trainable in TRAINABLE.values() for kind in trainable.bases)
"""The kinds that can be trained on."""
ATTENTION: dict[str, str] = {
    "multi-head": str(QT_TRANSLATE_NOOP("models", "Multi-head")),
    "grouped-query": str(QT_TRANSLATE_NOOP("models", "Grouped-query")),
    "multi-query": str(QT_TRANSLATE_NOOP("models", "Multi-query")),
}
_SHOWN_OF_A_COMMIT = 12

FETCHED_AGAIN = frozenset(
    {
        "hub-unfinished",
        "hub-files-missing",
        "hub-empty",
        "weights-missing",
        "weights-shard-missing",
        "weights-empty",
        "weights-truncated",
        "weights-header",
    }
)
"""What is wrong with a copy from the Hub that fetching what it lacks may mend."""

Action = Literal["use", "load", "unload", "cancel", "tune", "fetch", "check", "open", "remove"]


class ModelDetails(QWidget):
    """Told what to show; says what the user wants."""

    wanted = Signal(str, object)
    """A ``Wish``, and the ``ModelRecord`` that it is about."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.record: ModelRecord | None = None
        self._description: Description | None = None
        self.name = label("", "large", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = label("", "bad", wrap=True)
        self.use = self._button("", "use")
        set_look(self.use, "primary")
        self.load = self._button("", "load")
        self.tune = self._button(self.tr("Fine-tune…"), "tune")
        self.fetch = self._button(self.tr("Download missing files"), "fetch")
        self.fetch.setIcon(icon("leaves", off="on_accent"))
        self.fetch.setToolTip(self.tr("Sends requests to the Hub"))
        set_look(self.fetch, "primary")
        self.open = self._button(self.tr("Open folder"), "open")
        self.check = self._button(self.tr("Check files"), "check")
        self.check.setIcon(icon("leaves"))
        self.check.setToolTip(self.tr("Compares the files with the Hub's checksums; sends requests to the Hub"))
        self.checked = label("", "small", wrap=True)
        self.remove = self._button("", "remove")
        self.stays = label("", "small", wrap=True)
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(24)
        self.facts.setVerticalSpacing(8)
        self.state = label("", "secondary", wrap=True)
        self.tabs = Segments(
            self.tr("Model view"),
            {
                "facts": self.tr("Facts"),
                "structure": self.tr("Structure"),
                "layers": self.tr("Layers"),
                "plan": self.tr("Plan"),
            },
        )
        self.structure = StructurePanel()
        self.cards = CardsPanel()
        self.plan = PlanPanel()
        self.stack = QStackedWidget()
        self._lay_out()
        self.tabs.chosen.connect(self._on_tab)
        self.clear()

    def _button(self, text: str, action: Action) -> QPushButton:
        made = QPushButton(text)
        made.setProperty("wish", action)
        made.clicked.connect(self._on_pressed)
        return made

    def _lay_out(self) -> None:
        rows = []
        for buttons in ((self.use, self.load, self.tune, self.fetch), (self.open, self.check, self.remove)):
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            rows.append(row)
        facts = QWidget()
        around = QVBoxLayout(facts)
        around.setContentsMargins(0, 0, 0, 0)
        card = panel("card")
        card.setLayout(self.facts)
        self.facts.setContentsMargins(16, 16, 16, 16)
        around.addWidget(card)
        around.addWidget(self.state)
        around.addStretch(1)
        self.waiting = label("", "secondary", wrap=True)
        self.waiting.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages: dict[str, QWidget] = {
            "facts": facts,
            "structure": self.structure,
            "layers": self.cards,
            "plan": self.plan,
        }
        for page in (*self._pages.values(), self.waiting):
            self.stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addWidget(self.problem)
        for row in rows:
            column.addLayout(row)
        column.addWidget(self.stays)
        column.addWidget(self.checked)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        for part in (self.name, self.problem, self.stays, self.checked):
            part.setMinimumWidth(1)  # a name without a break in it does not widen the pane
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # ------------------------------------------------------------------------------- what is shown

    def clear(self) -> None:
        """Clear: nothing is chosen."""
        self.record = None
        self.hide()

    def show_record(self, record: ModelRecord, warmth: Warmth) -> None:
        """Show what the files' headers say; the structure comes later (``show_description``)."""
        self.record = record
        self._description = None
        self.name.setText(record.name)
        problem_text = i18n.sentence(record.problem) if record.problem is not None else ""
        self.problem.setText(problem_text)
        self.problem.setVisible(bool(problem_text))
        set_look(self.problem, "secondary" if record.only_looked_at else "bad")
        self._show_facts(self._facts_of(record))
        self.show_state("")
        described = record.problem is None or record.only_looked_at
        self.tabs.setVisible(described)
        if not described:
            self.tabs.choose("facts")
        self._show_actions(record)
        self.show_warmth(warmth)
        self.show()

    def show_again(self, record: ModelRecord) -> None:
        """Show the same model when something of its files is known anew; the structure stays."""
        self.record = record
        self._show_facts(self._facts_of(record))
        self._show_actions(record)

    def show_checked(self, words: str) -> None:
        """Say what came of comparing the files with the Hub's checksums."""
        self.checked.setText(words)
        self.checked.setVisible(bool(words))

    def show_warmth(self, warmth: Warmth) -> None:
        """Say what the button does that loads it and gives it back."""
        texts: dict[Warmth, tuple[str, Action]] = {
            "cold": (self.tr("Load"), "load"),
            "loading": (self.tr("Stop loading"), "cancel"),
            "loaded": (self.tr("Unload"), "unload"),
            "unloading": (self.tr("Unloading…"), "unload"),
        }
        text, action = texts[warmth]
        self.load.setText(text)
        self.load.setProperty("wish", action)
        self.load.setEnabled(warmth != "unloading")

    def _show_actions(self, record: ModelRecord) -> None:
        usable = record.problem is None
        page = USE_IN.get(record.kind)
        self.use.setVisible(usable and page is not None)
        self.use.setText(use_words(page) if page is not None else "")
        self.load.setVisible(usable)
        self.tune.setVisible(record.why_not_trained is None and record.kind in TUNED)
        mendable = record.problem is not None and record.problem.code in FETCHED_AGAIN
        self.fetch.setVisible(record.source == "hub" and mendable)
        self.check.setVisible(record.source == "hub" and record.problem is None)
        self.open.setVisible(bool(record.path))
        removes = {"hub": self.tr("Remove"), "local": self.tr("Remove from list")}
        mine = record.source in removes and (record.source == "hub" or removal.why_not(record) is None)
        self.remove.setText(removes.get(record.source, ""))
        self.remove.setVisible(mine)
        problem = removal.why_not(record) if not mine else None
        self.stays.setText(i18n.sentence(problem) if problem is not None else "")
        self.stays.setVisible(problem is not None)

    def show_state(self, text: str) -> None:
        """Say that the structure is being worked out, or why it is not there."""
        for place in (self.state, self.waiting):
            place.setText(text)
        self.state.setVisible(bool(text))
        self._on_tab()

    @Slot()
    def _on_tab(self) -> None:
        shown = self._pages[self.tabs.key]
        self.stack.setCurrentWidget(self.waiting if self._description is None and self.tabs.key != "facts" else shown)

    @property
    def tree(self) -> QTreeView:
        """The modules."""
        return self.structure.tree

    def show_problem(self, problem: Problem) -> None:
        """Show why the structure could not be worked out."""
        self.show_state(i18n.sentence(problem))

    def show_description(self, description: Description) -> None:
        """Show the structure and what it costs to run."""
        if self.record is None:
            return
        self._description = description
        self._show_facts(self._facts_of(self.record))
        self.structure.show_description(description)
        self.cards.show_description(description)
        self.plan.show_costs(description.costs, runs_here=self.record.why_not_trained is None)
        self.show_state("")

    def _facts_of(self, record: ModelRecord) -> dict[str, str]:
        facts = {
            self.tr("Kind"): words(KINDS.get(record.kind, record.kind)),
            self.tr("Source"): words(SOURCES.get(record.source, record.source)),
        }
        if record.architecture:
            facts[self.tr("Architecture")] = record.architecture
        if record.parameters:
            facts[self.tr("Parameters")] = numbers.exact(record.parameters)
            facts[self.tr("Weights")] = f"{numbers.size(record.bytes)} · {record.dtype}"
        facts |= self._costs(self._description) if self._description is not None else {}
        if record.disk_bytes:
            facts[self.tr("On disk")] = numbers.size(record.disk_bytes)
        if record.last_used:
            facts[self.tr("Last used")] = ago(record.last_used)
        if record.revision:
            facts[self.tr("Revision")] = record.revision[:_SHOWN_OF_A_COMMIT]
        if record.path:
            facts[self.tr("Folder")] = record.path
        return facts

    def _costs(self, description: Description) -> dict[str, str]:
        tokens = self.tr("{tokens} tokens")
        facts = {self.tr("Parameters"): numbers.exact(description.parameters)}
        if description.context_length:
            facts[self.tr("Context")] = tokens.format(tokens=numbers.exact(description.context_length))
        if description.attention:
            facts[self.tr("Attention")] = words(ATTENTION.get(description.attention, description.attention))
        if description.tied_parameters:
            facts[self.tr("Tied")] = numbers.exact(description.tied_parameters)
        if description.vocabulary:
            facts[self.tr("Vocabulary")] = tokens.format(tokens=numbers.exact(description.vocabulary))
        if description.flops_per_token:
            facts[self.tr("Compute per token")] = f"{numbers.count(description.flops_per_token)} FLOPs"
        if description.flops_per_image:
            facts[self.tr("Compute per picture")] = f"{numbers.count(description.flops_per_image)} FLOPs"
        return facts

    def _show_facts(self, facts: dict[str, str]) -> None:
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, value in facts.items():
            value_label: QLabel = ElidedLabel(value)
            if name != self.tr("Folder"):  # too long to be read in whole; the tooltip has it
                value_label = label(value, wrap=True)
                value_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            theme.tabular(value_label)
            self.facts.addRow(label(name, "secondary"), value_label)

    def fact_texts(self) -> dict[str, str]:
        """Return what the facts say now, by name."""
        rows = range(self.facts.rowCount())
        items = [
            [self.facts.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)]
            for row in rows
        ]
        pairs = [[item.widget() for item in pair if item is not None] for pair in items]
        return {a.text(): b.text() for a, b in pairs if isinstance(a, QLabel) and isinstance(b, QLabel)}

    @Slot()
    def _on_pressed(self) -> None:
        button = self.sender()
        if self.record is not None and isinstance(button, QPushButton):
            self.wanted.emit(button.property("wish"), self.record)
