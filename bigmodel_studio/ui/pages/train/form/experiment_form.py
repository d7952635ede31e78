"""The fields of one experiment, a field for each parameter that ``core.specs.experiments`` says it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QSpinBox, QVBoxLayout, QWidget

from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.experiments import Experiment, Parameter
from bigmodel_studio.ui.pages.train.data.data_field import DataField, TextField
from bigmodel_studio.ui.pages.train.data.folder_field import FolderField
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Fields, Row, field_error, line, number
from bigmodel_studio.ui.pages.train.runs.words import experiment_word
from bigmodel_studio.ui.widgets.choice import Choice

DATA = "data.train"
"""What problems with the data call their field."""


class ExperimentForm(QWidget):
    """The fields of one experiment, and which of its two sizes they are filled with."""

    changed = Signal()

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._experiment = experiment
        self.parts = Fields(self)
        self.fields: dict[str, QWidget] = {p.name: self._field(p) for p in experiment.parameters}
        self.scale = Choice()
        self.scale.setMinimumHeight(FIELD_PX)
        self.scale.addItem(self.tr("Small: minutes"), False)
        self.scale.addItem(self.tr("Large: hours"), True)
        self.scale.currentIndexChanged.connect(self._on_size)
        data, first, *others = [(p.name, experiment_word(p.title), self.fields[p.name]) for p in experiment.parameters]
        rows: list[Row] = [
            [(DATA, *data[1:])],
            [("scale", self.tr("Size"), self.scale), first],
            *([each] for each in others),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.parts.grid(rows, across=2))
        column.addStretch(1)

    def _field(self, parameter: Parameter) -> QWidget:
        if parameter.kind == "number":
            return number(parameter.usual, parameter.most, self.changed)
        if parameter.kind == "numbers":
            return line(_written(parameter.usual), self.changed)
        data = TextField() if parameter.kind == "texts" else FolderField(self.tr("None: generated shapes"))
        data.changed.connect(self.changed)
        return data

    @Slot()
    def _on_size(self) -> None:
        values = self._experiment.values(large=bool(self.scale.currentData()))
        for name, field in self.fields.items():
            if isinstance(field, QSpinBox):
                field.setValue(values[name])
            elif isinstance(field, QLineEdit):
                field.setText(_written(values[name]))

    def stop(self) -> None:
        """Stop the fields: the dialog closes."""
        for field in self.fields.values():
            if isinstance(field, DataField):
                field.stop()

    def values(self) -> Mapping[str, Any]:
        """Return what is filled in. Raises ``StudioError`` where it is no value."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, QSpinBox):
                found[name] = field.value()
            elif isinstance(field, TextField) and not field.files:
                raise field_error(DATA, self.tr("nothing"), self.tr("a text, or a folder of texts"))
            elif isinstance(field, DataField):
                found[name] = tuple(str(path) for path in field.files)
            elif isinstance(field, QLineEdit):
                try:
                    found[name] = experiments.whole_numbers(field.text())
                except ValueError:
                    raise field_error(name, field.text(), self.tr("whole numbers, for example 32, 64k, 1M")) from None
        return found


def _written(values: tuple[int, ...]) -> str:
    return ", ".join(map(str, values))
