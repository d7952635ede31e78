"""What does it cost that a training is seen from the inside? Updates with records of layers and examples, and without.

``python benchmarks/inside.py [--pairs 7] [--steps 40] [--device cpu]``. Two of our loops on the same data, one with
``telemetry`` as it comes, one with all of it off, take turns in stretches of ``--steps`` updates; the median of the
ratios counts. A third loop that looks at every single step is told for comparison. On a CPU it is the processor's time
of the loop's thread that counts, so that what else the machine does is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.measuring import Row, own_home, print_table
from benchmarks.training import OVERHEAD_BUDGET
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, LaunchSpec, ModelSpec, RunSpec, ScheduleSpec, TelemetrySpec
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.telemetry import RunControl, StatusWriter
from bigmodel_studio.training.loop.training_loop import Loop, pin

TELEMETRY = {
    "off": TelemetrySpec(layers_every=0, examples=False),
    "usual": TelemetrySpec(),
    "every step": TelemetrySpec(layers_every=1),
}
WARM_UP = 3


def seconds_of(loop: Loop, steps: int, device: str) -> float:
    clock = time.thread_time if device == "cpu" else time.perf_counter
    started = clock()
    for _ in range(steps):
        loop.advance()
    return clock() - started


def spec_of(text: Path, telemetry: TelemetrySpec, device: str, threads: int, width: int, steps: int) -> RunSpec:
    return RunSpec(
        name="bench",
        data=DataSpec(train=(str(text),)),
        model=ModelSpec(layers=4, heads=4, width=width, context=128, tokenizer="train:1024"),
        schedule=ScheduleSpec(steps=steps, evaluate_every=10**6, checkpoint_every=10**6),
        launch=LaunchSpec(device=device, threads=threads),
        telemetry=telemetry,
    )


def measure(home: Path, pairs: int, steps: int, threads: int, device: str = "cpu", width: int = 128) -> list[Row]:
    """The three loops in turn."""
    text = home / "text.txt"
    text.write_text("".join(f"{number} is followed by {number + 1}.\n" for number in range(20_000)), "utf-8")
    taken: dict[str, list[float]] = {name: [] for name in TELEMETRY}
    with contextlib.ExitStack() as stack:
        loops: dict[str, Loop] = {}
        for name, telemetry in TELEMETRY.items():
            # As short a run as this is: it is the budget, and not the length of the run, that says how often to look.
            spec = spec_of(text, telemetry, device, threads, width, WARM_UP + pairs * steps + 1)
            pin(spec)
            run = create_run(spec)
            status = stack.enter_context(contextlib.closing(StatusWriter(run)))
            loop = Loop(
                run, spec, objectives.build(resolve_spec(spec), None, lambda *_: None), status, RunControl(run, 0)
            )
            loops[name] = stack.enter_context(contextlib.closing(loop))
        for loop in loops.values():
            seconds_of(loop, WARM_UP, device)
        for turn in range(pairs):
            for name in (*TELEMETRY, *reversed(TELEMETRY))[turn % 2 * 3 :][:3]:
                taken[name].append(seconds_of(loops[name], steps, device))
    rows = [Row(f"updates a second, {name}", steps / statistics.median(taken[name]), "1/s") for name in TELEMETRY]
    for name, budget in (("usual", OVERHEAD_BUDGET), ("every step", None)):
        costs = [seen / unseen - 1 for seen, unseen in zip(taken[name], taken["off"], strict=True)]
        spread = f"from {min(costs):+.3f} to {max(costs):+.3f} over {pairs} turns"
        rows.append(Row(f"what it costs, {name}", statistics.median(costs), "", budget, spread))
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--width", type=int, default=128)
    given = parser.parse_args()
    with own_home() as home:
        return print_table(measure(home, given.pairs, given.steps, given.threads, given.device, given.width))


if __name__ == "__main__":
    sys.exit(main())
