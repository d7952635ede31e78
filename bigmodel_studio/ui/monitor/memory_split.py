"""A device's memory as one bar of parts with its legend: ours by what it is for, what other programs hold, and free."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bigmodel_studio.client.machine import DeviceSample
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme

BAR_PX = 12
ROW_PX = 20
_GAP_PX = 8
_TWO_COLUMNS_FROM_PX = 260
_SWATCH_PX = 8
Part = tuple[str, int]
"""What it is (a key of ``_names``), and its bytes."""


def parts_of(sample: DeviceSample) -> list[Part]:
    """Return the parts of a device's memory in the order of the bar; without others' and free where the whole is
    unknown.
    """
    found: list[Part] = list(zip(sample.split._fields, sample.split, strict=True))
    if sample.total_bytes:
        free = max(0, sample.total_bytes - sample.ours_bytes - sample.others_bytes)
        found += [("others", sample.others_bytes), ("free", free)]
    return found


class MemorySplit(QWidget):
    """Told a sample; what each part is stands in the legend and in the tooltips of the bar."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Part] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_sample(self, sample: DeviceSample) -> None:
        """Show this device's memory as it is in the sample."""
        before, self._parts = len(self._parts), parts_of(sample)
        if len(self._parts) != before:
            self.updateGeometry()
        self.setAccessibleName("; ".join(self.texts()))
        self.update()

    def texts(self) -> list[str]:
        """Return what the legend says: ``name size``."""
        names = _names()
        return [f"{names[key]} {numbers.size(size)}" for key, size in self._parts]

    def sizeHint(self) -> QSize:
        rows = self._rows()
        return QSize(280, BAR_PX + _GAP_PX + rows * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _columns(self) -> int:
        return 2 if self.width() >= _TWO_COLUMNS_FROM_PX else 1

    def _rows(self) -> int:
        return -(-len(self._parts) // self._columns())

    # ------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for (key, _), box in zip(self._parts, self._boxes(), strict=True):
            if box.width() > 0:
                _paint_part(painter, box, key)
        painter.setFont(theme.font(12, tabular=True))
        rows = self._rows()
        for number, part in enumerate(self._parts):
            self._paint_legend(painter, number // rows, number % rows, part)
        painter.end()

    def _boxes(self) -> list[QRectF]:
        """Return where each part is on the bar; what is there at all takes two pixels and a gap at least."""
        whole = sum(size for _, size in self._parts) or 1
        edges, at = [], 0.0
        for _, size in self._parts:
            width = max(3.0, self.width() * size / whole) if size else 0.0
            edges.append((at, width))
            at += width
        scale = self.width() / at if at else 0.0
        return [QRectF(left * scale, 0, max(0.0, width * scale - 1), BAR_PX) for left, width in edges]

    def _paint_legend(self, painter: QPainter, column: int, row: int, part: Part) -> None:
        gap = 20
        width = (self.width() - gap * (self._columns() - 1)) / self._columns()
        box = QRectF(column * (width + gap), BAR_PX + _GAP_PX + row * ROW_PX, width, ROW_PX)
        swatch = QRectF(box.left(), box.center().y() - _SWATCH_PX / 2, _SWATCH_PX, _SWATCH_PX)
        _paint_part(painter, swatch, part[0])
        value = numbers.size(part[1])
        painter.setPen(theme.colour("text" if part[1] else "secondary"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        metrics = painter.fontMetrics()
        room = box.adjusted(_SWATCH_PX + 8, 0, -metrics.horizontalAdvance(value) - 8, 0)
        painter.setPen(theme.colour("secondary"))
        name = metrics.elidedText(_names()[part[0]], Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._at(event.pos().x(), event.pos().y()), self)
            return True
        return super().event(event)

    def _at(self, x: float, y: float) -> str:
        if y > BAR_PX:
            return _meanings()["free" if not self._parts else self._row_at(x, y)]
        for box, text in zip(self._boxes(), self.texts(), strict=True):
            if box.left() <= x <= box.right() + 1 and box.width() > 0:
                return text
        return ""

    def _row_at(self, x: float, y: float) -> str:
        rows = self._rows()
        row = int((y - BAR_PX - _GAP_PX) // ROW_PX)
        number = (rows if x > self.width() / 2 and self._columns() == 2 else 0) + min(max(row, 0), rows - 1)
        return self._parts[min(number, len(self._parts) - 1)][0]


def _paint_part(painter: QPainter, box: QRectF, key: str) -> None:
    """Ours in the colours of series; what is not tensors in grey; others' hatched; free as an empty track."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_GROUNDS[key]() if key in _GROUNDS else theme.series_colour(_SERIES[key]))
    painter.drawRoundedRect(box, 2, 2)
    if key == "others":
        painter.setBrush(QBrush(theme.colour("surface"), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(box, 2, 2)


def _ground(name: str) -> QColor:
    return theme.colour(name)


_SERIES = {"weights": 0, "cache": 1, "gradients": 2, "optimizer": 3}
_GROUNDS = {
    "other": lambda: _ground("secondary"),
    "others": lambda: _ground("field"),
    "free": lambda: _ground("border"),
}


def _names() -> dict[str, str]:
    return {
        "weights": QCoreApplication.translate("MemorySplit", "Weights"),
        "cache": QCoreApplication.translate("MemorySplit", "Cache"),
        "gradients": QCoreApplication.translate("MemorySplit", "Gradients"),
        "optimizer": QCoreApplication.translate("MemorySplit", "Optimizer"),
        "other": QCoreApplication.translate("MemorySplit", "Other (this application)"),
        "others": QCoreApplication.translate("MemorySplit", "Other programs"),
        "free": QCoreApplication.translate("MemorySplit", "Free"),
    }


def _meanings() -> dict[str, str]:
    return {
        "weights": QCoreApplication.translate("MemorySplit", "Parameters and buffers of loaded models and runs"),
        "cache": QCoreApplication.translate("MemorySplit", "Key/value cache of the current reply"),
        "gradients": QCoreApplication.translate("MemorySplit", "Gradients of runs"),
        "optimizer": QCoreApplication.translate("MemorySplit", "Optimizer state of runs"),
        "other": QCoreApplication.translate(
            "MemorySplit", "Other memory of this application: code, activations, pictures, this window"
        ),
        "others": QCoreApplication.translate("MemorySplit", "Memory of the system and other programs"),
        "free": QCoreApplication.translate("MemorySplit", "Available memory"),
    }
