"""Lanes whose engine is scripted (see ``scripted_engine``), and what their jobs said."""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from pytestqt.exceptions import TimeoutError
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.job import Job
from bigmodel_studio.client.lane import Lane, LaneSpec
from bigmodel_studio.protocol import End, Event, Generate, ModelRef

MODEL = ModelRef(source="local", id="/nowhere")
SCRIPTED = Path(__file__).with_name("scripted_engine.py")
PATIENCE_MS = 30_000

MakeLane = Callable[..., Lane]


def script(*words: object) -> Generate:
    """The request that makes a scripted engine do that."""
    return Generate(model=MODEL, prompt=" ".join(map(str, words)))


def scripted_spec(mode: str = "serve", **changes: Any) -> LaneSpec:
    return replace(LaneSpec("scripted", command=(sys.executable, str(SCRIPTED), mode)), **changes)


class Heard:
    """What a job said, in order."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.events: list[Event] = []
        self.ends: list[End] = []
        job.happened.connect(self.events.append)
        job.ended.connect(self.ends.append)


def until_end(qtbot: QtBot, job: Job, timeout_ms: int = PATIENCE_MS) -> End:
    """Run the event loop until the job has ended; where it does not, say what its lane and its engine were doing."""
    try:
        qtbot.waitUntil(lambda: job.end is not None, timeout=timeout_ms)
    except TimeoutError as error:
        raise AssertionError(_standing(job)) from error
    assert job.end is not None
    return job.end


def _standing(job: Job) -> str:
    """Describe where a job that does not end stands: the lane's state, and each thread of its engine, from the log."""
    lane = getattr(job._cancel, "__self__", None)
    if not isinstance(lane, Lane):
        return "the job has no lane"
    jobs = [each.number for each in lane.jobs]
    words = f"the lane is {lane.state}, engine {lane.pid}, problem {lane.problem}, jobs {jobs}"
    if lane.pid is not None:
        process = psutil.Process(lane.pid)
        words += f", {process.status()}, {process.cpu_times()}, started {time.time() - process.create_time():.1f} s ago"
        process.send_signal(signal.SIGABRT)  # an engine's fault handler writes what every thread was at
        psutil.wait_procs([process], timeout=5)
    log = lane.log_path.read_text("utf-8", "replace") if lane.log_path.exists() else "(no log)"
    return f"{words}\n{log[-4000:]}"


def until_speaks(qtbot: QtBot, job: Job) -> Heard:
    """Run the event loop until the job said something: it is running now."""
    heard = Heard(job)
    qtbot.waitUntil(lambda: bool(heard.events), timeout=PATIENCE_MS)
    return heard
