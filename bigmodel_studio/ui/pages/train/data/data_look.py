"""Looking at a training's data: the row that offers it in the form, and the dialogs that are open."""

from __future__ import annotations

import msgspec
import shiboken6
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bigmodel_studio.core.specs.rules import check_spec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import DataPreview
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.train.data.data_dialog import DataDialog
from bigmodel_studio.ui.pages.train.data.data_words import looked_at, summary
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.window.studio import Studio

NAMELESS = "data"
"""What a training is called whose name is still to be typed."""


def can_be_looked_at(spec: RunSpec) -> bool:
    """Return whether there is data, and no field but the name is without a value that makes sense."""
    try:
        check_spec(_named(spec))
    except StudioError:
        return False
    return bool(spec.data.train)


def _named(spec: RunSpec) -> RunSpec:
    return msgspec.structs.replace(spec, name=spec.name or NAMELESS)


class LookRow(QWidget):
    """A button, and what was seen on one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(self.tr("Check data"))
        self.button.setIcon(icon("search"))
        self.button.setToolTip(self.tr("Shows examples, counts, and problems by file and line"))
        self.summary = ElidedLabel()
        set_look(self.summary, "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.button)
        row.addWidget(self.summary, 1)


class DataLook(QObject):
    """One dialog at a time, beside ``page``'s window. ``previewed``: ``summary_of`` has something new to say."""

    previewed = Signal()

    def __init__(self, studio: Studio, page: QWidget) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self._dialog: DataDialog | None = None
        self._last: tuple[tuple[object, ...], DataPreview] | None = None

    @property
    def dialog(self) -> DataDialog | None:
        """The dialog that is open."""
        open_ = self._dialog is not None and shiboken6.isValid(self._dialog) and self._dialog.isVisible()
        return self._dialog if open_ else None

    def look(self, spec: RunSpec) -> None:
        """Open the dialog; the one of the same data comes to the front."""
        spec = _named(spec)
        dialog = self.dialog
        if dialog is not None and dialog.spec == spec:
            dialog.activateWindow()
            return
        self.stop()
        self._dialog = dialog = DataDialog(self._studio, spec, self._page.window())
        dialog.previewed.connect(self._on_previewed)
        dialog.show()

    def summary_of(self, spec: RunSpec) -> str:
        """Return what was seen of that data on one line; "" where it was not looked at as it is now."""
        if self._last is None or self._last[0] != looked_at(spec):
            return ""
        return summary(self._last[1])

    def stop(self) -> None:
        """Close what is open."""
        if (dialog := self.dialog) is not None:
            dialog.close()

    @Slot(object)
    def _on_previewed(self, preview: DataPreview) -> None:
        if self._dialog is not None:
            self._last = (looked_at(self._dialog.spec), preview)
            self.previewed.emit()
