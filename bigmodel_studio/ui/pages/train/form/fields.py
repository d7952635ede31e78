"""Fields in rows on a card, each with a title above it and room below for what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from bigmodel_studio.core.specs.rules import FILES_NEEDED
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.pages.train.data.data_field import DataField
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.wheel import scroll_past

Listener = Callable[..., Any] | SignalInstance
Row = list[tuple[str, str, QWidget]]
"""A field's name in the spec, its title, and its widget."""
FIELD_PX = 34
_FIELDS_OF_CODES = {
    "data-missing": "data.train",
    "data-unreadable": "data.train",
    "data-no-text": "data.train",
    "data-empty": "data.train",
    "data-not-a-folder": "data.train",
    "data-no-classes": "data.train",
    "data-one-class": "data.train",
    "data-one-class-used": "data.train",
    "data-no-pictures-used": "data.train",
    "data-no-examples": "data.train",
    "data-split-flat": "data.train",
    "data-split-inside": "data.train",
    "data-marks": "data.train",
    "data-deeper": "data.train",
    "data-same-classes": "data.train",
    "data-class-lists": "data.multi_label",
    "data-one-hot": "data.multi_label",
    "data-not-text": "data.train",
    "data-json-as-text": "data.train",
    "data-lfs": "data.train",
    "data-label-separator": "data.label_separator",
    "data-split-folder": "data.train",
    "data-strange-class": "data.evaluation",
    "data-no-sentences": "data.train",
    "chat-none": "data.train",
    "chat-no-pairs": "data.train",
    "data-no-labels": "data.train",
    "data-on-hub": "data.train",
    "data-row": "data.train",
    "data-record": "data.train",
    "data-parquet": "data.train",
    "parquet-missing": "data.train",
    "data-not-utf8": "data.train",
    "data-column": "data.train",
    "base-needed": "model.base",
    "model-unknown": "model.base",
    "folder-missing": "model.base",
    "hub-not-here": "model.base",
    "run-unknown": "model.base",
    "run-no-checkpoint": "model.base",
}


def line(text: str, on_changed: Listener) -> QLineEdit:
    """Return a field for a short text."""
    made = QLineEdit(text)
    made.setMinimumHeight(FIELD_PX)
    made.textChanged.connect(on_changed)
    return made


def number(value: int, most: int, on_changed: Listener) -> QSpinBox:
    """Return a field for a whole number from 0 on."""
    made = QSpinBox()
    made.setRange(0, most)
    made.setValue(value)
    made.setGroupSeparatorShown(True)
    made.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    made.setMinimumSize(96, FIELD_PX)
    made.lineEdit().setTextMargins(6, 0, 6, 0)
    theme.tabular(made)
    made.valueChanged.connect(on_changed)
    return made


def share_field(most: float, on_changed: Listener) -> QDoubleSpinBox:
    """Return a field for a share, from 0 on."""
    made = QDoubleSpinBox()
    made.setRange(0.0, most)
    made.setDecimals(2)
    made.setSingleStep(0.05)
    made.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    made.setMinimumSize(96, FIELD_PX)
    made.lineEdit().setTextMargins(6, 0, 6, 0)
    theme.tabular(made)
    made.valueChanged.connect(on_changed)
    return made


def field_error(field: str, was: str, may_be: str) -> StudioError:
    """Return what is said of a field whose text is no value."""
    return StudioError("spec-field", field=field, was=was, may_be=may_be)


class Fields(QObject):
    """Lays fields out and keeps the label of what is wrong with each, by the field's name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.errors: dict[str, QLabel] = {}
        self._titles: dict[str, str] = {}

    def card(self, rows: list[Row], foot: QWidget | None = None) -> QWidget:
        """Return rows on a card, as many columns as the longest has fields; ``foot`` stands below them."""
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 16)
        inside.addWidget(self.grid(rows, across=max(map(len, rows))))
        if foot is not None:
            inside.addWidget(foot)
        return card

    def grid(self, rows: list[Row], across: int = 1) -> QWidget:
        """Return rows in so many columns; a field that is alone in its row takes them all, but for a number."""
        container = QWidget()
        grid = QGridLayout(container)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for column in range(across):
            grid.setColumnStretch(column, 1)
        filled = any(len(row) == across for row in rows)
        for number, row in enumerate(rows):
            for column, (field, title, widget) in enumerate(row):
                alone = len(row) == 1 and not isinstance(widget, QSpinBox)
                grid.addWidget(self._field(field, title, widget), number, column, 1, across if alone else 1)
            for column in range(len(row) if len(row) > 1 else across, across) if not filled else ():
                grid.addWidget(QWidget(), number, column)  # an empty column would take no room
        return container

    def _field(self, field: str, title: str, widget: QWidget) -> QWidget:
        container = QWidget()
        column = QVBoxLayout(container)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        name = label(title, "secondary", wrap=True)
        if not isinstance(widget, DataField):
            name.setBuddy(widget)
        widget.setAccessibleName(title)
        scroll_past(widget)
        error = label("", "bad", wrap=True)
        error.hide()
        for part in (name, widget, error):
            column.addWidget(part)
        column.addStretch(1)
        self.errors[field] = error
        self._titles[field] = title
        return container

    def show_problem(self, problem: Problem | None) -> str:
        """Say what is wrong at its field, and nothing at the others; returned instead where no field is named."""
        field = _field_of(problem) if problem is not None else ""
        for name, error in self.errors.items():
            words = self._sentence(problem) if problem is not None and name == field else ""
            error.setText(words)
            error.setVisible(bool(words))
        return i18n.sentence(problem) if problem is not None and field not in self.errors else ""

    def _sentence(self, problem: Problem) -> str:
        """Return what is wrong in the form's words: with the titles of the fields in place of their names."""
        may_be = problem.arguments.get("may_be")
        if problem.code == "spec-field" and may_be is not None:
            if may_be == FILES_NEEDED:
                return self.tr("Add at least one file or folder.")
            words = i18n.words_of(str(may_be))
            for field, title in self._titles.items():
                words = words.replace(field, title)
            title = self._titles[str(problem.arguments["field"])]
            return self.tr("{title} must be {may_be}.").format(title=title, may_be=words)
        return i18n.sentence(problem)


def _field_of(problem: Problem) -> str:
    return _FIELDS_OF_CODES.get(problem.code) or str(problem.arguments.get("field", ""))


def written_rate(rate: float) -> str:
    """Return a learning rate as practitioners write it: ``3e-4``."""
    mantissa, _, exponent = f"{rate:e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"
