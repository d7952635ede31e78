"""Where Tab leads: through what is seen, as one reads it, whenever it was made.

Qt goes through widgets in the order in which they were put into the window, so that messages, forms and strips that
come later would come last. Here the tree of widgets is walked instead: parts in their places, and within each part
from top to bottom and from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cmp_to_key

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTextEdit,
    QWidget,
)

WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)
"""Controls whose inner parts are not gone through."""


def move_focus(window: QWidget, forward: bool) -> bool:
    """Give the focus to what follows (or precedes) the widget that has it; False where that is not in ``window``."""
    order = list(_in_order(window))
    focused = window.focusWidget()
    if focused not in order:
        return False
    step = 1 if forward else -1
    target = order[(order.index(focused) + step) % len(order)]
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    owner = target.parentWidget()
    while owner is not None:
        if isinstance(owner, QScrollArea):
            owner.ensureWidgetVisible(target)
        owner = owner.parentWidget()
    return True


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    """Yield what can have the focus in a widget, itself included."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None and not widget.isWindow():
        yield widget
    if isinstance(widget, WHOLE):
        return
    children = [child for child in widget.children() if isinstance(child, QWidget) and _is_there(child)]
    for child in sorted(children, key=cmp_to_key(_reading)):
        yield from _in_order(child)


def _is_there(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and not widget.isWindow() and not isinstance(widget, QScrollBar)


def _reading(one: QWidget, other: QWidget) -> int:
    """Negative where ``one`` is read before ``other``, its sibling: it is above it, or to its left."""
    a, b = one.geometry(), other.geometry()
    if a.bottom() < b.top() or b.bottom() < a.top():
        return a.top() - b.top()
    return a.left() - b.left() or a.top() - b.top()
