"""What benchmarks share: a display to draw on, a home of their own, a table with its budgets, and memory figures."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parent.parent


class Row(NamedTuple):
    """A measured value with its unit, the budget it must keep (None: there is none), and a remark.

    ``value`` is None for what could not be measured here. ``baseline`` is what it is compared with: a peer measured in
    the same run. ``more_is_better`` says which way value, budget and baseline go.
    """

    name: str
    value: float | None
    unit: str
    budget: float | None = None
    remark: str = ""
    baseline: float | None = None
    more_is_better: bool = False

    @property
    def kept(self) -> bool:
        if self.budget is None or self.value is None:
            return True
        return self.value >= self.budget if self.more_is_better else self.value <= self.budget

    @property
    def ratio(self) -> float | None:
        """How many times better than the baseline, else than the budget; None where there is neither."""
        compared = self.budget if self.baseline is None else self.baseline
        return None if compared is None or self.value is None else self.better_than(compared)

    def better_than(self, other: float) -> float:
        """Above 1 where the value is better than ``other``; an infinity where it cannot be said how many times."""
        assert self.value is not None
        better, worse = (self.value, other) if self.more_is_better else (other, self.value)
        return better / worse if worse > 0 else math.inf if better > worse else 1.0

    def record(self) -> dict[str, str | float | bool | None]:
        """As ``bench --json`` prints it; what JSON has no number for is null."""
        ratio = self.ratio
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "baseline": self.baseline,
            "budget": self.budget,
            "ratio": ratio if ratio is not None and math.isfinite(ratio) else None,
            "kept": self.kept,
            "more_is_better": self.more_is_better,
            "remark": self.remark,
        }


def print_table(rows: Sequence[Row]) -> int:
    """Print the rows, as JSON lines where ``BIGMODEL_STUDIO_BENCH_JSON`` is set; 1 where a budget is not kept."""
    width = max((len(row.name) for row in rows), default=0)
    for row in rows:
        print_row(row, width)
    return int(not all(row.kept for row in rows))


def prints_json() -> bool:
    """Whether rows are printed as JSON lines."""
    return bool(os.environ.get("BIGMODEL_STUDIO_BENCH_JSON"))


def print_row(row: Row, width: int = 0) -> None:
    """Print one row at once; ``width`` is that of the names."""
    if prints_json():
        print(json.dumps(row.record()), flush=True)
        return
    value = f"{'not measured':>17}" if row.value is None else f"{row.value:10.3f} {row.unit:<6}"
    kept = "" if row.value is None else ", kept" if row.kept else ", NOT KEPT"
    budget = "" if row.budget is None else f"budget {row.budget:g} {row.unit}{kept}"
    print(f"{row.name:<{width}}  {value} {budget:<30} {row.remark}".rstrip(), flush=True)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


@contextlib.contextmanager
def display() -> Iterator[None]:
    """A display for real windows: the one there is, else an Xvfb for as long as this lasts.

    Raises ``SystemExit`` where there is neither.
    """
    if sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        yield
        return
    program = shutil.which("Xvfb")
    if program is None:
        raise SystemExit("error: there is no display, and no Xvfb to make one (apt-get install xvfb)")
    reading, writing = os.pipe()
    command = [program, "-displayfd", str(writing), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with open(reading) as stream:
        os.environ["DISPLAY"] = f":{stream.readline().strip()}"
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    try:
        yield
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def own_home() -> Iterator[Path]:
    """An empty home for the application, so that nothing of the user's is measured or touched."""
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-bench-", ignore_cleanup_errors=True) as folder:
        os.environ["BIGMODEL_STUDIO_HOME"] = folder
        yield Path(folder)


def memory_mb() -> dict[str, float]:
    """This process's memory in 10⁶ bytes: what is resident, and its share of it (PSS). Linux only; else empty."""
    if sys.platform != "linux":
        return {}
    fields = {}
    with open("/proc/self/smaps_rollup", encoding="ascii") as stream:
        for line in stream:
            name, _, rest = line.partition(":")
            if name in ("Rss", "Pss"):
                fields[name] = int(rest.split()[0]) * 1024 / 1e6
    return fields
