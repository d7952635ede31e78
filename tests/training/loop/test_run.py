"""A run from its folder to its end: the same bits every time, whatever stopped it, and a model that can be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from bigmodel_studio.core.models import uses
from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, ScheduleSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.generate import generate
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Generate, Generated, MemoryParts, ModelRef, Sampling
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop import optimizer as optimizing
from bigmodel_studio.training.loop.run import BAD_INPUT, FINISHED, STOPPED, run
from bigmodel_studio.training.loop.telemetry import Records, Sparkline
from tests.training.conftest import losses

MakeRun = Callable[..., RunFolder]


def stop_after(monkeypatch: pytest.MonkeyPatch, folder: RunFolder, step: int) -> None:
    """Ask for a stop, as the window does, the moment that the record of ``step`` is written."""
    append = Records.append

    def asked(records: Records, record: dict[str, Any]) -> None:
        append(records, record)
        if record.get("step") == step and "loss" in record:
            folder.ask("stop")

    monkeypatch.setattr(Records, "append", asked)


def test_a_run_ends_finished_with_records_samples_checkpoints_and_baselines(make_run: MakeRun) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    records, status = folder.metrics(), folder.status()
    assert [record["step"] for record in records] == list(range(1, 13))
    assert {"loss", "learning_rate", "gradient_norm", "tokens_per_s", "time"} <= records[0].keys()
    assert [record["step"] for record in records if "evaluation_loss" in record] == [4, 8, 12]
    assert [(sample["step"], sample["prompt"]) for sample in folder.samples()] == [
        (step, "the cat") for step in (4, 8, 12)
    ]
    assert folder.checkpoints() == [4, 8, 12]
    assert (status.state, status.step, status.steps, status.device) == ("finished", 12, 12, "cpu")
    assert records[-1]["loss"] < records[0]["loss"]
    assert 0 < status.baselines["bigram"] < status.baselines["unigram"]
    first = json.loads((folder.path / "metrics.jsonl").read_text().splitlines()[0])
    assert first == {"event": "baselines", **status.baselines}
    assert status.last["loss"] == records[-1]["loss"]


def test_a_run_tells_what_its_tensors_take_while_it_lives(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, told = make_run(), []
    append = Records.append

    def noted(records: Records, record: dict[str, Any]) -> None:
        append(records, record)
        told.append(folder.status())

    monkeypatch.setattr(Records, "append", noted)
    monkeypatch.setattr("bigmodel_studio.training.loop.training_loop.COUNT_PARTS_S", -1.0)
    monkeypatch.setattr("bigmodel_studio.training.loop.telemetry.HEARTBEAT_S", 0.001)
    assert run(folder.path, resume=False) == FINISHED
    status = next(status for status in reversed(told) if status.memory.gradients_bytes)
    weights = 4 * status.parameters
    assert status.trainable_parameters == status.parameters
    assert status.memory.gradients_bytes == weights
    assert weights <= status.memory.weights_bytes < 1.1 * weights  # and what is kept beside the parameters
    assert 2 * weights < status.memory.optimizer_bytes < 2 * weights + 1000  # two moments, and counts of steps
    assert folder.status().memory == MemoryParts()


def test_the_same_spec_and_seed_give_the_same_bits_and_another_seed_does_not(make_run: MakeRun) -> None:
    one, two, other = make_run(), make_run(), make_run(seed=2)
    for folder in (one, two, other):
        assert run(folder.path, resume=False) == FINISHED
    assert losses(one) == losses(two)
    assert one.samples()[-1]["text"] == two.samples()[-1]["text"]
    assert losses(other)[0] != losses(one)[0]


@pytest.mark.parametrize("step", [1, 5, 8, 11])
def test_stopped_at_any_step_and_resumed_the_rest_is_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    whole, stopped = make_run(), make_run()
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, step)
        assert run(stopped.path, resume=False) == STOPPED
    assert stopped.status().state == "stopped"
    assert stopped.checkpoints()[-1] == step
    assert stopped.status().control_seq == stopped.control().seq
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    assert stopped.samples()[-1]["text"] == whole.samples()[-1]["text"]


def test_losses_equal_those_of_a_plain_loop_written_here(spec: RunSpec, make_run: MakeRun) -> None:
    changes: dict[str, Any] = {
        "model": {"dropout": 0.0},
        "schedule": {"steps": 50, "warmup": 5, "evaluate_every": 50, "checkpoint_every": 50},
    }
    folder = make_run(**changes)
    found = folder.spec()
    assert found is not None
    objective = objectives.build(resolve_spec(found), None, lambda *_: None)
    model, expected = objective.model.train(), []
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], betas=(0.9, 0.95)
    )
    for step in range(1, 51):
        for group in optimizer.param_groups:
            peak = 3e-3
            group["lr"] = (
                peak * step / 5 if step <= 5 else peak * (0.1 + 0.9 * (1 + np.cos(np.pi * (step - 5) / 45)) / 2)
            )
        tokens = objective.batch(step)["tokens"]
        logits = model(input_ids=tokens[:, :-1]).logits
        loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        expected.append(loss.item())
    assert run(folder.path, resume=False) == FINISHED
    assert [record["loss"] for record in folder.metrics()] == pytest.approx(expected, abs=1e-5)


def test_a_checkpoint_is_a_model_that_generate_uses(make_run: MakeRun) -> None:
    folder = make_run()
    run(folder.path, resume=False)
    request = Generate(
        model=parse_model(f"{folder.name}@8"), prompt="the cat", sampling=Sampling(greedy=True, max_new_tokens=5)
    )
    end = list(generate(request, Session(threads=1)))[-1]
    assert isinstance(end, Done)
    assert isinstance(end.result, Generated)
    assert end.result.new_tokens > 0
    assert not list((folder.checkpoint_path(8)).glob("*.bin"))


def test_training_on_from_a_checkpoint_begins_where_it_was(make_run: MakeRun) -> None:
    first = make_run(model={"dropout": 0.0})
    run(first.path, resume=False)
    base: dict[str, object] = {"base": str(first.checkpoint_path()), "context": 4096}
    second = make_run(name="tuned", model=base, schedule={"steps": 2, "evaluate_every": 1, "warmup": 2})
    assert run(second.path, resume=False) == FINISHED, second.status().message
    assert uses.last_used(ModelRef(source="local", id=str(base["base"]))) > 0
    before = [record["evaluation_loss"] for record in first.metrics() if "evaluation_loss" in record]
    after = second.metrics()[0]["evaluation_loss"]
    assert after < before[0]
    assert json.loads((second.checkpoint_path() / "config.json").read_text())["max_position_embeddings"] == 32


def test_an_odd_last_layer_is_dense_and_the_window_is_as_asked(make_run: MakeRun) -> None:
    folder = make_run(model={"layers": 3, "window": 7}, schedule={"steps": 1})
    assert run(folder.path, resume=False) == FINISHED
    config = json.loads((folder.checkpoint_path() / "config.json").read_text())
    assert (config["attention_layers"], config["window_size"]) == (["global", "local", "global"], 7)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": {"tokenizer": "train:9"}}, "model.tokenizer is 'train:9'"),
        ({"model": {"context": 100_000}}, "only 11,933 tokens; 100,001 are needed"),
        ({"launch": {"device": "cuda:77"}}, "cuda:77"),
    ],
)
def test_what_cannot_be_trained_fails_with_the_reason(make_run: MakeRun, changes: dict[str, Any], said: str) -> None:
    folder = make_run(**changes)
    assert run(folder.path, resume=False) == BAD_INPUT
    assert folder.status().state == "failed"
    assert said in folder.status().message


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"objective": "tag"}, "tag can't be trained from scratch"),
        ({"method": {"kind": "lora"}}, "nothing to freeze"),
        ({"method": {"kind": "frozen"}}, "method frozen"),
        ({"model": {"architecture": "bert"}}, "architecture bert"),
    ],
)
def test_what_there_is_no_way_to_train_makes_no_folder(
    make_run: MakeRun, home: Any, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(StudioError, match=said):
        make_run(**changes)
    assert list(home.rglob("spec.toml")) == []


def test_a_file_that_is_missing_makes_no_folder(make_run: MakeRun, home: Any) -> None:
    with pytest.raises(StudioError, match=r"no-such\.txt"):
        make_run(data={"train": ("/nowhere/no-such.txt",)})
    assert list(home.rglob("spec.toml")) == []


def test_the_learning_rate_warms_up_and_decays_to_the_final_share() -> None:
    schedule = ScheduleSpec(steps=100, warmup=10, final_share=0.1)
    rates = [optimizing.learning_rate(step, 1.0, schedule) for step in range(1, 101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == 1.0
    assert rates[-1] == pytest.approx(0.1)
    assert optimizing.learning_rate(55, 1.0, ScheduleSpec(steps=100, warmup=10, decay="linear")) == pytest.approx(0.55)
    assert optimizing.learning_rate(99, 1.0, ScheduleSpec(steps=100, warmup=10, decay="constant")) == 1.0


def test_only_the_newest_checkpoints_stay_where_that_is_asked(make_run: MakeRun) -> None:
    folder = make_run(schedule={"checkpoint_every": 2, "keep": 2})
    run(folder.path, resume=False)
    assert folder.checkpoints() == [10, 12]
    assert sorted(path.name for path in folder.checkpoints_path.iterdir()) == ["step-000010", "step-000012"]


def test_a_sparkline_has_at_most_64_points_from_first_to_last() -> None:
    line = Sparkline()
    for number in range(10_000):
        line.add(float(number))
    assert 32 <= len(line.points) <= 64
    assert line.points[0] < 400
    assert line.points[-1] > 9_000
    assert list(line.points) == sorted(line.points)
