"""The queue of runs: who waits, in which order, and who is let in next, by the ledger's verdict.

The queue is the run folders themselves: a run that waits has the state "queued" and a ``place`` in its status, and
nobody at work to write it, so whoever changes the queue does, under one lock of the whole home. What survives a kill:

- Of the window: the keeper (``core.runs.queue_keeper``) is a process of its own; it looks once a second for as long as
  a run waits, and ends then. It is one by a lock that the system lets go when it ends, however it ends.
- Of a run: the keeper sees that its process is gone, whatever the run could say of itself.
- Of the keeper: every run that ends in order, every window and every command that touches runs ``wake``s another.
- Of all at once (a power cut): who waits stands on disk, and the next window or command wakes a keeper.
- In the middle of a start: a run keeps its place until its process is there, and its own lock keeps a second one out.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bigmodel_studio.core.memory.device_memory import CPU, rooms
from bigmodel_studio.core.memory.ledger import Verdict, Waiting, decide_all, refusal
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.memory.reservations import needs_of, run_holdings
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.run_folder import LIVE, RunFolder, RunStatus, dump_status, place_behind_all
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system import locks, paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.system.settings import runs_at_once
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import Problem

KEEPER_MODULE = "bigmodel_studio.core.runs.queue_keeper"
LOCK_WAIT_S = 20.0
SAY_EVERY_S = 5.0
"""Why a run waits is written again at most this often while only its figures change."""
log = logging.getLogger(__name__)


class Book:
    """The statuses of all runs, of which only those that may have changed are read again. For one thread."""

    def __init__(self) -> None:
        self._read_before: dict[Path, tuple[tuple[int, int], RunStatus]] = {}

    def read(self) -> list[tuple[RunFolder, RunStatus]]:
        """Return the runs of this home that wait or may be at work, those that wait in their order."""
        read_before, found = {}, []
        root = paths.home() / "runs"
        for path in root.iterdir() if root.is_dir() else ():
            try:
                stat = (path / "status.json").stat()
            except OSError:
                continue
            stamp = (stat.st_mtime_ns, stat.st_ino)
            before = self._read_before.get(path)
            entry = before if before is not None and before[0] == stamp else (stamp, RunFolder(path).status())
            read_before[path] = entry
            if entry[1].state in LIVE and (path / "spec.toml").is_file():
                found.append((RunFolder(path), entry[1]))
        self._read_before = read_before
        return sorted(found, key=lambda each: (each[1].place, each[0].name))


def is_waiting(status: RunStatus) -> bool:
    """Return whether a run of that status stands in the queue."""
    return status.state == "queued" and status.place > 0


def waiting() -> list[RunFolder]:
    """Return the runs in the queue, in their order."""
    return [run for run, status in Book().read() if is_waiting(status)]


def check_room(spec: RunSpec) -> None:
    """Raise ``StudioError`` "memory-never" where this machine can never train that."""
    there = rooms()
    never = refusal(need_of(spec, tuple(room.device for room in there if room.device != CPU)), there)
    if never is not None:
        raise StudioError.of(never)


def submit(run: RunFolder, *, resume: bool = False) -> int | None:
    """Let a run in: the pid of its process where it was started, None where it waits in the queue (and a keeper runs).

    Raises ``StudioError`` "run-live", "run-unknown", "memory-never", "queue-busy"; ``OSError`` where it cannot write.
    """
    run.check_ours()
    if not (run.path / "spec.toml").is_file():
        raise StudioError("run-unknown", run=run.name)
    with locked():
        status = run.status()
        if not is_waiting(status):
            if run.at_work(status):
                if resume:
                    raise StudioError("run-live", run=run.name)
                return status.pid  # the keeper was there first
            status = msgspec.structs.replace(
                status,
                state="queued",
                place=place_behind_all(),
                resume=resume,
                pid=None,
                waits=None,
                problem=None,
                message="",
            )
            _write(run, status)
        turn(Book())
        _keep_if_needed(Book())
    status = run.status()
    if status.state == "failed" and status.waits is not None:
        raise StudioError.of(status.waits)
    return None if is_waiting(status) else status.pid


def start_now(run: RunFolder) -> int:
    """Start a run that waits at once, whatever the ledger says. Raises ``StudioError`` "run-not-waiting"."""
    with _changing(run) as status:
        return launch.start_run(run, resume=status.resume)


def remove(run: RunFolder) -> None:
    """Take a run out of the queue: it is stopped, and can be resumed. Raises ``StudioError`` "run-not-waiting"."""
    with _changing(run) as status:
        _write(run, msgspec.structs.replace(status, state="stopped", place=0.0, waits=None))


def end(run: RunFolder) -> None:
    """Stop a run wherever it stands: one at work is asked to, one that waits is taken out, one that is over stays."""
    run.check_ours()
    with locked():
        status = run.status()
        if is_waiting(status) or (status.state == "paused" and status.pid is None):
            _write(run, msgspec.structs.replace(status, state="stopped", place=0.0, waits=None))
        elif run.at_work(status):
            run.ask("stop", save=True)


def move_up(run: RunFolder) -> None:
    """Let a run go before the one before it (no change for the first). Raises ``StudioError`` "run-not-waiting"."""
    with _changing(run) as status:
        ahead = [other for other in waiting() if (other.status().place, other.name) < (status.place, run.name)]
        if not ahead:
            return
        passed = ahead[-1].status()
        before = ahead[-2].status().place if len(ahead) > 1 else 0.0
        # Between the two that stood before it: one write, so that no kill leaves two in one place.
        _write(run, msgspec.structs.replace(status, place=(before + passed.place) / 2))


def wake(book: Book | None = None) -> None:
    """See to it that a keeper runs where somebody waits; raises nothing. Who calls often brings a book of its own."""
    book = book or Book()
    try:
        if any(is_waiting(status) for _, status in book.read()):
            with locked():
                _keep_if_needed(book)
    except (OSError, StudioError):
        log.exception("the queue could not be woken")


# ---------------------------------------------------------------------------------------------- the keeper's part


def keeper_lock() -> Path:
    """Return the file whose lock says that a keeper runs; to be asked for under the queue's lock alone."""
    return paths.home() / "queue-keeper.lock"


@contextlib.contextmanager
def locked() -> Iterator[None]:
    """Take the queue's lock for the block. Raises ``StudioError`` "queue-busy"."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locks.lock(paths.home() / "queue.lock", LOCK_WAIT_S))
        except TimeoutError as error:
            raise StudioError("queue-busy", blame="work") from error
        yield


def turn(book: Book) -> bool:
    """Let in who can be, and say of the others why they wait; whether anybody waits still. Only under the lock."""
    found = book.read()
    there = rooms()
    queue = [(run, status) for run, status in found if is_waiting(status)]
    if not queue:
        return False
    holdings = list(run_holdings(found, there))
    asked = [Waiting(run.name, needs_of(run, there)) for run, _ in queue]
    left = False
    for (run, status), verdict in zip(queue, decide_all(asked, there, holdings, runs_at_once()), strict=True):
        left |= _carry_out(run, status, verdict)
    return left


def _carry_out(run: RunFolder, status: RunStatus, verdict: Verdict) -> bool:
    """Start the run, or say why not; whether it waits still."""
    try:
        if verdict.action == "admit":
            launch.start_run(run, resume=status.resume)
            return False
        if verdict.action == "refuse" and verdict.why is not None:
            _write(run, _failed(status, verdict.why))
            return False
        _say_why(run, status, verdict.why)
    except StudioError as error:  # it was started by somebody else, or its folder was taken away
        log.warning("%s was not started: %s", run.name, error)
    except OSError as error:
        log.warning("%s was not started: %s", run.name, error)
        problem = Problem(code="disk-write", arguments={"path": str(run.path), "detail": error.strerror or str(error)})
        with contextlib.suppress(OSError):
            _say_why(run, status, problem)
    return True


def _failed(status: RunStatus, why: Problem) -> RunStatus:
    return msgspec.structs.replace(
        status, state="failed", place=0.0, waits=why, problem=why, message=sentence(why), exit_code=2
    )


def _say_why(run: RunFolder, status: RunStatus, why: Problem | None) -> None:
    known = status.waits.code if status.waits is not None else None
    lately = 0 <= time.time() - status.updated < SAY_EVERY_S  # below 0 the clock was set back
    if status.waits == why or (why is not None and why.code == known and lately):
        return
    _write(run, msgspec.structs.replace(status, waits=why))


def _keep_if_needed(book: Book) -> None:
    """Start a keeper where somebody waits and none runs. Only under the lock."""
    if any(is_waiting(status) for _, status in book.read()) and not locks.is_locked(keeper_lock()):
        launch.start_detached([KEEPER_MODULE], subprocess.DEVNULL)


@contextlib.contextmanager
def _changing(run: RunFolder) -> Iterator[RunStatus]:
    with locked():
        status = run.status()
        if not is_waiting(status):
            raise StudioError("run-not-waiting", run=run.name)
        yield status


def _write(run: RunFolder, status: RunStatus) -> None:
    write_atomic(run.path / "status.json", dump_status(msgspec.structs.replace(status, updated=time.time())))
