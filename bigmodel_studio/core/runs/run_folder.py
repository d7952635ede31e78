"""A run is a folder on disk: its files as typed values, read the same way whether it is live, old or on another host.

The run's own process writes everything but ``control.json``, which is all that a window or a command writes. Nobody
writes "interrupted": ``state_now`` derives it when the process that claims to be running is gone from this host.
"""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path
from typing import Any, Literal

import msgspec

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system import locks, paths
from bigmodel_studio.core.system.files import read_json_lines, write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import MemoryParts, Problem

STATUS_SCHEMA = 1
MANIFEST = "MANIFEST.json"
ORIGIN = "origin.json"
LOCK = ".lock"
REFERENCE = "reference.safetensors"
"""What the objective has to know of the model before the first update, where it has to."""
"""Held by the run's process for as long as it lives."""
SPARKLINE_POINTS = 64

UNKNOWN_WRITER = "another program"
State = Literal["queued", "running", "paused", "stopping", "stopped", "finished", "failed"]
StateNow = Literal["queued", "running", "paused", "stopping", "stopped", "finished", "failed", "interrupted"]
LIVE: frozenset[str] = frozenset({"queued", "running", "paused", "stopping"})

MOST_PID = 2**31 - 1
"""No system numbers its processes higher; a foreign status may say anything."""


class Parent(msgspec.Struct, frozen=True):
    run: str
    step: int


class Origin(msgspec.Struct, kw_only=True, frozen=True):
    """``origin.json`` of a fork or a part of a sweep, written before anything else and never again: what its status
    says of where it comes from, for when a power cut takes that.
    """

    schema: int = STATUS_SCHEMA
    parent: Parent | None = None
    sweep: str = ""


class Rank(msgspec.Struct, kw_only=True, frozen=True):
    """One process of a run that has several: its memory (``holds`` on disk), and how long its last update took."""

    rank: int
    host: str
    pid: int
    seconds_per_step: float
    memory: MemoryParts = msgspec.field(default=MemoryParts(), name="holds")


class RunStatus(msgspec.Struct, kw_only=True, frozen=True):
    """``status.json``. Times are seconds since 1970; ``updated`` is a heartbeat at least every 2 s.

    ``held_bytes`` and ``holds`` are the names on disk of ``accelerator_bytes`` and ``memory``.
    """

    schema: int = STATUS_SCHEMA
    state: State = "queued"
    step: int = 0
    steps: int = 0
    pid: int | None = None
    process_started: float | None = None
    host: str = ""
    threads: int = 0
    started: float = 0.0
    updated: float = 0.0
    message: str = ""
    control_seq: int = 0
    parent: Parent | None = None
    """The run and the checkpoint that it was forked from; its own first step is the one after."""
    sweep: str = ""
    """The sweep that it was made for."""
    foreign: str = ""
    """What wrote it, where that was not this application: such a run has no spec and is only looked at."""
    last: dict[str, float | None] = {}
    sparkline: tuple[float, ...] = ()
    parameters: int = 0
    device: str = ""
    best_step: int = 0
    """The checkpoint whose evaluation loss is the smallest; 0: none was evaluated."""
    best_loss: float | None = None
    """That evaluation loss."""
    flops_per_item: float = 0.0
    """Floating-point operations of an update for each token or picture of it, counted in the first one; 0: not yet."""
    problem: Problem | None = None
    """Why it failed, or ended before its last step, as a code: the window says it in the user's language and offers
    the way out; ``message`` is the same in English, for whoever reads the file without this application.
    """
    baselines: dict[str, float] = {}
    """Losses that a good run must beat, by name (``unigram``, ``bigram``), in nats a token, computed from the data."""
    place: float = 0.0
    """Its place in the queue, smaller ones first; 0: it does not wait (see ``core.runs.run_queue``)."""
    resume: bool = False
    """Whether it goes on from its newest checkpoint when its turn comes."""
    waits: Problem | None = None
    """Why its turn has not come."""
    exit_code: int | None = None
    """What its process ended with, once it has."""
    accelerator_bytes: int = msgspec.field(default=0, name="held_bytes")
    """What its tensors take on an accelerator, as torch counts them (0 on a CPU, where the process is measured)."""
    memory: MemoryParts = msgspec.field(default=MemoryParts(), name="holds")
    """Bytes of its tensors by what they are for, counted about once a second."""
    trainable_parameters: int = 0
    disk_bytes: int = 0
    """What its folder took when it last saved."""
    disk_budget_bytes: int = 0
    """What it may take before older checkpoints make room; 0: no limit."""
    ranks: tuple[Rank, ...] = ()
    """Its processes, where it has several."""


class Control(msgspec.Struct, kw_only=True, frozen=True):
    """``control.json``: what the user wants of the run; a ``seq`` that the run has acknowledged is ignored."""

    seq: int = 0
    want: Literal["run", "pause", "stop"] = "run"
    save: bool = False
    release: bool = False
    """With "pause": save, and end, so that the memory is given back."""


class RunFolder:
    """A run on disk, read only but for ``ask``. Cheap to make; every call reads afresh. Missing files read as empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name

    @property
    def checkpoints_path(self) -> Path:
        return self.path / "checkpoints"

    def spec(self) -> RunSpec | None:
        """Return what was asked for; None where the file is missing or of another version."""
        import tomllib

        try:
            return msgspec.convert(tomllib.loads((self.path / "spec.toml").read_text("utf-8")), RunSpec)
        except (OSError, ValueError, RecursionError):
            return None

    def status(self) -> RunStatus:
        """Return the last status that was written whole; where there is none, one that says only where the run comes
        from.
        """
        try:
            return msgspec.json.decode((self.path / "status.json").read_bytes(), type=RunStatus)
        except (OSError, UnicodeDecodeError, msgspec.DecodeError):
            origin = self._origin()
            return RunStatus(parent=origin.parent, sweep=origin.sweep)

    def _origin(self) -> Origin:
        try:
            return msgspec.json.decode((self.path / ORIGIN).read_bytes(), type=Origin)
        except (OSError, UnicodeDecodeError, msgspec.DecodeError):
            return Origin()

    def state_now(self, status: RunStatus | None = None) -> StateNow:
        """Return the state, with "interrupted" derived: live by its file, but its process is gone from this host.

        A run that waits in the queue has no process, nor has a paused one that gave its memory back.
        """
        status = status or self.status()
        if status.state not in LIVE or (status.host and status.host != socket.gethostname()):
            return status.state
        if _needs_no_process(status):
            return status.state
        if process_lives(status.pid, status.process_started) or self._is_locked(status.pid):
            return status.state
        last = self.status()  # it may have said its end, and gone, between the two looks
        return "interrupted" if last.state in LIVE and not _needs_no_process(last) else last.state

    def _is_locked(self, pid: int | None) -> bool:
        """Return whether the process of that number, or another, trains it: a clock that was set since the process
        started moves the time at which the system says that it did, but no lock.
        """
        import psutil

        try:
            return (
                bool(pid and 0 < pid <= MOST_PID and psutil.pid_exists(pid))
                and (self.path / LOCK).exists()
                and locks.is_locked(self.path / LOCK)
            )
        except OSError:
            return False

    def at_work(self, status: RunStatus | None = None) -> bool:
        """Return whether its process is there: it prepares, computes, is paused with its memory, or is about to end."""
        status = status or self.status()
        return not _needs_no_process(status) and self.state_now(status) in LIVE

    def control(self) -> Control:
        """Return what is wanted of the run (nothing yet where the file is missing or damaged)."""
        try:
            return msgspec.json.decode((self.path / "control.json").read_bytes(), type=Control)
        except (OSError, UnicodeDecodeError, msgspec.DecodeError):
            return Control()

    def metrics(self) -> list[dict[str, Any]]:
        """Return the records that count, in order of ``step``: those voided by a later resume are left out."""
        records: list[dict[str, Any]] = []
        for record in read_json_lines(self.path / "metrics.jsonl"):
            if record.get("event") == "resume":
                kept = int(record.get("step", 0))
                while records and int(records[-1].get("step", 0)) > kept:
                    records.pop()
            elif "step" in record:
                records.append(record)
        return records

    def samples(self) -> list[dict[str, Any]]:
        """Return what the model said or saw, by step; those after a resume's step that were made before it are left
        out.
        """
        records: list[dict[str, Any]] = []
        for record in read_json_lines(self.path / "samples.jsonl"):
            if record.get("event") == "resume":
                records = [old for old in records if int(old.get("step", 0)) <= int(record.get("step", 0))]
            else:
                records.append(record)
        return records

    def checkpoints(self) -> list[int]:
        """Return the steps of the whole checkpoints (those with a manifest), ascending."""
        steps = []
        if self.checkpoints_path.is_dir():
            for entry in self.checkpoints_path.iterdir():
                number = entry.name.removeprefix("step-")
                if entry.name.startswith("step-") and number.isdigit() and (entry / MANIFEST).is_file():
                    steps.append(int(number))
        return sorted(steps)

    def checkpoint_path(self, step: int | None = None) -> Path:
        """Return the folder of the checkpoint after ``step`` (None: the newest whole one).

        Raises ``StudioError`` "run-no-checkpoint" where there is none.
        """
        steps = self.checkpoints()
        if not steps or (step is not None and step not in steps):
            raise StudioError("run-no-checkpoint", run=self.name, steps=", ".join(map(str, steps[-12:])) or "none")
        return self.checkpoints_path / checkpoint_name(steps[-1] if step is None else step)

    def check_ours(self) -> None:
        """Raise ``StudioError`` "run-foreign" where it is written by something else, and is only watched."""
        if writer := self.foreign():
            raise StudioError("run-foreign", run=self.name, writer=writer)

    def foreign(self, status: RunStatus | None = None) -> str:
        """Return what writes it, where that is not this application ("" where it is): it has no spec."""
        status = status or self.status()
        return status.foreign or ("" if (self.path / "spec.toml").is_file() else UNKNOWN_WRITER)

    def ask(self, want: Literal["run", "pause", "stop"], *, save: bool = False, release: bool = False) -> int:
        """Write what is wanted of the run; returns the ``seq`` that it will acknowledge.

        A save that was asked for and not yet taken up is asked for again: the file holds one wish. Raises
        ``StudioError`` "run-foreign" where nobody would read it.
        """
        self.check_ours()
        before, known = self.control(), self.status().control_seq
        save = save or (before.save and before.seq > known)
        wanted_control = Control(seq=max(before.seq, known) + 1, want=want, save=save, release=release)
        write_atomic(self.path / "control.json", msgspec.json.encode(wanted_control))
        return wanted_control.seq

    def ask_to_save(self) -> int:
        """Ask for a checkpoint at the next step, or now where it is paused; returns as ``ask`` does."""
        status, before = self.status(), self.control()
        pending = before.want if before.seq > status.control_seq else None
        release = before.release and pending == "pause"
        return self.ask(pending or ("pause" if status.state == "paused" else "run"), save=True, release=release)


def _needs_no_process(status: RunStatus) -> bool:
    return (status.state == "queued" and status.place > 0) or (status.state == "paused" and status.pid is None)


def checkpoint_name(step: int) -> str:
    return f"step-{step:06d}"


def checkpoint_number(path: Path) -> int:
    """Return the step of a checkpoint's folder."""
    return int(path.name.removeprefix("step-"))


def process_lives(pid: int | None, started: float | None) -> bool:
    """Return whether that very process (not a later one of the same number) runs on this host; ``started`` as psutil
    reports it.
    """
    if not pid or not 0 < pid <= MOST_PID:
        return False
    import psutil  # here, for the window is shown before it asks, and 20 ms sooner

    try:
        process = psutil.Process(pid)
        same = started is None or abs(process.create_time() - started) < 1.5
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def own_process() -> tuple[int, float]:
    """Return this process's pid and when it started, as ``process_lives`` compares them."""
    return os.getpid(), process_started(os.getpid())


def process_started(pid: int) -> float:
    """Return when a process of this host started, in seconds since 1970; 0 where it is gone."""
    import psutil

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0


def is_run(path: Path) -> bool:
    """Return whether a folder is a run: one of ours has a spec, one that something else writes a status and records."""
    if (path / "spec.toml").is_file():
        return True
    return (path / "status.json").is_file() and (path / "metrics.jsonl").is_file()


def all_runs() -> list[RunFolder]:
    """Return every run of this home and the bundled ones, newest first (by when they started)."""
    folders = [RunFolder(p) for root in (paths.runs(), paths.starter_runs()) if root.is_dir() for p in root.iterdir()]
    found = [folder for folder in folders if is_run(folder.path)]
    return sorted(found, key=lambda run: run.status().started, reverse=True)


def place_behind_all() -> float:
    """Return the place in the queue of who comes now: the time, or later, so that a clock set back lets nobody go
    before those who wait already.
    """
    root = paths.home() / "runs"
    statuses = [RunFolder(path).status() for path in root.iterdir()] if root.is_dir() else []
    return max([time.time(), *(status.place + 0.001 for status in statuses if status.state == "queued")])


def find_run(name: str) -> RunFolder:
    """Return the run of that name, or at that path. Raises ``StudioError`` "run-unknown"."""
    given = Path(name)
    candidates = [given] if len(given.parts) > 1 else [paths.runs() / name, paths.starter_runs() / name]
    for path in candidates:
        if is_run(path):
            return RunFolder(path)
    raise StudioError("run-unknown", run=name)


def dump_status(status: RunStatus) -> bytes:
    """Return ``status.json`` as bytes, readable by people too; a not-a-number is written as null."""
    return json.dumps(msgspec.to_builtins(status), indent=1, allow_nan=False).encode() + b"\n"
