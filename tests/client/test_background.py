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


def test_a_question_of_several_parts_is_answered_in_their_order(qtbot: QtBot) -> None:
    latest = Latest("test")
    answers: list[object] = []
    latest.answered.connect(answers.append)

    def unreadable() -> None:
        raise PermissionError(13, "Permission denied", "/tales.txt")

    latest.ask(lambda: 1, unreadable, lambda: 2)
    assert latest.busy
    qtbot.waitUntil(lambda: not latest.busy)
    arguments: dict[str, str | int | float] = {"path": "/tales.txt", "detail": "Permission denied"}
    assert answers == [1, Problem(code="data-unreadable", arguments=arguments), 2]
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
    results: list[object] = []
    background.done.connect(results.append)
    background.failed.connect(results.append)

    def refused() -> None:
        raise StudioError("run-unknown", run="gone")

    def full() -> None:
        raise OSError(28, "No space left on device")

    for work in (lambda: 1, refused, full, lambda: 2):
        background.run(work)
    qtbot.waitUntil(lambda: len(results) == 4)
    full_disk: dict[str, str | int | float] = {"path": str(paths.runs()), "detail": "No space left on device"}
    assert results == [
        1,
        Problem(code="run-unknown", arguments={"run": "gone"}),
        Problem(code="disk-write", arguments=full_disk),
        2,
    ]
    background.close()
