"""Ctrl+C while a command runs a request in this process."""

import signal
from collections.abc import Generator

import pytest

from bigmodel_studio.cli import commands, output
from bigmodel_studio.cli.models import events_of
from bigmodel_studio.engine import tasks
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.protocol import Cancelled, Describe, Event, ModelRef, Progress

REQUEST = Describe(model=ModelRef(source="builtin", id="starter-gpt"))


def test_before_the_first_event_it_ends_the_command_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    reached = []

    def importing(*_: object) -> Generator[Event, None, None]:
        signal.raise_signal(signal.SIGINT)
        reached.append("the end of the import")
        yield Cancelled()

    monkeypatch.setattr(tasks, "run_task", importing)
    handler = signal.getsignal(signal.SIGINT)
    assert commands.main(["describe", "starter-gpt"]) == output.EXIT_STOPPED
    assert reached == []
    assert signal.getsignal(signal.SIGINT) is handler
    assert capfd.readouterr().err == ""


def test_later_the_task_ends_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def working(*_: object) -> Generator[Event, None, None]:
        try:
            yield Progress(what="loading", done=0, total=2)
            signal.raise_signal(signal.SIGINT)
            yield Progress(what="loading", done=1, total=2)
        except Stopped:
            yield Cancelled()

    monkeypatch.setattr(tasks, "run_task", working)
    assert [type(event) for event in events_of(REQUEST)] == [Progress, Cancelled]
