"""Lanes whose engine is scripted (see ``scripted_engine``), and what their jobs said."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    """Run the event loop until the job has ended."""
    qtbot.waitUntil(lambda: job.end is not None, timeout=timeout_ms)
    assert job.end is not None
    return job.end


def until_speaks(qtbot: QtBot, job: Job) -> Heard:
    """Run the event loop until the job said something: it is running now."""
    heard = Heard(job)
    qtbot.waitUntil(lambda: bool(heard.events), timeout=PATIENCE_MS)
    return heard
