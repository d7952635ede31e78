"""Where the run that is shown stands: its strip, its curves over the time slider, and below them its story."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

from bigmodel_studio.ui.widgets.page_frame import panel

LEAST_STORY_PX = 160


class RunArea(QScrollArea):
    """The user shares the room out between curves and story, and scrolls where it is too little for both."""

    def __init__(self, strip: QWidget, curves: QWidget, slider: QWidget, story: QWidget) -> None:
        super().__init__()
        self._upper = QWidget()
        above = QVBoxLayout(self._upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(12)
        above.addWidget(curves, 1)
        above.addWidget(slider)
        card = panel("card")
        card.setMinimumHeight(LEAST_STORY_PX)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 4, 1, 8)
        inside.addWidget(story)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        for part, share in ((self._upper, 3), (card, 2)):
            parts.addWidget(part)
            parts.setStretchFactor(parts.count() - 1, share)
        parts.setSizes([600, 400])
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(strip)
        column.addWidget(parts, 1)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(shown)

    @Slot(bool)
    def enlarge_story(self, enlarged: bool) -> None:
        """Give the story all the room, or take it back."""
        self._upper.setVisible(not enlarged)
