"""The pages, one over the other: each is built when it is first shown, from the table ``PAGES``."""

from __future__ import annotations

import importlib
import logging

from PySide6.QtWidgets import QStackedWidget

from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window import dropping
from bigmodel_studio.ui.window.session import restore_splitters
from bigmodel_studio.ui.window.studio import Studio

log = logging.getLogger(__name__)


class PageStack(QStackedWidget):
    """It knows no page by more than ``Page``."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        self.pages: dict[str, Page] = {}
        """Those that have been built, by id."""

    @property
    def current(self) -> Page | None:
        """The page that is shown."""
        page = self.currentWidget()
        return page if isinstance(page, Page) else None

    def page(self, page_id: str) -> Page | None:
        """Return a page, built now where it was not yet; None, and a problem is reported, where that fails."""
        return self.pages.get(page_id) or self._built(page_id)

    def _built(self, page_id: str) -> Page | None:
        module, _, name = PAGES[page_id].factory.partition(":")
        try:
            page: Page = getattr(importlib.import_module(module), name)(self.studio)
        except Exception as error:
            log.exception("the page %s could not be built", page_id)
            self.studio.report(Problem(code="page-broken", arguments={"detail": str(error) or type(error).__name__}))
            return None
        dropping.leave_to_window(page)
        self.pages[page_id] = page
        self.addWidget(page)
        restore_splitters(page_id, page, self.studio.settings.values.session.splitters)
        return page

    def remember(self) -> None:
        """Have each page leave what is unsent and what is chosen in the settings."""
        for page in self.pages.values():
            page.remember()

    def shut(self) -> None:
        """Have each page stop its timers and jobs."""
        for page in self.pages.values():
            page.shut()
