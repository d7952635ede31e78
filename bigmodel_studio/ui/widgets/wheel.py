"""The wheel scrolls a form; it turns a value only in the field that has the focus.

Qt has a spin box, a box of choices or a slider take the wheel wherever the pointer comes to rest while somebody
scrolls, and what was filled in is another value, unseen.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget

_TURNED = (QAbstractSpinBox, QComboBox, QAbstractSlider)


class _Past(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()  # and it goes on to what the field stands in
            return True
        return super().eventFilter(watched, event)


def scroll_past(form: QWidget) -> None:
    """Leave the wheel over the fields of ``form``, or over ``form`` where it is one, to what scrolls it."""
    past = _Past(form)
    for field in (form, *form.findChildren(QWidget)):
        if isinstance(field, _TURNED) and not isinstance(field, QScrollBar):
            field.installEventFilter(past)
            if field.focusPolicy() == Qt.FocusPolicy.WheelFocus:
                field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
