"""Walking a window as somebody does who has no mouse, and listening to it as a screen reader does."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QButtonGroup,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QTabBar,
)
MOST_STEPS = 400


def name(widget: QWidget) -> str:
    """What a screen reader calls it: its accessible name, its text, or the label that is its buddy."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def described(widget: QWidget) -> str:
    """Which widget it is, for a message."""
    owners = []
    owner: QWidget | None = widget
    while owner is not None:
        owners.append(type(owner).__name__)
        owner = owner.parentWidget()
    return f"{name(widget)!r} ({' in '.join(owners[:4])})"


def controls(root: QWidget) -> list[QWidget]:
    """What can be used in ``root`` now, without the inner parts of compound controls."""
    return [widget for widget in root.findChildren(QWidget) if _is_control(widget)]


def _is_control(widget: QWidget) -> bool:
    if not widget.isVisible() or not widget.isEnabled() or isinstance(widget, QScrollBar | QHeaderView):
        return False
    if isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox | QLineEdit | QHeaderView | QTabBar):
        return False
    if widget.objectName().startswith("qt_"):
        return False
    return isinstance(widget, CONTROLS) or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus and _takes_keys(widget))


def _takes_keys(widget: QWidget) -> bool:
    """Whether a widget of ours does something with keys by itself (a frame that hands the focus on does not)."""
    return widget.focusProxy() is None and not isinstance(widget, QAbstractScrollArea)


def drawings(root: QWidget) -> Iterator[QWidget]:
    """What is painted by hand and can be seen now: plots, bars, pictures."""
    for widget in root.findChildren(QWidget):
        ours = type(widget).__module__.startswith("bigmodel_studio") and "paintEvent" in vars(type(widget))
        if ours and widget.isVisible() and not isinstance(widget, QLabel) and not widget.findChildren(QWidget):
            yield widget


def one_of_a_group(widget: QWidget) -> bool:
    """Whether the arrow keys lead to it from the button of its group that is chosen, as in every group of buttons."""
    if not isinstance(widget, QAbstractButton):
        return False
    group: QButtonGroup | None = widget.group()  # its stub leaves out that there may be none
    exclusive = widget.autoExclusive() if group is None else group.exclusive()
    return exclusive and not widget.isChecked()


def walk(window: QWidget) -> list[QWidget]:
    """Press Tab until it comes round; the widgets that had the focus, in order."""
    visited: list[QWidget] = []
    for _ in range(MOST_STEPS):
        focused = QApplication.focusWidget()
        assert focused is not None, "the focus was lost after " + (described(visited[-1]) if visited else "nothing")
        if focused in visited:
            return visited[visited.index(focused) :]
        visited.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    raise AssertionError("Tab never came round; the last: " + described(visited[-1]))


def place(widget: QWidget) -> QRect:
    """Where it is in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def backwards(before: QWidget, after: QWidget) -> bool:
    """Whether going from one to the other is against the way one reads: up a column, or left along a row."""
    a, b = place(before), place(after)
    if b.bottom() <= a.top():
        return a.left() < b.right() and b.left() < a.right()
    return b.right() <= a.left() and a.top() < b.bottom() and b.top() < a.bottom()
