"""Choosing a model: a button that shows its name, parameters and memory, and a menu of what there is.

Follows the library as it changes. Names elide in the middle, with the whole name in the tooltip.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models.library import ModelRecord, name_of
from bigmodel_studio.core.models.precisions import PrecisionChoice
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem, Speed
from bigmodel_studio.ui.look import i18n, theme
from bigmodel_studio.ui.look.icons import icon

WIDEST_PX = 420
LONGEST_IN_MENU = 48
_PADDING = 12
_CHEVRON = 14


def details(record: ModelRecord) -> str:
    """Return what is said beside a model's name: parameters and bytes."""
    return f"{numbers.count(record.parameters)} · {numbers.size(record.bytes)}"


def precision_words(choice: PrecisionChoice, speed: Speed | None) -> tuple[str, str]:
    """Return a precision's name, and its bytes in memory with the tokens per second that this machine's memory allows.

    ``speed``: the processor's, as measured; without it no rate is said.
    """
    names = {
        "stored": QCoreApplication.translate("ModelPicker", "As stored ({dtype})").format(dtype=choice.dtype),
        "8-bit": QCoreApplication.translate("ModelPicker", "8 bits"),
        "4-bit": QCoreApplication.translate("ModelPicker", "4 bits"),
    }
    rate = device_speed.tokens_per_s(speed, choice.size.read_bytes)
    if rate is None and device_speed.knows_memory(speed):
        pace = ""
    elif rate is None:
        pace = QCoreApplication.translate("ModelPicker", "speed not measured")
    else:
        pace = QCoreApplication.translate("ModelPicker", "up to {rate}").format(rate=numbers.rate(rate, "tokens"))
    parts = [numbers.size(choice.size.bytes), pace]
    if choice.quality is not None and choice.quality.top1_agreement is not None:
        same = QCoreApplication.translate("ModelPicker", "same top token: {share}")
        parts.append(same.format(share=numbers.percent(choice.quality.top1_agreement)))
    return names[choice.precision], " · ".join(part for part in parts if part)


class ModelPicker(QPushButton):
    """``chosen`` says which model is to be used from now on: the user's choice, or the first where there was none."""

    chosen = Signal(object)
    """A ``ModelRef``."""
    refused = Signal(object)
    """A ``Problem``: the folder that was opened is no model."""

    def __init__(
        self,
        library: LibraryWatcher,
        kinds: tuple[ModelKind, ...],
        parent: QWidget | None = None,
        *,
        to_train: bool = False,
    ) -> None:
        """Offer the models of these ``kinds``; ``to_train``: those that a training can start from."""
        super().__init__(parent)
        self._library = library
        self._kinds = kinds
        self._to_train = to_train
        self._ref: ModelRef | None = None
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        library.changed.connect(self._on_library_changed)
        self._say()

    def ref(self) -> ModelRef | None:
        """Return the model chosen."""
        return self._ref

    def record(self) -> ModelRecord | None:
        """Return what the library says of the model chosen."""
        return self._library.find(self._ref) if self._ref is not None else None

    def choose(self, ref: ModelRef) -> None:
        """Choose a model, as the user would."""
        self._ref = ref
        self._say()
        self.chosen.emit(ref)

    def choices(self) -> list[ModelRecord]:
        """Return the models that this picker offers, those that cannot be used among them."""
        return [record for record in self._library.records() if record.kind in self._kinds]

    def why_not(self, record: ModelRecord) -> Problem | None:
        """Return why a model can't be chosen here, None where it can."""
        return record.why_not_trained if self._to_train else record.problem

    def choose_first(self) -> None:
        """Choose the first model that can be used, by the order of the kinds, where none is chosen."""
        usable = [record for record in self.choices() if self.why_not(record) is None]
        if self._ref is None and usable:
            self.choose(min(usable, key=lambda record: self._kinds.index(record.kind)).ref)

    # ------------------------------------------------------------------------------- the menu

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        for record in self.choices():
            action = QAction(self._menu)
            name = _shortened(record.name).replace("&", "&&")
            problem = self.why_not(record)
            action.setText(f"{name}\t{details(record)}" if problem is None else name)
            action.setToolTip(record.path if problem is None else i18n.sentence(problem))
            action.setEnabled(problem is None)
            action.setCheckable(True)
            here = self._ref is not None and record.ref == as_stored(self._ref)
            action.setChecked(here)
            action.setData(self._ref if here else record.ref)
            action.triggered.connect(self._on_triggered)
            self._menu.addAction(action)
        self._add_precisions()
        self._menu.addSeparator()
        self._menu.addAction(icon("folder"), self.tr("Open a folder…"), self.open_folder)

    def _add_precisions(self) -> None:
        """Offer the precisions of the model chosen; say where there is no fast path for it."""
        record = self.record()
        if self._ref is None or self._to_train or record is None or record.kind != "causal-lm":
            return
        choices = self._library.precisions(self._ref)
        self._menu.addSection(self.tr("Precision"))
        if not choices:
            note = self._menu.addAction(self.tr("No fast path for this model; it runs on transformers"))
            note.setEnabled(False)
            return
        speed = device_speed.speed_of("cpu", "float32")
        group = QActionGroup(self._menu)
        for choice in choices:
            action = QAction("\t".join(precision_words(choice, speed)), self._menu)
            action.setCheckable(True)
            action.setChecked(choice.precision == self._ref.precision)
            action.setData(msgspec.structs.replace(self._ref, precision=choice.precision, dtype="auto"))
            action.triggered.connect(self._on_triggered)
            group.addAction(action)
            self._menu.addAction(action)

    @Slot()
    def _on_triggered(self) -> None:
        action = self.sender()
        if isinstance(action, QAction) and isinstance(action.data(), ModelRef):
            self.choose(action.data())

    @Slot()
    def open_folder(self) -> None:
        """Ask for a model's folder, keep it in the library and choose it where it is of this picker's kinds."""
        from PySide6.QtWidgets import QFileDialog

        folder = QFileDialog.getExistingDirectory(self.window(), self.tr("Open a model folder"))
        if folder:
            self.take_folder(Path(folder))

    def take_folder(self, folder: Path) -> None:
        """Keep a folder in the library and choose it; ``refused`` says why not."""
        self._library.remember(folder, self.choose, self.refused.emit)

    @Slot()
    def _on_library_changed(self) -> None:
        self.choose_first()
        self._say()

    # ------------------------------------------------------------------------------- how it looks

    def _words(self) -> tuple[str, str]:
        if self._ref is None:
            return (self.tr("No model yet") if self._library.ready else self.tr("Looking for models…")), ""
        record = self.record()
        if record is None or record.problem is not None:
            return name_of(self._ref), ""
        if self._ref.precision == "stored":
            return name_of(self._ref), details(record)
        sizes = {choice.precision: choice.size.bytes for choice in self._library.precisions(self._ref)}
        size = sizes.get(self._ref.precision, record.bytes)
        parts = numbers.count(record.parameters), self._ref.precision, numbers.size(size)
        return name_of(self._ref), " · ".join(parts)

    def _say(self) -> None:
        name, more = self._words()
        self.setToolTip(name)
        self.setAccessibleName(self.tr("Model: {name} {details}").format(name=name, details=more).strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        name, more = self._words()
        width = self._strong().horizontalAdvance(name) + 2 * _PADDING + _CHEVRON + 10
        if more:
            width += QFontMetrics(theme.font()).horizontalAdvance(more) + 12
        return QSize(min(width, WIDEST_PX), 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)  # the button has no text of its own
        painter = QPainter(self)
        name, more = self._words()
        room = self.rect().adjusted(_PADDING, 0, -_PADDING, 0)
        chevron = QRect(room.right() - _CHEVRON + 1, room.center().y() - _CHEVRON // 2 + 1, _CHEVRON, _CHEVRON)
        icon("chevron-down").paint(painter, chevron)
        room.setRight(chevron.left() - 8)
        if more:
            painter.setFont(theme.font(tabular=True))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, more)
            room.setRight(room.right() - QFontMetrics(theme.font()).horizontalAdvance(more) - 12)
        painter.setFont(theme.font(weight=QFont.Weight.Medium))
        painter.setPen(theme.colour("text"))
        elided = self._strong().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.end()

    @staticmethod
    def _strong() -> QFontMetrics:
        return QFontMetrics(theme.font(weight=QFont.Weight.Medium))


def as_stored(ref: ModelRef) -> ModelRef:
    """Return the model whatever it is loaded in."""
    return msgspec.structs.replace(ref, precision="stored", dtype="auto", device="auto")


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_IN_MENU:
        return name
    half = LONGEST_IN_MENU // 2
    return f"{name[: half - 1]}…{name[-half:]}"
