"""The three-line logger: what a foreign script writes is a run that the application watches, and only watches."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bigmodel_studio import logger
from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.runs.reader import summary
from bigmodel_studio.core.runs.run_folder import RunFolder, all_runs, find_run
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.logger import RunLogger

THREE_LINES = """
from bigmodel_studio.logger import RunLogger
log = RunLogger("mine", steps=3)
for step in range(1, 4):
    log(step, loss=1 / step, learning_rate=1e-3)
{end}
import sys
assert not {{"torch", "msgspec", "numpy", "PySide6"}} & set(sys.modules)
"""


def script(end: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", THREE_LINES.format(end=end)],
        env=launch._environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_a_script_of_three_lines_is_a_run_in_the_list() -> None:
    assert script().returncode == 0
    run = find_run("mine")
    assert [each.name for each in all_runs() if each.path.parent == paths.runs()] == ["mine"]
    assert [(record["step"], record["loss"]) for record in run.metrics()] == [(1, 1.0), (2, 0.5), (3, 1 / 3)]
    line = summary(run)
    assert (line.state, line.step, line.steps, line.foreign) == ("finished", 3, 3, "RunLogger")
    assert line.loss == pytest.approx(1 / 3)
    assert len(line.sparkline) == 3


def test_an_exception_fails_the_run_and_a_kill_leaves_it_interrupted() -> None:
    assert script("raise ValueError('no more')").returncode == 1
    assert (find_run("mine").state_now(), find_run("mine").status().message) == ("failed", "ValueError: no more")
    script("import os; os._exit(9)")
    assert find_run("mine-2").state_now() == "interrupted"


def test_while_it_lives_it_has_a_heartbeat_and_is_only_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger, "HEARTBEAT_S", 0.02)
    with RunLogger("a/b: c", steps=10) as log:
        log(1, loss=float("nan"), accuracy=0.5)
        run = RunFolder(log.path)
        assert (run.name, run.state_now(), run.at_work()) == ("a-b- c", "running", True)
        before = run.status().updated
        deadline = time.monotonic() + 20
        while run.status().updated == before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert run.status().updated > before
        assert run.metrics()[0]["loss"] is None
        assert run.status().last == {"loss": None, "accuracy": 0.5}
        refusals: list[Callable[[], object]] = [
            lambda: run.ask("stop"),
            lambda: run_queue.end(run),
            lambda: run_queue.submit(run),
        ]
        for refused in refusals:
            with pytest.raises(StudioError, match="written by RunLogger; this application only watches"):
                refused()
        assert commands.main(["resume", run.name]) == 2
        assert commands.main(["show", run.name, "--json"]) == 0
    assert run.state_now() == "finished"
    assert sorted(path.name for path in run.path.iterdir()) == ["metrics.jsonl", "status.json"]


def test_runs_lie_where_the_application_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert logger.runs_folder() == paths.home() / "runs"
    monkeypatch.delenv("BIGMODEL_STUDIO_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert logger.runs_folder() == paths.home() / "runs"


def test_a_folder_of_the_same_form_that_anything_else_wrote_is_watched_too() -> None:
    folder = paths.runs() / "theirs"
    folder.mkdir()
    (folder / "status.json").write_text('{"schema": 1, "state": "finished", "step": 1}')
    assert not [run for run in all_runs() if run.name == "theirs"], "as one of ours that is being made"
    (folder / "metrics.jsonl").write_text('{"step": 1, "loss": 2.0}\n')
    assert summary(find_run("theirs")).foreign == "another program"
    with pytest.raises(StudioError, match="written by another program"):
        find_run("theirs").ask("stop")


def test_many_losses_make_a_short_sparkline() -> None:
    with RunLogger("long") as log:
        for step in range(1, 1001):
            log(step, loss=float(step))
    points = find_run("long").status().sparkline
    assert 32 <= len(points) <= 64
    assert list(points) == sorted(points)
