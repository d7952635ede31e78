"""The ledger's entries, read off what is there: run folders, processes that live, and engines by their command line.

Nothing is kept between two readings, so that no kill and no power cut can make the book wrong.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bigmodel_studio.core.memory.device_memory import CPU, Room, process_bytes
from bigmodel_studio.core.memory.ledger import Reservation
from bigmodel_studio.core.memory.need import Need, need_of
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.process import LOG_VARIABLE

ENGINE_MODULE = "bigmodel_studio.engine"


def needs_of(run: RunFolder, there: Sequence[Room]) -> tuple[Need, ...]:
    """Return what the run takes, by its spec, on the devices of this machine; nothing where it has no spec to be
    read.
    """
    spec = run.spec()
    return () if spec is None else need_of(spec, tuple(room.device for room in there if room.device != CPU))


def run_holdings(runs: Iterable[tuple[RunFolder, RunStatus]], there: Sequence[Room]) -> Iterator[Reservation]:
    """Yield what those of ``runs`` that have a process on this host hold, and will hold by their estimate."""
    host = socket.gethostname()
    for run, status in runs:
        if status.pid is None or status.host not in {"", host} or not run.at_work(status):
            continue
        paused = status.state == "paused"
        for number, need in enumerate(needs_of(run, there)):
            used = process_bytes(status.pid) if need.device == CPU else status.accelerator_bytes
            promised = 0 if paused else max(0, need.bytes - used)
            yield Reservation(run.name, "run", need.device, used, promised, computes=number == 0 and not paused)


def lane_holdings() -> Iterator[Reservation]:
    """Yield what the engines of this home's window hold of the machine's memory; they take what they need when
    asked.
    """
    import psutil

    for process in psutil.process_iter(["cmdline", "pid"]):
        if ENGINE_MODULE not in (process.info["cmdline"] or []):
            continue
        try:
            log = Path(process.environ().get(LOG_VARIABLE, ""))
        except (psutil.Error, OSError):  # gone, or another user's
            continue
        if log.parent == paths.home() / "logs":
            yield Reservation(log.stem.removeprefix("engine-"), "lane", CPU, process_bytes(process.info["pid"]))
