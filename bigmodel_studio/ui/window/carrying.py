"""What a user has typed, chosen and scrolled to in a widget, taken out of one and put into another made alike.

Widgets are found by the names of the attributes that hold them, since those are the same in both while rows and
messages come and go. A widget that has more to keep than its Qt class does says so as ``Carries``. Knows no page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QWidget,
)

Values = dict[str, tuple[int, object]]
"""By path: when it is to be put back (what others depend on first), and the value."""


@runtime_checkable
class Carries(Protocol):
    """A widget that says itself what it holds."""

    def carried(self) -> object:
        """What the user has put into it."""
        ...

    def carry(self, value: Any) -> None:
        """Hold that from now on."""
        ...


def _button(button: QAbstractButton) -> object:
    return button.isChecked() if button.isCheckable() else None


def _text(editor: QPlainTextEdit) -> object:
    return None if editor.isReadOnly() else (editor.toPlainText(), editor.textCursor().position())


def _set_text(editor: QPlainTextEdit, value: tuple[str, int]) -> None:
    if editor.toPlainText() != value[0]:
        editor.setPlainText(value[0])
    cursor = editor.textCursor()
    cursor.setPosition(min(value[1], len(editor.toPlainText())))
    editor.setTextCursor(cursor)


def _line(editor: QLineEdit) -> object:
    return None if editor.isReadOnly() else (editor.text(), editor.cursorPosition())


def _set_line(editor: QLineEdit, value: tuple[str, int]) -> None:
    editor.setText(value[0])
    editor.setCursorPosition(value[1])


_KINDS: tuple[tuple[type, Callable[[Any], object], Callable[[Any, Any], object]], ...] = (
    (Carries, lambda it: it.carried(), lambda it, value: it.carry(value)),
    (QAbstractButton, _button, lambda it, value: it.setChecked(value)),
    (QComboBox, lambda it: it.currentIndex(), lambda it, value: it.setCurrentIndex(value)),
    (QTabWidget, lambda it: it.currentIndex(), lambda it, value: it.setCurrentIndex(value)),
    (QDoubleSpinBox, lambda it: it.value(), lambda it, value: it.setValue(value)),
    (QSpinBox, lambda it: it.value(), lambda it, value: it.setValue(value)),
    (QLineEdit, _line, _set_line),
    (QPlainTextEdit, _text, _set_text),
)
"""What is kept of a widget and how it is put back, in the order of putting back."""


def taken(widget: QWidget) -> Values:
    """What is in ``widget`` and in the parts that it holds as attributes."""
    found: Values = {}
    for path, part in _parts(widget):
        for rank, (kind, take, _) in enumerate(_KINDS):
            if isinstance(part, kind):
                value = take(part)
                if value is not None:
                    found[path] = (rank, value)
                break
    return found


def put(values: Values, widget: QWidget) -> None:
    """Put what was taken out of a widget made alike into this one, as far as it has the same parts."""
    parts = dict(_parts(widget))
    for path, (rank, value) in sorted(values.items(), key=lambda item: item[1][0]):
        part = parts.get(path)
        if part is not None and isinstance(part, _KINDS[rank][0]):
            _KINDS[rank][2](part, value)


def path_of(widget: QWidget | None, inside: QWidget) -> str | None:
    """The path of a part of ``inside``, as of what has the focus."""
    return next((path for path, part in _parts(inside) if part is widget), None)


def part_at(path: str, inside: QWidget) -> QWidget | None:
    """The part of ``inside`` with that path."""
    return dict(_parts(inside)).get(path)


def _parts(widget: QWidget, path: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, QWidget]]:
    """The widgets in ``widget`` that are reached through attributes, with their paths; ours are looked into."""
    seen = seen if seen is not None else set()
    for name, value in vars(widget).items():
        for key, part in value.items() if isinstance(value, dict) else [("", value)]:
            if isinstance(part, QWidget) and id(part) not in seen and widget.isAncestorOf(part):
                seen.add(id(part))
                here = f"{path}/{name}[{key}]" if isinstance(value, dict) else f"{path}/{name}"
                yield here, part
                if type(part).__module__.startswith(__package__):
                    yield from _parts(part, here, seen)
