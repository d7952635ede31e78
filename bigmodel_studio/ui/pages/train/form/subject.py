"""Base of the new-run form for one objective: its data, its model, its samples.

A subject knows its fields and makes the spec's tables of them. What all have in common (name, steps, seed) is the
form's (``new_run``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.specs.objectives import SCRATCH, TRAINABLE
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.data.data_field import DataField, name_of_data
from bigmodel_studio.ui.pages.train.data.data_look import LookRow
from bigmodel_studio.ui.pages.train.data.dataset_dialog import DatasetDialog
from bigmodel_studio.ui.pages.train.form.fields import Fields, Row, field_error
from bigmodel_studio.ui.pages.train.form.method_fields import MethodFields
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import panel
from bigmodel_studio.ui.window.studio import Studio

Tables = dict[str, dict[str, Any]]


class Subject(QWidget):
    """Made once; ``lay_out`` when the subclass has its inputs. ``data`` is what it learns from."""

    objective = ""
    title = ""
    """How the choice of it reads."""
    usual_name = ""
    """What a run is called that has no data yet."""
    base_words = ""
    """What it can be trained on from."""
    changed = Signal()
    """A value is another; the form looks at it in a moment."""
    kind_changed = Signal()
    """From scratch, from a model, or only its last layer: what the form suggests depends on it."""
    data: DataField

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self.parts = Fields(self)
        self.errors = self.parts.errors
        self.scratch = QRadioButton(self.tr("From scratch"))
        self.fine = QRadioButton(self.tr("Fine-tune a model"))
        self.begins = bool(TRAINABLE[self.objective].architectures)
        """Whether it can begin from scratch; otherwise a model is chosen, and there is nothing to choose between."""
        (self.scratch if self.begins else self.fine).setChecked(True)
        kinds = QButtonGroup(self)
        for button in (self.scratch, self.fine):
            kinds.addButton(button)
        kinds.buttonToggled.connect(self._on_kind)
        self.methods = MethodFields(TRAINABLE[self.objective].methods)
        self.methods.changed.connect(self.kind_changed)
        self.look = LookRow()
        self.picker = ModelPicker(studio.library, TRAINABLE[self.objective].bases, to_train=True)
        self.picker.chosen.connect(self.changed)
        self.picker.refused.connect(studio.report)

    # ------------------------------------------------------------------------------- for subclasses

    def data_rows(self) -> list[Row]:
        """Return the fields of the data's card."""
        raise NotImplementedError

    def shape_fields(self) -> dict[str, QWidget]:
        """Return the inputs of a model's shape, by the spec's name for each."""
        return {}

    def scratch_rows(self) -> list[Row]:
        """Return what a model from scratch is made of; not asked where it cannot begin from scratch."""
        return []

    def model_rows(self) -> list[Row]:
        """Return what there is to say of either."""
        return []

    def sample_rows(self) -> list[Row]:
        """Return what the model is asked at each evaluation."""
        return []

    def tables(self) -> Tables:
        """Return the spec's tables but the optimizer's and the schedule's. Raises ``StudioError`` where one is no
        value.
        """
        raise NotImplementedError

    def parameters(self) -> int | None:
        """Return what the model has, as it is filled in; None where that cannot be said."""
        raise NotImplementedError

    def trained_parameters(self) -> int | None:
        """Return how many of them are trained; None: all."""
        return None

    def amount_words(self, batch: int, steps: int) -> str:
        """Return how much of its data that is."""
        raise NotImplementedError

    # ------------------------------------------------------------------------------- for the form

    @property
    def base(self) -> str:
        """``model.base``. Raises ``StudioError`` where a model is to be chosen and none is."""
        if not self.fine.isChecked():
            return SCRATCH
        ref = self.picker.ref()
        if ref is None:
            raise field_error("model.base", self.tr("nothing"), word(self.base_words))
        return ref.id if ref.step is None else f"{ref.id}@{ref.step}"

    @property
    def method(self) -> str:
        """``method.kind``."""
        return self.methods.kind if self.fine.isChecked() else "full"

    def method_table(self) -> dict[str, Any]:
        """Return the spec's method."""
        return self.methods.table() if self.fine.isChecked() else {"kind": "full"}

    def begin_like(self, model: Mapping[str, Any]) -> None:
        """Begin from scratch, with these fields of the spec's model."""
        if TRAINABLE[self.objective].architectures:
            self.scratch.setChecked(True)
        for name, value in model.items():
            field = self.shape_fields().get(name)
            if isinstance(field, QSpinBox):
                field.setValue(value)
            elif isinstance(field, QLineEdit):
                field.setText(", ".join(map(str, value)))

    def run_name(self) -> str:
        """Return what a run on this data may be called."""
        return name_of_data(self.data.files[0]) if self.data.files else word(self.usual_name)

    def base_record(self) -> ModelRecord | None:
        """Return what the library says of the model to be trained on."""
        return self.picker.record() if self.fine.isChecked() else None

    def stop(self) -> None:
        """Stop the fields: the form closes."""
        self.data.stop()

    def lay_out(self) -> None:
        """Put the fields on cards."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.parts.card(self.data_rows(), self.look))
        column.addWidget(self._model_card())
        if rows := self.sample_rows():
            column.addWidget(self.parts.card(rows))
        self.data.changed.connect(self.changed)
        self.data.refused.connect(self._on_refused)
        self.data.hub_wanted.connect(self._on_hub_wanted)
        self._show_kind()

    def _model_card(self) -> QWidget:
        fine: list[Row] = [[("model.base", self.tr("Base model"), self.picker)], *self.methods.rows()]
        self._fine_fields = self.parts.grid(fine, across=3)
        self._scratch_fields = self.parts.grid(self.scratch_rows() if self.begins else [], across=3)
        card = panel("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 16)
        inside.setSpacing(12)
        choice = QWidget()
        kinds = QHBoxLayout(choice)
        kinds.setContentsMargins(0, 0, 0, 0)
        kinds.setSpacing(16)
        for button in (self.scratch, self.fine):
            kinds.addWidget(button)
        kinds.addStretch(1)
        inside.addWidget(choice)
        choice.setVisible(self.begins)  # not before it has a parent: it would be a window of its own
        inside.addWidget(self._fine_fields)
        inside.addWidget(self._scratch_fields)
        if rows := self.model_rows():
            inside.addWidget(self.parts.grid(rows, across=3))
        return card

    def _show_kind(self) -> None:
        self._scratch_fields.setVisible(not self.fine.isChecked())
        self._fine_fields.setVisible(self.fine.isChecked())

    @Slot()
    def _on_kind(self) -> None:
        self._show_kind()
        self.kind_changed.emit()

    @Slot()
    def _on_refused(self) -> None:
        self.studio.report(Problem(code="open-not-local"))

    @Slot()
    def _on_hub_wanted(self) -> None:
        field = self.sender()
        assert isinstance(field, DataField)
        dialog = DatasetDialog(self.studio, self.window())
        dialog.chosen.connect(field.add_files)
        dialog.open()
