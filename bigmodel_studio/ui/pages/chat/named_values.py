"""A button with a menu of named values: ready ones and the user's own, which can be saved, renamed and deleted.

For presets of sampling and for system prompts. It keeps nothing: it says what the user's own are to be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

LONGEST_NAME = 60


@dataclass(frozen=True)
class Words:
    """What is said of these values: the heading, what the button says where none is in use, and what saving is."""

    heading: str
    none: str
    save: str
    name: str
    ready: Mapping[str, str] = field(default_factory=dict)
    """Names of the ready values by key."""


class _NameField(QLineEdit):
    """The field for a name; Escape leaves it."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NamedValues(QWidget):
    """The heading with the button, and below it a field for a name while one is asked for."""

    chosen = Signal(object)
    """A value that is to be used."""
    changed = Signal(object)
    """The user's own values by name, as they are now."""

    def __init__(self, words: Words, ready: Mapping[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._ready = words, dict(ready)
        self._own: dict[str, Any] = {}
        self._value: Any = None
        self._renamed = ""
        self._deleted: tuple[str, Any] | None = None
        self.button = QPushButton()
        set_look(self.button, "link")
        self.button.setIcon(icon("chevron-down"))
        self.button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon behind the text
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self.fill)
        self.button.setMenu(self.menu)
        self.name = _NameField()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(words.name)
        self.name.setAccessibleName(words.name)
        self.name.hide()
        self.name.returnPressed.connect(self._on_named)
        self.name.left.connect(self._on_left)
        row = QHBoxLayout()
        row.addWidget(label(words.heading, "heading"))
        row.addStretch(1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.name)
        self.show_value(None)

    def set_own(self, own: Mapping[str, Any]) -> None:
        """Set the user's own values."""
        self._own = dict(own)
        self.show_value(self._value)

    def show_value(self, value: Any) -> None:
        """Show what is in use: the button says its name, where it has one."""
        self._value = value
        text = self.current_name() or self._words.none
        shown = self.button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 150).replace("&", "&&")
        self.button.setText(shown)
        self.button.setToolTip(text)
        self.button.setAccessibleName(f"{self._words.heading}: {text}")

    def current(self) -> tuple[str, bool] | None:
        """Return the key or the name of what is in use, and whether it is a ready one; None where it has no name."""
        own = next((name for name, value in self._own.items() if value == self._value), None)
        if own is not None:
            return own, False
        key = next((key for key, value in self._ready.items() if value == self._value), None)
        return None if key is None else (key, True)

    def current_name(self) -> str:
        """Return what the value in use is called, "" where it has no name."""
        found = self.current()
        if found is None:
            return ""
        return self._words.ready[found[0]] if found[1] else found[0]

    @Slot()
    def fill(self) -> None:
        """Fill the menu with what can be chosen and done now."""
        self.menu.clear()
        here = self.current()
        for key, value in self._ready.items():
            self._add(self._words.ready[key], value, checked=here == (key, True))
        if self._own:
            self.menu.addSeparator()
        for name, value in sorted(self._own.items()):
            self._add(name, value, checked=here == (name, False))
        self.menu.addSeparator()
        if here is None:
            self.menu.addAction(self._words.save, partial(self._ask_name, ""))
        elif not here[1]:
            shown = here[0].replace("&", "&&")
            self.menu.addAction(self.tr("Rename “{name}”…").format(name=shown), partial(self._ask_name, here[0]))
            self.menu.addAction(self.tr("Delete “{name}”").format(name=shown), partial(self._delete, here[0]))
        if self._deleted is not None:
            name = self._deleted[0].replace("&", "&&")
            self.menu.addAction(self.tr("Undo: delete “{name}”").format(name=name), self._restore)

    def _add(self, name: str, value: Any, *, checked: bool) -> None:
        action = QAction(name.replace("&", "&&"), self.menu)
        action.setCheckable(True)
        action.setChecked(checked)
        action.triggered.connect(partial(self._choose, value))
        self.menu.addAction(action)

    def _choose(self, value: Any) -> None:
        self.chosen.emit(value)

    def _ask_name(self, renamed: str) -> None:
        self._renamed = renamed
        self.name.setText(renamed)
        self.name.show()
        self.name.selectAll()
        self.name.setFocus()

    @Slot()
    def _on_named(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        value = self._own.pop(self._renamed) if self._renamed else self._value
        self._own[name] = value
        self._on_left()
        self._report()

    @Slot()
    def _on_left(self) -> None:
        self.name.hide()
        self.button.setFocus()

    def _delete(self, name: str) -> None:
        self._deleted = (name, self._own.pop(name))
        self._report()

    def _restore(self) -> None:
        if self._deleted is not None:
            name, value = self._deleted
            self._own[name], self._deleted = value, None
            self._report()

    def _report(self) -> None:
        self.show_value(self._value)
        self.changed.emit(dict(self._own))
