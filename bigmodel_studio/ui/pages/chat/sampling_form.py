"""The form of how the next token is chosen: for each number a field to type in and a slider, drawn from one table.

A slider at its left end says "auto": the model's own ``generation_config``, else the application's default, which the
engine settles; what that is stands beside it as soon as the model is loaded. The form edits exactly
``protocol.Sampling``.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.protocol import Sampling
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.widgets.wheel import scroll_past

FIELD_PX = 96
_AROUND_PX = 24
"""What a field has on both sides of its text."""
MOST_SEED = 2**63 - 1


@dataclass(frozen=True)
class Knob:
    """A number of ``Sampling``: its range, the slider's step, and whether it may be left to the model."""

    name: str
    text: str
    help: str
    lowest: float
    highest: float
    step: float
    digits: int
    auto: bool = True
    slider_highest: float | None = None
    """Where the slider ends, when one may type more."""


KNOBS: tuple[Knob, ...] = (
    Knob(
        "temperature",
        str(QT_TRANSLATE_NOOP("sampling", "Temperature")),
        str(QT_TRANSLATE_NOOP("sampling", "Higher is more random; 0 is greedy.")),
        0.0,
        5.0,
        0.05,
        2,
        slider_highest=2.0,
    ),
    Knob(
        "top_k",
        str(QT_TRANSLATE_NOOP("sampling", "Top-k")),
        str(QT_TRANSLATE_NOOP("sampling", "Sample from the k most likely tokens; 0 = all.")),
        0,
        1_000_000,
        1,
        0,
        slider_highest=100,
    ),
    Knob(
        "top_p",
        str(QT_TRANSLATE_NOOP("sampling", "Top-p")),
        str(QT_TRANSLATE_NOOP("sampling", "Sample from the most likely tokens that together have this probability.")),
        0.01,
        1.0,
        0.01,
        2,
    ),
    Knob(
        "max_new_tokens",
        str(QT_TRANSLATE_NOOP("sampling", "Longest reply")),
        str(
            QT_TRANSLATE_NOOP(
                "sampling", "In tokens. Auto: as many as fit the context, or 256 if the model has no chat template."
            )
        ),
        1,
        1_000_000,
        1,
        0,
        slider_highest=1024,
    ),
    Knob(
        "min_p",
        str(QT_TRANSLATE_NOOP("sampling", "Min-p")),
        str(QT_TRANSLATE_NOOP("sampling", "Drop tokens below this fraction of the highest probability.")),
        0.0,
        1.0,
        0.01,
        2,
    ),
    Knob(
        "repetition_penalty",
        str(QT_TRANSLATE_NOOP("sampling", "Repetition penalty")),
        str(QT_TRANSLATE_NOOP("sampling", "Above 1, repeated tokens become less likely.")),
        0.5,
        5.0,
        0.05,
        2,
        slider_highest=2.0,
    ),
    Knob(
        "typical_p",
        str(QT_TRANSLATE_NOOP("sampling", "Typical-p")),
        str(QT_TRANSLATE_NOOP("sampling", "Sample from the tokens that are neither too likely nor too unlikely.")),
        0.05,
        1.0,
        0.05,
        2,
    ),
    Knob(
        "presence_penalty",
        str(QT_TRANSLATE_NOOP("sampling", "Presence penalty")),
        str(QT_TRANSLATE_NOOP("sampling", "Above 0: tokens already in the reply become less likely.")),
        -2.0,
        2.0,
        0.1,
        1,
    ),
    Knob(
        "frequency_penalty",
        str(QT_TRANSLATE_NOOP("sampling", "Frequency penalty")),
        str(QT_TRANSLATE_NOOP("sampling", "Above 0: each time a token occurs in the reply, it becomes less likely.")),
        -2.0,
        2.0,
        0.1,
        1,
    ),
    Knob(
        "beams",
        str(QT_TRANSLATE_NOOP("sampling", "Beams")),
        str(QT_TRANSLATE_NOOP("sampling", "Above 1: beam search, which shows the reply when it is complete.")),
        1,
        64,
        1,
        0,
        auto=False,
        slider_highest=8,
    ),
)
OFTEN = ("temperature", "top_k", "top_p", "max_new_tokens")
"""What is always shown; the rest unfolds."""
_OFF_WHEN_GREEDY = {"temperature", "top_k", "top_p", "min_p", "typical_p"}
STOP_PX = 56
_NEWLINE = ("\n", "\\n")
"""A line break in a stop string, and how it is written where each line is one string."""


class KnobRow(QWidget):
    """A number, typed or slid. ``value()`` is None where it is left to the model."""

    edited = Signal()

    def __init__(self, knob: Knob, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.knob = knob
        name = QCoreApplication.translate("sampling", knob.text)
        help_ = QCoreApplication.translate("sampling", knob.help)
        self._bottom = knob.lowest - knob.step if knob.auto else knob.lowest
        self._own: float | None = None
        self.field = QDoubleSpinBox()
        set_look(self.field, "number")
        self.field.setDecimals(knob.digits)
        self.field.setRange(self._bottom, knob.highest)
        self.field.setSingleStep(knob.step)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setFixedWidth(FIELD_PX)
        self.field.setKeyboardTracking(False)
        theme.tabular(self.field)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round(((knob.slider_highest or knob.highest) - self._bottom) / knob.step))
        self.show_own(None)
        for widget in (self.field, self.slider):
            widget.setAccessibleName(name)
            widget.setToolTip(help_)
        top = QHBoxLayout()
        top.addWidget(label(name))
        top.addStretch(1)
        top.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.slider)
        self.field.valueChanged.connect(self._on_typed)
        self.slider.valueChanged.connect(self._on_slid)

    def value(self) -> float | int | None:
        """Return the number, None for "auto"."""
        value = self.field.value()
        if self.knob.auto and value < self.knob.lowest - self.knob.step / 2:
            return None
        return round(value) if self.knob.digits == 0 else round(value, self.knob.digits)

    def set_value(self, value: float | int | None) -> None:
        """Show a number, or "auto"."""
        self.field.setValue(self._bottom if value is None else value)

    def show_own(self, own: float | int | None) -> None:
        """Show what "auto" comes to with the model that is loaded; None: that is not known."""
        if self.knob.auto:
            self._own = own
            self._place_slider()
            number = "" if own is None else self.field.locale().toString(float(own), "f", self.knob.digits)
            self.field.setSpecialValueText(" ".join(filter(None, (self.tr("auto"), number))))
            words = self.field.fontMetrics().horizontalAdvance(self.field.specialValueText())
            self.field.setFixedWidth(max(FIELD_PX, words + _AROUND_PX))

    @Slot(float)
    def _on_typed(self, _value: float) -> None:
        self._place_slider()
        self.edited.emit()

    def _place_slider(self) -> None:
        """Where the number is; on "auto" where the model's own number is, and at the left end while none is known."""
        value = self.value()
        stands = value if value is not None else self._own
        self.slider.blockSignals(True)
        self.slider.setValue(0 if stands is None else round((stands - self._bottom) / self.knob.step))
        self.slider.blockSignals(False)

    @Slot(int)
    def _on_slid(self, steps: int) -> None:
        self.field.setValue(self._bottom + steps * self.knob.step)


class SamplingForm(QWidget):
    """``edited`` says that ``value()`` has changed."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = Sampling()
        self.greedy = QCheckBox(self.tr("Greedy (always the most likely token)"))
        self.greedy.toggled.connect(self._on_greedy)
        self.rows = {knob.name: KnobRow(knob) for knob in KNOBS}
        self.seed = QLineEdit()
        self.seed.setPlaceholderText(self.tr("random"))
        self.seed.setAccessibleName(self.tr("Seed"))
        self.seed.setToolTip(self.tr("The same seed gives the same reply; empty = random."))
        self.seed.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.seed.setMaxLength(len(str(MOST_SEED)))
        self.seed.setMinimumWidth(FIELD_PX + 48)
        self.seed.textEdited.connect(self._on_seed)
        self.stop = QPlainTextEdit()
        self.stop.setPlaceholderText(self.tr("One per line; \\n is a line break"))
        self.stop.setAccessibleName(self.tr("Stop strings"))
        self.stop.setToolTip(
            self.tr("The reply ends before the first of these strings; the string itself isn't shown.")
        )
        self.stop.setTabChangesFocus(True)
        self.stop.setFixedHeight(STOP_PX)
        self.stop.textChanged.connect(self.edited)
        self.more = QPushButton()
        set_look(self.more, "fold")
        self.more.clicked.connect(self._on_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.greedy)
        for name in OFTEN:
            column.addWidget(self.rows[name])
        last = QHBoxLayout()
        last.addWidget(label(self.tr("Seed")))
        last.addStretch(1)
        last.addWidget(self.seed)
        column.addLayout(last)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._folded())
        for row in self.rows.values():
            row.edited.connect(self.edited)
        self.rows["beams"].edited.connect(self._enable)
        scroll_past(self)

    def _folded(self) -> QWidget:
        """Return what is shown on request."""
        self._rest = QWidget()
        column = QVBoxLayout(self._rest)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for name, row in self.rows.items():
            if name not in OFTEN:
                column.addWidget(row)
        column.addWidget(label(self.tr("Stop strings")))
        column.addWidget(self.stop)
        self._unfold(False)
        return self._rest

    def _unfold(self, shown: bool) -> None:
        self._rest.setVisible(shown)
        self.more.setText(self.tr("Fewer settings") if shown else self.tr("More settings"))

    @Slot()
    def _on_more(self) -> None:
        self._unfold(self._rest.isHidden())

    def value(self) -> Sampling:
        """Return what the form says, with what it has no field for as it was given."""
        numbers = {name: row.value() for name, row in self.rows.items()}
        seed = self.seed.text().strip()
        made = msgspec.structs.replace(
            self._given,
            greedy=self.greedy.isChecked(),
            seed=int(seed) if seed.isdigit() else None,
            stop=tuple(line.replace(*_NEWLINE[::-1]) for line in self.stop.toPlainText().split("\n") if line),
            **numbers,
        )
        return made

    def set_value(self, value: Sampling) -> None:
        """Show a sampling."""
        self._given = value
        for name, row in self.rows.items():
            row.set_value(getattr(value, name))
        self.seed.setText("" if value.seed is None else str(value.seed))
        stops = "\n".join(string.replace(*_NEWLINE) for string in value.stop)
        if stops != self.stop.toPlainText():
            self.stop.setPlainText(stops)
        self.greedy.setChecked(value.greedy)
        self._enable()
        if value.stop or any(getattr(value, name) != getattr(Sampling(), name) for name in self.rows.keys() - OFTEN):
            self._unfold(True)
        self.edited.emit()

    def show_own(self, own: Sampling | None) -> None:
        """Show what a loaded model is sampled with by itself; None: no model is loaded."""
        for name, row in self.rows.items():
            row.show_own(None if own is None else getattr(own, name))

    @Slot()
    def _on_greedy(self) -> None:
        self._enable()
        self.edited.emit()

    @Slot()
    def _enable(self) -> None:
        """Switch off what says nothing where nothing is sampled."""
        sampled = not self.greedy.isChecked() and self.rows["beams"].value() == 1
        for name in _OFF_WHEN_GREEDY:
            self.rows[name].setEnabled(sampled)

    @Slot()
    def _on_seed(self) -> None:
        kept = "".join(character for character in self.seed.text() if character in "0123456789")
        if kept and int(kept) > MOST_SEED:
            kept = str(MOST_SEED)
        if kept != self.seed.text():
            self.seed.setText(kept)
        self.edited.emit()
