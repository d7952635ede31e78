"""The ledger's entries are read off processes and run folders that are there."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.core.memory import reservations
from bigmodel_studio.core.memory.device_memory import CPU, Room, process_bytes, rooms
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, own_process
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec, write_spec
from bigmodel_studio.core.system.process import LOG_VARIABLE

ROOMS = (Room(CPU, 10**10, 10**10),)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    (tmp_path / "spec.toml").write_text(write_spec(RunSpec(name="a", data=DataSpec(train=("/x",)))))
    return RunFolder(tmp_path)


def at_work(**changes: Any) -> RunStatus:
    pid, started = own_process()
    given: dict[str, Any] = {"state": "running", "pid": pid, "process_started": started, "host": socket.gethostname()}
    return RunStatus(**{**given, **changes})


def test_what_a_run_holds_is_measured_and_the_rest_of_its_need_is_promised(run: RunFolder) -> None:
    spec = run.spec()
    assert spec is not None
    (one,) = reservations.run_holdings([(run, at_work())], ROOMS)
    assert one.computes
    assert one.used_bytes == pytest.approx(process_bytes(os.getpid()), rel=0.2)
    assert one.promised_bytes == max(0, need_of(spec)[0].bytes - one.used_bytes)
    (paused,) = reservations.run_holdings([(run, at_work(state="paused"))], ROOMS)
    assert (paused.computes, paused.promised_bytes) == (False, 0)
    assert paused.used_bytes > 0


def test_who_waits_has_ended_or_is_elsewhere_holds_nothing_here(run: RunFolder) -> None:
    others = [
        at_work(state="queued", place=1.0, pid=None), at_work(state="paused", pid=None), at_work(state="stopped"),
        at_work(process_started=1.0), at_work(host="another-host"),
    ]  # fmt: skip
    assert list(reservations.run_holdings([(run, status) for status in others], ROOMS)) == []


def test_the_engines_of_this_home_are_lanes(home: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input()", reservations.ENGINE_MODULE]
    children = []
    for folder in (home, tmp_path):
        environment = {**os.environ, LOG_VARIABLE: str(folder / "logs" / "engine-interactive.log")}
        children.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=environment))
    try:
        (lane,) = reservations.lane_holdings()
        assert (lane.who, lane.kind, lane.device, lane.computes) == ("interactive", "lane", CPU, False)
        assert lane.used_bytes > 0
    finally:
        for child in children:
            child.communicate(b"\n")


def test_the_machine_has_the_memory_that_the_system_says() -> None:
    import psutil

    first = rooms()[0]
    assert (first.device, first.total_bytes) == (CPU, psutil.virtual_memory().total)
    assert 0 < first.free_bytes <= first.total_bytes
