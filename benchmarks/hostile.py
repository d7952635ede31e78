"""Do damaged and hostile files of every kind end in named refusals, quickly and in little memory?

``python benchmarks/hostile.py [--quick] [--mutations 500] [--kind tokenizer] [--seed 0]``. Each kind of input
(``tests/hostile_inputs.py``) is changed so many times, and read by the reader that the application uses. One process
reads them all, one after the other, with a limit on its memory and a deadline for each; where one of them ends it,
that is a fault, and another process reads on. Printed are, of each kind, how many ended otherwise than in a refusal or
a value, the slowest in seconds of a processor, and the largest in memory beyond what the process had. ``--quick`` takes
25 of each.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import Row, own_home, print_table

MOST_S, MOST_MB = 5.0, 500.0
QUICK, MUTATIONS = 25, 500
DEADLINE_S = 30.0
"""Of the clock, for one input: on a busy machine as well, something that hangs."""
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


def limit_data() -> None:
    """Have the system refuse this process more memory than it has and an input may take, twice."""
    if sys.platform == "linux":
        import resource

        status = Path("/proc/self/status").read_text("utf-8")
        most = int(status.partition("VmData:")[2].split()[0]) * 1024 + int(2 * MOST_MB) * (1 << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def read_all(todo: Mapping[str, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Read the inputs of each kind, from one number up to another; yield before each what it is, then how it ended."""
    from bigmodel_studio.core.text.messages import StudioError, sentence
    from tests.hostile_inputs import KINDS, changed

    logging.disable()
    limit_data()
    for name, (first, end) in todo.items():
        kind = KINDS[name]
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            kind.prepare(folder)
            for number in range(first, end):
                (folder / kind.file).write_bytes(changed(kind, random.Random(number)))
                yield {"kind": name, "number": number}
                faulthandler.dump_traceback_later(DEADLINE_S, exit=True)
                forget_peak()
                before, started = peak_mb(), time.process_time()
                code, fault = "read", ""
                try:
                    kind.read(folder / kind.file)
                except StudioError as error:
                    sentence(error.problem)
                    code = error.problem.code
                except OSError:
                    code = "refused by the system"
                except KeyboardInterrupt:
                    raise
                except BaseException as error:
                    place = traceback.format_exc().splitlines()[-2].strip()
                    code, fault = "", f"{number}: {type(error).__name__}: {place}"
                faulthandler.cancel_dump_traceback_later()
                seconds, megabytes = time.process_time() - started, peak_mb() - before
                yield {"end": code, "fault": fault, "seconds": seconds, "megabytes": megabytes}


class Found:
    """What the inputs of one kind came to."""

    def __init__(self) -> None:
        self.ends = Counter[str]()
        self.faults: list[str] = []
        self.slowest, self.largest = (0.0, 0), (0.0, 0)

    def add(self, number: int, said: Mapping[str, Any]) -> None:
        """Count one more."""
        if said["fault"]:
            self.faults.append(said["fault"])
        else:
            self.ends[said["end"]] += 1
        self.slowest = max(self.slowest, (said["seconds"], number))
        self.largest = max(self.largest, (said["megabytes"], number))


def read_in_children(todo: dict[str, tuple[int, int]]) -> dict[str, Found]:
    """Have a process read the inputs, and another those that stand behind one that ended it; returns each kind's."""
    found = {name: Found() for name in todo}
    while todo:
        arguments = [sys.executable, __file__, "--child", json.dumps(todo)]
        at: dict[str, Any] = {}
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                said = json.loads(line)
                if "kind" in said:
                    at = said
                else:
                    found[at["kind"]].add(at["number"], said)
                    at = {**at, "ended": True}
        if child.returncode == 0:
            break
        if not at or at.get("ended"):
            raise SystemExit(f"the process that reads ended with {child.returncode}, and not while it read")
        found[at["kind"]].faults.append(f"{at['number']}: the process ended with {child.returncode}")
        names = list(todo)
        todo = {name: todo[name] for name in names[names.index(at["kind"]) :]}
        todo[at["kind"]] = (at["number"] + 1, todo[at["kind"]][1])
    return found


def rows_of(name: str, found: Found) -> list[Row]:
    """Return the table's lines about one kind."""
    ends = ", ".join(f"{code} {count}" for code, count in found.ends.most_common(_SHOWN))
    (seconds, slow), (megabytes, large) = found.slowest, found.largest
    return [
        Row(
            f"{name}: neither read nor refused", len(found.faults), "files", 0, "; ".join(found.faults[:_SHOWN]) or ends
        ),
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
        with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
            os.dup2(2, 1)  # some libraries print
            for said in read_all(json.loads(options.child)):
                answers.write(json.dumps(said) + "\n")
                answers.flush()
        return 0
    from tests.hostile_inputs import KINDS

    with own_home():
        todo = dict.fromkeys(options.kind or KINDS, (options.seed, options.seed + mutations))
        found = read_in_children(todo)
    return print_table([row for name, of_kind in found.items() for row in rows_of(name, of_kind)])


if __name__ == "__main__":
    raise SystemExit(main())
