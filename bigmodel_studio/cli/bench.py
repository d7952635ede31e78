"""The command ``bench``: runs the questions of ``benchmarks/``, each in a process of its own. Knows none of them.

A question is a file there with a ``main``; it prints a table, or a record a line where it is asked to by
``BIGMODEL_STUDIO_BENCH_JSON``. They are part of a checkout and not of an installed package.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from bigmodel_studio.cli.output import say
from bigmodel_studio.core.system import network, paths
from bigmodel_studio.core.text.messages import StudioError

Names = Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Benchmarks to run (default: all).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON record per line on stdout and nothing else.")]


BESIDE = frozenset({"__init__", "measuring", "llama_cpp", "packed_decoding", "decoding_rows", "compare"})
"""Files of ``benchmarks/`` that others use, and the one that has to be told which other checkout it compares with."""


def questions() -> dict[str, Path]:
    """Return the files of ``benchmarks/`` that ask a question, by name."""
    folder = paths.resources().parent / "benchmarks"
    return {file.stem: file for file in sorted(folder.glob("*.py")) if file.stem not in BESIDE}


def mount(app: typer.Typer) -> None:
    app.command("bench")(bench)


def bench(names: Names = None, json: Json = False) -> None:
    """Measure what the application promises, beside what it is compared with; 1 where a budget is not kept."""
    known = questions()
    if not known:
        raise StudioError("bench-missing", blame="input")
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise StudioError("bench-unknown", blame="input", name=unknown[0], known=", ".join(known))
    environment = network.child_environment({"BIGMODEL_STUDIO_BENCH_JSON": "1"} if json else {})
    failed = False
    for name in names or known:
        say(f"bench: {name}")
        done = subprocess.run(
            [sys.executable, str(known[name])], env=environment, stdin=subprocess.DEVNULL, check=False
        )
        failed |= done.returncode != 0
    raise typer.Exit(int(failed))
