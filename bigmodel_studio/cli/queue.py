"""The commands about runs at work and in the queue: ``pause, save, queue``. They ask, and say what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bigmodel_studio.cli.output import print_json, print_table, write
from bigmodel_studio.cli.runs import Json, RunName, print_record
from bigmodel_studio.core.memory import reservations
from bigmodel_studio.core.memory.device_memory import rooms
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence

ANSWER_WAIT_S = 600.0
POLL_S = 0.1


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (pause, save, queue):
        app.command()(command)


def pause(
    run_name: RunName,
    release: Annotated[
        bool, typer.Option("--release", help="Free its memory too: it saves and ends; “resume” continues.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Have a run wait where it is, its memory kept. Returns when it does; “resume RUN” lets it go on."""
    run = _at_work(run_name)
    seq = run.ask("pause", release=release)
    _wait(run, lambda: run.status().control_seq >= seq and run.status().state == "paused" and not release)
    print_record(run, as_json)


def save(run_name: RunName, as_json: Json = False) -> None:
    """Have a run at work (or paused) save a checkpoint now. Returns when it is there."""
    run = _at_work(run_name)
    before = run.checkpoints()
    seq = run.ask_to_save()
    _wait(run, lambda: run.status().control_seq >= seq)
    # The first status that has acknowledged it names the step that is saved, or a later one when it has been.
    step = max(1, run.status().step)
    _wait(run, lambda: any(saved not in before or saved == step for saved in run.checkpoints()))
    print_record(run, as_json)


def queue(
    run_name: Annotated[str, typer.Argument(metavar="[RUN]", help="A queued run to change.")] = "",
    up: Annotated[bool, typer.Option("--up", help="Move RUN up in the queue.")] = False,
    now: Annotated[bool, typer.Option("--now", help="Start RUN now, beside running ones.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove RUN from the queue.")] = False,
    as_json: Json = False,
) -> None:
    """Show who holds what on each device, who waits and why; or change the place of a run that waits."""
    acts = {run_queue.move_up: up, run_queue.start_now: now, run_queue.remove: remove}
    if run_name and not any(acts.values()):
        raise typer.BadParameter("give --up, --now or --remove")
    for act, wanted in acts.items():
        if wanted:
            act(find_run(run_name))
    run_queue.wake()
    report = _report()
    print_json(report) if as_json else _print_report(report)


def _report() -> dict[str, Any]:
    there = rooms()
    book = run_queue.Book().read()
    reserved = [*reservations.run_holdings(book, there), *reservations.lane_holdings()]
    waiting = []
    for place, (run, status) in enumerate(((r, s) for r, s in book if run_queue.is_waiting(s)), 1):
        needs = [
            {"device": need.device, "bytes": need.bytes, "parts": [part._asdict() for part in need.parts]}
            for need in reservations.needs_of(run, there)
        ]
        waiting.append({"run": run.name, "place": place, "needs": needs, "waits": status.waits})
    return {
        "devices": [room._asdict() for room in there],
        "holdings": [reservation._asdict() for reservation in reserved],
        "waiting": waiting,
    }


def _print_report(report: dict[str, Any]) -> None:
    size = numbers.size
    have = [(each["device"], size(each["free_bytes"]), size(each["total_bytes"])) for each in report["devices"]]
    print_table(("device", "free", "of"), have, right=(1, 2))
    if report["holdings"]:
        reserved = [
            (each["who"], each["kind"], each["device"], size(each["used_bytes"]), size(each["promised_bytes"]))
            for each in report["holdings"]
        ]
        write()
        print_table(("who", "what", "device", "reserved", "will need"), reserved, right=(3, 4))
    for each in report["waiting"]:
        need = " and ".join(f"{size(need['bytes'])} on {need['device']}" for need in each["needs"])
        why = sentence(each["waits"]) if each["waits"] is not None else "Starting soon."
        write(f"\n{each['place']}. {each['run']}, which needs {need}: {why}")
    if not report["waiting"]:
        write("\nThe queue is empty.")


def _at_work(run_name: str) -> RunFolder:
    run = find_run(run_name)
    if not run.at_work():
        raise StudioError("run-not-at-work", run=run.name, state=run.state_now())
    return run


def _wait(run: RunFolder, done: Callable[[], bool]) -> None:
    """Until it is done, or the run's process is gone. Raises ``StudioError`` "run-no-answer"."""
    deadline = time.monotonic() + ANSWER_WAIT_S
    while not done() and run.at_work():
        if time.monotonic() > deadline:
            raise StudioError("run-no-answer", blame="work", run=run.name, seconds=int(ANSWER_WAIT_S))
        time.sleep(POLL_S)
