"""Frame of every page: a header row, a body, and on wide windows a list to its left and an inspector to its right.

The inspector folds away where the window is narrower than 1200 pixels and the list where it is narrower than 1000;
buttons in the header bring them back. A page subclasses ``Page``, fills the parts, and is given what to open.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.window.destinations import Destination
from bigmodel_studio.ui.window.studio import Studio

INSPECTOR_FROM_PX = 1200
LIST_FROM_PX = 1000
HEADER_PX = 52


def panel(look: str) -> QFrame:
    """Return a frame that is dressed as ``look`` says (see ``ui.look.stylesheet``)."""
    frame = QFrame()
    set_look(frame, look)
    return frame


def label(text: str, look: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label of plain text, whatever the text holds."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if look:
        set_look(made, look)
    return made


class Page(QWidget):
    """A page's frame. Subclasses are made as ``Class(studio)`` when they are first shown."""

    def __init__(self, studio: Studio, page_id: str, title: str) -> None:
        super().__init__()
        self.studio = studio
        self.page_id = page_id
        self._list: QFrame | None = None
        self._inspector: QFrame | None = None
        self._narrow: tuple[bool, bool] | None = None

        self.title_label = label(title, "title")
        self._list_button = self._toggle("list", self.tr("Show the list"), self._on_list_toggled)
        self._inspector_button = self._toggle("inspector", self.tr("Show the inspector"), self._on_inspector_toggled)
        self._left, self._right = QHBoxLayout(), QHBoxLayout()
        for layout in (self._left, self._right):
            layout.setSpacing(8)
        header = panel("header")
        header.setFixedHeight(HEADER_PX)
        row = QHBoxLayout(header)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(12)
        row.addWidget(self._list_button)
        row.addWidget(self.title_label)
        row.addLayout(self._left)
        row.addStretch(1)
        row.addLayout(self._right)
        row.addWidget(self._inspector_button)

        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self.splitter, 1)

    # ------------------------------------------------------------------------------- for subclasses

    def add_to_header(self, widget: QWidget, *, right: bool = False) -> None:
        """Put a widget behind the title, or at the header's right end."""
        (self._right if right else self._left).addWidget(widget)

    def set_list(self, widget: QWidget, width: int = 228) -> None:
        """Set the list at the left. Call before ``set_body``."""
        self._list = self._framed("list", widget, width)
        self.splitter.addWidget(self._list)

    def set_body(self, widget: QWidget) -> None:
        """Set the page itself, which takes the room that is left."""
        widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.splitter.addWidget(widget)
        self.splitter.setStretchFactor(self.splitter.indexOf(widget), 1)

    def set_inspector(self, widget: QWidget, width: int = 300) -> None:
        """Set the inspector at the right, which scrolls where it is too long. Call after ``set_body``."""
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the focus, and is scrolled to
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(widget)
        self._inspector = self._framed("inspector", area, width)
        self.splitter.addWidget(self._inspector)

    def show_inspector(self) -> None:
        """Unfold the inspector, where it is folded away."""
        self._inspector_button.setChecked(True)

    def open(self, destination: Destination) -> None:
        """Open what belongs to this page; it has been shown."""

    def enter(self) -> None:
        """Put the focus where it is begun with."""
        self.setFocus()

    def new_item(self) -> None:
        """Make a new item (Ctrl+N): a new conversation, a new run, and so on."""

    def offers(self, handler: str) -> bool:
        """Return whether what a method of this page does can be done now; what cannot is left out of the palette."""
        return True

    def remember(self) -> None:
        """Leave what is unsent and what is chosen in the settings: called now and then, and before ``shut``."""

    def shut(self) -> None:
        """Stop timers and jobs."""

    # ------------------------------------------------------------------------------- folding

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fold()

    def fold(self) -> None:
        """Fold or unfold what the window's width has no room for; what the user chose holds until it crosses again."""
        width = _room(self.window())
        narrow = (width < LIST_FROM_PX, width < INSPECTOR_FROM_PX)
        if narrow == self._narrow:
            return
        before, self._narrow = self._narrow, narrow
        self._list_button.setVisible(self._list is not None and narrow[0])
        self._inspector_button.setVisible(self._inspector is not None)
        if before is None or before[0] != narrow[0]:
            self._list_button.setChecked(not narrow[0])
            self._on_list_toggled(not narrow[0])
        if before is None or before[1] != narrow[1]:
            self._inspector_button.setChecked(not narrow[1])
            self._on_inspector_toggled(not narrow[1])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    @Slot(bool)
    def _on_list_toggled(self, shown: bool) -> None:
        if self._list is not None:
            self._list.setVisible(shown)

    @Slot(bool)
    def _on_inspector_toggled(self, shown: bool) -> None:
        if self._inspector is not None:
            self._inspector.setVisible(shown)

    # ------------------------------------------------------------------------------- small things

    def _toggle(self, name: str, text: str, slot: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setCheckable(True)
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.hide()
        button.toggled.connect(slot)
        return button

    def _framed(self, look: str, widget: QWidget, width: int) -> QFrame:
        frame = _Panel(width)
        set_look(frame, look)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        return frame


def _room(window: QWidget) -> int:
    """Return the window's width, without what docks at its sides take."""
    docks = [dock for dock in window.findChildren(QDockWidget) if dock.isVisible() and not dock.isFloating()]
    return window.width() - sum(dock.width() for dock in docks)


class _Panel(QFrame):
    """A panel beside the body, as wide at first as it wants to be."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self._width = width
        self.setMinimumWidth(min(width, 200))
        self.setMaximumWidth(max(480, width))

    def sizeHint(self) -> QSize:
        return QSize(self._width, super().sizeHint().height())
