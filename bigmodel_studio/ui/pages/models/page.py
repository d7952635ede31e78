"""The Models page: a switch between ways to look at models (``views.VIEWS``), and a field to search by.

It makes a view when it is first shown, lends it the header, and sends what is to be shown to the view that shows it. It
knows no view by more than ``View``.
"""

from __future__ import annotations

import importlib

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.pages.models.downloads_panel import DownloadsPanel
from bigmodel_studio.ui.pages.models.table import words
from bigmodel_studio.ui.pages.models.views import VIEWS
from bigmodel_studio.ui.pages.models.views.frame import View
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.widgets.segments import Segments
from bigmodel_studio.ui.window import dropping
from bigmodel_studio.ui.window.destinations import Destination, OpenAdvice, OpenModel, OpenOnHub
from bigmodel_studio.ui.window.session import restore_splitters
from bigmodel_studio.ui.window.studio import Studio

SEARCH_PX = (120, 280)
"""How narrow and how wide the field to search by may be."""
MARGINS_PX = 72
"""What lies around the parts of the header."""


class ModelsPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "models", self.tr("Models"))
        self.views: dict[str, View] = {}
        self.switch = Segments(self.tr("Models shown"), {key: words(spec.title) for key, spec in VIEWS.items()})
        leaves = self.tr("Searching sends requests to the Hub")
        for key in (key for key, spec in VIEWS.items() if spec.leaves):
            self.switch.mark(key, icon("leaves"), leaves)
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.add_to_header(self.switch)
        self.add_to_header(self.search)
        self.stack = QStackedWidget()
        self.downloads = DownloadsPanel(studio.downloads)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(self.downloads)
        self.set_body(body)
        self.switch.chosen.connect(self._show)
        self.search.textChanged.connect(self._on_search)
        last = studio.settings.values.session.models_view
        first = last if last in VIEWS else next(iter(VIEWS))
        self.switch.choose(first)
        self._show(first)

    @property
    def current(self) -> View:
        """The view that is shown."""
        return self.views[self.switch.key]

    def view(self, key: str) -> View:
        """Return a view, made now where it was not yet."""
        return self.views.get(key) or self._made(key)

    def _made(self, key: str) -> View:
        module, _, name = VIEWS[key].factory.partition(":")
        view: View = getattr(importlib.import_module(module), name)(self.studio)
        dropping.leave_to_window(view)
        restore_splitters(self.page_id, view, self.studio.settings.values.session.splitters)
        self.views[key] = view
        self.stack.addWidget(view)
        for tool in view.tools:
            self.add_to_header(tool, right=True)
            tool.hide()
        view.search_wanted.connect(self._on_search_wanted)
        return view

    @Slot(str)
    def _show(self, key: str) -> None:
        shown = self.view(key)
        for view in self.views.values():
            for tool in view.tools:
                tool.setVisible(view is shown)
        self.stack.setCurrentWidget(shown)
        self.search.setVisible(bool(shown.search_placeholder))
        self.search.setPlaceholderText(shown.search_placeholder)
        self.search.setAccessibleName(shown.search_placeholder)
        if self.search.text() != shown.searched:
            self.search.setText(shown.searched)
        self._fit_search()
        shown.enter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_search()

    def _fit_search(self) -> None:
        """Give the field to search by what the header has left."""
        beside = sum(tool.sizeHint().width() + 8 for tool in self.current.tools)
        room = self.width() - self.switch.sizeHint().width() - self.title_label.sizeHint().width() - beside - MARGINS_PX
        self.search.setFixedWidth(min(max(room, SEARCH_PX[0]), SEARCH_PX[1]))

    @Slot(str)
    def _on_search(self, text: str) -> None:
        if text != self.current.searched:
            self.current.search(text)

    @Slot(str)
    def _on_search_wanted(self, text: str) -> None:
        view = self.sender()
        if view is self.current:
            self.search.setText(text)
        elif isinstance(view, View):
            view.search(text)

    # ------------------------------------------------------------------------------- what the window asks

    def open(self, destination: Destination) -> None:
        """Show the view that something belongs to, and have it opened there."""
        match destination:
            case OpenModel():
                self.switch.choose(next(key for key, spec in VIEWS.items() if destination.model.source in spec.sources))
            case OpenOnHub():
                self.switch.choose("hub")
            case OpenAdvice():
                self.switch.choose("advisor")
        self.current.open(destination)

    def search_hub(self) -> None:
        """Go to the Hub, ready to type what is looked for."""
        self.switch.choose("hub")
        self.search.setFocus()

    def remember(self) -> None:
        self.studio.settings.change_session(models_view=self.switch.key)
        for view in self.views.values():
            view.remember()

    def shut(self) -> None:
        for view in self.views.values():
            view.shut()
