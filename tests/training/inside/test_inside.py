"""What a run records of its inside, against the same numbers had another way; and that it changes nothing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bigmodel_studio.core.runs.inside_reader import (
    BATCHES,
    EVALUATIONS,
    HISTOGRAMS,
    LAYERS,
    read_records,
    recorded_losses,
)
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.training import objectives
from bigmodel_studio.training.inside.activations import MOST_LOOKED_AT, is_activation, sample, silence_of, statistics
from bigmodel_studio.training.inside.histograms import BINS, histogram
from bigmodel_studio.training.inside.layers import Layers
from bigmodel_studio.training.inside.watch import ALLOWANCE_S, BUDGET_RATIO, COLUMNS, LEAST_COLUMNS, Leaps, Pace
from bigmodel_studio.training.loop import optimizer as optimizing
from bigmodel_studio.training.loop.class_scores import class_scores
from bigmodel_studio.training.loop.run import FAILED, FINISHED, STOPPED, run
from tests.training.conftest import losses
from tests.training.loop.test_run import stop_after
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec

MakeRun = Callable[..., RunFolder]
EVERY = {"layers_every": 1}


def model_of_layers() -> nn.Sequential:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"launch": {"checkpointing": True}, "schedule": {"accumulate": 2}},
        {"launch": {"dtype": "bfloat16"}, "optimizer": {"name": "sgd"}},
    ],
)
def test_recording_changes_no_bit_of_what_is_learnt(make_run: MakeRun, changes: dict[str, Any]) -> None:
    seen = make_run(telemetry=EVERY, **changes)
    unseen = make_run(telemetry={"layers_every": 0, "examples": False}, **changes)
    for folder in (seen, unseen):
        assert run(folder.path, resume=False) == FINISHED
    assert losses(seen) == losses(unseen)
    name = "model.safetensors"
    assert (seen.checkpoint_path(12) / name).read_bytes() == (unseen.checkpoint_path(12) / name).read_bytes()
    assert [record["step"] for record in read_records(seen.path / LAYERS)[1]] == list(range(1, 13))
    assert all(not (unseen.path / file).read_bytes() for file in (LAYERS, HISTOGRAMS, BATCHES, EVALUATIONS))


def test_norms_and_update_ratios_equal_those_of_a_plain_loop_written_here(make_run: MakeRun) -> None:
    folder = make_run(telemetry=EVERY, schedule={"steps": 3})
    assert run(folder.path, resume=False) == FINISHED
    head, records = read_records(folder.path / LAYERS)
    spec = folder.spec()
    assert spec is not None
    assert head["every"] == 1
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    model = objective.model.train()
    optimizer = optimizing.build_optimizer(model, spec.optimizer)
    owners: dict[str, list[nn.Parameter]] = {name: [] for name in head["names"]}
    for name, parameter in model.named_parameters():  # a tied one once, where it stands first
        owners[name.rpartition(".")[0]].append(parameter)
    for record, told in zip(records, folder.metrics(), strict=True):
        step = record["step"]
        optimizing.set_learning_rate(optimizer, told["learning_rate"])
        torch.manual_seed((spec.seed * 0x9E3779B97F4A7C15 + step) % 2**63)
        optimizer.zero_grad()
        tokens = objective.batch(step)["tokens"]
        logits = model(input_ids=tokens[:, :-1]).logits
        F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()).backward()  # type: ignore[no-untyped-call]
        gradients = [joined([p.grad for p in group]) for group in owners.values()]
        nn.utils.clip_grad_norm_(model.parameters(), spec.optimizer.clip)
        before = [joined(group) for group in owners.values()]
        optimizer.step()
        after = [joined(group) for group in owners.values()]
        expected = [norm(gradient) for gradient in gradients]
        assert near(record["gradient_norm"], expected)
        assert near(record["weight_norm"], [norm(weights) for weights in after])
        moved = [ratio(new - old, old) for new, old in zip(after, before, strict=True)]
        assert near(record["update_ratio"], moved)
        squares = sum(value**2 for value in record["gradient_norm"] if value is not None)
        assert math.sqrt(squares) == pytest.approx(told["gradient_norm"], rel=1e-4)


def joined(tensors: list[Any]) -> np.ndarray:
    return np.concatenate([t.detach().double().numpy().ravel() for t in tensors] or [np.zeros(0)])


def norm(values: np.ndarray) -> float | None:
    return float(np.sqrt((values**2).sum())) if len(values) else None


def ratio(moved: np.ndarray, before: np.ndarray) -> float | None:
    top, below = norm(moved), norm(before)
    return top / below if top is not None and below else None


def near(found: list[float | None], expected: list[float | None]) -> bool:
    """Equal to five digits, and nothing where there is nothing (a weight that was 0 has no ratio)."""
    assert [value is None for value in found] == [value is None for value in expected]
    return [v for v in found if v is not None] == pytest.approx([v for v in expected if v is not None], rel=2e-5)


def test_activations_are_those_that_flow(make_run: MakeRun) -> None:
    folder = make_run(telemetry=EVERY, schedule={"steps": 1}, model={"dropout": 0.0})
    assert run(folder.path, resume=False) == FINISHED
    head, (record,) = read_records(folder.path / LAYERS)
    spec = folder.spec()
    assert spec is not None
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    outputs: dict[str, torch.Tensor] = {}
    for name, module in objective.model.named_modules():
        module.register_forward_hook(lambda _m, _i, out, name=name: outputs.update({name: out}))
    objective.loss(objective.model.train(), objective.batch(1))
    for number, name in enumerate(head["names"]):
        values = outputs[name].detach().numpy()
        assert record["activation_mean"][number] == pytest.approx(float(values.mean()), abs=1e-4 * float(values.std()))
        assert record["activation_std"][number] == pytest.approx(float(values.std()), rel=1e-4)
        assert record["activation_zeros"][number] == pytest.approx((values == 0).mean(), abs=1e-6)
    assert any(name.endswith(".act") for name in head["names"])  # an activation function is a layer of its own here


def test_what_is_silent_depends_on_the_activation_function() -> None:
    network = model_of_layers()
    assert [is_activation(module) for module in network] == [False, True, False, True, False]
    assert not is_activation(nn.MultiheadAttention(4, 2))
    assert not is_activation(nn.PReLU())
    assert [silence_of(module) for module in network] == ["zero", "zero", "zero", "tanh", "zero"]
    values = torch.tensor([[-8.0, -1.0, 0.0, 1.0]])
    assert statistics(values.relu(), silence_of(nn.ReLU()))[0, 2] == 0.75
    assert statistics(values.tanh(), silence_of(nn.Tanh()))[0, 2] == 0.25
    assert statistics(values.sigmoid(), silence_of(nn.Sigmoid()))[0, 2] == 0.25
    assert statistics(torch.ones(2, 9), "zero").tolist() == [[1, 0, 0]] * 2


def test_of_a_large_output_so_many_are_looked_at_all_over_it() -> None:
    output = torch.arange(100_000.0).view(10, 10_000)
    looked = sample(output)
    assert len(looked) == MOST_LOOKED_AT
    assert looked[-1] > 98_000
    pixels = torch.rand(4, 3, 80, 80)
    assert torch.equal(sample(pixels[:1]), pixels[:1].flatten()[::1][:MOST_LOOKED_AT])
    lying = pixels.to(memory_format=torch.channels_last)
    assert sample(lying).mean() == pytest.approx(float(pixels.mean()), abs=0.02)
    assert sample(torch.ones(3, dtype=torch.bfloat16)).tolist() == [1, 1, 1]


def test_of_a_large_model_every_so_many_th_row_is_compared() -> None:
    network = model_of_layers()
    layers = Layers(network, Pace(1, 1), most_copied=20)
    assert layers.every == math.ceil(sum(p.numel() for p in network.parameters()) / 20)
    layers.before_forward()
    network(torch.ones(2, 6)).sum().backward()
    layers.after_backward()
    kept = [p.detach().clone() for p in network.parameters()]
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.5)
    found = layers.after_update()
    assert found["update_ratio"] == [0.5, None, 0.5, None, 0.5]
    whole = [math.sqrt(float(w.square().sum() + b.square().sum())) for w, b in zip(kept[::2], kept[1::2], strict=True)]
    assert [v for v in found["weight_norm"] if v is not None] == pytest.approx([1.5 * v for v in whole], rel=1e-5)
    assert found["gradient_norm"][1] is None
    assert found["activation_zeros"][1] is not None


def test_histograms_count_all_values_of_a_layer(make_run: MakeRun) -> None:
    folder = make_run(telemetry=EVERY)
    assert run(folder.path, resume=False) == FINISHED
    _head, records = read_records(folder.path / HISTOGRAMS)
    assert [record["step"] for record in records] == [4, 8, 12]
    sizes = {"lm_head": 0, **dict.fromkeys(records[0]["names"], 0)}
    spec = folder.spec()
    assert spec is not None
    model = objectives.build(resolve_spec(spec), folder.checkpoint_path(12), lambda *_: None).model
    for name, parameter in model.named_parameters():
        sizes[name.rpartition(".")[0]] += parameter.numel()
    for number, name in enumerate(records[-1]["names"]):
        for kind in ("weights", "gradients"):
            counted = records[-1][kind][number]
            assert (sum(counted["counts"]) if counted else 0) == sizes[name], name
    values = torch.tensor([-100.0, -1.0, 0.0, 1.0, 100.0])
    made = histogram([values])
    assert made is not None
    assert len(made["counts"]) == BINS
    assert sum(made["counts"]) == 5
    assert histogram([torch.tensor([float("nan")])]) is None
    assert histogram([]) is None


def test_each_example_s_loss_is_what_it_is_alone(make_run: MakeRun) -> None:
    folder = make_run(model={"dropout": 0.0}, schedule={"steps": 2})
    assert run(folder.path, resume=False) == FINISHED
    spec = folder.spec()
    assert spec is not None
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    model = objective.model.eval()
    alone = [objective.loss(model, {"tokens": row[None]}).item() for row in objective.batch(1)["tokens"]]
    found = recorded_losses(folder.path, 1)
    assert found == pytest.approx(alone, rel=1e-4)
    assert np.mean([loss for loss in found if loss is not None]) == pytest.approx(folder.metrics()[0]["loss"], rel=1e-4)
    assert recorded_losses(folder.path, 3) == []
    assert len(recorded_losses(folder.path, 2)) == 4


def test_evaluations_tell_each_example_and_agree_with_the_metrics(make_run: MakeRun) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    head, records = read_records(folder.path / EVALUATIONS)
    assert head["kind"] == "text"
    assert len(head["examples"]) == len(records[-1]["losses"]) == 8
    told = {record["step"]: record["evaluation_loss"] for record in folder.metrics() if "evaluation_loss" in record}
    assert {record["step"]: pytest.approx(np.mean(record["losses"]), rel=1e-4) for record in records} == told


def test_a_classifier_s_evaluations_hold_its_table_of_confusions(tmp_path: Path) -> None:
    folder = create_run(tiny_spec(make_pictures(tmp_path / "pictures")))
    assert run(folder.path, resume=False) == FINISHED
    head, records = read_records(folder.path / EVALUATIONS)
    assert head["labels"] == ["blue", "green", "red"]
    assert [Path(file).parent.name for file in head["examples"]] == [head["labels"][n] for n in head["expected"]]
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (head["expected"], records[-1]["predicted"]), 1)
    assert class_scores(confusion, head["labels"]) == folder.samples()[-1]["classes"]
    last = folder.metrics()[-1]
    assert np.mean(records[-1]["losses"]) == pytest.approx(last["evaluation_loss"], rel=1e-4)
    right = np.mean(np.equal(head["expected"], records[-1]["predicted"]))
    assert right == pytest.approx(last["accuracy"])


def test_a_resume_voids_what_came_after_its_step(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, stopped = make_run(telemetry=EVERY), make_run(telemetry=EVERY)
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, 7)
        assert run(stopped.path, resume=False) == STOPPED
    (stopped.path / "checkpoints" / "step-000007" / "MANIFEST.json").unlink()  # as if killed before it was whole
    assert run(stopped.path, resume=True) == FINISHED
    for file in (LAYERS, HISTOGRAMS, BATCHES, EVALUATIONS):
        assert read_records(stopped.path / file)[1] == read_records(whole.path / file)[1], file
    lines = [json.loads(line) for line in (stopped.path / LAYERS).read_text().splitlines()]
    assert [line["step"] for line in lines if line.get("event") == "resume"] == [4]
    assert recorded_losses(stopped.path, 6) == recorded_losses(whole.path, 6) != []


def test_the_layers_of_a_step_that_came_to_nothing_are_recorded(make_run: MakeRun) -> None:
    folder = make_run(telemetry=EVERY, optimizer={"learning_rate": 50.0, "clip": 0.0, "name": "sgd"})
    assert run(folder.path, resume=False) == FAILED
    broken = folder.metrics()[-1]
    assert broken["loss"] is None or broken["gradient_norm"] is None
    record = read_records(folder.path / LAYERS)[1][-1]
    assert record["step"] == broken["step"]
    assert None in record["gradient_norm"]
    assert recorded_losses(folder.path, broken["step"])


def test_looking_keeps_to_its_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("bigmodel_studio.training.inside.watch.time.perf_counter", lambda: now[0])

    def looked(steps: int, look_s: float, step_s: float) -> list[int]:
        now[0], pace, found = 0.0, Pace(-1, steps), []
        for step in range(1, steps + 1):
            pace.begin()
            if pace.wants(step):
                found.append(step)
                with pace:
                    now[0] += look_s
            now[0] += step_s
            pace.end()
        return found

    usual = looked(3000, 0.02, 0.1)
    assert usual[0] == 1
    assert 0.9 * BUDGET_RATIO < 0.02 * len(usual) / now[0] <= BUDGET_RATIO + ALLOWANCE_S / now[0]
    assert len(looked(3000, 0.0, 0.1)) <= 3000 // (3000 // COLUMNS) + 1
    short = looked(48, 0.005, 0.005)  # over before a hundredth of it is anything
    assert len(short) >= LEAST_COLUMNS
    assert 0.005 * len(short) <= ALLOWANCE_S
    assert [step for step in range(1, 21) if Pace(5, 20).wants(step)] == [1, 5, 10, 15, 20]
    assert not any(Pace(0, 20).wants(step) for step in range(1, 21))


def test_a_leap_of_the_loss_is_told_from_its_usual_noise() -> None:
    leaps, random = Leaps(), np.random.default_rng(0)
    assert sum(leaps.is_one(4 + value) for value in random.normal(0, 0.1, 400)) < 12
    assert leaps.is_one(5.0)
    assert leaps.is_one(float("nan"))
