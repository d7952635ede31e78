"""Texts and their classes as a table: a row a text, with its most probable class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import TextAnswer, TextClassified
from bigmodel_studio.ui.look import i18n, theme

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
ANSWER_ROLE = Qt.ItemDataRole.UserRole + 1
TEXT, CLASS, PROBABILITY = range(3)


class ClassesModel(QAbstractTableModel):
    """The answers in the order of their texts; grows as they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answers: list[TextClassified] = []

    def begin(self) -> None:
        """Begin with none."""
        self.beginResetModel()
        self.answers = []
        self.endResetModel()

    def add(self, answers: Sequence[TextAnswer]) -> None:
        """Add these."""
        given = [each for each in answers if isinstance(each, TextClassified)]
        if given:
            first = len(self.answers)
            self.beginInsertRows(QModelIndex(), first, first + len(given) - 1)
            self.answers += given
            self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else len(self.answers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 — Qt's own default
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == PROBABILITY:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (self.tr("Text"), self.tr("Class"), self.tr("Probability"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        answer, column = self.answers[index.row()], index.column()
        best = answer.predictions[0] if answer.chosen else None
        classes = self._classes(answer)
        if role == ANSWER_ROLE:
            return answer
        if role == SORT_ROLE:
            return (_text(answer), classes, best.probability if best else -1.0)[column]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            number = "  ".join(f"{value:.4g}" for value in answer.values)
            reason = i18n.sentences(answer.error)[0] if answer.error is not None else number
            return (_text(answer), classes or reason, numbers.percent(best.probability) if best else "")[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return i18n.sentence(answer.error) if answer.error is not None else _text(answer)
        if role == Qt.ItemDataRole.ForegroundRole and answer.error is not None and column == CLASS:
            return theme.colour("bad")
        if role == Qt.ItemDataRole.TextAlignmentRole and column == PROBABILITY:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and column == PROBABILITY:
            return theme.font(tabular=True)
        return None

    def _classes(self, answer: TextClassified) -> str:
        """Return the class of a text, or all classes that it has."""
        return ", ".join(answer.chosen) or (self.tr("no class") if answer.several_classes else "")


def _text(answer: TextClassified) -> str:
    return f"{answer.text} | {answer.second}" if answer.second else answer.text
