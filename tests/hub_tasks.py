"""Requests put to the engine's tasks in this process, for tests of what asks the Hub."""

from __future__ import annotations

from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, Event, Failed, Problem, Request


def events(request: Request) -> list[Event]:
    """All that a request's task says."""
    return list(run_task(request, Session()))


def answer(request: Request) -> object:
    """The result of a request."""
    end = events(request)[-1]
    assert isinstance(end, Done), end
    return end.result


def problem(request: Request) -> Problem:
    """Why a request failed."""
    end = events(request)[-1]
    assert isinstance(end, Failed), end
    return end.problem
