"""The commands that make runs of runs, set them beside each other and write beside them: ``fork, sweep, compare, note,
watch, export-run``. Only the last one needs torch.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bigmodel_studio.cli.output import print_json, print_table, say, write
from bigmodel_studio.cli.runs import (
    FAILED,
    FINISHED,
    LEFT,
    POLL_S,
    Detach,
    Json,
    Now,
    RunName,
    follow,
    print_record,
    record_of,
    text_of,
    writing,
)
from bigmodel_studio.core.runs import run_queue, tensorboard
from bigmodel_studio.core.runs.comparison import Compared, Comparison
from bigmodel_studio.core.runs.comparison import compare as compared
from bigmodel_studio.core.runs.forks import fork as fork_of
from bigmodel_studio.core.runs.metrics_table import as_csv
from bigmodel_studio.core.runs.notes import write_note
from bigmodel_studio.core.runs.reader import summary
from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.specs import experiments, scaling, sweeps
from bigmodel_studio.core.specs.changes import read_change, read_choices, written
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import Problem


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (fork, sweep, compare, note, watch):
        app.command()(command)
    app.command("export-run")(export_run)


def fork(
    run_name: RunName,
    at: Annotated[int, typer.Option("--at", metavar="STEP", help="Step of the checkpoint (default: the newest).")] = 0,
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field of the spec to change.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the fork.")] = "",
    detach: Detach = False,
    now: Now = False,
    as_json: Json = False,
) -> None:
    """Go on from a checkpoint of a run, as a run of its own, with other settings."""
    asked: dict[str, Any] = dict(map(read_change, changes or ()))
    if name:
        asked["name"] = name
    with writing():
        made = fork_of(find_run(run_name), at or None, asked, Path.cwd())
    follow(made, again=False, now=now, detach=detach, as_json=as_json)


def sweep(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="Spec file, with or without a [sweep] table.")],
    over: Annotated[
        list[str] | None,
        typer.Option("--over", metavar="FIELD=V1,V2…", help="A field of the spec and its values."),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the sweep (default: the spec's).")] = "",
    detach: Detach = False,
    as_json: Json = False,
) -> None:
    """Queue a run for each point of a grid of settings; show, when all have ended, what came of each."""
    wanted, grid = sweeps.read_sweep(text_of(spec), spec.absolute().parent)
    if name:
        wanted = msgspec.structs.replace(wanted, name=name)
    queue_sweep(wanted, sweeps.points_of(grid | dict(map(read_choices, over or ()))), detach, as_json)


def queue_sweep(wanted: RunSpec, points: list[sweeps.Point], detach: bool, as_json: bool) -> None:
    """Queue the runs, and show what came of them when they have ended."""
    with writing():
        runs = sweeps.start_sweep(wanted, points, Path.cwd())
    if detach:
        print_json([record_of(run) for run in runs]) if as_json else _print_runs(runs)
        return
    try:
        _wait(runs)
    except KeyboardInterrupt:
        name = runs[0].status().sweep
        say(f"They stay in the queue; “bigmodel-studio compare --sweep {name}” shows their progress.")
        raise typer.Exit(LEFT) from None
    _show(runs, as_json)
    raise typer.Exit(FINISHED if all(run.status().state == "finished" for run in runs) else FAILED)


def compare(
    run_names: Annotated[list[str] | None, typer.Argument(metavar="RUN…", help="Names or folders of runs.")] = None,
    of_sweep: Annotated[str, typer.Option("--sweep", help="Compare all runs of this sweep.")] = "",
    as_json: Json = False,
) -> None:
    """Set runs beside each other: what differs between them, how good they became, and what that took."""
    runs = [find_run(name) for name in run_names or ()]
    runs += sweeps.runs_of_sweep(of_sweep) if of_sweep else []
    if not runs:
        raise typer.BadParameter("name runs to compare, or a sweep with --sweep")
    _show(runs, as_json)


def note(
    run_name: RunName,
    text: Annotated[str | None, typer.Option("--text", help="Replace the note; empty removes it.")] = None,
    tags: Annotated[list[str] | None, typer.Option("--tag", help="Replace the tags; repeat for several.")] = None,
    as_json: Json = False,
) -> None:
    """Show or change what you have written beside a run: a note, and tags by which it is found."""
    run = find_run(run_name)
    with writing():
        found = write_note(run.name, text=text, tags=tags)
    if as_json:
        print_json({"name": run.name, "note": found.text, "tags": found.tags})
    else:
        write(*(f"#{tag}" for tag in found.tags), found.text or "(no note)")


def watch(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder of TensorBoard logs, or one event file.")],
    as_json: Json = False,
) -> None:
    """Have TensorBoard's event files shown among the runs; once more brings them up to date."""
    if not path.exists():
        raise StudioError("open-missing", path=str(path))
    with writing():
        runs = tensorboard.import_events(path, _say_left_out)
    print_json([record_of(run) for run in runs]) if as_json else _print_runs(runs)


def _say_left_out(path: Path, count: int) -> None:
    say(sentence(Problem(code="events-left-out", arguments={"path": str(path), "count": count})))


def export_run(
    run_name: RunName,
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="New folder for the script.")] = None,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the run's records to this file, one row per step."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a run as a plain PyTorch script that gives the same losses, with the model and the data it starts from; its
    records as a table; or both.
    """
    run = find_run(run_name)
    files: list[Path] = []
    if output is None and table is None:
        raise typer.BadParameter("give --output DIR for a script or --csv FILE for the records")
    with writing():
        if table is not None:
            write_atomic(table.absolute(), as_csv(run))
            files.append(table.absolute())
        if output is not None:
            from bigmodel_studio.training.script.writing import write_script

            files += write_script(run, output.absolute())
    script = str(output.absolute() / "train.py") if output is not None else None
    if as_json:
        print_json({"script": script, "files": [str(path) for path in files]})
    else:
        write(*map(str, files), sep="\n")


def _print_runs(runs: list[RunFolder]) -> None:
    for run in runs:
        print_record(run, as_json=False)


def _wait(runs: list[RunFolder]) -> None:
    """Until all of them have ended; says of each how."""
    left = list(runs)
    while left:
        for run in list(left):
            status = run.status()
            if not (run_queue.is_waiting(status) or run.at_work(status)):
                left.remove(run)
                say(f"{run.name}: {run.state_now()} {status.message}".rstrip())
        run_queue.wake()
        time.sleep(POLL_S)


def _show(runs: list[RunFolder], as_json: bool) -> None:
    found = compared(runs)
    fit = scaling.scaling_of_runs(runs, [summary(run) for run in runs])
    depths = experiments.depths_of([(run, run.spec()) for run in runs])
    if as_json:
        print_json(msgspec.to_builtins(found) | {"scaling": scaling.record(fit), "depths": _depths(depths)})
        return
    _print_table(found)
    if fit is not None and scaling.amounts(fit) >= scaling.LEAST_POINTS:
        write("\n".join(("", *_scaling_lines(fit))))
    if depths is not None:
        write("\n" + experiments.verdict(depths))


def _scaling_lines(fit: scaling.Scaling) -> Iterator[str]:
    """Yield the law, on what it rests, and what it cannot say."""
    if fit.law is None:
        assert fit.refused is not None
        yield sentence(fit.refused)
        return
    law = fit.law
    yield (
        f"On the frontier {scaling.formula(law, numbers.power(law.scale))}: α = {law.alpha:.3f} "
        f"± {law.standard_error:.3f}, R² = {law.r_squared:.3f}, by {law.points} of {len(fit.points)} runs over "
        f"{law.decades:.1f} decades of compute."
    )
    if (size := fit.by_parameters) is not None:
        yield (
            f"With the most data: L(N) = ({numbers.power(size.scale)} / N)^{size.alpha:.3f}, "
            f"R² = {size.r_squared:.3f}, by {size.points} sizes, without embeddings."
        )
    yield scaling.CAUTION


def _depths(found: experiments.Depths | None) -> dict[str, Any] | None:
    if found is None:
        return None
    losses = [
        {"layers": layers, "shortcuts": shortcuts, "loss": loss} for (layers, shortcuts), loss in found.losses.items()
    ]
    return {"verdict": experiments.verdict(found), "confirmed": found.confirmed, "losses": losses}


def _print_table(found: Comparison) -> None:
    fields = list(found.differs)
    header = ("run", *fields, "state", "step", "loss", "evaluation", "best", "at", "items", "time", "FLOPs")
    rows = [
        (each.name, *(_value(found.differs[field][number]) for field in fields), *_figures(each))
        for number, each in enumerate(found.runs)
    ]
    print_table(header, rows, right=range(len(fields) + 2, len(header)))
    if not fields and len(rows) > 1:
        write("Their specs are equal.")


def _figures(each: Compared) -> tuple[str, ...]:
    losses = (each.loss, each.evaluation_loss, each.best_evaluation_loss)
    return (
        each.state,
        f"{each.step:,}",
        *("" if value is None else f"{value:.4f}" for value in losses),
        "" if each.best_step is None else f"{each.best_step:,}",
        "" if each.items is None else f"{each.items:,} {each.unit}",
        "" if each.seconds is None else numbers.duration(each.seconds),
        "" if each.flops is None else numbers.power(each.flops),
    )


def _value(value: object) -> str:
    return "" if value is None else written(value)
