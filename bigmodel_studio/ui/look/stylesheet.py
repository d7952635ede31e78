"""The one stylesheet, made from a scheme's colours.

Widgets say what they are with the dynamic property ``look`` (``set_look``): "primary", "quiet", "link", "fold",
"danger", "chip" and "segment" buttons; "title", "heading", "answer", "secondary", "small", "key", "warn", "bad" and
"good" labels; "card", "surface", "segments", "header", "inspector", "monitor", "toast", "palette" panels. Nothing else
in the window sets colours by a stylesheet.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from bigmodel_studio.ui.look.theme import Colours

_SHEET = """
QWidget { font-size: 13px; color: $text; }
QMainWindow, QDialog { background: $window; }
QToolTip { background: $raised; color: $text; border: 1px solid $field; padding: 4px 8px; }
QToolTip { qproperty-textFormat: PlainText; }  /* names of classes, tokens and files come from others */

QLabel[look="title"] { font-size: 15px; font-weight: 600; }
QLabel[look="heading"] { font-size: 12px; font-weight: 600; color: $secondary; }
QLabel[look="strong"] { font-weight: 600; }
QLabel[look="secondary"] { color: $secondary; }
QLabel[look="answer"] { font-size: 14px; }
QLabel[look="small"] { font-size: 12px; color: $secondary; }
QLabel[look="large"] { font-size: 20px; font-weight: 600; }
QLabel[look="warn"] { font-size: 12px; color: $warn; }
QLabel[look="bad"] { font-size: 12px; color: $bad; }
QLabel[look="key"] {
  font-size: 12px; background: $raised; border: 1px solid $border; border-radius: 4px; padding: 1px 6px;
}
QLabel[look="good"] { font-size: 12px; color: $good; }

QFrame[look="card"] { background: $surface; border: 1px solid $border; border-radius: 8px; }
QFrame[look="surface"] { background: $surface; border: none; }
QFrame[look="header"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[look="list"] { background: $window; border: none; border-right: 1px solid $border; }
QFrame[look="inspector"] { background: $surface; border: none; border-left: 1px solid $border; }
QFrame[look="monitor"] { background: $window; border: none; }
QFrame[look="rail"] { background: $window; border: none; border-right: 1px solid $border; }
QFrame[look="status"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[look="banner"] { background: $accent_soft; border: none; border-bottom: 1px solid $border; }
QFrame[look="banner"] QLabel { background: transparent; }
QFrame[look="badge"] { background: $accent_soft; border: none; border-radius: 8px; }
QFrame[look="badge"] QLabel { background: transparent; font-size: 12px; }
QFrame[look="toast"], QFrame[look="palette"] { background: $surface; border: 1px solid $field; border-radius: 8px; }

QPushButton { background: $surface; border: 1px solid $field; border-radius: 6px; padding: 6px 12px; min-height: 18px; }
QPushButton:hover { background: $raised; }
QPushButton:pressed { background: $accent_soft; }
QPushButton:focus { border: 2px solid $accent; padding: 5px 11px; }
QPushButton:disabled { color: $secondary; border-color: $border; background: $window; }
QPushButton:checked { background: $accent_soft; border-color: $accent; }
QPushButton[look="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 500; }
QPushButton[look="primary"]:focus { border: 2px solid $text; }
QPushButton[look="primary"]:disabled { background: $raised; color: $secondary; border-color: $border; }
QPushButton[look="danger"] { color: $bad; }
QPushButton[look="chip"] { border-radius: 12px; padding: 2px 10px; min-height: 18px; }
QPushButton[look="chip"]:focus { border: 2px solid $accent; padding: 1px 9px; }
QPushButton[look="chip"]:checked { background: $accent_soft; border-color: $accent; font-weight: 500; }
QFrame[look="segments"] { background: $raised; border: none; border-radius: 6px; }
QPushButton[look="segment"] {
  background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 3px 10px; color: $secondary;
}
QPushButton[look="segment"]:hover { color: $text; }
QPushButton[look="segment"]:checked { background: $surface; border-color: $field; color: $text; font-weight: 500; }
QPushButton[look="segment"]:focus { border: 1px solid $accent; padding: 3px 10px; }
QPushButton[look="link"] {
  background: transparent; border: 1px solid transparent; color: $accent; font-weight: 600; padding: 4px 8px;
}
QPushButton[look="link"]:hover { background: $accent_soft; }
QPushButton[look="link"]:focus { border: 1px solid $accent; padding: 4px 8px; }
QPushButton[look="fold"] {
  background: transparent; border: 1px solid transparent; color: $accent; font-weight: 600; padding: 4px 0;
}
QPushButton[look="fold"]:hover { color: $text; }
QPushButton[look="fold"]:focus { border: 1px solid $accent; }
QPushButton[look="quiet"], QToolButton {
  background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px 6px;
}
QPushButton[look="quiet"] { color: $secondary; font-size: 12px; min-height: 16px; }
QPushButton[look="quiet"]:hover, QToolButton:hover { background: $raised; color: $text; }
QPushButton[look="quiet"]:focus, QToolButton:focus { border: 1px solid $accent; padding: 4px 6px; }
QToolButton:checked { background: $accent_soft; }
QToolButton[look="rail"] {
  font-size: 11px; color: $secondary; padding: 6px 0 4px 0; border-radius: 8px; border: 1px solid transparent;
}
QToolButton[look="rail"]:hover { background: $raised; }
QToolButton[look="rail"]:checked { background: $accent_soft; color: $accent; font-weight: 500; }
QToolButton[look="rail"]:focus { border: 1px solid $accent; padding: 6px 0 4px 0; }
QToolButton[look="network"] { font-size: 12px; color: $secondary; padding: 1px 8px; }
QToolButton[look="network"]:focus { border: 1px solid $accent; padding: 1px 8px; }
QToolButton::menu-indicator { image: none; }
QPushButton::menu-indicator { image: none; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit {
  background: $surface; border: 1px solid $field; border-radius: 6px; padding: 5px 8px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
  border: 2px solid $accent; padding: 4px 7px;
}
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
  color: $secondary; border-color: $border; background: $window;
}
QPlainTextEdit[look="bare"], QTextEdit[look="bare"], QTextBrowser[look="bare"] {
  background: transparent; border: none; padding: 0;
}
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {
  subcontrol-origin: border; width: 0; border: none;
}
QSpinBox[look="number"], QDoubleSpinBox[look="number"] { padding: 2px 6px; }
QTextBrowser[look="message"] { background: transparent; border: none; padding: 0; font-size: 14px; }
QPlainTextEdit[look="composer"] { background: transparent; border: none; padding: 0; font-size: 14px; }
QSpinBox[look="number"]:focus, QDoubleSpinBox[look="number"]:focus { padding: 1px 5px; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {
  border: none; padding: 0 0 0 6px; background: transparent;
}
QComboBox { combobox-popup: 0; }  /* below the field or above it, not over it (``ui.widgets.choice``) */
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$icons/chevron-down-$scheme.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
  background: $surface; border: 1px solid $field; selection-background-color: $accent_soft; selection-color: $text;
  padding: 3px;
}
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 4px; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $field; border-radius: 4px; background: $surface; }
QCheckBox::indicator:checked {
  background: $accent; border-color: $accent; image: url("$icons/check-$scheme.svg");
}
QRadioButton::indicator {
  width: 14px; height: 14px; border: 1px solid $field; border-radius: 8px; background: $surface;
}
QRadioButton::indicator:checked {
  width: 6px; height: 6px; border: 5px solid $accent; border-radius: 8px; background: $surface;
}
QCheckBox::indicator:focus, QRadioButton::indicator:focus:!checked {
  width: 12px; height: 12px; border: 2px solid $accent;
}

QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $border; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
  width: 12px; height: 12px; margin: -6px 0; border-radius: 8px; background: $surface; border: 2px solid $accent;
}
QSlider::handle:horizontal:focus { background: $accent; border-color: $text; }
QSlider::handle:horizontal:hover { background: $accent_soft; }
QSlider::handle:horizontal:disabled { border-color: $field; }
QSlider::sub-page:horizontal:disabled { background: $field; }

QProgressBar { background: $raised; border: 1px solid $field; border-radius: 4px; height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $good; border-radius: 3px; }

QListView, QTreeView, QTableView {
  background: transparent; border: 1px solid transparent; outline: none; selection-background-color: $accent_soft;
  selection-color: $text;
}
QListView:focus, QTreeView:focus, QTableView:focus, QTextBrowser:focus { border: 1px solid $accent; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
  background: $accent_soft; color: $text;
}
QHeaderView::section {
  background: $surface; color: $secondary; border: none; border-bottom: 1px solid $border; padding: 6px 8px;
  font-size: 12px;
}
QHeaderView, QTableCornerButton::section { background: $surface; border: none; }
QTableView::corner { background: transparent; border: none; }
QHeaderView::section:vertical { border: none; font-weight: 400; }
QTableView { gridline-color: $border; }
QTableView::item { padding: 0 5px; }

QMenu { background: $surface; border: 1px solid $field; border-radius: 6px; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $secondary; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenuBar { background: $window; }

QFileDialog {  /* Qt's own, where the system has none: its arrows are black */
  backward-icon: url("$icons/chevron-left-$scheme.svg"); forward-icon: url("$icons/chevron-right-$scheme.svg");
  filedialog-parent-directory-icon: url("$icons/chevron-up-$scheme.svg");
  filedialog-new-directory-icon: url("$icons/folder-plus-$scheme.svg");
  filedialog-listview-icon: url("$icons/grid-$scheme.svg");
  filedialog-detailedview-icon: url("$icons/rows-$scheme.svg");
}

QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $field; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QSplitter::handle:horizontal { width: 1px; }
QTabBar::tab { padding: 6px 12px; border: none; border-bottom: 2px solid transparent; color: $secondary; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { color: $accent; }
QTabBar::scroller { width: 40px; }
QTabBar::tear { width: 0; border: none; image: none; }
QTabBar QToolButton { background: $surface; border: none; border-radius: 0; padding: 0; }
QTabBar QToolButton::left-arrow { image: url("$icons/chevron-left-$scheme.svg"); width: 12px; height: 12px; }
QTabBar QToolButton::right-arrow { image: url("$icons/chevron-right-$scheme.svg"); width: 12px; height: 12px; }
QTabWidget::pane { border: none; }
"""


def stylesheet(chosen: Colours, scheme: str) -> str:
    """Return the stylesheet in these colours."""
    from dataclasses import asdict

    from bigmodel_studio.core.system import paths

    icons = (paths.resources() / "icons").as_posix()
    return Template(_SHEET).substitute(asdict(chosen), icons=icons, scheme=scheme)


def set_look(widget: QWidget, look: str) -> None:
    """Say what a widget is, and have it dressed for that (again, where it was something else before)."""
    if widget.property("look") == look:
        return
    widget.setProperty("look", look)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
