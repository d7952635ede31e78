"""Entries of the command palette: every action, page, model, run and conversation, each with what choosing it does.

Read afresh each time the palette is opened. A model is opened where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from bigmodel_studio.core.chat.conversations_beside import listed
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.window import actions
from bigmodel_studio.ui.window.destinations import OpenChat, OpenModel, OpenRun, UseModel
from bigmodel_studio.ui.window.uses import USE_IN

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow

MOST_CONVERSATIONS = 500


@dataclass(frozen=True)
class Entry:
    """A line of the palette. ``kind`` is said at its right, or ``keys`` where it has some; ``icon`` may be ""."""

    title: str
    kind: str
    icon: str
    act: Callable[[], object]
    keys: str = ""


def entries(window: MainWindow) -> list[Entry]:
    """Return all there is, actions first."""
    sources = (_actions, _pages, _models, _runs, _conversations)
    return [entry for source in sources for entry in source(window)]


def _actions(window: MainWindow) -> Iterator[Entry]:
    for spec in actions.ACTIONS:
        page = window.pages.get(spec.page)
        if spec.id != "palette" and (page is None or page.offers(spec.handler)):
            kind = actions.page_title(spec.page) if spec.page else ""
            mark = "leaves" if spec.leaves else PAGES[spec.page].icon if spec.page else ""
            yield Entry(actions.text_of(spec), kind, mark, partial(actions.run, window, spec), spec.shortcut)


def _pages(window: MainWindow) -> Iterator[Entry]:
    for page_id, page in PAGES.items():
        show = partial(window.show_page, page_id)
        yield Entry(actions.page_title(page_id), "", page.icon, show, actions.page_keys(page_id))


def _models(window: MainWindow) -> Iterator[Entry]:
    kind = QCoreApplication.translate("palette", "Model")
    for record in window.studio.library.records():
        page = USE_IN.get(record.kind) if record.problem is None else None
        opened = UseModel(page, record.ref) if page is not None else OpenModel(record.ref)
        yield Entry(record.name, kind, "models", partial(window.open, opened))


def _runs(window: MainWindow) -> Iterator[Entry]:
    kind = QCoreApplication.translate("palette", "Run")
    for run in window.studio.runs.runs:
        yield Entry(run.name, kind, "train", partial(window.open, OpenRun(run.name)))


def _conversations(window: MainWindow) -> Iterator[Entry]:
    kind = QCoreApplication.translate("palette", "Chat")
    for conversation, title in listed(MOST_CONVERSATIONS):
        yield Entry(title, kind, "chat", partial(window.open, OpenChat(conversation)))
