"""Which classes the chosen model knows, in one line: how many, the first of them, and all where the pointer rests.

The model's config is read in a thread; nothing is said of a model whose config names none.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.models.classifier_head import class_names
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.elided import ElidedLabel

NAMED = 12
"""As many are named in the line; the rest is elided where there is no room."""
IN_TIP = 200
"""As many are named where the pointer rests."""


class _Known(NamedTuple):
    folder: str
    names: list[str]


class ClassesLine(ElidedLabel):
    """``show_model`` whenever it may be another; ``close`` joins the thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        set_look(self, "secondary")
        self._folder = ""
        self._look = Latest("classes", self)
        self._look.answered.connect(self._on_known)
        self.hide()

    def show_model(self, folder: str) -> None:
        """Say what the model in this folder knows, as soon as its config has been read; "" : there is none."""
        if folder == self._folder:
            return
        self._folder = folder
        self.hide()
        if folder:
            self._look.ask(lambda: _Known(folder, class_names(Path(folder))))

    def close_look(self) -> None:
        """Join the thread."""
        self._look.close()

    @Slot(object)
    def _on_known(self, found: object) -> None:
        if not isinstance(found, _Known) or found.folder != self._folder or not found.names:
            return
        names = found.names
        shown = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
        words = self.tr("Knows {count} classes: {names}")
        self.setText(words.format(count=numbers.exact(len(names)), names=shown))
        tip = ", ".join(names[:IN_TIP]) + ("…" if len(names) > IN_TIP else "")
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
        self.show()
