"""A run from its folder to its end: lock, status, preparation, loop, and the one state that it ends in.

Whatever happens, the folder says it: finished, stopped or failed with a sentence. Torch is imported only after the
heartbeat has begun, for that takes seconds.
"""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from bigmodel_studio.core.memory.retry import memory_advice
from bigmodel_studio.core.models import uses
from bigmodel_studio.core.runs.run_folder import LOCK, RunFolder, State
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, parse_spec
from bigmodel_studio.core.system import locks
from bigmodel_studio.core.text.messages import Blame, StudioError, hint, sentence
from bigmodel_studio.protocol import MemoryParts, Problem
from bigmodel_studio.training.loop.telemetry import RunControl, StatusWriter, StopAsked

FINISHED, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 3
LOCK_WAIT_S = 10.0
"""A run that has just ended holds its lock until its process is gone."""


def run(
    folder: Path,
    *,
    resume: bool,
    listen: Callable[[RunControl], None] | None = None,
    process: tuple[int, float] | None = None,
    spec: RunSpec | None = None,
) -> int:
    """Train what the folder asks for; returns the exit status (0 finished, 3 stopped, 1 failed, 2 cannot be done).

    ``listen`` is given the wishes, to make them from something else than the folder (a process's signals); ``process``
    (pid, start) answers for the run, where it is not this one. ``spec`` is the folder's, where it was read already.
    """
    run_folder = RunFolder(folder)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locks.lock(run_folder.path / LOCK, LOCK_WAIT_S))
        except OSError as error:
            raised = StudioError("run-live", run=run_folder.name) if isinstance(error, TimeoutError) else error
            print(f"error: {raised}", file=sys.stderr, flush=True)
            return BAD_INPUT
        status = StatusWriter(run_folder, process)
        stack.callback(status.close)
        control = RunControl(run_folder, status.status.control_seq)
        if listen is not None:
            listen(control)
        return _to_the_end(run_folder, spec, status, control, resume)


def _to_the_end(
    run_folder: RunFolder, spec: RunSpec | None, status: StatusWriter, control: RunControl, resume: bool
) -> int:
    try:
        if spec is None:
            spec = parse_spec((run_folder.path / "spec.toml").read_text("utf-8"), run_folder.path)
        started = status.status.started or time.time()
        status.write(
            state="running",
            steps=spec.schedule.steps,
            threads=spec.launch.threads,
            started=started,
            message="",
            problem=None,
        )
        words = _train(run_folder, spec, status, control, resume)
    except StopAsked as asked:
        words = {"paused": "Paused, memory released,", "stopped": "Stopped"}[asked.state]
        return _end(status, STOPPED, asked.state, f"{words} after step {status.status.step}.")
    except Exception as error:
        problem, blame = _problem_of(error, run_folder)
        if not isinstance(error, StudioError):
            traceback.print_exc()
        status.set(problem=problem)
        return _end(status, BAD_INPUT if blame == "input" else FAILED, "failed", _sentence(problem))
    return _end(status, FINISHED, "finished", words)


def _sentence(problem: Problem) -> str:
    return f"{sentence(problem)} {hint(problem)}".strip()


def _train(run_folder: RunFolder, spec: RunSpec, status: StatusWriter, control: RunControl, resume: bool) -> str:
    """Train to the end; what there is to be said of it."""
    from bigmodel_studio.core.runs import data_record
    from bigmodel_studio.engine import devices
    from bigmodel_studio.engine.packed.frozen_linear import count_parameters
    from bigmodel_studio.training import objectives
    from bigmodel_studio.training.distributed.join import join_ranks
    from bigmodel_studio.training.loop import checkpoint, reference
    from bigmodel_studio.training.loop.precision import Precision
    from bigmodel_studio.training.loop.training_loop import Loop, pin

    def say(what: str, done: int, total: int) -> None:
        seq = control.read()
        if seq is not None:
            status.set(control_seq=seq)
        if (end := control.end) is not None:
            raise StopAsked(end)
        status.set(message=f"{what}: {done * 100 // max(total, 1)}%")

    pin(spec)
    ranks = join_ranks(spec)
    if ranks.first:
        checkpoint.clean(run_folder)
    folder, notes = ranks.same(lambda: checkpoint.newest_whole(run_folder) if resume else (None, []))
    if ranks.first:
        changed = data_record.record_data(run_folder, spec, anew=folder is None)
        notes = [*notes, *(f"{path} changed since the run began: the examples are others" for path in changed)]
    for note in notes:
        print(note, flush=True)
    if folder is None and status.status.parent is not None:
        raise StudioError("fork-lost", detail="; ".join(notes) or "it is gone")
    # An adapter is added to its base again, whose weights the checkpoint has not kept apart.
    adapted = folder is not None and spec.method.kind in ADAPTERS and checkpoint.has_adapter(folder)
    begin = None if adapted else folder
    resolved = resolve_spec(spec, begin)
    if folder is None and resolved.base is not None:
        uses.note(resolved.base, loaded=False)
    objective = ranks.build(lambda start: objectives.build(resolved, start, say), begin, run_folder.path)
    device = ranks.device(devices.choose(spec.launch.device))
    precision = Precision(spec.launch.dtype, device)
    reference.establish(objective, run_folder.path, device, precision, say, same=ranks.same)
    loop = Loop(run_folder, spec, objective, status, control, ranks)
    with contextlib.closing(ranks), contextlib.closing(loop):
        if folder is not None:
            anew = loop.restore(folder)
            print(*anew, sep="\n", end="\n" if anew else "", flush=True)
            notes = [*notes, *anew]
        if resume:
            loop.announce_resume()
        parameters = count_parameters(objective.model)
        name = devices.name_of(device)
        print(f"{parameters:,} parameters on {name}", *objective.notes, sep="\n", flush=True)
        baselines = objective.baselines() if ranks.first else {}
        if baselines:
            loop.metrics.append({"event": "baselines", **baselines})
            print(*(f"baseline {name}: {value:.4f}" for name, value in baselines.items()), sep="\n", flush=True)
        message = "; ".join(notes)
        trainable = sum(parameter.numel() for parameter in loop.parameters)
        status.set(parameters=parameters, trainable_parameters=trainable, device=name)
        status.write(step=loop.step, baselines=baselines, message=message)
        loop.train()
        if not loop.stops_early:
            return ""
        counts: dict[str, str | int | float] = {"step": loop.step, "best": loop.best.step}
        counts["patience"] = spec.schedule.patience
        problem = Problem(code="stopped-early", arguments=counts)
        status.set(problem=problem)
        return _sentence(problem)


def _end(status: StatusWriter, code: int, state: State, message: str) -> int:
    print(f"{state}{': ' + message if message else ''}", flush=True)
    # One that gave its memory back has no process to be asked for; any other names the one that it had.
    gone = {"pid": None, "process_started": None} if state == "paused" else {}
    status.set(state=state, message=message, exit_code=code, accelerator_bytes=0, memory=MemoryParts(), **gone)
    status.close()
    try:
        status.write()
    except OSError as error:
        print(f"error: the last state could not be written: {error}", file=sys.stderr, flush=True)
        return code or FAILED
    return code


def _problem_of(error: Exception, run_folder: RunFolder) -> tuple[Problem, Blame]:
    from bigmodel_studio.engine.failures import is_out_of_memory, problem_of

    if is_out_of_memory(error):
        problem, blame = problem_of(error, run_folder.name)
        spec = run_folder.spec()
        return (memory_advice(spec, str(problem.arguments["device"])) if spec is not None else problem), blame
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        path = str(error.filename or run_folder.path)
        return Problem(code="disk-write", arguments={"path": path, "detail": error.strerror or str(error)}), "work"
    return problem_of(error, run_folder.name)
