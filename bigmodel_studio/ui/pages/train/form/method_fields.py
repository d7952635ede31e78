"""Training method of a base model: all of it, adapters beside its matrices, or its last layer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject, Signal, Slot

from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.specs.spec import MethodSpec
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Row, number
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.choice import Choice

NAMES = {
    "full": str(QT_TRANSLATE_NOOP("train", "All weights")),
    "lora": str(QT_TRANSLATE_NOOP("train", "LoRA adapters")),
    "qlora": str(QT_TRANSLATE_NOOP("train", "QLoRA adapters (base in 4 bits)")),
    "frozen": str(QT_TRANSLATE_NOOP("train", "Last layer only")),
}
MOST_RANK = 4096


class MethodFields(QObject):
    """Its fields are laid out by whoever asks for ``rows``; none where there is nothing to choose."""

    changed = Signal()

    def __init__(self, methods: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._methods = methods
        self.box = Choice()
        self.box.setMinimumHeight(FIELD_PX)
        for method in methods:
            self.box.addItem(word(NAMES[method]), method)
        self.rank = number(MethodSpec().rank, MOST_RANK, self.changed)
        self.box.currentIndexChanged.connect(self._on_box)
        self._on_box()

    @property
    def kind(self) -> str:
        """``method.kind``."""
        return str(self.box.currentData())

    def choose(self, kind: str) -> None:
        """Take that method."""
        self.box.setCurrentIndex(self.box.findData(kind))

    def table(self) -> dict[str, Any]:
        """Return the spec's method."""
        return {"kind": self.kind, **({"rank": self.rank.value()} if self.kind in ADAPTERS else {})}

    def rows(self) -> list[Row]:
        """Return the fields."""
        if len(self._methods) < 2:
            return []
        row: Row = [("method.kind", word("Method"), self.box)]
        if ADAPTERS & set(self._methods):
            row.append(("method.rank", word("LoRA rank"), self.rank))
        return [row]

    @Slot()
    def _on_box(self) -> None:
        self.rank.setEnabled(self.kind in ADAPTERS)
        self.changed.emit()
