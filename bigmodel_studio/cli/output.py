"""Output of commands: one JSON document or a tidy table on stdout, everything else on stderr. Knows no task."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import msgspec
import typer

from bigmodel_studio.core.models.precisions import PrecisionRecord
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import Blame, command, sentence
from bigmodel_studio.core.text.printable import printable
from bigmodel_studio.protocol import Precision, Problem

EXIT_CODES: dict[Blame, int] = {"input": 2, "work": 1}
EXIT_STOPPED = 3


def write(*texts: str, sep: str = " ", end: str = "\n", flush: bool = False) -> None:
    """Print to stdout; control characters, which may come from what others wrote, stand there escaped."""
    print(printable(sep.join(texts)), end=end, flush=flush)


def print_json(value: Any) -> None:
    """Print one JSON document; what is not a number becomes null."""
    try:
        write(msgspec.json.format(msgspec.json.encode(value), indent=2).decode("utf-8"))
    except UnicodeEncodeError:
        write(json.dumps(_without_nan(msgspec.to_builtins(value)), indent=2))


def json_line(value: Any) -> str:
    """Return the value as JSON on one line; what is not a number becomes null.

    A name that is not UTF-8 keeps its bytes as Python has them, in escapes: it can be read from the answer.
    """
    try:
        return msgspec.json.encode(value).decode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(_without_nan(msgspec.to_builtins(value)))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nan(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> None:
    """Print aligned columns; those whose numbers are in ``right`` stand at their right edge."""
    rows = [[printable(cell, one_line=True) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, *rows]:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        write("  ".join(cells).rstrip())


def print_facts(facts: Sequence[tuple[str, str]]) -> None:
    """Print names and values, the values aligned."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        write(f"{printable(name.ljust(width), one_line=True)}  {printable(value, one_line=True)}".rstrip())


PRECISIONS: dict[Precision, str] = {"stored": "as stored", "8-bit": "at 8 bits", "4-bit": "at 4 bits"}
"""How precisions are called in tables."""


def in_precision(precisions: Sequence[PrecisionRecord], precision: Precision) -> str:
    """Return what a model takes in memory in a precision, with its tokens per second where they are known."""
    for found in precisions:
        if found.precision == precision:
            rate = found.tokens_per_second
            fast = "" if rate is None else f", up to {numbers.rate(rate, 'tokens')}"
            return numbers.size(found.bytes) + fast
    return numbers.NOTHING


def say(text: str) -> None:
    """Print a line for a person, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def say_problem(problem: Problem) -> None:
    """Print ``error: …`` and, where there is one, ``hint: …``, on stderr."""
    say(f"error: {sentence(problem)}")
    if way_out := command(problem):
        say(f"hint: {way_out}")


def leave(problem: Problem, blame: Blame) -> NoReturn:
    """Say what went wrong, and end: 2 for a user's mistake, 1 for a failure of the work."""
    say_problem(problem)
    raise typer.Exit(EXIT_CODES[blame])
