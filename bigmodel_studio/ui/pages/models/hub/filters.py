"""Filters and order of the Hub search: a row of choices that edits a ``SearchHub``."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QComboBox, QHBoxLayout, QWidget

from bigmodel_studio.core.advice import fits
from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import SearchHub, Sort
from bigmodel_studio.ui.pages.models.hub.table import TASKS
from bigmodel_studio.ui.pages.models.table import words
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import panel

LIBRARIES = ("transformers", "sentence-transformers", "gguf", "peft", "diffusers", "timm", "onnx", "mlx")
LICENCES = (
    "apache-2.0",
    "mit",
    "bsd-3-clause",
    "cc-by-4.0",
    "cc-by-sa-4.0",
    "cc-by-nc-4.0",
    "openrail",
    "gemma",
    "llama3.1",
    "llama3.2",
)
SIZES: tuple[tuple[int, int], ...] = (
    (0, 0),
    (0, 10**8),
    (10**8, 5 * 10**8),
    (5 * 10**8, 2 * 10**9),
    (2 * 10**9, 5 * 10**9),
    (5 * 10**9, 10**10),
    (10**10, 4 * 10**10),
    (4 * 10**10, 0),
)
"""From so many parameters to so many; 0 is no limit."""
SORTS: dict[Sort, str] = {
    "downloads": str(QT_TRANSLATE_NOOP("models", "Most downloaded")),
    "likes": str(QT_TRANSLATE_NOOP("models", "Most liked")),
    "trending": str(QT_TRANSLATE_NOOP("models", "Trending")),
    "updated": str(QT_TRANSLATE_NOOP("models", "Recently updated")),
}
CHOICE_PX = 96
"""How narrow a choice may become."""
ONE_ROW_PX = 940
"""Where there is less room, they stand in two rows."""


class Filters(QWidget):
    """``query`` is what is chosen; ``changed`` says that it is another."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rooms: tuple[Room, ...] = ()
        self.task = _choice(self.tr("Task"), [(self.tr("Any task"), "")])
        for key, text in TASKS.items():
            self.task.addItem(words(text), key)
        any_library, any_licence = (self.tr("Any library"), ""), (self.tr("Any license"), "")
        self.library = _choice(self.tr("Library"), [any_library, *((each, each) for each in LIBRARIES)])
        self.licence = _choice(self.tr("License"), [any_licence, *((each, each) for each in LICENCES)])
        self.scale = _choice(self.tr("Size"), [(self._size_words(*each), each) for each in SIZES])
        self.fit = QCheckBox(self.tr("Fits this computer"))
        self.sort = _choice(self.tr("Order"), [(words(text), key) for key, text in SORTS.items()])
        frame = panel("header")
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, frame)
        self._rows.setContentsMargins(16, 6, 16, 6)
        self._rows.setSpacing(8)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(8)
        self._rows.addLayout(upper, 3)
        self._rows.addLayout(lower, 2)
        for part in (self.task, self.library, self.licence, self.scale):
            upper.addWidget(part, 1)
        lower.addWidget(self.fit)
        lower.addStretch(1)
        lower.addWidget(self.sort, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        for box in (self.task, self.library, self.licence, self.scale, self.sort):
            box.currentIndexChanged.connect(self._on_changed)
        self.fit.toggled.connect(self._on_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < ONE_ROW_PX
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._rows.direction() != direction:
            self._rows.setDirection(direction)

    def _size_words(self, least: int, most: int) -> str:
        if not least and not most:
            return self.tr("Any size")
        if not least:
            return self.tr("up to {most}").format(most=numbers.count(most))
        if not most:
            return self.tr("over {least}").format(least=numbers.count(least))
        return self.tr("{least} to {most}").format(least=numbers.count(least), most=numbers.count(most))

    def query(self, text: str) -> SearchHub:
        """Return the question with these words."""
        least, most = self.scale.currentData()
        if self.fit.isChecked():
            room = fits.most_parameters(self._rooms)
            most = min(most, room) if most else room
            least = max(least, 1)  # what does not say its size is not said to fit
        return SearchHub(
            words=text.strip(),
            task=self.task.currentData(),
            library=self.library.currentData(),
            licence=self.licence.currentData(),
            least_parameters=least,
            most_parameters=most,
            sort=self.sort.currentData(),
        )

    def set_rooms(self, rooms: tuple[Room, ...]) -> None:
        """Set what the devices of this machine have room for now."""
        self._rooms = rooms
        most = fits.most_parameters(rooms)
        self.fit.setToolTip(
            self.tr("Up to about {parameters} parameters with the memory free now").format(
                parameters=numbers.count(most)
            )
        )

    def order_by(self, sort: Sort) -> None:
        """Choose an order."""
        self.sort.setCurrentIndex(self.sort.findData(sort))

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return replace(self.query(""), sort="downloads") != SearchHub()

    def clear(self) -> None:
        """Leave nothing out; ``changed`` follows once."""
        self.blockSignals(True)
        for box in (self.task, self.library, self.licence, self.scale):
            box.setCurrentIndex(0)
        self.fit.setChecked(False)
        self.blockSignals(False)
        self.changed.emit()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()


def _choice(name: str, items: list[tuple[str, object]]) -> Choice:
    box = Choice()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    box.setMinimumWidth(CHOICE_PX)
    box.setMaximumWidth(180)
    for text, value in items:
        box.addItem(text, value)
    return box
