"""The palettes: contrasts computed from the colours, as WCAG 2.2 defines them, and switching while it runs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontDatabase, QImage
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QSlider,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import stylesheet
from bigmodel_studio.ui.look.theme import SCHEMES, Colours, Scheme, Theme, colours, font

GROUNDS = ("window", "surface", "raised")


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(params=["light", "dark"])
def chosen(request: pytest.FixtureRequest) -> Colours:
    scheme: Scheme = request.param
    return SCHEMES[scheme]


@pytest.mark.parametrize("ground", [*GROUNDS, "accent_soft"])
@pytest.mark.parametrize("text", ["text", "secondary"])
def test_text_can_be_read(chosen: Colours, text: str, ground: str) -> None:
    assert contrast(getattr(chosen, text), getattr(chosen, ground)) >= 4.5


@pytest.mark.parametrize("ground", ["window", "surface"])
@pytest.mark.parametrize("text", ["accent", "good", "warn", "bad"])
def test_coloured_text_can_be_read(chosen: Colours, text: str, ground: str) -> None:
    assert contrast(getattr(chosen, text), getattr(chosen, ground)) >= 4.5


@pytest.mark.parametrize("ground", [*GROUNDS, "accent_soft"])
def test_borders_of_fields_and_marks_can_be_seen(chosen: Colours, ground: str) -> None:
    assert contrast(chosen.field, getattr(chosen, ground)) >= 3.0
    assert contrast(chosen.warn, getattr(chosen, ground)) >= 3.0


def test_text_on_the_accent_can_be_read(chosen: Colours) -> None:
    assert contrast(chosen.on_accent, chosen.accent) >= 4.5


def test_every_colour_of_the_stylesheet_is_of_the_palette(chosen: Colours) -> None:
    sheet = stylesheet(chosen, "light")
    assert "$" not in sheet
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", sheet))
    assert used <= {value for name, value in vars(chosen).items() if name != "series"}


def test_icons_of_the_stylesheet_exist(chosen: Colours) -> None:
    for scheme in ("light", "dark"):
        for address in re.findall(r'url\("([^"]+)"\)', stylesheet(chosen, scheme)):
            assert address.endswith(".svg")
            assert (paths.resources() / "icons" / address.rpartition("/")[2]).is_file()


def test_the_appearance_switches_while_it_runs(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, "light")
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("x", window)
    theme.dress(window)
    window.show()
    for scheme in ("dark", "light", "dark", "light"):
        theme.set_appearance(scheme)
        assert colours() == SCHEMES[scheme]
        assert label.palette().window().color().name().upper() == SCHEMES[scheme].window
        grey = icon("chat", off="text").pixmap(20, 20).toImage()
        drawn = {
            grey.pixelColor(x, y).name().upper()
            for x in range(20)
            for y in range(20)
            if grey.pixelColor(x, y).alpha() == 255
        }
        assert SCHEMES[scheme].text in drawn


def test_the_fonts_are_the_shipped_ones(qapp: QApplication) -> None:
    Theme(qapp, "light")
    assert "Inter" in QFontDatabase.families()
    assert font().families()[0] == "Inter"
    folder = paths.resources() / "fonts"
    assert (folder / "OFL.txt").is_file()
    assert (folder / "OFL-NotoEmoji.txt").is_file()
    assert sum(file.stat().st_size for file in folder.glob("Inter*")) < 1_000_000
    assert (folder / "NotoEmoji-Regular.ttf").stat().st_size < 1_000_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("make", [QListWidget, lambda: QSlider(Qt.Orientation.Horizontal)])
def test_lists_and_sliders_show_that_the_keyboard_is_theirs(
    qtbot: QtBot, qapp: QApplication, scheme: Scheme, make: Callable[[], QWidget]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    before, made = QLineEdit(), make()
    for each in (before, made):
        column.addWidget(each)
    Theme(qapp, scheme).dress(window)
    with qtbot.waitActive(window):
        window.show()
    before.setFocus()
    without = window.grab(made.geometry()).toImage()
    qtbot.keyClick(before, Qt.Key.Key_Tab)
    assert made.hasFocus()
    ring = window.grab(made.geometry()).toImage()
    changed = [
        (ring.pixelColor(x, y).name(), without.pixelColor(x, y).name())
        for x in range(ring.width())
        for y in range(ring.height())
        if ring.pixel(x, y) != without.pixel(x, y)
    ]
    seen = [pair for pair in changed if contrast(*pair) >= 3.0]
    assert len(seen) > 40


def test_emoji_are_drawn_where_the_system_has_no_font_for_them(qtbot: QtBot, qapp: QApplication) -> None:
    """A missing glyph is a bar, the same for each."""
    Theme(qapp, "light")
    assert "Noto Emoji" in QFontDatabase.families()
    label = QLabel()
    qtbot.addWidget(label)
    label.setFont(font(32))
    drawn = []
    for emoji in ("😀", "🚀", "🦀", "👍"):
        label.setText(emoji)
        label.adjustSize()
        drawn.append(bytes(label.grab().toImage().convertToFormat(QImage.Format.Format_RGB32).constBits()))
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("scheme", list(SCHEMES))
def test_the_icons_of_qts_file_dialog_can_be_seen(qtbot: QtBot, qapp: QApplication, scheme: Scheme) -> None:
    """It is what stands in for the system's own, where there is none."""
    window = QWidget()
    qtbot.addWidget(window)
    Theme(qapp, scheme).dress(window)
    dialog = QFileDialog(window)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.ensurePolished()
    for name in ("back", "forward", "toParent", "newFolder", "listMode", "detailMode"):
        button = dialog.findChild(QToolButton, f"{name}Button")
        assert button is not None
        picture = button.icon().pixmap(48, 48).toImage()
        places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
        pixels = [picture.pixelColor(x, y) for x, y in places]
        drawn = {pixel.name() for pixel in pixels if pixel.alpha() > 240}
        assert max(contrast(colour, SCHEMES[scheme].window) for colour in drawn) >= 3.0, name


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_tool_tips_are_plain_text(qtbot: QtBot, qapp: QApplication) -> None:
    """Names of classes, tokens and files come from others."""
    window = QWidget()
    qtbot.addWidget(window)
    place = QWidget(window)
    Theme(qapp, "light").dress(window)
    window.show()
    place.show()
    QToolTip.showText(place.mapToGlobal(QPoint(5, 5)), '<h1>cat</h1><img src="https://example.org/x.png">', place)
    (tip,) = [each for each in qapp.topLevelWidgets() if each.objectName() == "qtooltip_label" and each.isVisible()]
    assert isinstance(tip, QLabel)
    assert tip.textFormat() == Qt.TextFormat.PlainText
    QToolTip.hideText()
