"""The tasks that measure: two real steps of what a plan is about, and how fast a device is, in a fresh process each.

The process is pinned in what would blur its memory: its threads, and an allocator that gives back at once what is
freed. What it does there is ``measuring``'s business; it may be killed for want of memory without harm to anybody.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from typing import TypeVar

import msgspec

from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.system.network import OFFLINE, child_environment
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import THREADS_VARIABLE, Session
from bigmodel_studio.protocol import Done, Event, Failed, Measured, MeasurePlan, MeasureSpeed, Progress, Speed

PINNED = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
"""Settings of glibc (``mallopt(3)``): one arena, and each block of 64 KiB or more on its own, returned when freed."""
_POLL_S = 0.25
_Answer = TypeVar("_Answer", Measured, Speed)


def measure_plan(request: MeasurePlan, session: Session) -> Iterator[Event]:
    """End with ``Done(Measured)``. Raises ``StudioError``: what the model cannot do, "measure-killed", "-failed"."""
    measured = yield from _in_a_process(request, session, Measured)
    yield Done(result=measured)


def measure_speed(request: MeasureSpeed, session: Session) -> Iterator[Event]:
    """End with ``Done(Speed)``, which is also kept in the home."""
    speed = yield from _in_a_process(request, session, Speed)
    device_speed.keep(speed)
    yield Done(result=speed)


def _in_a_process(
    request: MeasurePlan | MeasureSpeed, session: Session, answer: type[_Answer]
) -> Generator[Event, None, _Answer]:
    command = [sys.executable, "-m", "bigmodel_studio.engine.measuring.fresh_process", str(os.getpid())]
    threads = str(session.threads)
    environment = child_environment({**PINNED, **OFFLINE, THREADS_VARIABLE: threads, "OMP_NUM_THREADS": threads})
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=log, env=environment)
        try:
            assert child.stdin is not None
            child.stdin.write(msgspec.json.encode(request))
            child.stdin.close()
            while True:
                yield Progress(what="measuring")
                try:
                    code = child.wait(_POLL_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        output.seek(0)
        log.seek(0)
        return _understood(code, output.read(), log.read(), answer)


def _understood(code: int, output: bytes, log: bytes, answer: type[_Answer]) -> _Answer:
    if code < 0:
        raise StudioError("measure-killed", blame="work", how=f"signal {-code}")
    try:
        result = msgspec.json.decode(output, type=answer | Failed)
    except msgspec.DecodeError:
        last = (log.decode("utf-8", "replace").strip().splitlines() or [f"exit {code}"])[-1]
        raise StudioError("measure-failed", blame="work", detail=last[:200]) from None
    if isinstance(result, Failed):
        raise StudioError.of(result.problem)
    assert isinstance(result, answer)
    return result
