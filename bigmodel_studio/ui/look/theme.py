"""Look of the window: two palettes on Qt's Fusion style, one stylesheet made from them, and the fonts.

The scheme in force is a property of the application, so that a widget that paints itself asks ``colours()`` in its
``paintEvent`` and needs no signal (Qt sends ``PaletteChange`` when it switches). A 4-pixel grid; 13-pixel text;
contrasts are tested by ``tests/ui/look/test_theme.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import shiboken6
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import Appearance
from bigmodel_studio.ui.look.stylesheet import stylesheet

Scheme = Literal["light", "dark"]
FONT_FILES = (".otf", ".ttf")
FAMILY = "Inter"
EMOJI = ["Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", "Noto Emoji"]
"""In colours where the system has them; the last is shipped, for one that has none draws black bars."""
FALLBACKS = [FAMILY, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei UI", *EMOJI, "sans-serif"]
MONOSPACE = ["JetBrains Mono", "DejaVu Sans Mono", "Menlo", "Consolas", "Noto Sans Mono", *EMOJI, "monospace"]
TEXT_PX = 13
_PROPERTY = "bigmodelStudioScheme"


@dataclass(frozen=True)
class Colours:
    """A scheme's colours as #RRGGBB. ``field`` borders what can be typed in or pressed: 3:1 on every ground."""

    window: str
    surface: str
    raised: str
    border: str
    field: str
    text: str
    secondary: str
    accent: str
    on_accent: str
    accent_soft: str
    good: str
    warn: str
    bad: str
    series: tuple[str, ...]


SCHEMES: dict[Scheme, Colours] = {
    "light": Colours(
        window="#F6F6F4",
        surface="#FFFFFF",
        raised="#EFEFEC",
        border="#DEDEDA",
        field="#85878C",
        text="#1B1C1E",
        secondary="#5A5C60",
        accent="#3451B2",
        on_accent="#FFFFFF",
        accent_soft="#E6EBFB",
        good="#237A3B",
        warn="#9A5B00",
        bad="#B42318",
        series=("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#A00000", "#4FA8E0", "#4B2BE0", "#1B1C1E"),
    ),
    "dark": Colours(
        window="#15161A",
        surface="#1C1E23",
        raised="#262930",
        border="#343842",
        field="#787D86",
        text="#ECEDEE",
        secondary="#A4A8B0",
        accent="#8EA4F7",
        on_accent="#15161A",
        accent_soft="#28304F",
        good="#5BC27A",
        warn="#E0A84A",
        bad="#F07167",
        series=("#56B4E9", "#E69F00", "#2CC295", "#E39AC7", "#E5484D", "#F4EC7A", "#7F5CFF", "#ECEDEE"),
    ),
}


def scheme() -> Scheme:
    """Return the scheme in force."""
    application = QApplication.instance()
    return "dark" if application is not None and application.property(_PROPERTY) == "dark" else "light"


def colours() -> Colours:
    """Return the colours in force."""
    return SCHEMES[scheme()]


def colour(name: str) -> QColor:
    """Return one of the colours in force, by the name of its field in ``Colours``."""
    return QColor(getattr(colours(), name))


def series_colour(number: int) -> QColor:
    """Return the colour of the n-th curve (or run), told apart by colour-blind people too."""
    series = colours().series
    return QColor(series[number % len(series)])


def font(px: int = TEXT_PX, *, weight: QFont.Weight = QFont.Weight.Normal, tabular: bool = False) -> QFont:
    """Return the window's font at a size in pixels; ``tabular`` gives every digit the same width."""
    made = QFont()
    made.setFamilies(FALLBACKS)
    made.setPixelSize(px)
    made.setWeight(weight)
    if tabular:
        make_tabular(made)
    return made


def make_tabular(made: QFont) -> None:
    """Give every digit the same width, so that numbers stand still while they change."""
    if hasattr(QFont, "Tag"):
        made.setFeature(QFont.Tag("tnum"), 1)


def tabular(widget: QWidget, px: int = TEXT_PX, weight: QFont.Weight = QFont.Weight.Normal) -> None:
    """Set a widget's font to tabular figures."""
    widget.setFont(font(px, weight=weight, tabular=True))


class Theme(QObject):
    """Dresses the windows, and dresses them again when the desktop or the user changes the appearance.

    The style sheet is the windows', not the application's: else Qt would go through all that is in a widget each time
    that it is put into another, which is many times over while a page is made.
    """

    def __init__(self, application: QApplication, appearance: Appearance = "system") -> None:
        super().__init__(application)
        self._application = application
        self._appearance: Appearance = appearance
        self._windows: list[QWidget] = []
        self._sheet = ""
        self._dressed: Scheme | None = None
        for path in sorted(path for path in (paths.resources() / "fonts").iterdir() if path.suffix in FONT_FILES):
            QFontDatabase.addApplicationFont(str(path))
        application.setFont(font())
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        self._dress()

    def dress(self, window: QWidget) -> None:
        """Give a window, and those that it opens, their looks from here on. Call it once its parts are there."""
        self._windows.append(window)
        window.destroyed.connect(self._on_destroyed)
        window.setStyleSheet(self._sheet)

    @Slot()
    def _on_destroyed(self) -> None:
        self._windows = [window for window in self._windows if shiboken6.isValid(window)]

    def set_appearance(self, appearance: Appearance) -> None:
        """Switch while the window is open."""
        self._appearance = appearance
        self._dress()

    @Slot()
    def _on_system_changed(self) -> None:
        if self._appearance == "system":
            self._dress()

    def _wanted(self) -> Scheme:
        if self._appearance != "system":
            return self._appearance
        return "dark" if self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    def _dress(self) -> None:
        wanted = self._wanted()
        if self._dressed == wanted:
            return
        self._dressed = wanted
        chosen = SCHEMES[wanted]
        self._sheet = stylesheet(chosen, wanted)
        self._application.setProperty(_PROPERTY, wanted)
        self._application.setPalette(palette(chosen))
        for window in self._windows:
            window.setStyleSheet(self._sheet)


def palette(chosen: Colours) -> QPalette:
    """Return the colours as Qt's roles, for what the stylesheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: chosen.window,
        QPalette.ColorRole.WindowText: chosen.text,
        QPalette.ColorRole.Base: chosen.surface,
        QPalette.ColorRole.AlternateBase: chosen.raised,
        QPalette.ColorRole.Text: chosen.text,
        QPalette.ColorRole.Button: chosen.surface,
        QPalette.ColorRole.ButtonText: chosen.text,
        QPalette.ColorRole.BrightText: chosen.bad,
        QPalette.ColorRole.ToolTipBase: chosen.raised,
        QPalette.ColorRole.ToolTipText: chosen.text,
        QPalette.ColorRole.PlaceholderText: chosen.secondary,
        QPalette.ColorRole.Highlight: chosen.accent,
        QPalette.ColorRole.HighlightedText: chosen.on_accent,
        QPalette.ColorRole.Link: chosen.accent,
        QPalette.ColorRole.LinkVisited: chosen.accent,
        QPalette.ColorRole.Mid: chosen.border,
        QPalette.ColorRole.Dark: chosen.field,
        QPalette.ColorRole.Light: chosen.raised,
        QPalette.ColorRole.Accent: chosen.accent,
    }
    made = QPalette()
    for role, name in roles.items():
        made.setColor(role, QColor(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(chosen.secondary))
    return made
