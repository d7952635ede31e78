"""Do damaged and hostile files of every kind end in named refusals, quickly and in little memory?

``python benchmarks/hostile.py [--quick] [--mutations 500] [--kind tokenizer] [--seed 0]``. Each kind of input
(``tests/hostile_inputs.py``) is changed so many times, by a process of its own, which reads every one of them with the
reader that the application uses. Printed are, of each kind, how many ended otherwise than in a refusal or a value, the
slowest in seconds of a processor, and the largest in memory beyond what the process had. ``--quick`` takes 25 of each.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import Row, own_home, print_table

MOST_S, MOST_MB = 5.0, 500.0
QUICK, MUTATIONS = 25, 500
_SHOWN = 5


def peak_mb() -> float:
    """Return the most memory that this process had since ``forget_peak`` (on Linux; elsewhere since its start)."""
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text("utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    import psutil

    return float(psutil.Process().memory_info().rss / (1 << 20))


def forget_peak() -> None:
    """Begin anew to look for the most memory."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", "utf-8")


def read_all(name: str, mutations: int, seed: int) -> dict[str, Any]:
    """Read so many changed inputs of a kind; returns what they came to."""
    from bigmodel_studio.core.text.messages import StudioError, sentence
    from tests.hostile_inputs import KINDS, changed

    logging.disable()
    kind = KINDS[name]
    ends = Counter[str]()
    faults: list[str] = []
    slowest, largest = (0.0, 0), (0.0, 0)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        kind.prepare(folder)
        for number in range(seed, seed + mutations):
            (folder / kind.file).write_bytes(changed(kind, random.Random(number)))
            forget_peak()
            before, started = peak_mb(), time.process_time()
            try:
                kind.read(folder / kind.file)
                ends["read"] += 1
            except StudioError as error:
                sentence(error.problem)
                ends[error.problem.code] += 1
            except OSError:
                ends["refused by the system"] += 1
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                faults.append(f"{number}: {type(error).__name__}: {traceback.format_exc().splitlines()[-2].strip()}")
            slowest = max(slowest, (time.process_time() - started, number))
            largest = max(largest, (peak_mb() - before, number))
    return {"ends": ends.most_common(), "faults": faults, "slowest": slowest, "largest": largest}


def rows_of(name: str, found: dict[str, Any]) -> list[Row]:
    """Return the table's lines about one kind."""
    faults: list[str] = found["faults"]
    ends = ", ".join(f"{code} {count}" for code, count in found["ends"][:_SHOWN])
    (seconds, slow), (megabytes, large) = found["slowest"], found["largest"]
    return [
        Row(f"{name}: neither read nor refused", len(faults), "files", 0, "; ".join(faults[:_SHOWN]) or ends),
        Row(f"{name}: slowest", seconds, "s", MOST_S, f"seed {slow}"),
        Row(f"{name}: largest", megabytes, "MB", MOST_MB, f"seed {large}"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--mutations", type=int, default=MUTATIONS)
    parser.add_argument("--kind", action="append")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    mutations = QUICK if options.quick else options.mutations
    if options.child:
        print(json.dumps(read_all(options.child, mutations, options.seed)))
        return 0
    from tests.hostile_inputs import KINDS

    rows: list[Row] = []
    with own_home():
        for name in options.kind or KINDS:
            arguments = ["--child", name, "--mutations", str(mutations), "--seed", str(options.seed)]
            done = subprocess.run(
                [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                rows.append(Row(f"{name}: its process ended", done.returncode, "", 0))
            else:
                rows += rows_of(name, json.loads(done.stdout.splitlines()[-1]))
    return print_table(rows)


if __name__ == "__main__":
    raise SystemExit(main())
