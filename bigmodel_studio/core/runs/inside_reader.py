"""Reads the inside records of a run as they grow: layers, histograms, losses of examples, evaluations.

The files are those that ``training.inside.watch`` describes: JSON lines with a ``step``, void after a later resume
from an earlier one, and now and then a line with an ``event`` that says what the lists in them stand for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core.runs.lines_tail import LinesTail

LAYERS, HISTOGRAMS, BATCHES, EVALUATIONS = (
    f"{name}.jsonl" for name in ("layers", "histograms", "batches", "evaluations")
)


class Recorded(msgspec.Struct, frozen=True):
    """What such a file gained: where ``kept`` is not None, records past that step are void; then ``records`` follow.

    ``head`` is the last line that said what they are about, None where none was read now.
    """

    records: list[dict[str, Any]]
    kept: int | None = None
    head: dict[str, Any] | None = None


class RecordsTail:
    """One of those files from where it was last read."""

    def __init__(self, path: Path) -> None:
        self._lines = LinesTail(path)

    def read(self) -> Iterator[Recorded]:
        """Yield what is new, in the order of the file."""
        for lines in self._lines.read():
            if lines is None:
                yield Recorded([], kept=0)
            else:
                yield from _recorded(lines)


def _recorded(lines: Sequence[dict[str, Any]]) -> Iterator[Recorded]:
    records: list[dict[str, Any]] = []
    kept: int | None = None
    head: dict[str, Any] | None = None
    for line in lines:
        if line.get("event") == "resume":
            if records or head is not None or kept is not None:
                yield Recorded(records, kept, head)
            records, kept, head = [], int(line.get("step", 0)), None
        elif "event" in line:
            head = line
        elif isinstance(line.get("step"), int):
            records.append(line)
    if records or head is not None or kept is not None:
        yield Recorded(records, kept, head)


def read_records(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the last head ({} where there is none) and the records that count, by step. A missing file has none."""
    head: dict[str, Any] = {}
    records: list[dict[str, Any]] = []
    for gained in RecordsTail(path).read():
        if gained.kept is not None:
            records = [record for record in records if record["step"] <= gained.kept]
        head = gained.head if gained.head is not None else head
        records += gained.records
    return head, records


def recorded_losses(run: Path, step: int) -> list[float | None]:
    """Return the losses of the examples of a step's batch as the run recorded them; empty where it did not."""
    found: list[float | None] = []
    for gained in RecordsTail(run / BATCHES).read():
        if gained.kept is not None and gained.kept < step:
            found = []
        found = next((record["losses"] for record in gained.records if record["step"] == step), found)
    return found
