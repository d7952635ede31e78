"""A run's folder is read the same way whether it is whole, torn, live, gone or resumed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import psutil
import pytest

from bigmodel_studio.core.runs import run_folder
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus
from bigmodel_studio.core.text.messages import StudioError


def _run(tmp_path: Path, status: RunStatus | None = None) -> RunFolder:
    (tmp_path / "spec.toml").write_text('name = "a"\n[data]\ntrain = ["x"]\n')
    if status is not None:
        (tmp_path / "status.json").write_bytes(run_folder.dump_status(status))
    return RunFolder(tmp_path)


def _lines(path: Path, *records: dict[str, object], torn: str = "") -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records) + torn)


def test_records_past_a_resume_are_void_and_a_torn_line_is_ignored(tmp_path: Path) -> None:
    run = _run(tmp_path)
    _lines(
        tmp_path / "metrics.jsonl",
        {"step": 1, "loss": 3.0},
        {"step": 2, "loss": 2.0},
        {"step": 3, "loss": 1.0},
        {"event": "resume", "step": 1},
        {"step": 2, "loss": 2.5},
        torn='{"step": 3, "lo',
    )
    assert [(record["step"], record["loss"]) for record in run.metrics()] == [(1, 3.0), (2, 2.5)]


def test_a_null_loss_stays_a_gap(tmp_path: Path) -> None:
    run = _run(tmp_path)
    _lines(tmp_path / "metrics.jsonl", {"step": 1, "loss": None})
    assert run.metrics()[0]["loss"] is None


def test_interrupted_is_derived_when_the_process_is_gone(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        started = psutil.Process(child.pid).create_time()
        status = RunStatus(state="running", pid=child.pid, process_started=started, host=socket.gethostname())
        run = _run(tmp_path, status)
        assert run.state_now() == "running"
    finally:
        child.communicate(b"\n")
    assert run.state_now() == "interrupted"
    assert run.status().state == "running"


def test_a_run_that_ends_between_two_looks_was_not_interrupted(tmp_path: Path) -> None:
    run = _run(tmp_path, RunStatus(state="finished", host=socket.gethostname()))
    seen_before = RunStatus(state="running", pid=2**22 - 1, process_started=1.0, host=socket.gethostname())
    assert run.state_now(seen_before) == "finished"


def test_a_process_with_the_number_of_the_old_one_is_not_it() -> None:
    own = psutil.Process().create_time()
    assert run_folder.process_lives(os.getpid(), own)
    assert not run_folder.process_lives(os.getpid(), own - 3600)


def test_a_run_on_another_host_is_believed(tmp_path: Path) -> None:
    status = RunStatus(state="running", pid=1, process_started=0.0, host="another-host")
    assert _run(tmp_path, status).state_now() == "running"


def test_only_whole_checkpoints_count(tmp_path: Path) -> None:
    run = _run(tmp_path)
    for step, whole in ((10, True), (20, True), (30, False)):
        folder = run.checkpoints_path / run_folder.checkpoint_name(step)
        folder.mkdir(parents=True)
        if whole:
            (folder / run_folder.MANIFEST).write_text("{}")
    assert run.checkpoints() == [10, 20]
    assert run.checkpoint_path().name == "step-000020"
    assert run.checkpoint_path(10).name == "step-000010"
    with pytest.raises(StudioError, match="10, 20"):
        run.checkpoint_path(30)


def test_each_wish_has_a_higher_number_than_what_was_acknowledged(tmp_path: Path) -> None:
    run = _run(tmp_path, RunStatus(control_seq=7))
    assert run.ask("pause") == 8
    assert run.ask("stop", save=True) == 9
    written = msgspec.json.decode((tmp_path / "control.json").read_bytes(), type=run_folder.Control)
    assert (written.seq, written.want, written.save) == (9, "stop", True)


def test_a_damaged_status_reads_as_an_empty_one(tmp_path: Path) -> None:
    run = _run(tmp_path)
    (tmp_path / "status.json").write_text('{"state": "runn')
    assert run.status() == RunStatus()


def test_a_run_is_found_by_name_and_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", str(tmp_path))
    folder = tmp_path / "runs" / "mine"
    folder.mkdir(parents=True)
    _run(folder)
    assert run_folder.find_run("mine").path == folder
    assert run_folder.find_run(str(folder)).path == folder
    with pytest.raises(StudioError, match="nobody"):
        run_folder.find_run("nobody")
