"""Text of machines (logs, reports): read only, in a fixed-width font, never wrapped, never interpreted.

Lines with a level, as those of a log do, have it in its colour.
"""

from __future__ import annotations

import re

from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from bigmodel_studio.ui.look import theme

_COLOURS = {"WARNING": "warn", "ERROR": "bad", "CRITICAL": "bad"}
_LEVEL = re.compile(r"^\S+ \S+ (?:\d+ )?(WARNING|ERROR|CRITICAL) ")


class CodeView(QPlainTextEdit):
    """``name`` is said to a screen reader. Tab leaves it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        font = QFont()
        font.setFamilies([*theme.MONOSPACE, *theme.FALLBACKS])
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)
        self._levels = _Levels(self.document())


class _Levels(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)

    def highlightBlock(self, text: str) -> None:
        match = _LEVEL.match(text)
        if match is not None:
            form = QTextCharFormat()
            form.setForeground(theme.colour(_COLOURS[match[1]]))
            form.setFontWeight(QFont.Weight.DemiBold)
            self.setFormat(match.start(1), len(match[1]), form)
