"""Work in a thread: the newest question alone is answered, deeds are all done, and errors come back as problems."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from bigmodel_studio.client.background import Background, Latest
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem


def test_the_newest_question_alone_is_answered_and_not_on_the_windows_thread(qtbot: QtBot) -> None:
    entered, go_on, threads = threading.Event(), threading.Event(), []
    latest = Latest("test")
    answers: list[object] = []
    latest.answered.connect(answers.append)

    def slow() -> str:
        threads.append(threading.current_thread())
        entered.set()
        go_on.wait()
        return "old"

    latest.ask(slow)
    entered.wait()
    latest.ask(lambda: "new")
    go_on.set()
    qtbot.waitUntil(lambda: answers == ["new"])
    assert threads != [threading.main_thread()]
    latest.close()


def test_what_is_forgotten_is_not_answered(qtbot: QtBot) -> None:
    latest = Latest("test")
    answers: list[object] = []
    latest.answered.connect(answers.append)
    latest.ask(lambda: "forgotten")
    latest.forget()
    latest.ask(lambda: "asked")
    qtbot.waitUntil(lambda: answers == ["asked"])
    latest.close()


def test_each_deed_is_done_in_its_order_and_errors_are_problems(qtbot: QtBot) -> None:
    background = Background("test")
    said: list[object] = []
    background.done.connect(said.append)
    background.failed.connect(said.append)

    def refused() -> None:
        raise StudioError("run-unknown", run="gone")

    def full() -> None:
        raise OSError(28, "No space left on device")

    for work in (lambda: 1, refused, full, lambda: 2):
        background.run(work)
    qtbot.waitUntil(lambda: len(said) == 4)
    full_disk: dict[str, str | int | float] = {"path": str(paths.runs()), "detail": "No space left on device"}
    assert said == [
        1,
        Problem(code="run-unknown", arguments={"run": "gone"}),
        Problem(code="disk-write", arguments=full_disk),
        2,
    ]
    background.close()
