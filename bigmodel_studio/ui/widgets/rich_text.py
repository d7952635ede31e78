"""Text of a model on the screen, safely: plain while it streams, Markdown once it is whole and small.

A long text is shown as a column of segments of a few thousand characters, of which only the last one changes, so that
a reply of a megabyte never stalls the window; of such a text only the end is shown until more is asked for. Nothing
is ever loaded (``loadResource`` is empty), raw HTML is shown as it is written, and a link is only reported.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QEvent, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import (
    QBrush,
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.look.stylesheet import set_look

TEXT_PX = 14
HEADING_PX = 16
LINE_PERCENT = 140.0
PARAGRAPH_PX = 8
SEGMENT_CHARACTERS = 2000
PARAGRAPH_CHARACTERS = 1000
"""A line without a break is broken after so many, since one line is laid out in one go."""
MOST_SEGMENTS = 8
MOST_MARKS = 200
MARKDOWN_CHARACTERS = 8_000
_MARKDOWN = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML


class Segment(QTextBrowser):
    """A piece of text as high as it needs to be, that can be selected, and loads nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "message")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setTabChangesFocus(True)
        for policy in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            policy(self.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDefaultFont(theme.font(TEXT_PX))
        self.document().setDocumentMargin(0)
        self.length = 0
        self._since_break = 0
        cursor = QTextCursor(self.document())
        cursor.setBlockFormat(_spaced())
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def add(self, text: str) -> None:
        """Append plain text; a very long line is broken."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._broken(text))
        self.length += len(text)

    def set_markdown(self, text: str, *, breaks: bool = True) -> None:
        """Show the text as Markdown, raw HTML in it as plain text; ``breaks``: a line's end in it is one here too."""
        document = self.document()
        document.setMarkdown(with_line_breaks(text) if breaks else text, _MARKDOWN)
        cursor = QTextCursor(document)
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(_spaced())
        _dress(document)
        if not breaks:
            _part_paragraphs(document)
        self.length = len(text)

    def mark(self, words: Sequence[str]) -> None:
        """Mark where words stand, whatever their case."""
        found: list[QTextEdit.ExtraSelection] = []
        for word in words:
            at = self.document().find(word)
            while not at.isNull() and len(found) < MOST_MARKS:
                mark = QTextEdit.ExtraSelection()
                mark.cursor = at
                mark.format.setBackground(theme.colour("accent_soft"))
                mark.format.setFontUnderline(True)
                found.append(mark)
                at = self.document().find(word, at)
        self.setExtraSelections(found)

    def loadResource(self, kind: int, name: QUrl | str) -> QByteArray:
        """Load nothing: no picture of a file, no address. Bytes without content, for at a null Qt reads the file
        itself.
        """
        return QByteArray()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the transcript scrolls, not the message

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        height = max(1, round(self.document().size().height()))
        if height != self.height():
            self.setFixedHeight(height)

    def _broken(self, text: str) -> str:
        """Break a line that would be longer than ``PARAGRAPH_CHARACTERS``, at a space where there is one."""
        parts: list[str] = []
        for character in text if len(text) + self._since_break > PARAGRAPH_CHARACTERS else ():
            self._since_break = 0 if character == "\n" else self._since_break + 1
            if self._since_break > PARAGRAPH_CHARACTERS and (
                character == " " or self._since_break > 1.2 * PARAGRAPH_CHARACTERS
            ):
                parts.append("\n")
                self._since_break = 0
            parts.append(character)
        if parts:
            return "".join(parts)
        _, newline, tail = text.rpartition("\n")
        self._since_break = len(tail) if newline else self._since_break + len(text)
        return text


def with_line_breaks(text: str) -> str:
    """Markdown in which a line's end is a line's end, as whoever wrote the text saw it (but in fenced code)."""
    lines, fence = text.split("\n"), ""
    for number, line in enumerate(lines):
        start = line.lstrip()[:3]
        if start in ("```", "~~~") and fence in ("", start):
            fence = "" if fence else start
        elif not fence and line.strip():
            lines[number] = line.rstrip() + "  "
    return "\n".join(lines)


def _dress(document: QTextDocument) -> None:
    """Bold in the weight that the window has; code on a ground of its own."""
    ground = QBrush(theme.colour("raised"))
    block = document.begin()
    while block.isValid():
        if block.blockFormat().hasProperty(QTextFormat.Property.BlockCodeFence):
            code = QTextBlockFormat()
            code.setBackground(ground)
            code.setNonBreakableLines(False)
            QTextCursor(block).mergeBlockFormat(code)
        parts = block.begin()
        while not parts.atEnd():
            fragment = parts.fragment()
            wanted = _wanted(fragment.charFormat(), ground)
            if wanted is not None:
                cursor = QTextCursor(document)
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(wanted)
            parts += 1
        block = block.next()


def _part_paragraphs(document: QTextDocument) -> None:
    """Room below each paragraph, and above headings, as in a printed page; code and lists stay together."""
    block = document.begin()
    while block.isValid():
        given = block.blockFormat()
        if not given.hasProperty(QTextFormat.Property.BlockCodeFence) and block.textList() is None:
            room = QTextBlockFormat()
            room.setBottomMargin(PARAGRAPH_PX)
            room.setTopMargin(PARAGRAPH_PX if given.headingLevel() else 0)
            QTextCursor(block).mergeBlockFormat(room)
        block = block.next()


def _wanted(given: QTextCharFormat, ground: QBrush) -> QTextCharFormat | None:
    wanted = QTextCharFormat()
    if given.fontFixedPitch():
        wanted.setFontFamilies(theme.MONOSPACE)
        wanted.setBackground(ground)
    if given.fontWeight() >= QFont.Weight.Bold:
        wanted.setFontWeight(QFont.Weight.DemiBold)
    if given.hasProperty(QTextFormat.Property.FontSizeAdjustment):
        wanted.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
        wanted.setProperty(QTextFormat.Property.FontPixelSize, HEADING_PX)
    if given.isAnchor():
        wanted.setForeground(QBrush(theme.colour("accent")))
    return wanted if wanted.propertyCount() else None


def _spaced() -> QTextBlockFormat:
    made = QTextBlockFormat()
    made.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    return made


class RichText(QWidget):
    """A message's text. ``link_wanted`` carries the address of a link that was pressed; nothing is opened here."""

    link_wanted = Signal(QUrl)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._markdown = False
        self._segments: list[Segment] = []
        self._hidden = 0
        """Characters at the beginning that are not shown."""
        self._drawn = 0
        """Characters from the beginning that are shown, or hidden before those."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more: QPushButton | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._draw)

    def add(self, piece: str) -> None:
        """Append plain text; it is drawn within the next turns of the event loop."""
        self.text += piece
        if not self._timer.isActive():
            self._draw()

    def finish(self, text: str, *, markdown: bool) -> None:
        """Show the whole text: as Markdown where that is wanted and it is small, else plain, of which the end is
        shown.
        """
        self._markdown = markdown and len(text) <= MARKDOWN_CHARACTERS
        if self._markdown:
            self._begin(text, len(text))
            if text:
                self._new_segment().set_markdown(text)
            return
        if not text.startswith(self.text):
            self._begin(text, 0)
        self.text = text
        self._draw()

    def mark(self, words: Sequence[str]) -> None:
        """Mark where words stand, as a search found them; none: nothing is marked."""
        for segment in self._segments:
            segment.mark(words)

    @property
    def drawing(self) -> bool:
        """Whether there is text that is still to be drawn."""
        return self._drawn < len(self.text)

    @Slot()
    def _draw(self) -> None:
        """Draw at most a segment's worth; what lies too far behind the end is left out."""
        behind = len(self.text) - self._drawn
        if behind > SEGMENT_CHARACTERS * MOST_SEGMENTS:
            self._begin(self.text, len(self.text) - SEGMENT_CHARACTERS * MOST_SEGMENTS)
            self._hidden = self._drawn
            self._say_hidden()
        last = self._segments[-1] if self._segments else self._new_segment()
        piece = self.text[self._drawn : self._drawn + SEGMENT_CHARACTERS - last.length]
        if len(piece) < len(self.text) - self._drawn:
            piece = piece[: _cut(piece)]
        last.add(piece)
        self._drawn += len(piece)
        if last.length >= SEGMENT_CHARACTERS or self._drawn < len(self.text):
            self._new_segment()
            self._drop_first()
        if self.drawing != self._timer.isActive():
            (self._timer.start if self.drawing else self._timer.stop)()

    @Slot()
    def _show_more(self) -> None:
        """Show one more piece of what is hidden, above what is shown."""
        start = max(0, self._hidden - SEGMENT_CHARACTERS)
        segment = self._new_segment(at=1)
        segment.add(self.text[start : self._hidden])
        self._hidden = start
        self._say_hidden()

    def _begin(self, text: str, drawn: int) -> None:
        """Show nothing, as if the first ``drawn`` characters of ``text`` had been."""
        self._timer.stop()
        for segment in self._segments:
            self._column.removeWidget(segment)
            segment.hide()
            segment.deleteLater()
        self._segments.clear()
        self.text, self._drawn, self._hidden = text, drawn, 0
        self._say_hidden()

    def _drop_first(self) -> None:
        if len(self._segments) > MOST_SEGMENTS:
            first = self._segments.pop(0)
            self._hidden += first.length
            self._column.removeWidget(first)
            first.hide()
            first.deleteLater()
            self._say_hidden()

    def _new_segment(self, at: int | None = None) -> Segment:
        segment = Segment(self)
        segment.setAccessibleName(self.tr("Text of the message"))
        segment.anchorClicked.connect(self.link_wanted)
        if at is None:
            self._segments.append(segment)
            self._column.addWidget(segment)
        else:
            self._segments.insert(0, segment)
            self._column.insertWidget(at, segment)
        segment.show()
        return segment

    def _say_hidden(self) -> None:
        if self._more is None and self._hidden:
            self._more = QPushButton()
            set_look(self._more, "quiet")
            self._more.clicked.connect(self._show_more)
            self._column.insertWidget(0, self._more)
        if self._more is not None:
            words = self.tr("{count} earlier characters hidden · Show more")
            self._more.setText(words.format(count=numbers.exact(self._hidden)))
            self._more.setVisible(self._hidden > 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._markdown:
            for segment in self._segments:
                segment.set_markdown(self.text)  # its code has a ground of the palette


def _cut(piece: str) -> int:
    """Return where to end a segment: behind the last line's end of ``piece``, else behind its last space, else at its
    end.
    """
    for separator in ("\n", " "):
        at = piece.rfind(separator)
        if at > 0:
            return at + 1
    return len(piece)
