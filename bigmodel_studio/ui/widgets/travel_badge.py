"""The badge in a page's header while it uses a model as it was at an earlier step, with the way back."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from bigmodel_studio.core.models import library
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio


class TravelBadge(QFrame):
    """Beside ``picker``, which it sets; hidden while nobody travels. ``begin`` when the page has its own model."""

    def __init__(self, studio: Studio, page: str, picker: ModelPicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._travel, self._page, self._picker = studio.travel, page, picker
        self._setting = self._away = False
        set_look(self, "badge")
        self.words = label("")
        self.back = QPushButton(self.tr("Leave time travel"))
        set_look(self.back, "link")
        self.newest = QPushButton(self.tr("Newest step"))
        self.newest.setToolTip(self.tr("Leave time travel and use the run's newest checkpoint"))
        set_look(self.newest, "link")
        self.newest.clicked.connect(self._on_newest)
        self.back.clicked.connect(self._travel.leave)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 2, 0)
        row.setSpacing(4)
        row.addWidget(self.words)
        row.addWidget(self.newest)
        row.addWidget(self.back)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.hide()

    def begin(self) -> None:
        """Follow, once the page has chosen its model, the journey from here on."""
        self._travel.changed.connect(self.follow)
        self._picker.chosen.connect(self._on_chosen)
        self.follow()

    def settled(self) -> ModelRef | None:
        """Return the model that the page uses when nobody travels: what a session is to come back with."""
        return self._travel.before if self._away else self._picker.ref()

    @Slot()
    def follow(self) -> None:
        """Use the model of the journey, or what was used before it."""
        ref = self._travel.ref if self._travel.page == self._page else None
        if ref is not None:
            self._travel.keep(self._picker.ref())
            self._away = True
            self.words.setText(self.tr("Step {step}").format(step=numbers.exact(ref.step or 0)))
            self._say_back()
            self._choose(ref)
        elif self._away:
            self._away = False
            if self._travel.before is not None and self._picker.ref() == self._last:
                self._choose(self._travel.before)
        self.setVisible(ref is not None)

    def _say_back(self) -> None:
        """Say which model one comes back to: it need not be of this run."""
        before = self._travel.before
        name = library.name_of(before) if before is not None else ""
        words = self.tr("Use {model} again").format(model=name) if before is not None else ""
        self.back.setToolTip(words)

    @Slot()
    def _on_newest(self) -> None:
        """Use the run as it is now: a choice of its own, which ends the journey."""
        if self._travel.ref is not None:
            self._picker.choose(ModelRef(source="run", id=self._travel.ref.id))

    def _choose(self, ref: ModelRef) -> None:
        self._last = ref
        if self._picker.ref() != ref:
            self._setting = True
            self._picker.choose(ref)
            self._setting = False

    @Slot(object)
    def _on_chosen(self, ref: ModelRef) -> None:
        """Another model, chosen by hand, ends the journey."""
        if self._away and not self._setting and ref != self._travel.ref:
            self._travel.leave()
