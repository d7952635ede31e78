"""The state that two processes share and write each in its part: any number of them reads it, and no stranger's is."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from safetensors.torch import load_file

from bigmodel_studio.core.runs import forks, launch, manifest
from bigmodel_studio.core.runs.inside_reader import BATCHES, read_records
from bigmodel_studio.core.runs.run_folder import MANIFEST, RunFolder
from bigmodel_studio.core.specs.spec import ModelSpec, write_spec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.inside.opening import open_training
from bigmodel_studio.training.loop import checkpoint
from bigmodel_studio.training.loop.run import BAD_INPUT, FAILED, FINISHED, run
from bigmodel_studio.training.loop.trainer_state import TRAINER_TENSORS
from bigmodel_studio.training.script.writing import STATE, write_script
from tests.fork_server import ForkServer, forked_runs
from tests.processes import kill
from tests.training.conftest import make_text, tiny_spec, wait_for, with_changes
from tests.training.distributed.test_processes import SHAPE, numbers, on, to_the_end

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.usefixtures("forked")]
ALONE, SHARED = "alone", "shared"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, run_server: ForkServer) -> Iterator[Path]:
    """A home with the same training on one process, and on two that share it (in two parts an update)."""
    home = tmp_path_factory.mktemp("home")
    text = home / "words.txt"
    text.write_text(make_text(30_000), "utf-8")
    spec = with_changes(tiny_spec(text), model=SHAPE)
    parts = {"batch": 2, "accumulate": 2, "evaluation_batches": 4, "keep_state": 2}
    with pytest.MonkeyPatch.context() as patch, forked_runs(run_server):
        patch.setenv("BIGMODEL_STUDIO_HOME", str(home))
        shared = launch.create_run(with_changes(spec, name=SHARED, launch=on(2, "fsdp"), schedule=parts))
        assert to_the_end(shared) == FINISHED
        # Made only now: a run that is made waits in the queue, and the end of another lets it in.
        alone = launch.create_run(with_changes(spec, name=ALONE, launch=on(1)))
        assert run(alone.path, resume=False) == FINISHED
        yield home


@pytest.fixture
def runs(made: Path, home: Path) -> tuple[RunFolder, RunFolder]:
    """Both runs in this test's home."""
    shutil.copytree(made, home, dirs_exist_ok=True)
    return RunFolder(home / "runs" / ALONE), RunFolder(home / "runs" / SHARED)


Runs = tuple[RunFolder, RunFolder]


def go_on(folder: RunFolder, step: int, **changes: Any) -> None:
    """Have the run go on from this step, with its spec changed."""
    for later in folder.checkpoints():
        if later > step:
            (folder.checkpoint_path(later) / MANIFEST).unlink()
    spec = folder.spec()
    assert spec is not None
    (folder.path / "spec.toml").write_text(write_spec(with_changes(spec, **changes)), "utf-8")


def same_losses(ours: RunFolder, theirs: RunFolder) -> bool:
    return numbers(ours, "loss") == pytest.approx(numbers(theirs, "loss"), abs=1e-5)


def test_two_that_share_a_model_learn_what_one_does(runs: Runs) -> None:
    alone, shared = runs
    for name in ("loss", "gradient_norm", "evaluation_loss"):
        assert numbers(shared, name) == pytest.approx(numbers(alone, name), abs=1e-5)
    ours, theirs = (read_records(each.path / BATCHES)[1] for each in (shared, alone))
    assert [record["step"] for record in ours] == list(range(1, 13))
    for own, other in zip(ours, theirs, strict=True):
        assert own["losses"] == pytest.approx(other["losses"], abs=1e-4)
    folder = shared.checkpoint_path(12)
    assert sorted(path.name for path in (folder / "trainer").iterdir()) == [".metadata", "__0_0.distcp", "__1_0.distcp"]
    assert not (folder / TRAINER_TENSORS).exists()
    state = checkpoint.load_trainer(folder)[1].whole()
    kept = load_file(alone.checkpoint_path(12) / TRAINER_TENSORS)
    assert state.keys() == kept.keys()
    for name, value in kept.items():
        assert state[name].shape == value.shape
        assert (state[name] - value).abs().max() < 1e-5, name


FROZEN = """
import os, signal
from bigmodel_studio.training.loop import trainer_state
write, saved = trainer_state.write, []
def frozen(*given, **how):
    saved.append(given)
    if os.environ.get("RANK") == "1" and len(saved) == 2:
        os.kill(os.getpid(), signal.SIGSTOP)
    write(*given, **how)
trainer_state.write = frozen
"""
"""The second process stands still in the middle of its second save, which cannot be finished without it."""


@pytest.mark.skipif(sys.platform != "linux", reason="a process that is forked is told where to stand still")
def test_two_go_on_from_what_one_saved_and_again_when_one_was_lost_while_saving(
    runs: Runs, run_server: ForkServer
) -> None:
    alone = runs[0]
    folder = RunFolder(alone.path.with_name("once more"))
    shutil.copytree(alone.path, folder.path)
    go_on(folder, 4, launch=on(2, "fsdp"), schedule={"checkpoint_every": 1})
    with forked_runs(run_server, FROZEN):
        pid = launch.start_run(folder, resume=True)
    wait_for(lambda: bool(standing_still(pid)) and half_made(folder), 100)
    before = folder.checkpoints()
    assert before == [4, 5]
    (caught,) = standing_still(pid)
    kill(caught)
    assert launch.exit_status(pid, wait_s=100) == FAILED
    assert "Rank 1" in folder.status().message
    assert folder.checkpoints() == before
    for step in before:
        manifest.verify(folder.checkpoint_path(step))
    assert to_the_end(folder, resume=True) == FINISHED
    assert not [path for path in folder.checkpoints_path.iterdir() if path.name.startswith(".")]
    assert same_losses(folder, alone)


def standing_still(pid: int) -> list[int]:
    """The stopped ones among a process's children."""
    return [child.pid for child in psutil.Process(pid).children() if child.status() == psutil.STATUS_STOPPED]


def half_made(folder: RunFolder) -> bool:
    return any(name.endswith(".tmp") for name in os.listdir(folder.checkpoints_path))


def test_one_goes_on_from_what_two_saved(runs: Runs, tmp_path: Path) -> None:
    """Resumed, forked, looked at, written out as a script, and used as a model."""
    alone, shared = runs
    fork = forks.fork(shared, 8, {"launch.processes": 1}, tmp_path)
    assert run(fork.path, resume=True) == FINISHED
    assert numbers(fork, "loss") == pytest.approx(numbers(alone, "loss")[8:], abs=1e-5)
    write_script(fork, tmp_path / "script")
    assert load_file(tmp_path / "script" / "start" / STATE).keys() == (
        load_file(alone.checkpoint_path(8) / TRAINER_TENSORS).keys()
    )
    assert len(open_training(shared, 8).optimizer.state) == len(open_training(alone, 8).optimizer.state)
    go_on(shared, 8, launch=on(1))
    assert run(shared.path, resume=True) == FINISHED
    assert same_losses(shared, alone)
    assert (shared.checkpoint_path(12) / TRAINER_TENSORS).exists()


def test_an_older_checkpoint_of_two_has_its_weights_only(runs: Runs) -> None:
    alone, shared = runs
    assert [manifest.has_state(shared.checkpoint_path(step)) for step in (4, 8, 12)] == [False, True, True]
    older = shared.checkpoint_path(4)
    assert not (older / "trainer").exists()
    manifest.verify(older)
    manifest.verify_model(older)
    go_on(shared, 4, launch=on(2, "fsdp"))
    assert to_the_end(shared, resume=True) == FINISHED
    assert "step 4 has weights only" in (shared.path / "log.txt").read_text()
    assert numbers(shared, "loss")[:5] == pytest.approx(numbers(alone, "loss")[:5], abs=1e-5)


class Canary:
    """A pickle that leaves a file where it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def put(folder: Path, name: str, contents: bytes) -> None:
    """Put other contents into a checkpoint, with a manifest that says so."""
    import hashlib

    (folder / name).write_bytes(contents)
    whole = json.loads((folder / MANIFEST).read_bytes())
    whole["files"][name] = {"bytes": len(contents), "sha256": hashlib.sha256(contents).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(whole))


def refused(shared: RunFolder) -> bool:
    """Whether it can be neither resumed nor forked nor looked at, and the reason is said with a way out."""
    go_on(shared, 12, launch=on(1), schedule={"steps": 16})
    assert run(shared.path, resume=True) == BAD_INPUT
    said = shared.status().message
    for attempt in (
        lambda: forks.fork(shared, 12, {"launch.processes": 1, "schedule.steps": 16}, shared.path),
        lambda: open_training(shared, 12),
    ):
        with pytest.raises(StudioError) as error:
            attempt()
        assert error.value.problem.code == "checkpoint-foreign"
    return "not written by this installation" in said and "start a new run with that folder as its base model" in said


def test_a_strangers_state_is_not_read_and_its_weights_are(runs: Runs, home: Path, tmp_path: Path) -> None:
    shared = runs[1]
    key = home / "installation.key"
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    known = key.read_bytes()
    key.unlink()
    assert refused(shared)
    key.write_bytes(known)
    at = shared.checkpoint_path(12)
    canary = tmp_path / "it ran"
    put(at, "trainer/.metadata", pickle.dumps(Canary(canary)))
    assert refused(shared)
    assert not canary.exists()
    spec = shared.spec()
    assert spec is not None
    way_out = with_changes(spec, name="way out", model=ModelSpec(base=str(at), context=32), schedule={"steps": 1})
    anew = launch.create_run(way_out)
    assert run(anew.path, resume=False) == FINISHED
    assert numbers(anew, "loss")[0] < numbers(shared, "loss")[0]


def test_a_changed_part_is_refused(runs: Runs) -> None:
    shared = runs[1]
    part = shared.checkpoint_path(12) / "trainer" / "__1_0.distcp"
    contents = bytearray(part.read_bytes())
    contents[len(contents) // 2] ^= 1
    part.write_bytes(contents)
    with pytest.raises(StudioError) as error:
        checkpoint.load_trainer(shared.checkpoint_path(12))
    assert error.value.problem.code == "checkpoint-damaged"
    folder, notes = checkpoint.newest_whole(shared)
    assert folder == shared.checkpoint_path(8)
    assert "__1_0.distcp" in notes[0]
    put(shared.checkpoint_path(12), "trainer/__1_0.distcp", bytes(contents))
    assert refused(shared)
