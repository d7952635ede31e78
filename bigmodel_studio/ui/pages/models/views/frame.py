"""Base of every view of the Models page: a widget below the page's header, which lends it a field to search by."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bigmodel_studio.ui.window.destinations import Destination
from bigmodel_studio.ui.window.studio import Studio


class View(QWidget):
    """Subclasses are made as ``Class(studio)`` when they are first shown."""

    search_wanted = Signal(str)
    """The field shall say this; ``search`` follows."""

    def __init__(self, studio: Studio, search_placeholder: str = "") -> None:
        """``search_placeholder`` is what the field says while it is empty; without one there is no field."""
        super().__init__()
        self.studio = studio
        self.search_placeholder = search_placeholder
        self.searched = ""
        """What the field says."""
        self.tools: tuple[QWidget, ...] = ()
        """What stands at the right end of the page's header while this view is shown."""

    def search(self, text: str) -> None:
        """Search for what the user typed; what is shown follows. Subclasses say more, and call this first."""
        self.searched = text

    def open(self, destination: Destination) -> None:
        """Open what belongs to this view; it has been shown."""

    def enter(self) -> None:
        """Prepare the view, which is shown now."""

    def remember(self) -> None:
        """Leave what is unsent and what is chosen in the settings: called now and then, and before ``shut``."""

    def shut(self) -> None:
        """Stop timers and jobs."""
