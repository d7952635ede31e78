"""Is this checkout as fast as another one? Start-up, event loop and decoding, measured in both in turn.

``python benchmarks/compare.py --against CHECKOUT [--rounds 5] [--only startup]``. Each round runs
``benchmarks/NAME.py`` of one checkout and then of the other, in turned order every second round, so whatever else the
machine does affects both. It prints the medians of both and the median ratio (above 1: this checkout is better) with
the lowest and the highest. A row is WORSE, and the exit status 1, where this checkout lost every round, and in the
median by more than ``TOLERANCE``. One round alone proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import REPOSITORY

QUESTIONS: dict[str, list[str]] = {
    "startup": ["--pairs", "3"],
    "event_loop": ["--seconds", "20"],
    "generate_loop": [],
}
"""The files of ``benchmarks/`` that are compared, with the arguments of a round."""
TOLERANCE = 0.05


class Measured(NamedTuple):
    """One row that a benchmark printed. ``upward``: whether more is better."""

    value: float
    unit: str
    upward: bool


class Compared(NamedTuple):
    """A row's values in both checkouts, a pair for each round."""

    name: str
    unit: str
    upward: bool
    pairs: list[tuple[float, float]]

    @property
    def ratios(self) -> list[float]:
        """How many times better this checkout is than the other in each round; nothing where one of them is 0."""
        pairs = [pair for pair in self.pairs if min(pair) > 0]
        return sorted(ours / theirs if self.upward else theirs / ours for ours, theirs in pairs)

    @property
    def worse(self) -> bool:
        """Whether this checkout lost every round, and by more than ``TOLERANCE`` in the median."""
        if not self.ratios:
            return any((ours < theirs) if self.upward else (ours > theirs) for ours, theirs in self.pairs)
        return self.ratios[-1] < 1 and statistics.median(self.ratios) < 1 / (1 + TOLERANCE)

    def line(self, width: int) -> str:
        ours, theirs = (statistics.median(side) for side in zip(*self.pairs, strict=True))
        compared = "no ratio"
        if self.ratios:
            compared = f"{statistics.median(self.ratios):6.3f} times ({self.ratios[0]:.3f} to {self.ratios[-1]:.3f})"
        verdict = "WORSE" if self.worse else ""
        return f"{self.name:<{width}}  {ours:10.3f}  {theirs:10.3f} {self.unit:<6} {compared}  {verdict}".rstrip()


def measure(checkout: Path, question: str) -> dict[str, Measured]:
    """Run one benchmark of a checkout; its rows by name. Raises ``SystemExit`` where it prints none."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "BIGMODEL_STUDIO_BENCH_JSON": "1"}
    words = [sys.executable, str(checkout / "benchmarks" / f"{question}.py"), *QUESTIONS[question]]
    done = subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not records:
        raise SystemExit(f"error: {question} measured nothing in {checkout}\n{done.stderr[-3000:]}")
    return {
        record["name"]: Measured(record["value"], record["unit"], bool(record.get("more_is_better")))
        for record in records
    }


def compare(checkouts: Sequence[Path], question: str, rounds: int) -> list[Compared]:
    """Measure both checkouts in turn, ``rounds`` times; the rows that both print."""
    found: list[tuple[dict[str, Measured], ...]] = []
    for number in range(rounds):
        order = checkouts if number % 2 == 0 else checkouts[::-1]
        taken = {checkout: measure(checkout, question) for checkout in order}
        found.append(tuple(taken[checkout] for checkout in checkouts))
        print(f"{question}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    shared = [name for name in found[0][0] if all(name in side for sides in found for side in sides)]
    first = found[0][0]
    return [
        Compared(name, first[name].unit, first[name].upward, [(a[name].value, b[name].value) for a, b in found])
        for name in shared
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=list(QUESTIONS))
    given = parser.parse_args()
    if given.against is None:
        print("not run: there is nothing to compare with; name another checkout: --against CHECKOUT", file=sys.stderr)
        return 0
    checkouts = (REPOSITORY, given.against.resolve())
    rows = [row for name in QUESTIONS if given.only in (None, name) for row in compare(checkouts, name, given.rounds)]
    width = max(len(row.name) for row in rows)
    print(f"{'':<{width}}  {'here':>10}  {'there':>10}        here against {given.against}, {given.rounds} rounds")
    print(*(row.line(width) for row in rows), sep="\n")
    return int(any(row.worse for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
