"""The user's examples and what each model made of them, as a table model: a row an example, a column a model.

The last row is empty and waits to be typed into. An answer belongs to the example as it was when it was asked: what is
typed anew has none yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from bigmodel_studio.core.advice.ranking import Examples
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Example, ModelRef, Tried
from bigmodel_studio.ui.look import i18n, theme

Index = QModelIndex | QPersistentModelIndex
TRIED = Qt.ItemDataRole.UserRole
FIXED = 2
"""The columns before the models': the input, and what is expected."""
MOST_EXAMPLES = 200
LONGEST_CHARACTERS = 4000
LONGEST_NAME = 32
"""What stands above a column is cut in its middle; the tooltip has the whole of it."""


class ExamplesTable(QAbstractTableModel):
    """Examples of one kind at a time; the others are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.kind: Examples = "texts"
        self.models: list[ModelRef] = []
        self.kept: dict[Examples, list[Example]] = {"texts": [], "pictures": []}
        self.answers: dict[tuple[str, ModelRef, Example], Tried] = {}
        """By task, model and example."""
        self.task = "chat"
        self.thumbnails: dict[str, QPixmap] = {}

    # ------------------------------------------------------------------------------- what is asked

    @property
    def examples(self) -> list[Example]:
        """Those of the kind that is shown."""
        return self.kept.get(self.kind, [])

    def ask(self, task: str, kind: Examples, models: list[ModelRef]) -> None:
        """Show the examples for a task, and the answers of these models."""
        self.beginResetModel()
        self.task, self.kind, self.models = task, kind, models
        self.endResetModel()

    def add(self, kind: Examples, inputs: Iterable[str]) -> int:
        """Put examples of a kind at the end, without those that are there already; return how many came."""
        examples = self.kept[kind]
        there = {example.input for example in examples}
        new = [Example(input=text[:LONGEST_CHARACTERS]) for text in dict.fromkeys(inputs) if text not in there]
        new = new[: MOST_EXAMPLES - len(examples)]
        if not new or kind != self.kind:
            examples.extend(new)
            return len(new)
        self.beginInsertRows(QModelIndex(), len(examples), len(examples) + len(new) - 1)
        examples.extend(new)
        self.endInsertRows()
        return len(new)

    def remove(self, row: int) -> None:
        """Take an example out."""
        if 0 <= row < len(self.examples):
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.examples[row]
            self.endRemoveRows()

    def answer(self, task: str, example: Example, tried: Tried) -> None:
        """Take in what a model said."""
        self.answers[task, tried.model, example] = tried
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def answer_at(self, row: int, column: int) -> Tried | None:
        """Return what the model of a column said of the example of a row, where it did."""
        if column < FIXED or row >= len(self.examples):
            return None
        return self.answers.get((self.task, self.models[column - FIXED], self.examples[row]))

    # ------------------------------------------------------------------------------- what is shown

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.examples) + (self.kind == "texts")

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return FIXED + len(self.models)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        blank = index.row() >= len(self.examples)
        editable = (index.column() == 0 and self.kind == "texts") or (index.column() == 1 and not blank)
        return flags | Qt.ItemFlag.ItemIsEditable if editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == TRIED:
            return self.answer_at(row, column)
        if row >= len(self.examples):
            blank: dict[int, Any] = {Qt.ItemDataRole.DisplayRole: self.tr("Type an example…")}
            blank[Qt.ItemDataRole.ForegroundRole] = theme.colour("secondary")
            return blank.get(role) if column == 0 else None
        example = self.examples[row]
        shown = Path(example.input).name if self.kind == "pictures" else example.input
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) and column < FIXED:
            return (shown, example.expected)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            tried = self.answer_at(row, column)
            return self._outcome(tried) if tried is not None else (example.input, example.expected, "")[min(column, 2)]
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            return self.thumbnails.get(example.input)
        return None

    def _outcome(self, tried: Tried) -> str:
        return i18n.sentence(tried.error) if tried.error is not None else tried.output

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        text = str(value).strip()[:LONGEST_CHARACTERS]
        row, column = index.row(), index.column()
        if role != Qt.ItemDataRole.EditRole or column >= FIXED:
            return False
        if row >= len(self.examples):
            return bool(text) and self.add(self.kind, [text]) > 0
        example = self.examples[row]
        if column == 0 and not text:
            self.remove(row)
            return True
        changed = (text, example.expected) if column == 0 else (example.input, text)
        self.examples[row] = Example(input=changed[0], expected=changed[1])
        self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        if section < FIXED:
            titles = (self.tr("Picture") if self.kind == "pictures" else self.tr("Text"), self.tr("Expected"))
            return titles[section] if role == Qt.ItemDataRole.DisplayRole else None
        ref = self.models[section - FIXED]
        if role == Qt.ItemDataRole.ToolTipRole:
            return name_of(ref)
        return f"{_shortened(name_of(ref))}\n{self.summary(ref)}" if role == Qt.ItemDataRole.DisplayRole else None

    def summary(self, ref: ModelRef) -> str:
        """Return how a model did on the examples that it was asked: how many right, how long one took, how much
        memory.
        """
        tried = [self.answers.get((self.task, ref, example)) for example in self.examples]
        done = [one for one in tried if one is not None and one.error is None]
        if not done:
            return self.tr("not tried yet") if not any(tried) else self.tr("failed")
        results = [one.right for one in done if one.right is not None]
        quality = self.tr("{right} of {all} right").format(right=sum(results), all=len(results)) if results else ""
        latency = numbers.duration(sum(one.seconds for one in done) / len(done))
        memory = numbers.size(max(one.memory_bytes for one in done))
        return " · ".join(part for part in (quality, latency, memory) if part)


def _shortened(name: str) -> str:
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"
