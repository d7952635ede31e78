"""pause, save, queue and what train, resume, stop and runs say of the queue, as a script uses them."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.specs.spec import RunSpec, write_spec
from tests.training.conftest import ENDLESS, wait_for

pytestmark = [pytest.mark.timeout(1200), pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")]
Said = Callable[..., Any]


@pytest.fixture
def spec_file(spec: RunSpec, tmp_path: Path) -> Path:
    """An endless run, as a file."""
    path = tmp_path / "tiny.toml"
    endless = msgspec.structs.replace(spec.schedule, **ENDLESS)
    path.write_text(write_spec(msgspec.structs.replace(spec, schedule=endless)), "utf-8")
    return path


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Said:
    """What a command that ends well prints as JSON."""

    def asked(*arguments: str) -> Any:
        assert commands.main([*arguments, "--json"]) == 0
        return json.loads(capfd.readouterr().out)

    return asked


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_runs_wait_are_paused_saved_given_back_and_go_on(
    spec_file: Path, said: Said, capfd: pytest.CaptureFixture[str]
) -> None:
    train = ("train", str(spec_file), "--detach", "--name")
    assert said(*train, "first")["pid"] is not None
    waits = said(*train, "second")
    assert (waits["state"], waits["waits"]["code"]) == ("queued", "waits-for-runs")
    said(*train, "third")
    assert commands.main(["runs"]) == 0
    out = capfd.readouterr().out
    assert "1. second: Starts when first ends (limit: 1 at a time)." in out
    assert "2. third: Queued behind second." in out
    book = said("queue", "third", "--up")
    assert [each["run"] for each in book["waiting"]] == ["third", "second"]
    assert [(each["who"], each["kind"], each["computes"]) for each in book["holdings"]] == [("first", "run", True)]
    assert {part["name"]: part["source"] for part in book["waiting"][0]["needs"][0]["parts"]}["weights"] == "counted"

    first, second, third = map(find_run, ("first", "second", "third"))
    assert said("save", "first")["checkpoints"] == [first.checkpoints()[-1]]
    assert commands.main(["pause", "second"]) == 2
    assert "isn't running (queued)" in capfd.readouterr().err
    assert said("stop", "second")["state"] == "stopped"
    given_back = said("pause", "first", "--release")
    assert (given_back["state"], given_back["pid"]) == ("paused", None)
    assert given_back["checkpoints"][-1] == given_back["step"] == len(first.metrics())

    wait_for(lambda: third.status().step > 0, 400)
    paused = said("pause", "third")
    lines = len(third.metrics())
    assert (paused["state"], paused["pid"], paused["step"]) == ("paused", third.status().pid, lines)
    assert said("save", "third")["checkpoints"] == [lines]
    said("resume", "third", "--detach")
    wait_for(lambda: len(third.metrics()) > lines)

    assert said("resume", "first", "--detach")["state"] == "queued"
    assert run_queue.waiting()[0].status().resume
    assert said("stop", "third")["state"] == "stopped"
    wait_for(lambda: first.status().step > given_back["step"], 400)
    assert json.loads((first.path / "metrics.jsonl").read_text().splitlines()[len(first.metrics())])
    assert said("stop", "first")["state"] == "stopped"
    assert [run.state_now() for run in (first, second, third)] == ["stopped"] * 3


def test_what_can_never_fit_is_2_and_makes_no_run(
    spec_file: Path, home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = spec_file.read_text().replace("width = 32", "width = 65536").replace("layers = 2", "layers = 1000")
    spec_file.write_text(text)
    assert commands.main(["train", str(spec_file)]) == 2
    assert "error: Training needs at least" in capfd.readouterr().err
    assert list(home.rglob("spec.toml")) == []


def test_train_says_why_it_waits_and_a_run_that_is_taken_out_ends_it_with_3(
    spec_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_queue, "rooms", lambda: (run_queue_room(),))
    monkeypatch.setattr(run_queue, "_keep_if_needed", lambda book: None)
    sleep, looks = time.sleep, [0]

    def seen(seconds: float) -> None:
        looks[0] += 1
        if looks[0] == 3:
            run_queue.remove(RunFolder(find_run("tiny").path))
        sleep(seconds)

    monkeypatch.setattr("bigmodel_studio.cli.runs.time.sleep", seen)
    assert commands.main(["train", str(spec_file)]) == 3
    out, err = capfd.readouterr()
    assert "tiny: Waiting for memory on cpu:" in err
    assert "tiny: stopped" in out


def run_queue_room() -> Any:
    from bigmodel_studio.core.memory.device_memory import Room

    return Room("cpu", 10**10, 1)
