"""Going from page to page holds the window up as little with years of work as with none, counted in calls.

(``benchmarks/page_switching.py`` measures the time.)
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.train.curves.scaling_view import ScalingView
from bigmodel_studio.ui.pages.train.page import TrainPage
from tests.ui.shell import Shell
from tests.work import counted

RUNS = 500
MESSAGES = 5


def runs(folder: Path, number: int) -> list[RunSummary]:
    return [
        RunSummary(
            name=f"run-{n:03d}",
            path=str(folder / f"run-{n:03d}"),
            objective="causal-lm",
            state="finished",
            step=9,
            steps=9,
        )
        for n in range(number)
    ]


def press(shell: Shell, page: str) -> int:
    """Press a page's button in the rail, and let what it shows settle; returns the calls of functions meanwhile."""
    with counted() as found:
        shell.qtbot.mouseClick(shell.window.rail.buttons[page], Qt.MouseButton.LeftButton)
    shell.settle()
    return found.calls


def say(shell: Shell, conversations: int) -> None:
    """Keep conversations of a few messages, of which none is shown."""
    chat = shell.window.pages["chat"]
    assert isinstance(chat, ChatPage)
    chat.store._db.execute("PRAGMA synchronous = OFF")  # they are made for this alone
    for number in range(conversations):
        conversation, last = chat.store.begin(f"Question {number}"), None
        for _ in range(MESSAGES):
            last = chat.store.add(conversation, "user", "a red boat", parent=last)
    chat.list.refresh()


def test_pages_come_back_with_years_of_work_as_with_none(shell: Shell, tmp_path: Path) -> None:
    calls = {}
    for number in (1, RUNS):
        shell.runs._emit_runs(runs(tmp_path, number))
        say(shell, number // MESSAGES)
        for page in ("train", "chat"):
            press(shell, page)
        calls[number] = sum(press(shell, page) for page in ("train", "chat"))
    train = shell.window.pages["train"]
    assert isinstance(train, TrainPage)
    assert train.runs.rowCount() == RUNS
    chat = shell.window.pages["chat"]
    assert isinstance(chat, ChatPage)
    assert len(chat.list.rows.entries) == RUNS // MESSAGES
    assert train.findChildren(ScalingView) == [], "made when there is something to compare"
    assert calls[RUNS] < 1.5 * calls[1] + 500
