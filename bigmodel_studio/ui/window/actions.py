"""One table of what can be done: menu, shortcuts, palette and the list of shortcuts are drawn from it.

``handler`` is the name of a method called without arguments (of the main window; or of the page that ``page`` names, or
of a part of it, as "run_actions.stop": that page is shown first), or ``module:Dialog``, made as ``Dialog(studio,
window)`` and opened. Texts are translated in "actions". ``KEYS`` adds to the list of shortcuts what keys mean in one
place only.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages import PAGES

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow


@dataclass(frozen=True)
class ActionSpec:
    """An action. ``group``: actions of one group stand together. ``shortcut``: "; " parts alternatives.

    One that belongs to a ``page`` is in the palette and in the list of shortcuts, and not in the menu.
    """

    id: str
    text: str
    shortcut: str
    handler: str
    group: str
    page: str = ""
    leaves: bool = False
    """Whether it asks somebody outside this computer: it is marked so."""


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("palette", str(QT_TRANSLATE_NOOP("actions", "Command palette…")), "Ctrl+K", "show_palette", "find"),
    ActionSpec("new", str(QT_TRANSLATE_NOOP("actions", "New")), "Ctrl+N", "new_item", "file"),
    ActionSpec("open", str(QT_TRANSLATE_NOOP("actions", "Open files…")), "Ctrl+O", "open_files", "file"),
    ActionSpec(
        "open-folder", str(QT_TRANSLATE_NOOP("actions", "Open a folder…")), "Ctrl+Shift+O", "open_folder", "file"
    ),
    ActionSpec("undo", str(QT_TRANSLATE_NOOP("actions", "Undo the last removal")), "Ctrl+Z", "undo_removal", "trash"),
    ActionSpec(
        "removed",
        str(QT_TRANSLATE_NOOP("actions", "Recently removed…")),
        "",
        "bigmodel_studio.ui.dialogs.recently_removed:RecentlyRemoved",
        "trash",
    ),
    ActionSpec(
        "monitor",
        str(QT_TRANSLATE_NOOP("actions", "Show or hide the monitor")),
        "Ctrl+Shift+M",
        "toggle_monitor",
        "window",
    ),
    ActionSpec("offline", str(QT_TRANSLATE_NOOP("actions", "Work offline")), "", "toggle_offline", "network"),
    ActionSpec(
        "network",
        str(QT_TRANSLATE_NOOP("actions", "Network activity…")),
        "",
        "bigmodel_studio.ui.dialogs.network_dialog:NetworkDialog",
        "network",
    ),
    ActionSpec(
        "account",
        str(QT_TRANSLATE_NOOP("actions", "Account on the Hub…")),
        "",
        "bigmodel_studio.ui.dialogs.account_dialog:AccountDialog",
        "network",
        leaves=True,
    ),
    ActionSpec("settings", str(QT_TRANSLATE_NOOP("actions", "Settings…")), "Ctrl+,", "show_settings", "window"),
    ActionSpec(
        "shortcuts",
        str(QT_TRANSLATE_NOOP("actions", "Shortcuts…")),
        "F1; Ctrl+/",
        "bigmodel_studio.ui.dialogs.shortcuts_dialog:ShortcutsDialog",
        "help",
    ),
    ActionSpec(
        "logs",
        str(QT_TRANSLATE_NOOP("actions", "Logs…")),
        "",
        "bigmodel_studio.ui.dialogs.log_viewer:LogViewer",
        "help",
    ),
    ActionSpec("light", str(QT_TRANSLATE_NOOP("actions", "Light appearance")), "", "use_light", "look"),
    ActionSpec("dark", str(QT_TRANSLATE_NOOP("actions", "Dark appearance")), "", "use_dark", "look"),
    ActionSpec("language", str(QT_TRANSLATE_NOOP("actions", "Language…")), "", "show_language", "look"),
    ActionSpec(
        "guide",
        str(QT_TRANSLATE_NOOP("actions", "Guide…")),
        "",
        "bigmodel_studio.ui.dialogs.help_dialogs:GuideDialog",
        "help",
    ),
    ActionSpec(
        "about",
        str(QT_TRANSLATE_NOOP("actions", "About Big Model Studio…")),
        "",
        "bigmodel_studio.ui.dialogs.help_dialogs:AboutDialog",
        "help",
    ),
    ActionSpec("quit", str(QT_TRANSLATE_NOOP("actions", "Quit")), "Ctrl+Q", "close", "leave"),
    ActionSpec("close", str(QT_TRANSLATE_NOOP("actions", "Close the window")), "Ctrl+W", "close", "leave"),
    ActionSpec("new-chat", str(QT_TRANSLATE_NOOP("actions", "New chat")), "", "new_item", "page", page="chat"),
    ActionSpec(
        "find-in-chat",
        str(QT_TRANSLATE_NOOP("actions", "Find in this chat")),
        "Ctrl+F",
        "finder.show",
        "page",
        page="chat",
    ),
    ActionSpec(
        "tree-of-chat",
        str(QT_TRANSLATE_NOOP("actions", "Show the tree of the chat")),
        "Ctrl+T",
        "tree.show",
        "page",
        page="chat",
    ),
    ActionSpec(
        "export-chat",
        str(QT_TRANSLATE_NOOP("actions", "Export the chat…")),
        "",
        "exchange.export_shown",
        "page",
        page="chat",
    ),
    ActionSpec(
        "import-chats",
        str(QT_TRANSLATE_NOOP("actions", "Import chats…")),
        "",
        "exchange.import_chats",
        "page",
        page="chat",
    ),
    ActionSpec(
        "open-pictures", str(QT_TRANSLATE_NOOP("actions", "Open pictures…")), "", "browse", "page", page="images"
    ),
    ActionSpec(
        "paste-picture", str(QT_TRANSLATE_NOOP("actions", "Paste a picture")), "", "paste", "page", page="images"
    ),
    ActionSpec("open-texts", str(QT_TRANSLATE_NOOP("actions", "Open texts…")), "", "browse", "page", page="text"),
    ActionSpec("read-texts", str(QT_TRANSLATE_NOOP("actions", "Run on the text")), "", "read", "page", page="text"),
    ActionSpec("new-run", str(QT_TRANSLATE_NOOP("actions", "New run")), "", "new_item", "page", page="train"),
    ActionSpec(
        "experiments", str(QT_TRANSLATE_NOOP("actions", "Experiments…")), "", "show_experiments", "page", page="train"
    ),
    ActionSpec(
        "pause-run", str(QT_TRANSLATE_NOOP("actions", "Pause the run")), "", "run_actions.pause", "page", page="train"
    ),
    ActionSpec(
        "resume-run",
        str(QT_TRANSLATE_NOOP("actions", "Resume the run")),
        "",
        "run_actions.resume",
        "page",
        page="train",
    ),
    ActionSpec(
        "save-run", str(QT_TRANSLATE_NOOP("actions", "Save the run now")), "", "run_actions.save", "page", page="train"
    ),
    ActionSpec(
        "use-run",
        str(QT_TRANSLATE_NOOP("actions", "Use the run's model")),
        "",
        "run_actions.use",
        "page",
        page="train",
    ),
    ActionSpec(
        "fork-run", str(QT_TRANSLATE_NOOP("actions", "Fork the run…")), "", "run_actions.fork", "page", page="train"
    ),
    ActionSpec(
        "stop-run", str(QT_TRANSLATE_NOOP("actions", "Stop the run")), "", "run_actions.stop", "page", page="train"
    ),
    ActionSpec(
        "export-curves",
        str(QT_TRANSLATE_NOOP("actions", "Export curves…")),
        "",
        "export_curves",
        "page",
        page="train",
    ),
    ActionSpec(
        "look-at-data",
        str(QT_TRANSLATE_NOOP("actions", "Check data…")),
        "Ctrl+D",
        "look_at_data",
        "page",
        page="train",
    ),
    ActionSpec(
        "one-step", str(QT_TRANSLATE_NOOP("actions", "Step through one update…")), "", "one_step", "page", page="train"
    ),
    ActionSpec(
        "search-hub",
        str(QT_TRANSLATE_NOOP("actions", "Search the Hub")),
        "Ctrl+Shift+H",
        "search_hub",
        "page",
        page="models",
        leaves=True,
    ),
)


@dataclass(frozen=True)
class KeySpec:
    """What keys mean in one place: on a page (by id), or in whatever else ``place`` names."""

    place: str
    text: str
    keys: str


KEYS: tuple[KeySpec, ...] = (
    KeySpec("chat", str(QT_TRANSLATE_NOOP("actions", "Send")), "Return"),
    KeySpec("chat", str(QT_TRANSLATE_NOOP("actions", "New line")), "Shift+Return"),
    KeySpec("chat", str(QT_TRANSLATE_NOOP("actions", "Stop the reply")), "Esc"),
    KeySpec("chat", str(QT_TRANSLATE_NOOP("actions", "Rename a chat")), "F2"),
    KeySpec("chat", str(QT_TRANSLATE_NOOP("actions", "Remove a chat")), "Delete"),
    KeySpec("images", str(QT_TRANSLATE_NOOP("actions", "Paste a picture")), "Ctrl+V"),
    KeySpec("images", str(QT_TRANSLATE_NOOP("actions", "Remove a picture")), "Delete"),
    KeySpec("text", str(QT_TRANSLATE_NOOP("actions", "Run the model")), "Ctrl+Return"),
    KeySpec("text", str(QT_TRANSLATE_NOOP("actions", "Stop")), "Esc"),
    KeySpec("text", str(QT_TRANSLATE_NOOP("actions", "Mask the word at the cursor")), "Ctrl+M"),
    KeySpec(
        "text",
        str(QT_TRANSLATE_NOOP("actions", "Heat maps: move between cells")),
        "Left; Right; Up; Down",
    ),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Start the run")), "Ctrl+Return"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Remove a run")), "Delete"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Curves: move between points")), "Left; Right"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Curves: zoom in and out")), "+; -"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Curves: show all")), "Home"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Curves: the examples of a step")), "Return"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Layers: move between cells")), "Left; Right; Up; Down"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Data: move between tokens")), "Left; Right; Up; Down"),
    KeySpec("train", str(QT_TRANSLATE_NOOP("actions", "Confusion matrix: zoom in and out")), "+; -"),
    KeySpec("models", str(QT_TRANSLATE_NOOP("actions", "Use the model")), "Return"),
    KeySpec("models", str(QT_TRANSLATE_NOOP("actions", "Remove a model")), "Delete"),
)


def text_of(spec: ActionSpec | KeySpec) -> str:
    """Return what it is called, in the window's language."""
    return QCoreApplication.translate("actions", spec.text)


def page_title(page_id: str) -> str:
    """Return what a page is called, in the window's language."""
    return QCoreApplication.translate("pages", PAGES[page_id].title)


def page_keys(page_id: str) -> str:
    """Return the shortcut that shows a page."""
    return f"Ctrl+{list(PAGES).index(page_id) + 1}"


def native(keys: str) -> list[str]:
    """Return alternatives as this system writes them."""
    form = QKeySequence.SequenceFormat.NativeText
    return [QKeySequence(key).toString(form) for key in keys.split("; ")] if keys else []


def sheet() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the list of shortcuts: by section (its title), each text with its keys."""
    general = [(text_of(spec), spec.shortcut) for spec in ACTIONS if spec.shortcut and not spec.page]
    yield QCoreApplication.translate("actions", "Everywhere"), general
    yield (
        QCoreApplication.translate("actions", "Pages"),
        [(page_title(page_id), page_keys(page_id)) for page_id in PAGES],
    )
    for page_id in PAGES:
        own = [(text_of(spec), spec.shortcut) for spec in ACTIONS if spec.page == page_id and spec.shortcut]
        own += [(text_of(spec), spec.keys) for spec in KEYS if spec.place == page_id]
        if own:
            yield page_title(page_id), own


def run(window: MainWindow, spec: ActionSpec) -> None:
    """Do it; on a page that cannot do it now, show that page and no more."""
    if ":" in spec.handler:
        module, _, name = spec.handler.partition(":")
        getattr(importlib.import_module(module), name)(window.studio, window).open()
        return
    target: Any = window
    if spec.page:
        window.show_page(spec.page)
        target = window.current_page
        if not target.offers(spec.handler):
            return
    attrgetter(spec.handler)(target)()


def add_actions(window: MainWindow) -> dict[str, QAction]:
    """Make the table's actions on ``window``, with their shortcuts."""
    made = {}
    for spec in ACTIONS:
        action = QAction(text_of(spec), window)
        if spec.leaves:
            action.setIcon(icon("leaves"))
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcut.split("; ") if keys])
        action.triggered.connect(partial(run, window, spec))
        window.addAction(action)
        made[spec.id] = action
    return made


def menu(parent: QWidget, actions: dict[str, QAction]) -> QMenu:
    """Return the application's menu, its groups parted by lines; what helps stands in a menu of its own."""
    made = QMenu(parent)
    helps = QMenu(QCoreApplication.translate("actions", "Help"), made)
    group = ACTIONS[0].group
    for spec in ACTIONS:
        if spec.page:
            continue
        if spec.group == "help":
            helps.addAction(actions[spec.id])
            continue
        if spec.group != group:
            made.addSeparator()
            group = spec.group
        made.addAction(actions[spec.id])
    made.addSeparator()
    made.addMenu(helps)
    return made
