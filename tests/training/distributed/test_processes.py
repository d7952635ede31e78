"""One run on two processes: the same losses as on one, stopped and resumed, and no process left whoever is killed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors.torch import load_file

from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.inside_reader import BATCHES, read_records
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.training.loop.run import FAILED, FINISHED, STOPPED, run
from tests.processes import kill
from tests.training.conftest import wait_for

MakeRun = Callable[..., RunFolder]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SHAPE = {"layers": 2, "heads": 2, "width": 32, "context": 32, "tokenizer": "train:300", "dropout": 0.0}
NEVER = {"steps": 10**6, "evaluate_every": 10**6, "checkpoint_every": 10**6}


def on(processes: int, strategy: str = "ddp") -> dict[str, Any]:
    return {"device": "cpu", "threads": 1, "processes": processes, "strategy": strategy}


def to_the_end(folder: RunFolder, *, resume: bool = False) -> int | None:
    return launch.exit_status(launch.start_run(folder, resume=resume), wait_s=200)


def numbers(folder: RunFolder, name: str) -> list[float]:
    return [record[name] for record in folder.metrics() if record.get(name) is not None]


def workers(folder: RunFolder) -> list[psutil.Process]:
    return [psutil.Process(rank.pid) for rank in folder.status().ranks]


def test_two_processes_learn_what_one_does(make_run: MakeRun) -> None:
    """Also where an update is computed in parts; of two that share the model ``test_trainer_state`` says it."""
    alone = make_run(name="alone", model=SHAPE, launch=on(1))
    assert run(alone.path, resume=False) == FINISHED
    parts = {"batch": 2, "accumulate": 2}
    folder = make_run(name="ddp", model=SHAPE, launch=on(2), schedule=parts)
    assert to_the_end(folder) == FINISHED
    for name in ("loss", "gradient_norm"):
        assert numbers(folder, name) == pytest.approx(numbers(alone, name), abs=1e-5)
    each, others = (read_records(run_folder.path / BATCHES)[1] for run_folder in (folder, alone))
    assert [record["step"] for record in each] == list(range(1, 13))
    for own, other in zip(each, others, strict=True):
        assert own["losses"] == pytest.approx(other["losses"], abs=1e-4), "the losses of examples, in the batch's order"
    assert folder.status().ranks[1].rank == 1
    ours, theirs = (load_file(each.checkpoint_path(12) / "trainer.safetensors") for each in (folder, alone))
    assert ours.keys() == theirs.keys()
    assert all(ours[name].shape == theirs[name].shape for name in ours)
    assert not (folder.path / ".start").exists()


@pytest.mark.usefixtures("forked")
def test_two_processes_prefer_what_one_does(make_run: MakeRun, causal_folders: dict[str, Path], tmp_path: Path) -> None:
    """The reference is computed by one of them, for both."""
    path = tmp_path / "pairs.jsonl"
    pairs = [{"prompt": f"say {n % 5}", "chosen": f"yes {n % 7}", "rejected": f"no {n % 3}"} for n in range(30)]
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs))
    model = tmp_path / "gpt"
    shutil.copytree(causal_folders["gpt2"], model)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(config | {k: 0.0 for k in config if k.endswith("pdrop")}))
    tables: dict[str, Any] = {
        "objective": "preference",
        "data": {"train": (str(path),), "evaluation": 0.2},
        "model": {"base": str(model), "context": 64},
    }
    alone = make_run(name="alone", launch=on(1), **tables)
    assert run(alone.path, resume=False) == FINISHED
    both = make_run(name="both", launch=on(2), **tables)
    assert to_the_end(both) == FINISHED, both.status().message
    for name in ("loss", "reward_margin", "reward_accuracy", "evaluation_loss"):
        assert numbers(both, name) == pytest.approx(numbers(alone, name), abs=1e-4), name
    assert numbers(alone, "reward_margin")[-1] > 0.3


@pytest.mark.usefixtures("forked")
def test_it_stops_at_one_step_and_goes_on_with_one_process(make_run: MakeRun) -> None:
    folder = make_run(name="stopped", model=SHAPE, launch=on(2, "fsdp"), schedule=NEVER)
    pid = launch.start_run(folder)
    wait_for(lambda: folder.status().step > 0 and bool(folder.status().ranks))
    assert folder.status().pid == pid
    folder.ask("pause")
    wait_for(lambda: folder.status().state == "paused")
    folder.ask("run")
    wait_for(lambda: folder.status().state == "running")
    folder.ask("stop")
    assert launch.exit_status(pid, wait_s=100) == STOPPED
    step = folder.status().step
    assert folder.status().state == "stopped"
    assert folder.checkpoints() == [step]
    spec = (folder.path / "spec.toml").read_text()
    spec = spec.replace("processes = 2", "processes = 1").replace("steps = 1000000", f"steps = {step + 2}")
    (folder.path / "spec.toml").write_text(spec)
    assert run(folder.path, resume=True) == FINISHED
    assert [record["step"] for record in folder.metrics()] == list(range(1, step + 3))


@pytest.mark.usefixtures("forked")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_lost_process_ends_the_others_and_is_named(make_run: MakeRun) -> None:
    folder = make_run(name="lost", model=SHAPE, launch=on(2), schedule=NEVER)
    pid = launch.start_run(folder)
    wait_for(lambda: bool(folder.status().ranks))
    others = workers(folder)
    kill(folder.status().ranks[1].pid)
    assert launch.exit_status(pid, wait_s=100) == FAILED
    status = folder.status()
    assert (status.state, folder.state_now()) == ("failed", "failed")
    assert "Rank 1" in status.message
    assert "SIGKILL" in status.message
    wait_for(lambda: not any(process.is_running() for process in others), 30)


@pytest.mark.usefixtures("forked")
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends them on Linux alone")
def test_no_worker_outlives_its_agent(make_run: MakeRun) -> None:
    folder = make_run(name="orphans", model=SHAPE, launch=on(2), schedule=NEVER)
    pid = launch.start_run(folder)
    wait_for(lambda: bool(folder.status().ranks))
    others = workers(folder)
    assert all(process.is_running() for process in others)
    kill(pid)
    launch.exit_status(pid, wait_s=30)
    wait_for(lambda: not any(process.is_running() for process in others), 30)
    assert folder.state_now() == "interrupted"


@pytest.mark.usefixtures("forked")
def test_what_cannot_be_prepared_is_said_once(make_run: MakeRun) -> None:
    folder = make_run(name="long", model={**SHAPE, "context": 100_000}, launch=on(2))
    assert to_the_end(folder) == 2
    assert folder.status().state == "failed"
    assert "context" in folder.status().message


def test_several_processes_need_more_memory_and_sharing_needs_less(make_run: MakeRun) -> None:
    one, ddp, fsdp = (
        need_of(folder.spec())[0] for folder in (make_run(), make_run(launch=on(2)), make_run(launch=on(2, "fsdp")))
    )
    weights = [part.bytes for need in (one, ddp, fsdp) for part in need.parts if part.name == "weights"]
    assert weights == [weights[0], 2 * weights[0], weights[0]]
    assert one.bytes < fsdp.bytes < ddp.bytes


def test_the_command_for_several_machines_is_torchruns(make_run: MakeRun) -> None:
    words = launch.torchrun_words(make_run(name="a tale").path, 4)
    assert words.startswith("torchrun --nnodes=2 --nproc-per-node=4 --rdzv-backend=c10d --rdzv-endpoint=HOST:29400")
    assert "--rdzv-id='a tale' -m bigmodel_studio.training '/" in words
