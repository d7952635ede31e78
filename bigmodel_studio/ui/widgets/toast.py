"""A toast: what was just done, with one button (Undo, Show) and a way to be rid of it. It stops nobody.

It lies over ``place``, a part of the status bar that is free: it covers nothing. It goes after ``SHOWN_MS``, unless the
pointer or the focus is on it. Plain text only.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

SHOWN_MS = 10_000
WIDEST_PX = 640
LEAST_PX = 360
"""Narrower than this it says too little: where there is less room it lies over what stands beside it."""


class Toast(QFrame):
    """One for a window, over its ``place``; ``offer`` replaces what it says."""

    def __init__(self, window: QWidget, place: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._place_of = place
        set_look(self, "toast")
        self._act: Callable[[], object] | None = None
        self.words = label("")
        self.name = ElidedLabel()
        self.name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        set_look(self.name, "strong")
        self.button = QPushButton()
        set_look(self.button, "link")
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icon("close"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.words)
        row.addSpacing(8)
        row.addWidget(self.button)
        row.addWidget(self.dismiss)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self._on_time)
        self.button.clicked.connect(self._on_pressed)
        self.dismiss.clicked.connect(self.leave)
        place.installEventFilter(self)
        self.dismiss.setToolTip(self.tr("Dismiss"))
        self.dismiss.setAccessibleName(self.tr("Dismiss the message"))
        self.leave()

    def offer(self, name: str, words: str, button: str, act: Callable[[], object]) -> None:
        """Say that ``name`` (anybody's text, elided) was ``words``, and do ``act`` where ``button`` is pressed."""
        self.name.setText(name)
        self.words.setText(words)
        self.button.setText(button)
        self._act = act
        self.setAccessibleName(f"{name} {words}")
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    @Slot()
    def leave(self) -> None:
        """Be gone."""
        self._timer.stop()
        self._act = None
        self.hide()

    @Slot()
    def _on_pressed(self) -> None:
        act = self._act
        self.leave()
        if act is not None:
            act()

    @Slot()
    def _on_time(self) -> None:
        if self.underMouse() or self.button.hasFocus() or self.dismiss.hasFocus():
            self._timer.start()
        else:
            self.leave()

    def _place(self) -> None:
        place = self._place_of
        self.setMaximumWidth(max(LEAST_PX, min(WIDEST_PX, place.width())))
        self.setFixedHeight(place.height())
        self.resize(min(self.sizeHint().width(), self.maximumWidth()), place.height())
        right = place.mapTo(self._window, QPoint(place.width(), 0))
        self.move(right.x() - self.width(), right.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
