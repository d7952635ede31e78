"""Errors as a code with arguments, and the sentences that they make.

An error travels as a code with arguments (``protocol.Problem``), so the window can translate its sentence and the
command line can print it. The sentences stand in ``core.text.sentences``. Engine code raises ``StudioError``; anything
else that escapes a task becomes ``internal``.
"""

from __future__ import annotations

from typing import Literal

from bigmodel_studio.core.text.sentences import SENTENCES
from bigmodel_studio.core.text.sentences.commands import COMMANDS
from bigmodel_studio.protocol import Problem

__all__ = ["SENTENCES", "Blame", "StudioError", "command", "filled", "hint", "sentence", "templates"]

Blame = Literal["input", "work"]


class StudioError(Exception):
    """A problem with a sentence. ``blame``: "input" is a user's mistake (exit 2), "work" a failure of it (exit 1)."""

    def __init__(self, code: str, *, blame: Blame = "input", **arguments: str | int | float) -> None:
        super().__init__(code, arguments)
        self.problem = Problem(code=code, arguments=arguments)
        self.blame: Blame = blame

    @classmethod
    def of(cls, problem: Problem) -> StudioError:
        """Return an error with this problem, a user's mistake."""
        made = cls(problem.code)
        made.problem = problem
        return made

    def __str__(self) -> str:
        return sentence(self.problem)


def templates(problem: Problem) -> tuple[str, str]:
    """Return the templates of what happened and of the way out; those for one where the ``count`` is 1."""
    codes = [f"{problem.code}:one", problem.code] if problem.arguments.get("count") == 1 else [problem.code]
    return next((SENTENCES[code] for code in codes if code in SENTENCES), (problem.code, ""))


def sentence(problem: Problem) -> str:
    """Return what happened, in English."""
    return filled(templates(problem)[0], problem)


def hint(problem: Problem) -> str:
    """Return what to do next, in English ("" where there is no advice)."""
    return filled(templates(problem)[1], problem)


def command(problem: Problem) -> str:
    """Return what to do next as the command line says it: with a command where one helps, else ``hint``."""
    return filled(COMMANDS[problem.code], problem) if problem.code in COMMANDS else hint(problem)


def filled(template: str, problem: Problem) -> str:
    """Fill a template of ``SENTENCES``, or its translation, with the problem's arguments."""
    try:
        return template.format_map(problem.arguments)
    except (KeyError, IndexError, ValueError):
        return template
