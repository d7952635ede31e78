"""What a run survives: kills at any moment, full disks, damaged files, losses that are no numbers, and being started
twice. After each of them the folder says what happened, and what was whole before is whole still.
"""

from __future__ import annotations

import functools
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest
import torch

from bigmodel_studio.core.memory import retry
from bigmodel_studio.core.runs import launch, manifest
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.loop import checkpoint
from bigmodel_studio.training.loop.run import FAILED, FINISHED, STOPPED, run
from bigmodel_studio.training.loop.telemetry import Records
from bigmodel_studio.training.objectives import Batch
from bigmodel_studio.training.objectives.causal_lm import CausalLM
from tests.fork_server import ForkServer
from tests.processes import kill
from tests.training.conftest import ENDLESS, end_at, losses, wait_for

KILL_MOMENTS = int(os.environ.get("KILL_MOMENTS", "1"))
"""How often a run is killed at a random moment; most of its time is spent saving."""
pytestmark = pytest.mark.timeout(340 + 60 * KILL_MOMENTS)
"""They start processes that import torch: on a machine that is busy with other work that takes its time."""
MakeRun = Callable[..., RunFolder]


@pytest.fixture
def whole(make_run: MakeRun) -> RunFolder:
    """The same training, undisturbed."""
    folder = make_run(name="whole")
    assert run(folder.path, resume=False) == FINISHED
    return folder


def poison(monkeypatch: pytest.MonkeyPatch, step: int, error: Exception | None = None) -> None:
    """Make the loss of update ``step`` not a number, or raise ``error`` there."""
    loss, calls = CausalLM.loss, [0]

    def poisoned(self: CausalLM, model: Any, batch: Batch) -> torch.Tensor:
        if not torch.is_grad_enabled():
            return loss(self, model, batch)
        calls[0] += 1
        if calls[0] == step and error is not None:
            raise error
        return loss(self, model, batch) * (float("nan") if calls[0] == step else 1.0)

    monkeypatch.setattr(CausalLM, "loss", poisoned)


def test_a_loss_that_is_no_number_ends_the_run_at_once_and_the_last_checkpoint_stays(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run()
    poison(monkeypatch, 6)
    assert run(folder.path, resume=False) == FAILED
    assert (folder.metrics()[-1]["step"], folder.metrics()[-1]["loss"]) == (6, None)
    assert folder.status().state == "failed"
    assert "step 6" in folder.status().message
    assert folder.checkpoints() == [4]
    manifest.verify(folder.checkpoint_path())


def test_weights_that_are_not_finite_are_never_saved(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run()
    append = Records.append

    def spoil(records: Records, record: dict[str, Any]) -> None:
        append(records, record)
        if record.get("step") == 8:
            next(iter(objective[0].model.parameters())).data[0] = float("inf")

    objective: list[CausalLM] = []
    build = CausalLM.__init__

    def kept(self: CausalLM, *given: Any) -> None:
        build(self, *given)
        objective.append(self)

    monkeypatch.setattr(CausalLM, "__init__", kept)
    monkeypatch.setattr(Records, "append", spoil)
    assert run(folder.path, resume=False) == FAILED
    assert folder.checkpoints() == [4]


def test_out_of_memory_fails_with_advice(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run()
    poison(monkeypatch, 2, torch.OutOfMemoryError("CUDA out of memory"))
    assert run(folder.path, resume=False) == FAILED
    assert "A batch of 2 with gradient accumulation of 2" in folder.status().message


WITH_LITTLE_MEMORY = """
import os, resource, sys
from pathlib import Path
import torch
from bigmodel_studio.training.loop import run
from bigmodel_studio.training.loop.training_loop import Loop
train = Loop.train
def limited(loop):
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * os.sysconf("SC_PAGESIZE") + 200_000_000
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
    train(loop)
Loop.train = limited
sys.exit(run.run(Path(sys.argv[1]), resume=False))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a limit on memory is set with setrlimit")
def test_memory_that_is_really_out_is_advice_and_the_smaller_run_fits(
    make_run: MakeRun, run_server: ForkServer
) -> None:
    def trained(folder: RunFolder) -> int:
        return run_server.start([sys.executable, "-c", WITH_LITTLE_MEMORY, str(folder.path)]).wait()

    folder = make_run(model={"context": 128}, schedule={"steps": 1, "batch": 512})
    assert trained(folder) == FAILED
    problem = folder.status().problem
    assert problem is not None
    assert problem.code == "training-memory"
    spec = folder.spec()
    while spec is not None and spec.schedule.batch > 16:
        spec = retry.smaller(spec)
    assert spec is not None
    assert spec.schedule.update == 512
    assert trained(launch.create_run(spec)) == FINISHED


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is set with setrlimit")
def test_a_full_disk_fails_with_a_sentence_and_keeps_what_was_saved(
    make_run: MakeRun, whole: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run()
    save = checkpoint.save

    def on_a_full_disk(given: RunFolder, *rest: Any) -> None:
        if sys.platform == "win32":
            raise NotImplementedError
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        if given.checkpoints():
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
        try:
            save(given, *rest)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with monkeypatch.context() as patched:
        patched.setattr(checkpoint, "save", on_a_full_disk)
        assert run(folder.path, resume=False) == FAILED
    assert "couldn't be written" in folder.status().message
    assert [path.name for path in folder.checkpoints_path.iterdir()] == ["step-000004"]
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole)


def test_a_folder_that_cannot_be_written_fails_with_a_sentence(make_run: MakeRun) -> None:
    folder = make_run()
    folder.checkpoints_path.write_text("a file where the folder should be")
    assert run(folder.path, resume=False) == FAILED
    assert str(folder.checkpoints_path) in folder.status().message


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before_and_it_is_said(
    make_run: MakeRun, whole: RunFolder
) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    for step in (8, 12):
        weights = folder.checkpoint_path(step) / "model.safetensors"
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(data)
    assert run(folder.path, resume=True) == FINISHED
    log = (folder.path / "metrics.jsonl").read_text()
    assert '"event":"resume","step":4' in log
    assert losses(folder) == losses(whole)
    manifest.verify(folder.checkpoint_path(8))
    manifest.verify(folder.checkpoint_path(12))


def test_a_torn_last_line_spoils_only_itself(make_run: MakeRun, whole: RunFolder) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    with open(folder.path / "metrics.jsonl", "a") as stream:
        stream.write('{"step": 13, "lo')
    checkpoint_12 = folder.checkpoint_path(12) / "MANIFEST.json"
    checkpoint_12.unlink()
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole)


def _has_begun(folder: RunFolder) -> bool:
    return len(folder.metrics()) > 0


KILLED_WHILE_SAVING = """
import os, signal, sys
from pathlib import Path
from bigmodel_studio.core.runs import manifest
from bigmodel_studio.training.loop.run import run
seal = manifest.seal
def killed(folder):
    if "step-000008" in folder.name:
        os.kill(os.getpid(), signal.SIGKILL)
    seal(folder)
manifest.seal = killed
run(Path(sys.argv[1]), resume=False)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_in_the_middle_of_a_save_the_rest_is_the_same(
    make_run: MakeRun, whole: RunFolder, run_server: ForkServer
) -> None:
    folder = make_run()
    assert run_server.start([sys.executable, "-c", KILLED_WHILE_SAVING, str(folder.path)]).wait() == -9
    assert folder.checkpoints() == [4]
    assert folder.state_now() == "interrupted"
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole)
    assert not [path for path in folder.checkpoints_path.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_random_moments_and_resumed_the_rest_is_the_same(make_run: MakeRun) -> None:
    schedule = {**ENDLESS, "evaluate_every": 40, "warmup": 3, "decay": "constant"}
    for number in range(KILL_MOMENTS):
        folder = make_run(name=f"killed-{number}", schedule={**schedule, "checkpoint_every": 2})
        launch.start_run(folder)
        moment = random.Random().uniform(0.0, 1.0)
        wait_for(functools.partial(_has_begun, folder))
        time.sleep(moment)
        pid = folder.status().pid
        assert pid is not None
        kill(pid)
        launch.exit_status(pid, wait_s=10)
        assert folder.state_now() == "interrupted"
        steps = len(folder.metrics()) + 4
        end_at(folder, steps)
        assert run(folder.path, resume=True) == FINISHED, f"killed {moment} s after the first record"
        undisturbed = make_run(name=f"undisturbed-{number}", schedule={**schedule, "steps": steps})
        assert run(undisturbed.path, resume=False) == FINISHED
        assert losses(folder) == losses(undisturbed)


@pytest.mark.slow
def test_a_run_is_a_process_of_its_own_that_pauses_saves_stops_and_refuses_a_second_start(make_run: MakeRun) -> None:
    folder = make_run(schedule=ENDLESS)
    pid = launch.start_run(folder)
    wait_for(lambda: folder.status().step > 0)
    assert folder.status().pid == pid
    if sys.platform != "win32":
        assert psutil.Process(pid).terminal() is None
    with pytest.raises(StudioError, match="already running"):
        launch.start_run(folder, resume=True)
    folder.ask("pause", save=True)
    wait_for(lambda: folder.status().state == "paused" and bool(folder.checkpoints()))
    step, beat = len(folder.metrics()), folder.status().updated
    wait_for(lambda: folder.status().updated - beat > 1.5)
    assert len(folder.metrics()) == step
    folder.ask("run")
    wait_for(lambda: len(folder.metrics()) > step)
    seq = folder.ask("stop")
    assert launch.exit_status(pid, wait_s=60) == 3
    status = folder.status()
    assert (status.state, status.control_seq) == ("stopped", seq)
    assert folder.checkpoints()[-1] == status.step == folder.metrics()[-1]["step"]


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_sigterm_is_a_stop(make_run: MakeRun) -> None:
    folder = make_run(schedule=ENDLESS)
    pid = launch.start_run(folder)
    wait_for(lambda: folder.status().step > 0)
    os.kill(pid, signal.SIGTERM)
    assert launch.exit_status(pid, wait_s=60) == 3
    assert folder.checkpoints()[-1] == folder.status().step


def test_a_stop_does_not_wait_for_the_end_of_an_evaluation(
    make_run: MakeRun, whole: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, loss = make_run(), CausalLM.loss
    evaluated: list[int] = []

    def asks_for_a_stop(self: CausalLM, model: Any, batch: Batch) -> torch.Tensor:
        if not torch.is_grad_enabled():
            if not evaluated:
                folder.ask("stop")
            evaluated.append(len(batch))
        return loss(self, model, batch)

    with monkeypatch.context() as patched:
        patched.setattr(CausalLM, "evaluation_batches", lambda self: iter([self.batch(1)] * 50))
        patched.setattr(CausalLM, "loss", asks_for_a_stop)
        assert run(folder.path, resume=False) == STOPPED
    assert len(evaluated) == 1, "the rest of the evaluation was waited for"
    assert folder.checkpoints() == [folder.status().step] == [folder.metrics()[-1]["step"]]
    assert "evaluation_loss" not in folder.metrics()[-1]
    assert run(folder.path, resume=True) == FINISHED
    wanted = [record if record[0] != 4 else (*record[:2], None) for record in losses(whole)]
    assert losses(folder) == wanted, "all is the same but the evaluation that was left"
