"""``python -m bigmodel_studio.training RUN_FOLDER [--resume]``: what ``core.runs.launch`` starts. See
``training.loop.run``.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
from pathlib import Path

from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.system.process import lower_priority
from bigmodel_studio.training.distributed import torchrun
from bigmodel_studio.training.distributed.environment import is_worker
from bigmodel_studio.training.loop.run import run
from bigmodel_studio.training.loop.telemetry import RunControl


def main() -> int:
    faulthandler.enable()
    parser = argparse.ArgumentParser(prog="bigmodel_studio.training", description="Train what a run's folder asks for.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true", help="resume from the newest complete checkpoint")
    given = parser.parse_args()
    folder = given.folder.absolute()
    if is_worker():
        return torchrun.work(folder, resume=given.resume, listen=_stop_at_signals)
    lower_priority()
    spec = RunFolder(folder).spec()
    if spec is not None and spec.launch.processes > 1:
        status = torchrun.lead(folder, spec.launch.processes, resume=given.resume)
    else:
        status = run(folder, resume=given.resume, listen=_stop_at_signals, spec=spec)
    run_queue.wake()  # its turn is free now, and who lets the next one in may have been killed
    return status


def _stop_at_signals(control: RunControl) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(control, "stop", True))


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # All that counts is on disk: taking torch down piece by piece would only hold memory and the run's lock for longer.
    os._exit(status)
