"""Does the window stay fluent when somebody goes from page to page in a home with years of work in it?

``python benchmarks/page_switching.py [--runs 500] [--messages 100000] [--rounds 3]``. A home with so many runs and
messages (``--in-one`` of them in a conversation), the real window on a real display (Xvfb where there is none), its
engine idle. A timer of 5 ms measures how late the event loop comes round after a press on each page of the rail: at the
first showing, and in rounds after it. ``--profile`` prints what all of it spends its time in.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from benchmarks.event_loop import WORST_BUDGET_MS, Ticks, spend, wait
from benchmarks.measuring import Row, display, own_home, print_table
from benchmarks.runs_list import written
from bigmodel_studio.app import Application
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.ui.pages import PAGES

LOOK_S = 1.0
"""How long the event loop is watched after a press."""


def talk(messages: int, in_one: int) -> None:
    """Write so many messages into this home's conversations."""
    store = Conversations()
    store._db.execute("PRAGMA synchronous = OFF")  # they are made for this alone
    for start in range(0, messages, in_one):
        conversation = store.begin(f"Question number {start // in_one}")
        last = None
        for number in range(start, min(start + in_one, messages)):
            role = "user" if number % 2 == 0 else "assistant"
            last = store.add(conversation, role, f"Message {number}: a red boat and a blue bird.", parent=last)
    store.close()


def shown(studio: Application, page: str) -> Ticks:
    """Press the page's button in the rail, and watch the event loop meanwhile and after it."""
    ticks = Ticks()
    button = studio.window.rail.buttons[page]
    QTimer.singleShot(50, button, lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))
    spend(LOOK_S)
    ticks.stop()
    return ticks


def row(name: str, found: list[Ticks]) -> Row:
    gap, own = max((gap, own) for ticks in found for gap, own in zip(ticks.gaps, ticks.own, strict=True))
    return Row(name, gap * 1000, "ms", WORST_BUDGET_MS, f"of it {own * 1000:.0f} ms the window's process at work")


def run(runs: int, messages: int, in_one: int, rounds: int, *, profile: bool) -> list[Row]:
    written(runs, 1000)
    talk(messages, in_one)
    studio = Application([])
    try:
        wait(lambda: studio.warming.done, "what the pages need to be imported")
        wait(lambda: len(studio.runs.runs) >= runs, "the runs to be listed")
        spend(3.0)
        profiler = cProfile.Profile()
        if profile:
            profiler.enable()
        rows = [row(f"first showing of {page}", [shown(studio, page)]) for page in PAGES]
        again: dict[str, list[Ticks]] = {page: [] for page in PAGES}
        for _ in range(rounds):
            for page in PAGES:
                again[page].append(shown(studio, page))
        if profile:
            profiler.disable()
            pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(50)
        return rows + [row(f"going back to {page}: worst gap", found) for page, found in again.items()]
    finally:
        studio.window.close()
        studio.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--in-one", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    with display(), own_home():
        return print_table(run(options.runs, options.messages, options.in_one, options.rounds, profile=options.profile))


if __name__ == "__main__":
    raise SystemExit(main())
