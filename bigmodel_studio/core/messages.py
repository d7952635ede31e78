"""Every sentence that says what went wrong and what to do next, in one table, by code.

An error travels as a code with arguments (``protocol.Problem``), so that the window can translate its sentence and
the command line can print it. ``SENTENCES[code]`` is (what happened, the way out); both are ``str.format`` templates
over the arguments. Engine code raises ``StudioError``; anything else that escapes a task becomes ``internal``.
"""

from __future__ import annotations

from typing import Literal

from bigmodel_studio.protocol import Problem

Blame = Literal["input", "work"]


class StudioError(Exception):
    """A problem with a sentence. ``blame``: "input" is a user's mistake (exit 2), "work" a failure of it (exit 1)."""

    def __init__(self, code: str, *, blame: Blame = "input", **arguments: str | int | float) -> None:
        super().__init__(code, arguments)
        self.problem = Problem(code=code, arguments=arguments)
        self.blame: Blame = blame

    def __str__(self) -> str:
        return sentence(self.problem)


SENTENCES: dict[str, tuple[str, str]] = {
    "internal": ("Something went wrong inside: {detail}", "The log has the details under {id}."),
    "engine-lost": ("The engine ended unexpectedly ({how}).", "It has been started again; try once more."),
    "engine-start": (
        "The engine could not be started: {detail}",
        "Run “bigmodel-studio doctor” to see what is missing.",
    ),
    "engine-frame": (
        "The engine sent something that could not be understood, and was ended.",
        "Try once more; the log has the details.",
    ),
    "engine-version": (
        "The engine is of another version ({theirs}, not {ours}).",
        "Close the application and start it again.",
    ),
    "spec-toml": ("The spec is not valid TOML: {detail}.", "Mend that line and try again."),
    "spec-field": ("{field} is {was}.", "It may be: {may_be}."),
    "spec-missing": ("{field} is missing from the spec.", "Add it, as in the example of the README."),
    "spec-unknown": ("The spec has a field that is not known: {field}.", "{may_be}"),
    "run-unknown": ("There is no run called {run}.", "“bigmodel-studio runs” lists them."),
    "run-no-checkpoint": (
        "The run {run} has no such whole checkpoint (it has: {steps}).",
        "Choose one of those steps.",
    ),
    "out-of-memory": ("There was not enough memory on {device}.", "Close other models, or take a smaller one."),
}


def sentence(problem: Problem) -> str:
    """What happened, in English."""
    return _fill(SENTENCES.get(problem.code, (problem.code, ""))[0], problem)


def hint(problem: Problem) -> str:
    """What to do next, in English ("" where there is nothing to say)."""
    return _fill(SENTENCES.get(problem.code, ("", ""))[1], problem)


def _fill(template: str, problem: Problem) -> str:
    try:
        return template.format_map(problem.arguments)
    except (KeyError, IndexError, ValueError):
        return template
