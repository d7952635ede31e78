"""Making a run's folder and starting its process: what the window and the command line do to train.

A run is its own process, started by the module's name, without a standard input and in a session of its own, so that
it outlives whoever started it. Nothing of torch or of the training code is imported here.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.faults import readable
from bigmodel_studio.core.data.labelled_texts import check_tables
from bigmodel_studio.core.data.picture_listing import check_pictures
from bigmodel_studio.core.data.records import refuse_unreadable
from bigmodel_studio.core.runs import notes
from bigmodel_studio.core.runs.run_folder import (
    ORIGIN,
    REFERENCE,
    Origin,
    Parent,
    RunFolder,
    RunStatus,
    dump_status,
    own_process,
    place_behind_all,
    process_started,
)
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import ResolvedSpec, resolve_spec
from bigmodel_studio.core.specs.rules import check_spec
from bigmodel_studio.core.specs.spec import RunSpec, write_spec
from bigmodel_studio.core.system import network, paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError

MODULE = "bigmodel_studio.training"
_started: list[subprocess.Popen[bytes]] = []
"""What this process started, kept so that an ended child is collected; ending this process does not end them."""


def create_run(
    given: RunSpec | ResolvedSpec,
    *,
    parent: Parent | None = None,
    checkpoint: Path | None = None,
    sweep: str = "",
) -> RunFolder:
    """Make the folder of a new run, the last in the queue; a name that is taken gets a number.

    With a ``checkpoint`` it goes on from there, as ``parent`` says (see ``core.runs.forks``); ``sweep`` names what it
    is a part of. What a ``ResolvedSpec`` names was looked at already (``check_inputs``); a ``RunSpec`` is looked at
    here.

    ``core.runs.run_queue`` starts it when its turn comes, ``start_run`` at once. Raises ``StudioError``, among them
    "checkpoint-foreign" where that may not be gone on from, or ``OSError``. Paths must be absolute
    (``core.specs.spec.parse_spec`` makes them so).
    """
    spec = given.spec if isinstance(given, ResolvedSpec) else given
    check_spec(spec)
    if spec is given:
        check_inputs(spec)
    if checkpoint is not None:
        from bigmodel_studio.core.runs import manifest  # here, for the window is shown before anything is signed

        manifest.check_own(checkpoint)
    name = spec.name
    number = 1
    while True:
        folder = paths.runs() / name
        if not (paths.starter_runs() / name).exists():
            try:
                folder.mkdir()
                break
            except FileExistsError:
                pass
        number += 1
        name = f"{spec.name}-{number}"
    if parent is not None or sweep:
        write_atomic(folder / ORIGIN, msgspec.json.encode(Origin(parent=parent, sweep=sweep)))
    now = time.time()
    status = RunStatus(
        state="queued",
        step=parent.step if parent is not None else 0,
        steps=spec.schedule.steps,
        started=now,
        threads=spec.launch.threads,
        place=place_behind_all(),
        resume=checkpoint is not None,
        parent=parent,
        sweep=sweep,
    )
    write_atomic(folder / "status.json", dump_status(status))
    if checkpoint is not None:
        _take_over(checkpoint, folder / "checkpoints" / checkpoint.name)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(checkpoint.parents[1] / REFERENCE, folder / REFERENCE)
    notes.forget(name)
    # The spec comes last: a folder without one is no run yet.
    write_atomic(folder / "spec.toml", write_spec(msgspec.structs.replace(spec, name=name)).encode())
    return RunFolder(folder)


def _take_over(checkpoint: Path, target: Path) -> None:
    """Copy the files under another name: as links, which take no room and stay when the others go, else as copies."""
    try:
        shutil.copytree(checkpoint, target, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(checkpoint, target)


def inputs_of(spec: RunSpec) -> tuple[object, ...]:
    """Return what ``check_inputs`` looks at: two specs that have the same in common need one look."""
    return spec.objective, spec.data, spec.samples.pictures, spec.model.base, spec.model.tokenizer


@readable()
def check_inputs(spec: RunSpec) -> ResolvedSpec:
    """Return the spec with what it names, which is there, so that a slip of the pen makes no folder.

    The spec is one that ``check_spec`` has passed. Reads folders and tables: not on the window's thread.
    Raises ``StudioError``.
    """
    evaluation = () if isinstance(spec.data.evaluation, float | int) else spec.data.evaluation
    named_data = [*spec.data.train, *evaluation]
    named = [*spec.samples.pictures, *named_data]
    for path in named:
        if not Path(path).exists():
            raise StudioError("data-missing", path=path)
    refuse_unreadable(named)
    data = TRAINABLE[spec.objective].data
    if data == "pictures":
        columns = Columns(spec.data.text_column, spec.data.label_column)
        check_pictures(spec.data.train, spec.data.evaluation, columns)
    if data == "labelled":
        columns = Columns(spec.data.text_column, spec.data.label_column, spec.data.pair_column, spec.data.multi_label)
        check_tables(spec.data.train, evaluation, columns, spec.data.label_separator)
    resolved = resolve_spec(spec)
    resolved.base_folder()
    resolved.tokenizer_folder()
    return resolved


def exit_status(pid: int, *, wait_s: float = 0.0) -> int | None:
    """Return how a run's process that this one started has ended: 0 finished, 3 stopped, 1 failed, 2 cannot be done.

    Negative: it was killed by that signal. None: it has not ended within ``wait_s``, or was not started here.
    """
    child = next((child for child in _started if child.pid == pid), None)
    if child is None:
        return None
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(wait_s)
    return child.returncode


def start_run(run: RunFolder, *, resume: bool = False) -> int:
    """Start the run's process and return its pid; with ``resume``, from its newest whole checkpoint.

    Raises ``StudioError`` "run-live" where its process runs already, "run-unknown" where it has no spec.
    """
    if not (run.path / "spec.toml").is_file():
        raise StudioError("run-unknown", run=run.name)
    status = run.status()
    if status.pid is not None and run.at_work(status):
        raise StudioError("run-live", run=run.name)
    # One that waits keeps its place until its process is there: whoever dies in between takes nothing with it.
    waits = status.state == "queued" and status.place > 0
    _mark_as_queued(run, status, resume, None if waits else own_process(), place=status.place if waits else 0.0)
    with open(run.path / "log.txt", "ab") as log:
        process = start_detached([MODULE, str(run.path), *(["--resume"] if resume else [])], log)
    if process.poll() is None or run.status().state == "queued":
        # From here on the run is seen to be gone if its process dies before its first word. That word may have been
        # written over by this; its heartbeat says it again.
        _mark_as_queued(run, status, resume, (process.pid, process_started(process.pid)))
    return process.pid


def torchrun_words(run: Path, processes: int, machines: int = 2) -> str:
    """Return the command that trains a run on several machines that share its folder, to be given on each of them.

    ``processes`` are those of each machine; HOST stands for the name or address of one of them.
    """
    return (
        f"torchrun --nnodes={machines} --nproc-per-node={processes} --rdzv-backend=c10d --rdzv-endpoint=HOST:29400 "
        f"--rdzv-id={shlex.quote(run.name)} -m {MODULE} {shlex.quote(str(run))}"
    )


def start_detached(module_and_arguments: Sequence[str], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start a module of this package as a process that outlives this one. Raises ``OSError``."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module_and_arguments],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=_environment(),
        start_new_session=True,
        creationflags=_windows_flags(),
    )
    reap()
    _started.append(process)
    return process


def reap() -> None:
    """Collect the ended processes that this one started, as one that lives long has to."""
    _started[:] = [child for child in _started if child.poll() is None]


@atexit.register
def _let_go() -> None:
    """Leave the runs alone that are at work when this process ends: ``Popen`` would warn that nobody awaited them."""
    reap()
    for child in _started:
        child.returncode = 0


def _mark_as_queued(
    run: RunFolder, status: RunStatus, resume: bool, process: tuple[int, float] | None, *, place: float = 0.0
) -> None:
    """Until the run's process speaks for itself, the run is queued, and ``process`` (pid, start) answers for it.

    RunControl from before a resume are taken as acknowledged: who resumes a run does not want its old stop.
    """
    asked = run.control().seq if resume else status.control_seq
    waiting = msgspec.structs.replace(
        status,
        state="queued",
        pid=process[0] if process is not None else None,
        process_started=process[1] if process is not None else None,
        host=socket.gethostname(),
        updated=time.time(),
        message="",
        control_seq=max(status.control_seq, asked),
        place=place,
        resume=resume,
        waits=None,
        problem=None,
        exit_code=None,
    )
    write_atomic(run.path / "status.json", dump_status(waiting))


def _environment() -> dict[str, str]:
    """Ours, with the package importable wherever this one came from; output unbuffered, so that the log is live."""
    package = str(Path(__file__).resolve().parents[3])
    search = [package, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return network.child_environment(
        {
            **network.OFFLINE,  # a run asks nobody for anything
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(search)),
            "PYTHONUNBUFFERED": "1",
            "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # cuBLAS gives the same bits twice only with this
        }
    )


def _windows_flags() -> int:
    if sys.platform != "win32":
        return 0
    return (
        subprocess.CREATE_BREAKAWAY_FROM_JOB
        | subprocess.CREATE_NEW_PROCESS_GROUP
        | subprocess.DETACHED_PROCESS
        | subprocess.BELOW_NORMAL_PRIORITY_CLASS
    )
