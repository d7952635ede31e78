"""One table of what can be done from anywhere: menus, shortcuts and the list of shortcuts are drawn from it.

``handler`` is the name of a method of the main window, called without arguments. Texts are translated in "actions".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from bigmodel_studio.ui.pages import PAGES


@dataclass(frozen=True)
class ActionSpec:
    """An action. ``group``: actions of one group stand together in the menu."""

    id: str
    text: str
    shortcut: str
    handler: str
    group: str


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new", str(QT_TRANSLATE_NOOP("actions", "New")), "Ctrl+N", "new_item", "file"),
    ActionSpec("open", str(QT_TRANSLATE_NOOP("actions", "Open a folder…")), "Ctrl+O", "open_dialog", "file"),
    ActionSpec("settings", str(QT_TRANSLATE_NOOP("actions", "Settings…")), "Ctrl+,", "show_settings", "window"),
    ActionSpec("shortcuts", str(QT_TRANSLATE_NOOP("actions", "Shortcuts…")), "F1", "show_shortcuts", "window"),
    ActionSpec("close", str(QT_TRANSLATE_NOOP("actions", "Close the window")), "Ctrl+W", "close", "leave"),
)


def texts() -> Iterator[tuple[str, str]]:
    """Every action's text and shortcut, pages first, as the list of shortcuts shows them."""
    for number, page in enumerate(PAGES.values(), 1):
        yield QCoreApplication.translate("pages", page.title), f"Ctrl+{number}"
    for spec in ACTIONS:
        yield QCoreApplication.translate("actions", spec.text), spec.shortcut


def add_actions(window: QWidget) -> dict[str, QAction]:
    """Make the table's actions on ``window``, with their shortcuts, connected to its methods."""
    made = {}
    for spec in ACTIONS:
        action = QAction(QCoreApplication.translate("actions", spec.text), window)
        action.setShortcut(QKeySequence(spec.shortcut))
        action.triggered.connect(getattr(window, spec.handler))
        window.addAction(action)
        made[spec.id] = action
    return made


def menu(parent: QWidget, actions: dict[str, QAction]) -> QMenu:
    """The application's menu, its groups parted by lines."""
    made = QMenu(parent)
    group = ACTIONS[0].group
    for spec in ACTIONS:
        if spec.group != group:
            made.addSeparator()
            group = spec.group
        made.addAction(actions[spec.id])
    return made
