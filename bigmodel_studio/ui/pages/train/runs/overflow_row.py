"""Buttons side by side; those that there is no room for are in a menu behind them, so that none is cut."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from bigmodel_studio.ui.look.icons import icon

GAP_PX = 8


class OverflowRow(QWidget):
    """Buttons in their order. It decides which of them are seen: those that ``show_only`` wants and that have room."""

    def __init__(
        self, buttons: Sequence[QPushButton], first_to_go: Sequence[QPushButton], parent: QWidget | None = None
    ) -> None:
        """Make the row; ``first_to_go`` go into the menu one after another where room is short, the others never."""
        super().__init__(parent)
        self._buttons, self._first_to_go = buttons, first_to_go
        self._wanted: Collection[QPushButton] = buttons
        self.more = QToolButton()
        self.more.setIcon(icon("more"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip(self.tr("More actions"))
        self.more.setAccessibleName(self.tr("More actions"))
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP_PX)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # narrower than all of them is no fault
        row.addStretch(1)
        for button in (*buttons, self.more):
            row.addWidget(button)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_only(self, wanted: Collection[QPushButton]) -> None:
        """Set which buttons there are now."""
        self._wanted = wanted
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(self._width_of(self._kept(())), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        least = self._kept(self._first_to_go)
        gone = len(least) < len(self._kept(()))
        return QSize(self._width_of(least, more=gone), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button says something else, or came or went
            self._arrange()
        return super().event(event)

    def _kept(self, gone: Collection[QPushButton]) -> list[QPushButton]:
        return [button for button in self._buttons if button in self._wanted and button not in gone]

    def _width_of(self, buttons: Sequence[QPushButton], *, more: bool = False) -> int:
        widths = [max(button.sizeHint().width(), button.minimumWidth()) for button in buttons]
        widths += [self.more.sizeHint().width()] if more else []
        return sum(widths) + GAP_PX * max(0, len(widths) - 1)

    def _arrange(self) -> None:
        """Show as many as there is room for, and the menu where that is not all."""
        gone: list[QPushButton] = []
        going = [button for button in self._first_to_go if button in self._wanted]
        while going and self._width_of(self._kept(gone), more=bool(gone)) > self.width():
            gone.append(going.pop(0))
        shown = self._kept(gone)
        focused = any(button.hasFocus() for button in gone)
        self.more.setVisible(bool(gone))
        for button in self._buttons:
            button.setVisible(button in shown)
        if focused:
            self.more.setFocus()
        self.updateGeometry()

    @Slot()
    def _fill(self) -> None:
        """Put what is not seen into the menu, as it is now."""
        self.menu.clear()
        for button in self._buttons:
            if button in self._wanted and button.isHidden():
                action = self.menu.addAction(button.text())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(button.click)
