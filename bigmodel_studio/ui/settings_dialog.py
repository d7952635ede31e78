"""The settings form, drawn from the fields of ``core.settings.Settings``: a new field needs no line here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QGridLayout, QSpinBox, QVBoxLayout, QWidget

from bigmodel_studio.core.settings import Described, SettingsStore, described
from bigmodel_studio.ui.i18n import setting
from bigmodel_studio.ui.widgets.page_frame import label

WIDTH_PX = 460
BETWEEN_PX = 8


class SettingsDialog(QDialog):
    """A change is saved at once; ``changed`` names the field."""

    changed = Signal(str)

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setMinimumWidth(WIDTH_PX)
        self._store = store
        self.fields: dict[str, QComboBox | QSpinBox] = {}
        form = QGridLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        form.setColumnStretch(1, 1)
        for field in described():
            editor = self._choice(field) if field.choices else self._number(field)
            editor.setAccessibleName(setting(field.label))
            editor.setAccessibleDescription(setting(field.help))
            self.fields[field.name] = editor
            name = label(setting(field.label))
            name.setBuddy(editor)
            row = form.rowCount()
            form.addWidget(name, row, 0)
            form.addWidget(editor, row, 1)
            if field.help:
                form.addWidget(label(setting(field.help), "small", wrap=True), row + 1, 1)
            form.setRowMinimumHeight(row + 2, BETWEEN_PX)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _choice(self, field: Described) -> QComboBox:
        box = QComboBox()
        for value, text in field.choices.items():
            box.addItem(setting(text), value)
        box.setCurrentIndex(box.findData(getattr(self._store.values, field.name)))
        box.setObjectName(field.name)
        box.currentIndexChanged.connect(self._on_edited)
        return box

    def _number(self, field: Described) -> QSpinBox:
        box = QSpinBox()
        box.setRange(field.minimum or 0, field.maximum if field.maximum is not None else 2**31 - 1)
        box.setSpecialValueText(setting(field.zero))
        box.lineEdit().setTextMargins(6, 0, 6, 0)
        box.setValue(getattr(self._store.values, field.name))
        box.setObjectName(field.name)
        box.valueChanged.connect(self._on_edited)
        return box

    @Slot()
    def _on_edited(self) -> None:
        editor = self.sender()
        if isinstance(editor, QComboBox):
            self._store.change(**{editor.objectName(): editor.currentData()})
        elif isinstance(editor, QSpinBox):
            self._store.change(**{editor.objectName(): editor.value()})
        if isinstance(editor, QWidget):
            self.changed.emit(editor.objectName())
