"""The tour's hands and eyes: clicks, keys and drops in the real window, waiting with its event loop alive, pictures.

It knows the window and its pages, and nothing of what a step of the tour takes to be right.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bigmodel_studio.ui.pages.chat.message_view import ReplyView
    from bigmodel_studio.ui.pages.chat.page import ChatPage
    from bigmodel_studio.ui.window.main_window import MainWindow

Made = TypeVar("Made")

WAIT_S = 120.0
TICK_MS = 5


class WrongError(AssertionError):
    """What a widget says is not what is known to be right."""


def check(right: object, detail: str) -> None:
    """Raise ``WrongError`` with what was seen, unless it is right."""
    if not right:
        raise WrongError(detail)


class Hands:
    """What a user could do with a window, done to ``window``; pictures of it go to the folder ``out``."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self.window = window
        self.out = out
        self.pictures = 0
        self.gaps = Gaps()

    def chat_page(self) -> ChatPage:
        """Return the Chat page, in front."""
        from bigmodel_studio.ui.pages.chat.page import ChatPage

        return self.page("chat", ChatPage)

    def page(self, page_id: str, kind: type[Made]) -> Made:
        """Return a page, brought to the front by a click on its button in the rail."""
        self.click(self.window.rail.buttons[page_id])
        page = self.window.pages[page_id]
        check(isinstance(page, kind), f"the page {page_id} is a {type(page).__name__}")
        assert isinstance(page, kind)
        return page

    def ask(self, text: str) -> str:
        """Put in a message as an input method does, press Enter, and read the reply when it has ended."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QInputMethodEvent
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication, QTextBrowser

        page = self.chat_page()
        count = len(page.transcript.views)
        editor = page.composer.editor
        editor.setFocus()
        committed = QInputMethodEvent()
        committed.setCommitString(text)
        QApplication.sendEvent(editor, committed)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.wait(lambda: len(page.transcript.views) >= count + 2 and not page.talk.busy, "the reply")
        view = self.last_reply()
        check(view.message.state == "done", f"the reply ended as {view.message.state}: {view.message.facts.problem}")
        segments = view.body.findChildren(QTextBrowser)
        return "".join(segment.toPlainText() for segment in segments if not segment.isHidden()).strip()

    def last_reply(self) -> ReplyView:
        """Return the reply at the transcript's end."""
        from bigmodel_studio.ui.pages.chat.message_view import ReplyView

        view = self.chat_page().transcript.views[-1]
        check(isinstance(view, ReplyView), "the last message is not a reply")
        assert isinstance(view, ReplyView)
        return view

    def click(self, widget: QWidget) -> None:
        """Make a click with the left button in the widget's middle."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        # Start, for one, waits for the look at what the form names.
        self.wait(widget.isEnabled, f"{widget.accessibleName() or type(widget).__name__} can be pressed")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def drop(self, files: list[Path]) -> None:
        """Drop files in the middle of the window."""
        from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
        from PySide6.QtGui import QDropEvent

        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        left, no_keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        middle = QPointF(self.window.rect().center())
        self.window.dropEvent(QDropEvent(middle, Qt.DropAction.CopyAction, data, left, no_keys))

    def wait(self, done: Callable[[], object], what: str, seconds: float = WAIT_S) -> None:
        """Let the window live until ``done``. Raises ``WrongError`` when that takes too long."""
        deadline = time.monotonic() + seconds
        while not done():
            check(time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}")
            self.gaps.turn()

    def settle(self) -> None:
        """Let what was asked for be laid out and painted."""
        for _ in range(20):
            self.gaps.turn()

    def picture(self, name: str) -> None:
        """Save a numbered picture of the window as it is now."""
        self.settle()
        self.pictures += 1
        words = name.lower().replace(" ", "-").replace(",", "")
        self.window.grab().save(str(self.out / f"{self.pictures:02d}-{words}.png"))


class Gaps:
    """Turns of the event loop, and the longest time that one took."""

    def __init__(self) -> None:
        from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

        self.worst_s = 0.0
        self._process = QCoreApplication.processEvents
        self._flags = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        self._last = 0.0
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def turn(self) -> None:
        """Process what is there, or wait for the next tick."""
        self._last = time.perf_counter()
        self._process(self._flags)
        self.worst_s = max(self.worst_s, time.perf_counter() - self._last - TICK_MS / 1000)

    def _on_tick(self) -> None:
        """Wake the loop."""

    def stop(self) -> None:
        self._timer.stop()
