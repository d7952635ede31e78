"""One model: its facts, what can be done with it, and its structure as a tree of modules with their parameters."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core import numbers
from bigmodel_studio.core.library import ModelRecord
from bigmodel_studio.protocol import Description, Layer, Problem
from bigmodel_studio.ui import i18n, theme
from bigmodel_studio.ui.pages.models.table import KINDS, SOURCES, words
from bigmodel_studio.ui.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label, panel

USE_IN: dict[str, str] = {"causal-lm": "chat", "image-classifier": "images"}
"""Which page uses a model of a kind; a kind without a page has no button."""
_EXPANDED_LEVELS = 1


class ModelDetails(QWidget):
    """Told what to show; says what the user wants."""

    use_wanted = Signal(object)
    """A ``ModelRecord`` to be used on its page."""
    forget_wanted = Signal(object)
    """A ``ModelRecord`` to be taken off the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._record: ModelRecord | None = None
        self.name = label("", "large", wrap=True)
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem = label("", "bad", wrap=True)
        self.use = QPushButton()
        set_look(self.use, "primary")
        self.forget = QPushButton(self.tr("Take off the list"))
        self.use.clicked.connect(self._on_use)
        self.forget.clicked.connect(self._on_forget)
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(24)
        self.facts.setVerticalSpacing(8)
        self.state = label("", "secondary", wrap=True)
        self.tree = QTreeView()
        self._lay_out()
        self.clear()

    def _lay_out(self) -> None:
        actions = QHBoxLayout()
        actions.setSpacing(8)
        actions.addWidget(self.use)
        actions.addWidget(self.forget)
        actions.addStretch(1)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.addWidget(label(self.tr("Facts"), "heading"))
        inside.addSpacing(4)
        inside.addLayout(self.facts)
        self.structure = panel("card")
        inside = QVBoxLayout(self.structure)
        inside.setContentsMargins(16, 16, 16, 8)
        inside.addWidget(label(self.tr("Structure"), "heading"))
        self.state.setAlignment(Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self.state, 1)
        inside.addWidget(self.tree, 1)
        self.tree.setAccessibleName(self.tr("Structure"))
        self.tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.tree.setUniformRowHeights(True)
        self.structure.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addWidget(self.problem)
        column.addLayout(actions)
        column.addWidget(card)
        column.addWidget(self.structure, 1)
        column.addStretch(0)
        for part in (self.name, self.problem, card):
            part.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    # ------------------------------------------------------------------------------- what is shown

    def clear(self) -> None:
        """Nothing is chosen."""
        self._record = None
        self.hide()

    def show_record(self, record: ModelRecord) -> None:
        """Show what the files' headers say; the structure comes later (``show_description``)."""
        self._record = record
        self.name.setText(record.name)
        told = " ".join(i18n.told(record.problem)) if record.problem is not None else ""
        self.problem.setText(told)
        self.problem.setVisible(bool(told))
        page = USE_IN.get(record.kind)
        self.use.setVisible(page is not None and record.problem is None)
        self.use.setText(self.tr("Use in Images") if page == "images" else self.tr("Use in Chat"))
        self.forget.setVisible(record.source == "local")
        self._show_facts(self._facts_of(record))
        self.show_state("")
        self.structure.setVisible(record.problem is None)
        self.show()

    def show_state(self, text: str) -> None:
        """Say that the structure is being worked out, or why it is not there."""
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.tree.setVisible(not text)

    def show_problem(self, problem: Problem) -> None:
        """The structure could not be worked out."""
        self.show_state(" ".join(i18n.told(problem)))

    def show_description(self, said: Description) -> None:
        """Show the structure and what it costs to run."""
        if self._record is None:
            return
        facts = self._facts_of(self._record)
        facts[self.tr("Parameters")] = numbers.exact(said.parameters)
        if said.context_length:
            facts[self.tr("Context")] = self.tr("{tokens} tokens").format(tokens=numbers.exact(said.context_length))
        if said.vocabulary:
            facts[self.tr("Vocabulary")] = self.tr("{tokens} tokens").format(tokens=numbers.exact(said.vocabulary))
        if said.flops_per_token:
            facts[self.tr("To read a token")] = f"{numbers.count(said.flops_per_token)} FLOPs"
        if said.flops_per_image:
            facts[self.tr("To look at a picture")] = f"{numbers.count(said.flops_per_image)} FLOPs"
        self._show_facts(facts)
        self._show_tree(said)
        self.show_state("")

    def _facts_of(self, record: ModelRecord) -> dict[str, str]:
        facts = {
            self.tr("Kind"): words(KINDS.get(record.kind, record.kind)),
            self.tr("From"): words(SOURCES.get(record.source, record.source)),
        }
        if record.architecture:
            facts[self.tr("Architecture")] = record.architecture
        if record.problem is None:
            facts[self.tr("Parameters")] = numbers.exact(record.parameters)
            facts[self.tr("Weights on disk")] = f"{numbers.size(record.bytes)} · {record.dtype}"
        facts[self.tr("Folder")] = record.path
        return facts

    def _show_facts(self, facts: dict[str, str]) -> None:
        while self.facts.rowCount():
            self.facts.removeRow(0)
        for name, value in facts.items():
            said = label(value, wrap=True)
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            theme.tabular(said)
            self.facts.addRow(label(name, "secondary"), said)

    def fact_texts(self) -> dict[str, str]:
        """What the facts say now, by name."""
        rows = range(self.facts.rowCount())
        items = [
            [self.facts.itemAt(row, role) for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)]
            for row in rows
        ]
        pairs = [[item.widget() for item in pair if item is not None] for pair in items]
        return {a.text(): b.text() for a, b in pairs if isinstance(a, QLabel) and isinstance(b, QLabel)}

    def _show_tree(self, said: Description) -> None:
        model = QStandardItemModel()
        model.setHorizontalHeaderLabels([self.tr("Module"), self.tr("Type"), self.tr("Parameters"), self.tr("Share")])
        for layer in said.layers:
            model.appendRow(_row(layer, max(said.parameters, 1)))
        self.tree.setModel(model)
        model.setParent(self.tree)
        self.tree.expandToDepth(_EXPANDED_LEVELS - 1)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    @Slot()
    def _on_use(self) -> None:
        if self._record is not None:
            self.use_wanted.emit(self._record)

    @Slot()
    def _on_forget(self) -> None:
        if self._record is not None:
            self.forget_wanted.emit(self._record)


def _row(layer: Layer, whole: int) -> list[QStandardItem]:
    shape = " × ".join(map(numbers.exact, layer.shape))
    cells = [
        QStandardItem(layer.name),
        QStandardItem(f"{layer.type}  {shape}" if shape else layer.type),
        QStandardItem(numbers.exact(layer.parameters)),
        QStandardItem(numbers.percent(layer.parameters / whole)),
    ]
    for cell in cells[2:]:
        cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for child in layer.children:
        cells[0].appendRow(_row(child, whole))
    return cells
