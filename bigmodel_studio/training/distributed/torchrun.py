"""A run on several processes: torchrun's agent, which ``core.runs.launch`` started, and the processes that it starts.

The agent's process is the run's in its folder; its workers end with it, however it ends. The first of them
writes the folder, the others write into folders that are thrown away. Under a torchrun of the user's own, on several
machines that share the run's folder, the same holds.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

from bigmodel_studio.core.runs.run_folder import LIVE, RunFolder, RunStatus, dump_status, process_started
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.system.process import die_with, exit_words
from bigmodel_studio.core.text.messages import hint, sentence
from bigmodel_studio.protocol import Problem
from bigmodel_studio.training.loop.run import FAILED, FINISHED, STOPPED, run
from bigmodel_studio.training.loop.telemetry import RunControl


def work(folder: Path, *, resume: bool, listen: Callable[[RunControl], None]) -> int:
    """Be one of the workers; the exit status for torchrun, to which a run that was stopped has not failed."""
    agent = os.getppid()
    die_with(agent)  # torchrun's workers outlive an agent that was killed
    if os.environ["RANK"] == "0":
        ended = run(folder, resume=resume, listen=listen, process=(agent, process_started(agent)))
        return 0 if ended in (FINISHED, STOPPED) else ended
    with tempfile.TemporaryDirectory(prefix="bigmodel-studio-rank-") as own, open(os.devnull, "w") as nowhere:
        shutil.copy(folder / "spec.toml", own)
        with contextlib.redirect_stdout(nowhere):  # it says what the first says
            ended = run(Path(own), resume=resume, listen=listen)
    return 0 if ended in (FINISHED, STOPPED) else ended


def lead(folder: Path, processes: int, *, resume: bool) -> int:
    """Be the agent of so many workers on this machine; the run's exit status.

    Where a worker is lost the others are ended, and the folder says which it was.
    """
    from torch.distributed.elastic.multiprocessing import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import main as torchrun

    arguments = ["--standalone", f"--nproc-per-node={processes}", "--max-restarts=0"]
    lost: Problem | None = None
    try:
        torchrun([*arguments, "-m", "bigmodel_studio.training", str(folder), *(["--resume"] if resume else [])])
    except ChildFailedError as error:
        lost = _lost({rank: failure.exitcode for rank, failure in error.failures.items()})
    except SignalException as error:
        lost = _lost({0: -error.sigval})
    status = RunFolder(folder).status()
    if lost is not None and not _has_own_reason(status, lost):
        words = f"{sentence(lost)} {hint(lost)}"
        status = msgspec.structs.replace(status, state="failed", exit_code=FAILED, message=words, problem=lost)
        write_atomic(folder / "status.json", dump_status(status))
        print(f"failed: {words}", flush=True)
    return FAILED if status.exit_code is None else status.exit_code


def _lost(exit_codes: dict[int, int]) -> Problem | None:
    """Return which process was lost before the others could not go on: one that was killed, else rather not the
    first.
    """
    killed = [rank for rank, code in exit_codes.items() if code < 0]
    for rank in (*killed, *sorted(exit_codes, reverse=True)):
        return Problem(code="rank-lost", arguments={"rank": rank, "how": exit_words(exit_codes[rank])})
    return None


def _has_own_reason(status: RunStatus, lost: Problem) -> bool:
    """Return whether the first process has said how the run ended; of a broken connection it knows the least."""
    broken = status.problem is not None and status.problem.code == "internal" and lost.arguments["rank"] != 0
    return status.state not in LIVE and not broken
