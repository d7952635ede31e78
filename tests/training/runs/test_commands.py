"""train, runs, show, stop and resume from a shell, as a script uses them: JSON, exit codes, one error line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.specs.spec import RunSpec, write_spec
from tests.processes import kill
from tests.training.conftest import ENDLESS, end_at, losses, wait_for

pytestmark = pytest.mark.timeout(400)
"""They start processes that import torch: on a machine that is busy with other work that takes its time."""


@pytest.fixture
def spec_file(spec: RunSpec, tmp_path: Path) -> Path:
    """The tiny spec as a file, with the path of its text relative to it."""
    near = msgspec.structs.replace(spec.data, train=("words.txt",))
    path = tmp_path / "tiny.toml"
    path.write_text(write_spec(msgspec.structs.replace(spec, data=near)), "utf-8")
    return path


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_train_streams_its_records_and_ends_with_the_run(spec_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["train", str(spec_file), "--name", "mine", "--json"]) == 0
    first, *records, last = lines_of(capfd.readouterr().out)
    assert first["event"] == "baselines"
    assert [record["step"] for record in records] == list(range(1, 13))
    assert "evaluation_loss" in records[-1]
    assert (last["name"], last["state"], last["step"], last["checkpoints"]) == ("mine", "finished", 12, [4, 8, 12])
    assert last["baselines"] == {"unigram": first["unigram"], "bigram": first["bigram"]}

    assert commands.main(["runs", "--json"]) == 0
    assert [run["name"] for run in lines_of_one(capfd) if not run["bundled"]] == ["mine"]
    assert commands.main(["show", "mine", "--json"]) == 0
    shown = lines_of_one(capfd)
    assert shown["spec"]["schedule"]["steps"] == 12
    assert shown["samples"][0]["prompt"] == "the cat"
    assert commands.main(["show", "mine"]) == 0
    assert "mine: finished, step 12 of 12" in capfd.readouterr().out
    assert commands.main(["resume", "mine"]) == 2
    assert "is finished" in capfd.readouterr().err


def lines_of_one(capfd: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capfd.readouterr().out)


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_a_detached_run_is_stopped_and_resumed_to_the_same_end(
    spec: RunSpec, spec_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    endless = msgspec.structs.replace(spec.schedule, **ENDLESS)
    spec_file.write_text(write_spec(msgspec.structs.replace(spec, schedule=endless)), "utf-8")
    assert commands.main(["train", str(spec_file), "--detach", "--json"]) == 0
    run = find_run(lines_of_one(capfd)["name"])
    wait_for(lambda: run.status().step > 3)
    assert commands.main(["stop", run.name, "--json"]) == 0
    stopped = lines_of_one(capfd)
    assert stopped["state"] == "stopped"
    assert stopped["checkpoints"][-1] == stopped["step"]
    end_at(run, stopped["step"] + 3)
    assert commands.main(["resume", run.name, "--json"]) == 0
    records = lines_of(capfd.readouterr().out)
    assert records[0] == {"event": "resume", "step": stopped["step"], "time": records[0]["time"]}
    assert records[-1]["state"] == "finished"
    assert [step for step, *_ in losses(run)] == list(range(1, stopped["step"] + 4))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_the_run_and_exits_with_3(spec: RunSpec, spec_file: Path) -> None:
    endless = msgspec.structs.replace(spec.schedule, **ENDLESS)
    spec_file.write_text(write_spec(msgspec.structs.replace(spec, schedule=endless)), "utf-8")
    command = [sys.executable, "-m", "bigmodel_studio", "train", str(spec_file), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=launch._environment()) as child:
        assert child.stdout is not None
        while json.loads(child.stdout.readline()).get("step") != 1:
            pass
        os.kill(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=90)
    assert child.returncode == 3
    assert json.loads(out.splitlines()[-1])["state"] == "stopped"
    assert b"Stopping" in err


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_run_that_is_killed_is_reported_and_ends_with_1(
    spec_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = launch.start_run

    def doomed(run: RunFolder, **how: Any) -> int:
        pid = start(run, **how)
        kill(pid)
        launch.exit_status(pid, wait_s=10)
        return pid

    monkeypatch.setattr(launch, "start_run", doomed)
    assert commands.main(["train", str(spec_file)]) == 1
    assert "ended unexpectedly" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("name = 3", "name is 3"),
        ("nonsense", "not valid TOML"),
        ('name = "x"\n[data]\ntrain = ["nothing-here.txt"]', "nothing-here.txt"),
        ('name = "x"\n[data]\ntrain = ["words.txt"]\n[schedule]\nstepz = 4', "schedule.stepz"),
        ('name = "x"\n[data]\ntrain = ["words.txt"]\n[schedule]\nsteps = 0', "schedule.steps is 0"),
        ('name = "x"\n[data]\ntrain = ["words.txt"]\n[model]\nbase = "no-such-model"', "no-such-model"),
    ],
)
def test_a_mistake_in_a_spec_is_one_line_and_2_and_makes_no_run(
    spec_file: Path, text: Path, home: Path, toml: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    spec_file.write_text(toml.replace("words.txt", str(text)), "utf-8")
    assert commands.main(["train", str(spec_file)]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert said in err
    assert list(home.rglob("spec.toml")) == []


def test_a_run_that_is_not_there_and_a_spec_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["show", "nobody"]) == 2
    assert commands.main(["train", "/nowhere/spec.toml"]) == 2
    err = capfd.readouterr().err
    assert "no run called nobody" in err
    assert "/nowhere/spec.toml can't be read" in err
