"""The settings form, drawn from the fields of ``core.system.settings.Settings``: a new field needs no line here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.system.settings import Described, SettingsStore, described
from bigmodel_studio.ui.look.i18n import setting
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.wheel import scroll_past

WIDTH_PX = 560
FOOT_PX = 72
BETWEEN_PX = 8


Editor = QComboBox | QSpinBox | QCheckBox | QLineEdit


class SettingsDialog(QDialog):
    """A change is saved at once, but for a text that the setting cannot take; ``changed`` names the field."""

    changed = Signal(str)
    account_wanted = Signal()

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setMinimumWidth(WIDTH_PX)
        self._store = store
        self._fields = {field.name: field for field in described()}
        self.fields: dict[str, Editor] = {}
        self.wrong: dict[str, QLabel] = {}
        """Below a field for text: what is wrong with what stands in it."""
        self._makers: dict[str, Callable[[Described], Editor]] = {
            "choice": self._choice,
            "number": self._number,
            "switch": self._switch,
            "text": self._text,
        }
        self.form = QGridLayout()
        self.form.setHorizontalSpacing(24)
        self.form.setVerticalSpacing(4)
        self.form.setColumnStretch(1, 1)
        section = ""
        for field in self._fields.values():
            if field.section != section:
                section = field.section
                self.form.addWidget(label(setting(section), "heading"), self.form.rowCount(), 0, 1, 2)
            self._add(field)
        self.account = QPushButton(self.tr("Account on the Hub…"))
        self.account.setIcon(icon("leaves"))
        self.account.setAutoDefault(False)
        self.account.clicked.connect(self.account_wanted)
        self.form.addWidget(self.account, self.form.rowCount(), 1, Qt.AlignmentFlag.AlignLeft)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        inside = QWidget()
        inside.setLayout(self.form)
        self.form.setContentsMargins(24, 16, 24, 8)
        self._area = area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 16)
        column.setSpacing(12)
        column.addWidget(area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the dialog as high as the form is at this width, where the screen has room for that."""
        super().showEvent(event)
        wanted = self.form.heightForWidth(WIDTH_PX) + FOOT_PX
        self.resize(WIDTH_PX, min(wanted, round(0.9 * self.screen().availableGeometry().height())))

    def choose(self, name: str) -> None:
        """Go to a field, and open its list where it has one."""
        editor = self.fields[name]
        self._area.ensureWidgetVisible(editor)
        editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(editor, Choice):
            editor.showPopup()

    def _add(self, field: Described) -> None:
        editor = self._makers[field.kind](field)
        editor.setObjectName(field.name)
        editor.setAccessibleName(setting(field.label))
        editor.setAccessibleDescription(setting(field.help))
        self.fields[field.name] = editor
        scroll_past(editor)
        row = self.form.rowCount()
        if not isinstance(editor, QCheckBox):  # that one says itself what it is
            name = label(setting(field.label))
            name.setBuddy(editor)
            self.form.addWidget(name, row, 0)
        self.form.addWidget(editor, row, 1)
        if field.name in self.wrong:
            self.form.addWidget(self.wrong[field.name], row + 1, 1)
        if field.help:
            self.form.addWidget(label(setting(field.help), "small", wrap=True), row + 2, 1)
        self.form.setRowMinimumHeight(row + 3, BETWEEN_PX)

    def _choice(self, field: Described) -> Choice:
        box = Choice()
        for value, text in field.choices.items():
            box.addItem(setting(text), value)
        box.setCurrentIndex(box.findData(getattr(self._store.values, field.name)))
        box.currentIndexChanged.connect(self._on_edited)
        return box

    def _number(self, field: Described) -> QSpinBox:
        box = QSpinBox()
        box.setRange(field.minimum or 0, field.maximum if field.maximum is not None else 2**31 - 1)
        box.setSpecialValueText(setting(field.zero))
        box.lineEdit().setTextMargins(6, 0, 6, 0)
        box.setValue(getattr(self._store.values, field.name))
        box.valueChanged.connect(self._on_edited)
        return box

    def _switch(self, field: Described) -> QCheckBox:
        box = QCheckBox(setting(field.label))
        box.setChecked(getattr(self._store.values, field.name))
        box.toggled.connect(self._on_edited)
        return box

    def _text(self, field: Described) -> QLineEdit:
        editor = QLineEdit(getattr(self._store.values, field.name))
        editor.setPlaceholderText(field.example)
        self.wrong[field.name] = label(setting(field.may_be), "bad", wrap=True)
        self.wrong[field.name].hide()
        editor.textEdited.connect(self._on_typed)
        editor.editingFinished.connect(self._on_edited)
        return editor

    @Slot()
    def _on_typed(self) -> None:
        """Say what is wrong when the field is left, until it is corrected."""
        editor = self.sender()
        if isinstance(editor, QLineEdit) and self._fields[editor.objectName()].takes(editor.text().strip()):
            self.wrong[editor.objectName()].hide()

    @Slot()
    def _on_edited(self) -> None:
        editor = self.sender()
        if not isinstance(editor, Editor):
            return
        name, value = editor.objectName(), _value(editor)
        takes = self._fields[name].takes(value)
        if name in self.wrong:
            self.wrong[name].setVisible(not takes)
        if takes and value != getattr(self._store.values, name):
            self._store.change(**{name: value})
            self.changed.emit(name)


def _value(editor: Editor) -> object:
    match editor:
        case QComboBox():
            return editor.currentData()
        case QSpinBox():
            return editor.value()
        case QCheckBox():
            return editor.isChecked()
        case QLineEdit():
            return editor.text().strip()
