"""A model's text on the screen: safe, and never slow."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from pytestqt.qtbot import QtBot

from bigmodel_studio.ui.widgets.rich_text import RichText, Segment
from tests.work import calls

EVIL = "![p](file:///etc/passwd) <img src='http://127.0.0.1/x'> <b>bold?</b> [link](javascript:alert) **strong**"


def _drawn(text: RichText) -> str:
    return "".join(segment.toPlainText() for segment in text.findChildren(Segment) if not segment.isHidden())


@pytest.fixture
def text(qtbot: QtBot) -> RichText:
    made = RichText()
    qtbot.addWidget(made)
    made.resize(600, 100)
    made.show()
    return made


def test_markdown_is_shown_and_html_is_only_text(text: RichText) -> None:
    text.finish(EVIL, markdown=True)
    shown = _drawn(text)
    assert "<b>bold?</b>" in shown
    assert "<img src='http://127.0.0.1/x'>" in shown
    assert "strong" in shown
    assert "**" not in shown


def test_nothing_is_ever_loaded(text: RichText) -> None:
    text.finish(EVIL, markdown=True)
    segment = text.findChildren(Segment)[0]
    for kind in (QTextDocument.ResourceType.ImageResource, QTextDocument.ResourceType.StyleSheetResource):
        for address in ("file:///etc/hostname", "http://127.0.0.1/", "qrc:/x", "/etc/hostname"):
            assert bytes(segment.document().resource(kind.value, QUrl(address))) == b""
    assert not segment.openLinks()
    assert not segment.openExternalLinks()


def test_lines_end_where_the_model_ended_them(text: RichText) -> None:
    text.finish("ROMEO:\nI am here.\n\n```\na\n  b\n```\n- one\n- two", markdown=True)
    assert _drawn(text).splitlines() == ["ROMEO:", "I am here.", "a", "  b", "one", "two"]


def test_what_streams_is_what_is_shown(text: RichText, qtbot: QtBot) -> None:
    pieces = [f"word{n} " + ("\n" if n % 7 == 0 else "") for n in range(900)]
    for piece in pieces:
        text.add(piece)
    qtbot.waitUntil(lambda: not text.drawing)
    assert _drawn(text).replace("\n", "") == "".join(pieces).replace("\n", "")


@pytest.mark.parametrize("separator", ["\n", " ", ""])
def test_a_megabyte_is_drawn_from_its_end_in_short_turns(text: RichText, qtbot: QtBot, separator: str) -> None:
    whole = separator.join(f"sentence-{n:06d}" for n in range(65_000))
    assert calls(lambda: text.finish(whole, markdown=True)) < 20_000, "the rest is drawn in later turns"
    qtbot.waitUntil(lambda: not text.drawing, timeout=60_000)
    assert _drawn(text).replace("\n", "").endswith("sentence-064999")
    assert len(_drawn(text)) < 40_000
    assert text.text == whole
