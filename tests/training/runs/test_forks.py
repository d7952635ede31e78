"""Forks and sweeps: runs made of runs and of grids, by doing it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from bigmodel_studio.cli import commands
from bigmodel_studio.core.memory import retry
from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.comparison import compare
from bigmodel_studio.core.runs.forks import fork
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import Parent, RunFolder, all_runs, find_run
from bigmodel_studio.core.specs.changes import read_change, read_choices
from bigmodel_studio.core.specs.spec import RunSpec, parse_spec, write_spec
from bigmodel_studio.core.specs.sweeps import check_values, points_of, read_sweep, start_sweep, sweep_specs
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.loop.run import BAD_INPUT, FAILED, FINISHED, STOPPED, run
from bigmodel_studio.training.objectives.causal_lm import CausalLM
from tests.training.conftest import losses
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]
HERE = Path("/")


@pytest.fixture
def parent(make_run: MakeRun) -> RunFolder:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    return folder


# ---------------------------------------------------------------------------------------------- forks


def test_a_fork_without_changes_learns_what_its_parent_went_on_to_learn(parent: RunFolder) -> None:
    made = fork(parent, 4, {}, HERE)
    status = made.status()
    assert (made.name, status.parent, status.step, status.resume) == ("tiny-2", Parent("tiny", 4), 4, True)
    shutil.rmtree(parent.path / "checkpoints")  # what it stands on is its own
    assert run(made.path, resume=True) == FINISHED
    assert losses(made) == losses(parent)[4:]
    assert made.metrics()[0]["items"] == parent.metrics()[4]["items"]
    assert made.status().parent == Parent("tiny", 4)
    assert made.checkpoints() == [4, 8, 12]


def test_a_fork_that_lost_its_status_in_a_power_cut_is_a_fork_still(parent: RunFolder) -> None:
    made = fork(parent, 4, {}, HERE)
    (made.path / "status.json").unlink()
    assert made.status().parent == Parent("tiny", 4)
    assert made.state_now() == "interrupted"
    weights = made.checkpoint_path(4) / "model.safetensors"
    kept = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(kept[:-1])
    assert run(made.path, resume=True) == BAD_INPUT, "it does not begin anew, as a run of its own would"
    assert "forked from" in made.status().message
    weights.write_bytes(kept)
    (made.path / "status.json").write_bytes(b"")
    assert run(made.path, resume=True) == FINISHED
    assert losses(made) == losses(parent)[4:]
    assert made.status().parent == Parent("tiny", 4)


def test_a_fork_with_changes_goes_its_own_way_and_keeps_the_optimizer_where_it_fits(parent: RunFolder) -> None:
    made = fork(parent, 8, {"optimizer.learning_rate": 1e-4, "schedule.steps": 16, "name": "slower"}, HERE)
    assert made.name == "slower"
    assert run(made.path, resume=True) == FINISHED
    assert [step for step, *_ in losses(made)] == list(range(9, 17))
    assert losses(made)[0] == losses(parent)[8], "the first loss is of the same weights on the same batch"
    assert losses(made)[1] != losses(parent)[9]
    other = fork(parent, 8, {"optimizer.name": "sgd"}, HERE)
    assert run(other.path, resume=True) == FINISHED
    assert losses(other)[0] == losses(parent)[8]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model.width": 64}, "so model.width can't change"),
        ({"objective": "classify-images"}, "objective"),
        ({"schedule.steps": 8}, r"schedule\.steps is 8"),
        ({"schedule.stepz": 8}, r"schedule\.stepz"),
        ({"optimizer.learning_rate": "fast"}, r"optimizer\.learning_rate is 'fast'"),
        ({"data.train": ["nowhere.txt"]}, r"nowhere\.txt"),
    ],
)
def test_what_a_fork_cannot_change_is_said_and_makes_no_folder(
    parent: RunFolder, home: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(StudioError, match=said):
        fork(parent, 8, changes, HERE)
    with pytest.raises(StudioError, match="no complete checkpoint"):
        fork(parent, 5, {}, HERE)
    assert len(list(home.rglob("spec.toml"))) == 1


def test_a_fork_of_a_damaged_checkpoint_does_not_begin_from_nothing(parent: RunFolder) -> None:
    made = fork(parent, 8, {}, HERE)
    weights = made.checkpoint_path(8) / "model.safetensors"
    data = weights.read_bytes()
    weights.unlink()  # the parent has the same file under its own name
    weights.write_bytes(data[:-1] + b"x")
    assert run(made.path, resume=True) == BAD_INPUT
    assert "was forked from is damaged" in made.status().message
    assert losses(made) == []


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_fork_from_a_shell(parent: RunFolder, capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["fork", "tiny", "--at", "8", "--set", "optimizer.learning_rate=1e-4", "--name", "slow", "--json"]
    assert commands.main(arguments) == 0
    records = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert records[-1]["state"] == "finished"
    assert records[-1]["parent"] == {"run": "tiny", "step": 8}
    assert [step for step, *_ in losses(find_run("slow"))] == [9, 10, 11, 12]
    assert commands.main(["compare", "tiny", "slow", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["differs"] == {"optimizer.learning_rate": [3e-3, 1e-4]}
    assert found["steps"] == list(range(1, 13))
    assert found["losses"]["slow"][:8] == [None] * 8
    assert found["losses"]["slow"][8] == found["losses"]["tiny"][8]
    assert found["runs"][0]["items"] == 12 * 4 * 32
    assert found["runs"][0]["flops_source"] == "counted"
    assert commands.main(["fork", "tiny", "--at", "8", "--set", "nonsense"]) == 2
    assert "“nonsense” is not a change" in capfd.readouterr().err


# ---------------------------------------------------------------------------------------------- stops, memory


def test_stopped_at_ten_random_steps_and_resumed_the_rest_is_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {"schedule": {"steps": 40, "evaluate_every": 20, "checkpoint_every": 100, "accumulate": 2, "batch": 2}}
    whole, stopped = make_run(**changes), make_run(**changes)
    assert run(whole.path, resume=False) == FINISHED
    steps = sorted(random.Random().sample(range(1, 40), 10))
    for number, step in enumerate(steps):
        with monkeypatch.context() as patched:
            stop_after(patched, stopped, step)
            assert run(stopped.path, resume=number > 0) == STOPPED, steps
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole), steps


def test_out_of_memory_is_advice_with_numbers_and_a_smaller_run_learns_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, loss = make_run(model={"dropout": 0.0}), CausalLM.loss

    def too_large(self: CausalLM, model: Any, batch: Any) -> torch.Tensor:
        if len(batch["tokens"]) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return loss(self, model, batch)

    expected = make_run(name="roomy", model={"dropout": 0.0})
    assert run(expected.path, resume=False) == FINISHED
    monkeypatch.setattr(CausalLM, "loss", too_large)
    assert run(folder.path, resume=False) == FAILED
    problem, spec = folder.status().problem, folder.spec()
    assert problem is not None
    assert spec is not None
    assert problem.code == "training-memory"
    assert (problem.arguments["batch"], problem.arguments["accumulate"]) == (2, 2)
    assert "A batch of 2 with gradient accumulation of 2" in folder.status().message
    smaller = retry.smaller(spec)
    assert smaller is not None
    assert need_of(smaller)[0].bytes < need_of(spec)[0].bytes
    again = create_run(smaller)
    assert run(again.path, resume=False) == FINISHED
    found, wanted = ([loss for _, loss, _ in losses(each)] for each in (again, expected))
    assert found == pytest.approx(wanted, abs=1e-5)


def test_what_is_tried_when_memory_ran_out(spec: RunSpec) -> None:
    batches: list[int] = []
    needs: list[int] = []
    small: RunSpec | None = msgspec.structs.replace(spec, schedule=msgspec.structs.replace(spec.schedule, batch=15))
    seen = []
    while small is not None:
        batches.append(small.schedule.update)
        needs.append(need_of(small)[0].bytes)
        seen.append((small.schedule.batch, small.launch.checkpointing, small.model.context))
        small = retry.smaller(small)
    assert seen == [(15, False, 32), (5, False, 32), (1, False, 32), (1, True, 32)]
    assert set(batches) == {15}
    assert needs == sorted(set(needs), reverse=True)
    two = msgspec.structs.replace(
        spec,
        schedule=msgspec.structs.replace(spec.schedule, batch=8),
        launch=msgspec.structs.replace(spec.launch, processes=2),
    )
    less = retry.smaller(two)
    assert less is not None
    assert (less.schedule.batch, less.schedule.accumulate) == (2, 4), "of 8 each process held 4 at once"
    long = msgspec.structs.replace(spec.model, context=128)
    last = msgspec.structs.replace(
        spec,
        model=long,
        schedule=msgspec.structs.replace(spec.schedule, batch=1),
        launch=msgspec.structs.replace(spec.launch, checkpointing=True),
    )
    assert retry.memory_advice(last, "cpu").arguments["context"] == 64
    pictures = msgspec.structs.replace(last, objective="classify-images")
    assert retry.memory_advice(pictures, "cpu").code == "training-memory-least"


# ---------------------------------------------------------------------------------------------- sweeps


def test_a_grid_makes_a_run_for_each_point_named_by_it(spec: RunSpec) -> None:
    text = write_spec(spec) + '\n[sweep]\n"optimizer.learning_rate" = [1e-3, 3e-4]\nschedule.batch = [2, 4]\n'
    with pytest.raises(StudioError, match="This spec describes a sweep"):
        parse_spec(text, HERE)
    wanted, grid = read_sweep(text, HERE)
    assert grid == {"optimizer.learning_rate": [1e-3, 3e-4], "schedule.batch": [2, 4]}
    specs = [each.spec for each in sweep_specs(wanted, points_of(grid), HERE)]
    assert [made.name for made in specs] == [
        "tiny-learning_rate=0.001-batch=2",
        "tiny-learning_rate=0.001-batch=4",
        "tiny-learning_rate=0.0003-batch=2",
        "tiny-learning_rate=0.0003-batch=4",
    ]
    assert [(made.optimizer.learning_rate, made.schedule.batch) for made in specs][2] == (3e-4, 2)
    assert check_values(wanted, grid, HERE) == 4
    with pytest.raises(StudioError, match="seed is"):
        check_values(wanted, {"seed": [1, -1]}, HERE)
    for bad, said in (({}, "has no values"), ({"seed": list(range(300))}, "300 runs"), ({"seed": [-1]}, "seed is")):
        with pytest.raises(StudioError, match=said):
            sweep_specs(wanted, points_of(bad), HERE)


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("seed=1,2", "seed", [1, 2]),
        ("optimizer.name=adamw,sgd", "optimizer.name", ["adamw", "sgd"]),
        ("model.widths=[8, 16],[16, 32]", "model.widths", [[8, 16], [16, 32]]),
    ],
)
def test_choices_are_read_as_they_are_typed(text: str, field: str, values: list[Any]) -> None:
    assert read_choices(text) == (field, values)
    assert read_change("data.flip = false") == ("data.flip", False)
    assert read_change("name=a b") == ("name", "a b")


def test_a_sweep_looks_at_the_data_of_each_of_its_runs_and_makes_all_or_none(spec: RunSpec, tmp_path: Path) -> None:
    there, missing = [spec.data.train[0]], [str(tmp_path / "missing.txt")]
    points = points_of({"data.train": [there, missing], "seed": [1, 2]})
    with pytest.raises(StudioError) as refused:
        start_sweep(spec, points, tmp_path)
    assert refused.value.problem.code == "data-missing"
    assert refused.value.problem.arguments["path"] == missing[0]
    assert not [run for run in all_runs() if run.status().sweep]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_sweep_from_a_shell_queues_runs_and_shows_what_came_of_them(
    spec: RunSpec, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny.toml"
    short = msgspec.structs.replace(spec.schedule, steps=4)
    path.write_text(write_spec(msgspec.structs.replace(spec, schedule=short)))
    started: list[RunFolder] = []

    def at_once(folder: RunFolder, resume: bool = False) -> None:
        started.append(folder)
        run(folder.path, resume=False)

    monkeypatch.setattr(run_queue, "submit", at_once)
    assert commands.main(["sweep", str(path), "--over", "optimizer.learning_rate=1e-2,1e-9", "--json"]) == 0
    out = capfd.readouterr().out
    found = json.loads(out[out.index("\n{\n") :])  # the runs, in this process, have said theirs before
    assert [each["state"] for each in found["runs"]] == ["finished", "finished"]
    assert found["differs"] == {"optimizer.learning_rate": [1e-2, 1e-9]}
    best = [each["best_evaluation_loss"] for each in found["runs"]]
    assert best[0] < best[1]
    assert commands.main(["compare", "--sweep", "tiny"]) == 0
    table = capfd.readouterr().out
    assert "optimizer.learning_rate" in table.splitlines()[0]
    assert [row.split()[1] for row in table.splitlines()[1:]] == ["0.01", "1e-09"]
    assert compare(started).runs[0].name == started[0].name
    assert commands.main(["compare", "--sweep", "nobody"]) == 2
