"""The command line: everything that the window does, from a shell.

A composition root: it may know the engine and the application, and leaves each command to the module that knows its
subject. A subject's module is imported for its own commands; for help all are. Exit codes: 0, 2 a user's mistake, 1 a
failure of the work, 3 stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from bigmodel_studio import __version__
from bigmodel_studio.cli import foreign_bytes, output
from bigmodel_studio.core.system import logs, paths, privacy
from bigmodel_studio.core.text.messages import StudioError, hint, sentence

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "models": ("models", "remove", "describe", "generate", "classify"),
    "text": ("text",),
    "plan": ("plan",),
    "quality": ("quality",),
    "score": ("score",),
    "catalog": ("catalog",),
    "hub": ("search", "pull", "check", "clean"),
    "datasets": ("pull-dataset", "datasets", "remove-dataset"),
    "chats": ("chats", "export-chat", "import-chats"),
    "runs": ("train", "runs", "show", "stop", "resume"),
    "forks": ("fork", "sweep", "compare", "note", "watch", "export-run"),
    "experiments": ("experiment",),
    "inside": ("look", "step"),
    "preview": ("preview",),
    "bench": ("bench",),
    "queue": ("pause", "save", "queue"),
    "advise": ("advise",),
}
"""The modules of this package with the commands that each puts on the command line, in the order of the help."""


def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """See, talk to, train and use neural networks on your own machine. Without a command: the window."""
    if version:
        print(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(_window([]))


def open_(paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH…")] = None) -> None:
    """Open the window, with pictures, a model's folder or a run in it."""
    raise typer.Exit(_window(paths or []))


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")] = False,
) -> None:
    """Say what is here: versions, devices, folders, and what is wrong with them."""
    from bigmodel_studio.cli import doctor as cli_doctor

    report = cli_doctor.report()
    if json:
        output.print_json(report)
    else:
        cli_doctor.print_report(report)


def tour(out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder for pictures and report.json.")]) -> None:
    """Drive the real window through the main job on the bundled models, offscreen, and write pictures of it."""
    from bigmodel_studio.cli import tour as driven

    raise typer.Exit(driven.main(out))


# ---------------------------------------------------------------------------------------------- running


@cache
def command_line(subject: str | None = None) -> typer.Typer:
    """Return the commands of one subject, or all of them."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(start)
    app.command("open")(open_)
    app.command()(doctor)
    for name in SUBJECTS if subject is None else (subject,):
        import_module(f"bigmodel_studio.cli.{name}").mount(app)
    app.command()(tour)
    return app


def _subject_of(arguments: Sequence[str]) -> str | None:
    """Return the subject of a command line, None where its first word is no command."""
    return next((subject for subject, names in SUBJECTS.items() if arguments and arguments[0] in names), None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit code. Says a user's mistake in two lines, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    unusable = paths.settle()
    if unusable is not None:
        output.say(f"warning: {sentence(unusable)}")
        output.say(f"hint: {hint(unusable)}")
    privacy.begin()
    logs.set_up("command-line")
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(command_line(_subject_of(given)))
    foreign_bytes.refuse(command)
    try:
        code = command.main(given, "bigmodel-studio", standalone_mode=False)
    except StudioError as error:
        output.say_problem(error.problem)
        return output.EXIT_CODES[error.blame]
    except (typer.Abort, KeyboardInterrupt):
        return output.EXIT_STOPPED
    except BrokenPipeError:  # whoever read our output has seen enough
        sys.stdout = None
        return 0
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        output.say(f"error: {error.format_message()}")
        output.say("hint: “bigmodel-studio --help” lists the commands; each has its own --help.")
        return 2
    return code if isinstance(code, int) else 0


def _window(paths: list[Path]) -> int:
    from bigmodel_studio import app as window

    return window.main(paths)
