"""Training on an accelerator: the same losses as on the CPU, a stop that changes nothing, what is said when its memory
runs out. Skipped, with the reason, where torch finds none.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs import forks
from bigmodel_studio.core.runs.inside_reader import HISTOGRAMS, LAYERS, read_records, recorded_losses
from bigmodel_studio.core.runs.launch import create_run, start_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec, make_spec
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, Generate, Generated, LookAtStep, Sampling, StepExamples, StepTaken, TakeStep
from bigmodel_studio.training.loop.run import FAILED, FINISHED, STOPPED, run
from tests.training.conftest import losses, wait_for
from tests.training.loop.test_run import stop_after
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec
from tests.training.objectives.test_text_heads import Make, make
from tests.training.script.test_script import assert_the_runs_own, run_scripts

__all__ = ["make"]
MakeRun = Callable[..., RunFolder]
FOUND = torch.accelerator.current_accelerator(check_available=True)
NAME = FOUND.type if FOUND is not None else "cpu"
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(FOUND is None, reason="torch finds no accelerator here")]
BITS_APART = 2e-3
"""Between the losses of two devices that both compute in float32, after a dozen updates."""


def on(spec: RunSpec, device: str, dtype: str = "float32") -> RunSpec:
    """The spec to be computed on a device, with nothing drawn while it computes."""
    launch = msgspec.structs.replace(spec.launch, device=device, dtype=dtype)
    model = msgspec.structs.replace(spec.model, dropout=0.0)
    return msgspec.structs.replace(spec, launch=launch, model=model)


def trained(spec: RunSpec) -> RunFolder:
    folder = create_run(spec)
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    return folder


def went_on(folder: RunFolder) -> RunFolder:
    assert run(folder.path, resume=True) == FINISHED, folder.status().message
    return folder


def curve(folder: RunFolder) -> list[float]:
    return [record["loss"] for record in folder.metrics()]


def assert_the_same_anywhere(spec: RunSpec) -> RunFolder:
    """Trains on the CPU and on the accelerator, in float32 and in what "auto" takes there; gives the second run."""
    there, here = trained(on(spec, "auto")), trained(on(spec, "cpu"))
    assert there.status().device == devices.name_of(devices.choose("auto")) != "cpu"
    assert curve(there) == pytest.approx(curve(here), abs=BITS_APART)
    assert curve(trained(on(spec, "auto", "auto"))) == pytest.approx(curve(here), abs=0.1)
    return there


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"launch": {"checkpointing": True}, "schedule": {"batch": 2, "accumulate": 2}},
        {"method": {"kind": "full"}, "optimizer": {"name": "sgd", "learning_rate": 1e-2}},
    ],
)
def test_a_text_is_learnt_as_on_the_cpu(spec: RunSpec, changes: dict[str, Any]) -> None:
    parts = {name: msgspec.structs.replace(getattr(spec, name), **value) for name, value in changes.items()}
    there = assert_the_same_anywhere(msgspec.structs.replace(spec, **parts))
    assert read_records(there.path / LAYERS)[1]
    assert read_records(there.path / HISTOGRAMS)[1]
    assert len(recorded_losses(there.path, 12)) == 4
    request = Generate(model=parse_model(there.name), prompt="the cat", sampling=Sampling(greedy=True))
    end = list(run_task(request, Session(threads=1)))[-1]
    assert isinstance(end, Done)
    assert isinstance(end.result, Generated)


def test_masked_words_and_next_sentences_are_learnt_as_on_the_cpu(spec: RunSpec, text: Path) -> None:
    model = msgspec.structs.replace(spec.model, architecture="bert")
    assert_the_same_anywhere(msgspec.structs.replace(spec, objective="masked-lm", model=model))


@pytest.mark.parametrize("objective", ["classify-text", "tag"])
@pytest.mark.parametrize("kind", ["full", "frozen", "lora"])
def test_heads_are_learnt_as_on_the_cpu(make: Make, objective: str, kind: str) -> None:
    method = make_spec({"name": "a", "data": {"train": []}, "method": {"kind": kind}}).method
    spec = make(objective, method)
    # What BERT drops is in its own config, and drawn otherwise on each device.
    there, here = trained(on(spec, "auto")), trained(on(spec, "cpu"))
    assert curve(there) == pytest.approx(curve(here), abs=0.3)
    assert set(there.status().last) == set(here.status().last)


@pytest.mark.parametrize("model", [{}, {"architecture": "cifar-resnet", "layers": 8, "widths": [4, 8, 16]}])
def test_pictures_are_learnt_as_on_the_cpu(tmp_path: Path, model: dict[str, Any]) -> None:
    spec = tiny_spec(make_pictures(tmp_path / "pictures"), model=model, data={"mixup": 0.2})
    there, here = trained(on(spec, "auto")), trained(on(spec, "cpu"))
    assert curve(there)[:4] == pytest.approx(curve(here)[:4], abs=0.02)
    assert there.status().last["accuracy"] is not None


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_stopped_and_resumed_the_rest_is_the_same(spec: RunSpec, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if dtype not in devices.dtypes(devices.choose("auto")):
        pytest.skip(f"{NAME} has no {dtype}")
    through = trained(on(spec, "auto", dtype))
    folder = create_run(on(spec, "auto", dtype))
    with monkeypatch.context() as patched:
        stop_after(patched, folder, 6)
        assert run(folder.path, resume=False) == STOPPED
    assert run(folder.path, resume=True) == FINISHED
    for (step, loss, evaluation), (_, expected, evaluated) in zip(losses(folder), losses(through), strict=True):
        assert loss == pytest.approx(expected, abs=1e-4), step
        assert (evaluation is None) == (evaluated is None)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_its_script_gives_the_same_losses(spec: RunSpec, dtype: str, tmp_path: Path) -> None:
    if dtype not in devices.dtypes(devices.choose("auto")):
        pytest.skip(f"{NAME} has no {dtype}")
    folder = trained(on(spec, "auto", dtype))
    again = went_on(forks.fork(folder, 8, {"name": "again"}, tmp_path))
    run_scripts([folder, again], tmp_path)
    for each in (folder, again):
        assert_the_runs_own(tmp_path, each, within=1e-3)


def test_a_step_is_looked_at_and_taken_slowly(spec: RunSpec) -> None:
    folder = trained(on(spec, "auto"))
    session = Session(threads=1)
    seen = list(run_task(LookAtStep(run=str(folder.path), step=9), session))[-1]
    assert isinstance(seen, Done)
    assert isinstance(seen.result, StepExamples)
    assert all(each.loss == pytest.approx(each.recorded, abs=0.02) for each in seen.result.examples)
    taken = list(run_task(TakeStep(run=str(folder.path), checkpoint=8), session))[-1]
    assert isinstance(taken, Done)
    assert isinstance(taken.result, StepTaken)
    assert taken.result.loss == pytest.approx(curve(folder)[8], abs=1e-3)


def test_memory_that_runs_out_is_said_with_what_would_fit(spec: RunSpec) -> None:
    """A batch whose attention alone is larger than any card."""
    model = msgspec.structs.replace(spec.model, layers=8, heads=8, width=64, context=1024)
    schedule = msgspec.structs.replace(spec.schedule, batch=4096, steps=1)
    folder = create_run(on(msgspec.structs.replace(spec, model=model, schedule=schedule), "auto"))
    assert run(folder.path, resume=False) == FAILED
    status = folder.status()
    assert status.problem is not None
    assert status.problem.code == "training-memory", status.message
    assert status.problem.arguments["batch"] == 2048
    assert status.problem.arguments["device"] == devices.name_of(devices.choose("auto"))
    devices.empty_cache()
    assert torch.accelerator.memory_allocated() < 1 << 30


def test_a_run_of_its_own_process_says_what_it_holds_there(spec: RunSpec) -> None:
    schedule = msgspec.structs.replace(spec.schedule, steps=10**6, evaluate_every=10**6, checkpoint_every=10**6)
    folder = create_run(on(msgspec.structs.replace(spec, schedule=schedule), "auto"))
    start_run(folder)
    wait_for(lambda: folder.status().memory.optimizer_bytes > 0)
    status = folder.status()
    assert status.memory.device == status.device == devices.name_of(devices.choose("auto"))
    weights = status.memory.weights_bytes
    assert weights >= 4 * (status.parameters or 0) > 0
    assert status.memory.optimizer_bytes == pytest.approx(2 * weights, rel=0.1)
    assert status.memory.reserved_bytes >= 3 * weights
    folder.ask("stop")
    wait_for(lambda: not folder.at_work())
    assert folder.status().state == "stopped"


def test_more_processes_than_cards_are_refused_with_the_reason(spec: RunSpec) -> None:
    count = torch.accelerator.device_count() + 1
    launch = msgspec.structs.replace(spec.launch, processes=count, device=NAME)
    schedule = msgspec.structs.replace(spec.schedule, batch=4 * count)
    folder = create_run(msgspec.structs.replace(spec, launch=launch, schedule=schedule))
    start_run(folder)
    wait_for(lambda: not folder.at_work())
    problem = folder.status().problem
    assert problem is not None, (folder.path / "log.txt").read_text()
    assert problem.code == "processes-cards"
    assert problem.arguments == {"processes": count, "cards": count - 1}
