"""The commands about training: ``train, runs, show, stop, resume``. They let runs into the queue and read their
folders; no torch. What is asked of a run at work or in the queue is in ``cli_queue``.

With ``--json`` a run's records are passed on line by line as they are in ``metrics.jsonl``, and the last line is the
run's own record. Exit status: 0 finished, 3 stopped, 1 failed, 2 where what was asked for cannot be done.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bigmodel_studio.cli.output import print_table, say, write
from bigmodel_studio.core.runs import data_record, launch, run_queue
from bigmodel_studio.core.runs.notes import Note, note_of, read_notes
from bigmodel_studio.core.runs.reader import RunSummary, in_order, summary
from bigmodel_studio.core.runs.run_folder import RunFolder, all_runs, find_run, process_lives
from bigmodel_studio.core.specs.spec import parse_spec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence

FINISHED, FAILED, BAD_INPUT, STOPPED, LEFT = 0, 1, 2, 3, 130
STATES = {"finished": FINISHED, "stopped": STOPPED, "paused": STOPPED}
POLL_S = 0.1
STOP_WAIT_S = 600.0
END_WAIT_S = 10.0
"""A run says how it ended a moment before its process is gone."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout and nothing else.")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or the path of its folder.")]
Detach = Annotated[bool, typer.Option("--detach", help="Return once it is started; it keeps running.")]
ChangedData = Annotated[
    bool, typer.Option("--changed-data", help="Resume although the data changed since the run began.")
]
Now = Annotated[bool, typer.Option("--now", help="Start now, beside running ones and before queued ones.")]


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (train, runs, show, stop, resume):
        app.command()(command)


def train(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="Spec file; the README has an example.")],
    name: Annotated[str, typer.Option("--name", help="Name of the run (default: the spec's).")] = "",
    detach: Detach = False,
    now: Now = False,
    as_json: Json = False,
) -> None:
    """Train what a spec asks for, and show its records while it runs. Ctrl+C stops it; a second one leaves it.

    Where the memory or the settings have no room for it now, it waits in the queue until they have.
    """
    wanted = parse_spec(text_of(spec), spec.absolute().parent)
    if name:
        wanted = msgspec.structs.replace(wanted, name=name)
    with writing():
        run_queue.check_room(wanted)
        run = launch.create_run(wanted)
    follow(run, again=False, now=now, detach=detach, as_json=as_json)


def resume(
    run_name: RunName,
    detach: Detach = False,
    now: Now = False,
    changed_data: ChangedData = False,
    as_json: Json = False,
) -> None:
    """Go on with a run that is paused, or was stopped or lost (from its newest whole checkpoint)."""
    run = find_run(run_name)
    run.check_ours()
    if run.status().state == "finished":
        status = run.status()
        raise StudioError("run-complete", run=run.name, step=status.step, steps=status.steps)
    if not changed_data and not run.at_work():
        data_record.check_data(run)
    follow(run, again=True, now=now, detach=detach, as_json=as_json)


def stop(run_name: RunName, as_json: Json = False) -> None:
    """Stop a run: it saves first. Returns when it has ended. One that waits in the queue is taken out of it."""
    run = find_run(run_name)
    run_queue.end(run)
    deadline = time.monotonic() + STOP_WAIT_S
    while run.at_work():
        if time.monotonic() > deadline:
            raise StudioError("run-still-stopping", blame="work", run=run.name, seconds=int(STOP_WAIT_S))
        time.sleep(POLL_S)
    print_record(run, as_json)


def runs(as_json: Json = False) -> None:
    """List the runs: those that wait in the queue, with the reason, then the newest first."""
    run_queue.wake()
    found = in_order(summary(run, bundled=run.path.parent == paths.starter_runs()) for run in all_runs())
    if as_json:
        notes = read_notes()
        write(json.dumps([_with_note(run, notes.get(run.name, Note())) for run in found]))
    elif not found:
        write("No runs yet. “bigmodel-studio train SPEC.toml” starts one.")
    else:
        header = ("run", "state", "step", "of", "loss", "evaluation", "parameters", "checkpoints")
        print_table(header, [_row_of(run) for run in found], right=(2, 3, 4, 5, 6, 7))
        for run in filter(attrgetter("waiting"), found):
            write(f"{run.turn}. {run.name}: {sentence(run.waits) if run.waits is not None else 'Starting soon.'}")


def show(run_name: RunName, as_json: Json = False) -> None:
    """Show a run: what was asked for, how far it is, what it says."""
    run = find_run(run_name)
    spec = run.spec()
    samples = run.samples()
    newest = [sample for sample in samples if sample.get("step") == samples[-1].get("step")]
    if as_json:
        more = {"spec": msgspec.to_builtins(spec), "last": run.status().last, "samples": newest}
        write(json.dumps(record_of(run) | more))
        return
    print_record(run, as_json=False)
    write(*(f"  {name}: {value:.5g}" for name, value in run.status().last.items() if value is not None), sep="\n")
    for sample in newest:
        write(*(f"  at step {sample['step']}: {line}" for line in _sample_lines(sample)), sep="\n")
    if spec is not None:
        write("", write_spec(spec).rstrip(), sep="\n")


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Guard the block in which a run is made: what the disk refuses is said in a sentence."""
    try:
        yield
    except OSError as error:
        path, detail = str(error.filename or paths.home()), error.strerror or str(error)
        raise StudioError("disk-write", blame="work", path=path, detail=detail) from error


def follow(run: RunFolder, *, again: bool, now: bool, detach: bool, as_json: bool) -> None:
    """Let a run in and pass on what it writes until it has ended, or (``detach``) its record now; ends the command."""
    metrics = run.path / "metrics.jsonl"
    offset = metrics.stat().st_size if metrics.exists() else 0
    _let_in(run, again, now)
    if detach:
        print_record(run, as_json)
        return
    try:
        _follow(run, offset, as_json)
    except _Left:
        raise typer.Exit(LEFT) from None
    _until_gone(run)
    state, status = run.state_now(), run.status()
    print_record(run, as_json)
    if state not in {"failed", *STATES}:
        raise StudioError("run-lost", blame="work", run=run.name, step=status.step)
    if state == "failed":
        say(f"error: {status.message}")
    raise typer.Exit(STATES.get(state, BAD_INPUT if status.exit_code == BAD_INPUT else FAILED))


def _let_in(run: RunFolder, again: bool, now: bool) -> None:
    status = run.status()
    if status.state == "paused" and run.at_work(status):
        run.ask("run")
        return
    if not (again and run_queue.is_waiting(status)):
        run_queue.submit(run, resume=again)
    if now and run_queue.is_waiting(run.status()):
        run_queue.start_now(run)


def _until_gone(run: RunFolder) -> None:
    status = run.status()
    deadline = time.monotonic() + END_WAIT_S
    while process_lives(status.pid, status.process_started) and time.monotonic() < deadline:
        launch.reap()
        time.sleep(POLL_S)


class _Left(Exception):  # noqa: N818 - the user's choice, not an error
    """Ctrl+C for the second time: the run goes on without us."""


def _follow(run: RunFolder, offset: int, as_json: bool) -> None:
    """Pass on what the run writes until it has ended, and why it waits before it begins.

    The first Ctrl+C asks it to stop, the second raises ``_Left``.
    """
    printer = _Printer(run, as_json)
    reason = ""
    asked = ended = False
    while True:
        try:
            offset = _pass_on(run.path / "metrics.jsonl", offset, printer)
            if ended:
                return
            status = run.status()
            waits = run_queue.is_waiting(status)
            if status.waits is not None and waits and status.waits.code != reason:
                reason = status.waits.code
                say(f"{run.name}: {sentence(status.waits)}")
            ended = not (waits or run.at_work(status))  # and then once more, for what it wrote last
            if not ended:
                time.sleep(POLL_S)
        except KeyboardInterrupt:
            if asked:
                raise _Left from None
            asked = True
            run_queue.end(run)
            say("Stopping after a save; Ctrl+C again leaves it running.")


def _pass_on(path: Path, offset: int, printer: _Printer) -> int:
    with contextlib.suppress(FileNotFoundError), open(path, "rb") as stream:
        stream.seek(offset)
        while (line := stream.readline()).endswith(b"\n"):
            offset += len(line)
            printer.line(line)
    sys.stdout.flush()
    return offset


class _Printer:
    """Records on stdout: all of them as JSON, or one a second (and every evaluation) for people."""

    def __init__(self, run: RunFolder, as_json: bool) -> None:
        self._run = run
        self._as_json = as_json
        self._last = 0.0
        self._steps = run.status().steps

    def line(self, line: bytes) -> None:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return
        if self._as_json:
            write(json.dumps(record))
        elif record.get("event") == "baselines":
            names = (f"{name} {value:.4f}" for name, value in record.items() if name != "event")
            write(f"{self._run.name}, baselines: {', '.join(names)} (losses, in nats)")
        elif record.get("event") == "resume":
            write(f"resumed after step {record['step']}")
        elif "evaluation_loss" in record or time.monotonic() - self._last > 1.0:
            self._last = time.monotonic()
            write(_sentence(record, self._steps))


def _sentence(record: dict[str, Any], steps: int) -> str:
    def shown(name: str, label: str, pattern: str) -> str:
        value = record.get(name)
        return (
            f"  {label} " + (pattern.format(value) if value is not None else "not a number") if name in record else ""
        )

    columns = (
        ("loss", "loss", "{:.4f}"),
        ("evaluation_loss", "evaluation", "{:.4f}"),
        ("accuracy", "accuracy", "{:.1%}"),
        ("f1", "F1", "{:.3f}"),
        ("micro_f1", "micro F1", "{:.3f}"),
        ("reward_margin", "margin", "{:.3f}"),
        ("evaluation_reward_margin", "evaluation margin", "{:.3f}"),
        ("learning_rate", "rate", "{:.2e}"),
        ("gradient_norm", "gradient", "{:.3f}"),
        ("tokens_per_s", "tokens/s", "{:,.0f}"),
        ("images_per_s", "pictures/s", "{:,.1f}"),
    )
    return f"step {record.get('step', 0):>6}/{steps}" + "".join(shown(*column) for column in columns)


def _sample_lines(sample: dict[str, Any]) -> list[str]:
    """Return a record of ``samples.jsonl`` for people: a text that was continued, or pictures and classes."""
    if "prompt" in sample:
        return [f"{sample['prompt']}{sample.get('text', '')}"]
    lines = [
        f"{each['image']}: {each['label']} {each['probability']:.1%}"
        + (f" (it is: {each['expected']})" if each.get("expected", each["label"]) != each["label"] else "")
        for each in sample.get("predictions", ())
    ]
    lines += [
        f"class {each['label']}: {each['recall']:.1%} of {each['pictures']} correct"
        for each in sample.get("classes", ())
        if each["recall"] is not None
    ]
    return lines


def record_of(run: RunFolder) -> dict[str, Any]:
    """Return a run's own record, as JSON has it."""
    return _with_note(summary(run, bundled=run.path.parent == paths.starter_runs()), note_of(run.name))


def _with_note(run: RunSummary, note: Note) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(run)
    del record["spec"]  # it is printed by itself, where it is asked for
    return record | {"note": note.text, "tags": list(note.tags)}


def print_record(run: RunFolder, as_json: bool) -> None:
    """Print a run's own record: as one line of JSON, or in words."""
    write(json.dumps(record_of(run)) if as_json else _line_of(summary(run)), flush=True)


def _row_of(run: RunSummary) -> tuple[str, ...]:
    losses = ("" if value is None else f"{value:.4f}" for value in (run.loss, run.evaluation_loss))
    parameters = f"{run.parameters:,}" if run.parameters else ""
    name = "  " * run.depth + run.name
    return (name, run.state, f"{run.step:,}", f"{run.steps:,}", *losses, parameters, str(len(run.checkpoints)))


def _line_of(run: RunSummary) -> str:
    parts = [f"{run.name}: {run.state}", f"step {run.step:,} of {run.steps:,}"]
    if run.loss is not None:
        parts.append(f"loss {run.loss:.4f}")
    if run.evaluation_loss is not None:
        parts.append(f"evaluation {run.evaluation_loss:.4f}")
    if run.accuracy is not None:
        parts.append(f"accuracy {run.accuracy:.1%}")
    parts += [f"{name} {value:.4f}" for name, value in run.baselines.items()]
    if run.checkpoints:
        parts.append(f"{len(run.checkpoints)} checkpoint{'s' * (len(run.checkpoints) > 1)}")
    if run.disk_bytes:
        of = f" of {numbers.size(run.disk_budget_bytes)}" if run.disk_budget_bytes else ""
        parts.append(f"{numbers.size(run.disk_bytes)}{of} on disk")
    return ", ".join(parts)


def text_of(path: Path) -> str:
    """Return what a spec's file says. Raises ``StudioError`` "spec-file"."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise StudioError("spec-file", path=str(path), detail=detail) from error
