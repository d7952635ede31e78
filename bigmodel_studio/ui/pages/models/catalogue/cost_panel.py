"""Cost of training and serving a model: operations, days, energy and money, from what one states of them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.advice.catalog import Reference
from bigmodel_studio.core.memory.training_cost import (
    ACCELERATORS,
    PRICE_PER_KWH,
    UTILISATION,
    picture_training_flops,
    serving_bytes,
    training_bytes,
    training_cost,
    training_flops,
)
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Description
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.widgets.page_frame import label, panel
from bigmodel_studio.ui.widgets.wheel import scroll_past

TOKENS_PER_PARAMETER = 20
"""Where a paper does not say how many tokens: about what a given amount of computing is best spent on (Hoffmann et al.
2022, arXiv 2203.15556, table 3)."""
PICTURES = 1_281_167 * 90
"""Ninety times through ImageNet's training pictures, as is usual for these networks."""
MOST = 1e18


class CostPanel(QScrollArea):
    """Told a reference and its description; what is typed is answered at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._description: Description | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.amount = QDoubleSpinBox(decimals=0, maximum=MOST, minimum=1)
        self.amount.setGroupSeparatorShown(True)
        self.device = Choice()
        for device in ACCELERATORS:
            self.device.addItem(device.name)
        self.count = QSpinBox(minimum=1, maximum=1_000_000)
        self.count.setGroupSeparatorShown(True)
        self.count.setValue(1000)
        self.utilisation = QSpinBox(minimum=1, maximum=100, suffix=" %")
        self.utilisation.setValue(round(100 * UTILISATION))
        self.price = QDoubleSpinBox(decimals=2, maximum=1000)
        self.price.setValue(PRICE_PER_KWH)
        self.amount_name = label("", "secondary")
        self.values: dict[str, QLabel] = {}
        self._form = QFormLayout()
        self._answers = QFormLayout()
        self._lay_out()
        scroll_past(self)

    def _lay_out(self) -> None:
        fields: list[tuple[QLabel, QWidget]] = [
            (self.amount_name, self.amount),
            (label(self.tr("Device"), "secondary"), self.device),
            (label(self.tr("Number of devices"), "secondary"), self.count),
            (label(self.tr("Utilization"), "secondary"), self.utilisation),
            (label(self.tr("Price per kWh"), "secondary"), self.price),
        ]
        for name, field in fields:
            name.setBuddy(field)
            field.setAccessibleName(name.text() or self.tr("Training data"))
            self._form.addRow(name, field)
        for field in (self.amount, self.count, self.utilisation, self.price):
            set_look(field, "number")
            field.valueChanged.connect(self._answer)
        self.device.currentIndexChanged.connect(self._answer)
        titles = {
            "flops": self.tr("Operations"),
            "device_days": self.tr("On one device"),
            "days": self.tr("On all devices"),
            "energy": self.tr("Energy"),
            "price": self.tr("Energy price"),
            "training": self.tr("Training memory (32 bits)"),
            "serving": self.tr("Inference memory (16 bits)"),
        }
        for key, title in titles.items():
            self.values[key] = label("")
            self.values[key].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            theme.tabular(self.values[key])
            self._answers.addRow(label(title, "secondary"), self.values[key])
        self.source = label("", "small", wrap=True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for form in (self._form, self._answers):
            form.setHorizontalSpacing(24)
            form.setVerticalSpacing(8)
            form.setContentsMargins(16, 12, 16, 12)
            card = panel("card")
            card.setLayout(form)
            column.addWidget(card)
        column.addWidget(self.source)
        column.addStretch(1)
        self.setWidget(inside)

    def show_description(self, reference: Reference, description: Description) -> None:
        """Show another model; the amount begins with what its paper says, or with what is usual."""
        self._description = description
        pictures = description.flops_per_image is not None
        self.amount_name.setText(self.tr("Training pictures") if pictures else self.tr("Training tokens"))
        self.amount.setAccessibleName(self.amount_name.text())
        usual = PICTURES if pictures else TOKENS_PER_PARAMETER * description.parameters
        self.amount.setValue(reference.published.tokens or usual)
        self._answer()

    @Slot()
    def _answer(self) -> None:
        described = self._description
        if described is None:
            return
        amount, device = self.amount.value(), ACCELERATORS[self.device.currentIndex()]
        if described.flops_per_image is not None:
            flops = picture_training_flops(described.flops_per_image, amount)
        else:
            flops = training_flops(described.parameters, amount)
        cost = training_cost(flops, device, self.utilisation.value() / 100, self.price.value())
        days = self.tr("{days} days")
        self.values["flops"].setText(f"{cost.flops:.3g} FLOPs")
        self.values["device_days"].setText(days.format(days=_few(cost.device_days)))
        self.values["days"].setText(days.format(days=_few(cost.device_days / self.count.value())))
        self.values["energy"].setText(f"{_few(cost.energy_kwh)} kWh")
        self.values["price"].setText(_few(cost.price))
        self.values["training"].setText(numbers.size(training_bytes(described.parameters)))
        self.values["serving"].setText(numbers.size(serving_bytes(described.parameters)))
        words = self.tr(
            "{device}: {speed} FLOP/s in 16 bits and {watts} W ({source}). Weights, gradients and Adam’s moments; "
            "activations come on top."
        )
        speed = f"{device.flops_per_s:.3g}"
        self.source.setText(
            words.format(
                device=device.name, speed=speed, watts=numbers.exact(round(device.watts)), source=device.source
            )
        )


def _few(value: float) -> str:
    """Three digits of a quantity, in whole numbers where it is large."""
    return numbers.exact(round(value)) if value >= 100 else numbers.significant(value)
