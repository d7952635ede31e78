"""Does a very long conversation, or a reply of a megabyte, keep the window waiting?

``python benchmarks/chat_view.py [--messages 10000] [--bytes 1000000]``. The real chat page on a display (Xvfb where
there is none); the gaps between the turns of its event loop are measured while a conversation is opened and scrolled
through, and while a reply comes in piece by piece.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.event_loop import Ticks, spend, wait
from benchmarks.measuring import Row, display, own_home, print_table
from bigmodel_studio.app import Application
from bigmodel_studio.ui.pages.chat.page import ChatPage

WORST_BUDGET_MS = 50.0
PIECE = "A **token** is a piece of text, `like this one`, that a model reads as one number.\n\n"


def opened(page: ChatPage, messages: int) -> Ticks:
    """The gaps while a conversation of so many messages is opened and its end, then earlier parts of it, are read."""
    conversation = page.store.begin("a long one")
    last = None
    for number in range(messages):
        last = page.store.add(conversation, "user" if number % 2 == 0 else "assistant", PIECE, parent=last)
    spend(0.5)
    ticks = Ticks()
    page.open_conversation(conversation)
    wait(lambda: len(page.transcript.views) > 5, "the conversation to be shown")
    bar = page.transcript.verticalScrollBar()
    for _ in range(20):
        bar.setValue(0)
        spend(0.05)
    ticks.stop()
    return ticks


def streamed(page: ChatPage, size: int) -> Ticks:
    """The gaps while a reply of so many bytes comes in, as fast as the window takes it."""
    conversation = page.store.begin("a large one")
    asked = page.store.add(conversation, "user", "Say much.", parent=None)
    reply = page.store.add(conversation, "assistant", "", parent=asked)
    page.open_conversation(conversation)
    wait(lambda: len(page.transcript.views) == 2, "the conversation to be shown")
    ticks = Ticks()
    for _ in range(size // (16 * len(PIECE))):
        page.transcript.add_text(reply, 16 * PIECE)
        spend(0.005)
    spend(1.0)
    ticks.stop()
    return ticks


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    given = parser.parse_args()
    with display(), own_home():
        studio = Application([])
        window = studio.window
        window.show()
        window.show_page("chat")
        page = window.pages["chat"]
        assert isinstance(page, ChatPage)
        spend(1.0)
        found = {
            f"{given.messages:,} messages opened and scrolled": opened(page, given.messages),
            f"a reply of {given.bytes:,} bytes": streamed(page, given.bytes),
        }
        window.close()
        studio.close()
    return print_table(
        [Row(f"{name}: worst gap", max(ticks.gaps) * 1000, "ms", WORST_BUDGET_MS) for name, ticks in found.items()]
    )


if __name__ == "__main__":
    raise SystemExit(main())
