"""How an update is computed changes neither what is learnt nor what is recorded: parts, what is recomputed, dtypes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.rules import check_spec
from bigmodel_studio.core.specs.spec import ModelSpec, RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.loop import checkpoint
from bigmodel_studio.training.loop.best import Best
from bigmodel_studio.training.loop.precision import Precision, ScaleState
from bigmodel_studio.training.loop.run import BAD_INPUT, FAILED, FINISHED, run
from bigmodel_studio.training.objectives.causal_lm import CausalLM
from tests.training.conftest import losses
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec

MakeRun = Callable[..., RunFolder]


def trained(folder: RunFolder) -> list[float]:
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    return [record["loss"] for record in folder.metrics()]


# ---------------------------------------------------------------------------------------------- parts of a batch


def test_accumulated_batches_learn_what_the_larger_batch_does(make_run: MakeRun) -> None:
    plain = {"model": {"dropout": 0.0}}
    whole = make_run(**plain, schedule={"batch": 6, "steps": 20})
    parts = make_run(**plain, schedule={"batch": 2, "accumulate": 3, "steps": 20})
    assert trained(parts) == pytest.approx(trained(whole), abs=1e-5)
    one, other = (folder.metrics()[-1] for folder in (whole, parts))
    assert one["items"] == other["items"] == 20 * 6 * 32
    assert other["gradient_norm"] == pytest.approx(one["gradient_norm"], rel=1e-3)


def test_a_last_part_that_is_smaller_weighs_less(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """As an objective has it whose batches do not divide: its parts are of 3, 3 and 1 of seven examples."""
    plain = {"model": {"dropout": 0.0}}
    whole = trained(make_run(**plain, schedule={"batch": 7, "steps": 5}))
    split = CausalLM.parts
    monkeypatch.setattr(CausalLM, "parts", lambda self, batch, size: split(self, batch, 3))
    assert trained(make_run(**plain, schedule={"batch": 7, "steps": 5})) == pytest.approx(whole, abs=1e-5)


def test_pictures_are_accumulated_too(tmp_path: Path) -> None:
    spec = tiny_spec(make_pictures(tmp_path / "pictures"), schedule={"steps": 6})
    first = create_run(spec)
    trained(first)
    # Fine-tuned, its batch normalisations keep their statistics, so that parts give what the whole does.
    base = msgspec.structs.replace(spec, model=ModelSpec(base=str(first.checkpoint_path()), architecture="resnet"))
    parts = msgspec.structs.replace(base.schedule, batch=2, accumulate=3)
    expected = trained(create_run(base))
    assert trained(create_run(msgspec.structs.replace(base, schedule=parts))) == pytest.approx(expected, abs=1e-5)


# ---------------------------------------------------------------------------------------------- how it is computed


def test_recomputed_activations_give_the_same_losses_and_cost_more_operations(make_run: MakeRun) -> None:
    plain, again = make_run(), make_run(launch={"checkpointing": True})
    assert trained(again) == pytest.approx(trained(plain), abs=1e-6)  # dropout is drawn as it was the first time
    assert again.status().flops_per_item > 1.15 * plain.status().flops_per_item
    assert 'gradient_checkpointing": true' not in (again.checkpoint_path() / "config.json").read_text()


def test_what_cannot_recompute_is_refused_in_a_sentence(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import GPTNeoForCausalLM

    monkeypatch.setattr(GPTNeoForCausalLM, "supports_gradient_checkpointing", False)
    folder = make_run(launch={"checkpointing": True})
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "GPTNeoForCausalLM doesn't support gradient checkpointing" in folder.status().message


def test_a_network_that_cannot_recompute_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"launch\.checkpointing is True"):
        create_run(tiny_spec(make_pictures(tmp_path / "pictures"), launch={"checkpointing": True}))


def test_operations_are_counted_as_six_for_each_weight_and_token(make_run: MakeRun) -> None:
    folder = make_run(schedule={"steps": 1})
    trained(folder)
    status = folder.status()
    embeddings = 32 * 32  # places are looked up; the tokens' table is the output's as well, so that it is multiplied by
    products = 6 * (status.parameters - embeddings)
    attention = 2 * 2 * 2 * 3 * 32 * 32  # two layers, two products, forward and twice back, of 32 keys 32 wide
    assert status.flops_per_item == pytest.approx(products + attention, rel=0.03)


def test_bfloat16_on_a_cpu_learns_nearly_the_same_and_the_weights_stay_float32(make_run: MakeRun) -> None:
    wide, narrow = make_run(), make_run(launch={"dtype": "bfloat16"})
    exact, near = trained(wide), trained(narrow)
    assert near != exact
    assert near == pytest.approx(exact, abs=0.05)
    assert '"dtype": "float32"' in (narrow.checkpoint_path() / "config.json").read_text()


def test_float16_is_refused_on_a_cpu_with_what_there_is(make_run: MakeRun) -> None:
    folder = make_run(launch={"dtype": "float16"})
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "cpu doesn't support float16. Choose one of: float32, bfloat16." in folder.status().message


class _Cuda:
    """What a scaler is asked for where it scales: torch's own for the CPU has the same rules."""

    def __init__(self) -> None:
        self.precision = Precision("float32", torch.device("cpu"))
        self.precision._scaler = torch.amp.GradScaler("cpu", init_scale=2.0**16, growth_interval=2)


def test_a_scaled_loss_forgives_an_overflow_and_its_scale_survives_a_stop() -> None:
    precision = _Cuda().precision
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    precision.backward((weight * torch.tensor([float("inf"), 1.0])).sum())
    precision.unscale(optimizer)
    assert precision.forgives()
    precision.step(optimizer)
    assert weight.tolist() == [1.0, 1.0]
    assert precision.state == ScaleState(2.0**15, 0)
    optimizer.zero_grad()
    precision.backward(weight.sum())
    precision.unscale(optimizer)
    assert weight.grad is not None
    assert weight.grad.tolist() == [1.0, 1.0]
    precision.step(optimizer)
    assert weight.tolist() == pytest.approx([0.9, 0.9])
    other = _Cuda().precision
    other.restore(precision.state)
    assert other.state == precision.state == ScaleState(2.0**15, 1)


@pytest.mark.gpu
def test_float16_on_cuda_learns_nearly_the_same(make_run: MakeRun) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    exact = trained(make_run(launch={"device": "cuda", "dtype": "float32"}))
    for dtype in ("float16", "bfloat16"):
        folder = make_run(launch={"device": "cuda", "dtype": dtype})
        assert trained(folder) == pytest.approx(exact, abs=0.1)
        facts, _ = checkpoint.load_trainer(folder.checkpoint_path())
        assert (facts.scale is not None) == (dtype == "float16")


# ---------------------------------------------------------------------------------------------- evaluations


def evaluations(monkeypatch: pytest.MonkeyPatch, values: list[float]) -> None:
    """The evaluation losses of a run, one after the other, the last one again and again."""
    left = iter(values)
    evaluate = CausalLM.evaluate

    def scripted(self: CausalLM, *given: Any) -> dict[str, float]:
        return {**evaluate(self, *given), "evaluation_loss": next(left, values[-1])}

    monkeypatch.setattr(CausalLM, "evaluate", scripted)


def test_a_run_that_gets_no_better_ends_early_and_its_best_checkpoint_stays(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations(monkeypatch, [3.0, 2.0, 2.5, 2.1, 2.0, 1.0])
    folder = make_run(schedule={"steps": 40, "evaluate_every": 2, "checkpoint_every": 3, "keep": 1, "patience": 3})
    assert run(folder.path, resume=False) == FINISHED
    status = folder.status()
    assert (status.state, status.step, status.best_step) == ("finished", 10, 4)
    assert folder.checkpoints() == [4, 10]
    assert "no improvement in 3 evaluations" in status.message
    assert "checkpoint is at step 4" in status.message
    assert status.problem is not None
    assert status.problem.code == "stopped-early"


def test_patience_counts_on_over_a_stop(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluations(monkeypatch, [3.0, 2.0, 2.5])
    folder = make_run(schedule={"steps": 6, "evaluate_every": 2, "checkpoint_every": 6, "keep": 1, "patience": 3})
    assert run(folder.path, resume=False) == FINISHED
    facts, _ = checkpoint.load_trainer(folder.checkpoint_path(6))
    assert facts.best == Best(step=4, loss=2.0, waited=1)


def test_where_all_checkpoints_stay_the_best_is_one_of_them(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluations(monkeypatch, [3.0, 1.0, 2.0, 2.5, 2.2, 4.0])
    folder = make_run(schedule={"evaluate_every": 2, "checkpoint_every": 4})
    assert run(folder.path, resume=False) == FINISHED
    assert folder.checkpoints() == [4, 8, 12]
    assert folder.status().best_step == 4


def test_patience_without_an_evaluation_is_a_mistake(spec: RunSpec) -> None:
    data = msgspec.structs.replace(spec.data, evaluation=0.0)
    schedule = msgspec.structs.replace(spec.schedule, patience=2)
    with pytest.raises(StudioError, match=r"schedule\.patience is 2"):
        check_spec(msgspec.structs.replace(spec, data=data, schedule=schedule))


def test_a_gradient_that_is_no_number_still_ends_a_run(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = CausalLM.loss
    monkeypatch.setattr(CausalLM, "loss", lambda self, model, batch: loss(self, model, batch) * float("nan"))
    folder = make_run(schedule={"accumulate": 2})
    assert run(folder.path, resume=False) == FAILED
    assert folder.metrics()[0]["loss"] is None
    problem = folder.status().problem
    assert problem is not None
    assert problem.code == "loss-not-finite"


def test_items_and_seconds_go_on_over_a_resume(make_run: MakeRun) -> None:
    folder = make_run(schedule={"steps": 8})
    assert run(folder.path, resume=False) == FINISHED
    (folder.checkpoint_path(8) / "MANIFEST.json").unlink()
    before = folder.metrics()[3]
    assert run(folder.path, resume=True) == FINISHED
    after = folder.metrics()[4]
    assert after["items"] == before["items"] + 4 * 32
    assert after["seconds"] > before["seconds"] > 0
    assert losses(folder)[-1][0] == 8
