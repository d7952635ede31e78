"""The tasks that look at a training closely: the examples of a step, and one step taken slowly."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import update_rule
from bigmodel_studio.core.runs.inside_reader import recorded_losses
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.engine.text.token_texts import token_texts
from bigmodel_studio.protocol import Done, Failed, LookAtStep, Request, StepExamples, StepTaken, TakeStep, WeightBlock
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.run import FINISHED, run
from tests.small_models import byte_tokenizer
from tests.training.objectives.test_classify_images import make_pictures, tiny_spec

MakeRun = Callable[..., RunFolder]


def asked(request: Request) -> object:
    *_, end = run_task(request, Session(threads=1))
    return end.result if isinstance(end, Done) else end


def look(folder: RunFolder, step: int, most: int = 64) -> StepExamples:
    seen = asked(LookAtStep(run=str(folder.path), step=step, most=most))
    assert isinstance(seen, StepExamples), seen
    return seen


def take(folder: RunFolder, saved: int) -> StepTaken:
    taken = asked(TakeStep(run=str(folder.path), checkpoint=saved))
    assert isinstance(taken, StepTaken), taken
    return taken


def files_of(folder: RunFolder) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def test_a_step_s_texts_are_those_that_it_learnt_from_hardest_first(make_run: MakeRun) -> None:
    folder = make_run(model={"dropout": 0.0})
    assert run(folder.path, resume=False) == FINISHED
    before = files_of(folder)
    seen = look(folder, 5)
    assert (seen.checkpoint, seen.exact, seen.count) == (4, True, 4)
    spec = folder.spec()
    assert spec is not None
    objective = objectives.build(resolve_spec(spec), None, lambda *_: None)
    tokens = objective.batch(5)["tokens"].tolist()
    tokenizer = objective.tokenizer  # type: ignore[attr-defined]
    for example in seen.examples:
        assert "".join(token.text for token in example.tokens) == tokenizer.decode(tokens[example.number])
        assert example.tokens[0].loss is None
        known = [token.loss for token in example.tokens if token.loss is not None]
        assert sum(known) / len(known) == pytest.approx(example.loss, rel=1e-4)
        assert example.recorded == pytest.approx(example.loss, rel=1e-4)  # the very weights, and no dropout
    assert [e.recorded for e in seen.examples] == sorted(recorded_losses(folder.path, 5), reverse=True)  # type: ignore[type-var]
    later = look(folder, 7, most=2)
    assert (later.checkpoint, later.exact, len(later.examples), later.count) == (4, False, 2, 4)
    assert later.examples[0].recorded != pytest.approx(later.examples[0].loss, rel=1e-6)
    assert look(folder, 2).checkpoint == 0
    assert files_of(folder) == before


def test_a_step_s_pictures_are_as_they_were_cut_for_it(tmp_path: Path) -> None:
    schedule = {"steps": 9, "batch": 3, "accumulate": 2, "evaluate_every": 4, "checkpoint_every": 4}
    folder = create_run(tiny_spec(make_pictures(tmp_path / "pictures"), schedule=schedule))
    assert run(folder.path, resume=False) == FINISHED
    seen = look(folder, 9)
    spec = folder.spec()
    assert spec is not None
    assert seen.count == 6
    batch = objectives.build(resolve_spec(spec), None, lambda *_: None).batch(9)
    for example in seen.examples:
        assert example.picture is not None
        shown = torch.from_numpy(np.array(Image.open(io.BytesIO(example.picture))))
        assert torch.equal(shown, batch["pictures"][example.number])
        assert Path(example.source).parent.name == example.expected
        assert example.probability is not None
        assert example.predicted in ("blue", "green", "red")


def test_a_step_that_is_none_is_refused(make_run: MakeRun) -> None:
    folder = make_run(schedule={"steps": 1})
    assert run(folder.path, resume=False) == FINISHED
    for step in (0, 2):
        failed = asked(LookAtStep(run=str(folder.path), step=step))
        assert isinstance(failed, Failed)
        assert failed.problem.code == "step-unknown"
    failed = asked(TakeStep(run=str(folder.path), checkpoint=7))
    assert isinstance(failed, Failed)
    assert failed.problem.code == "run-no-checkpoint"


@pytest.mark.parametrize(("optimizer", "accumulate"), [("adamw", 1), ("sgd", 2)])
def test_a_slow_step_is_the_run_s_own_and_is_what_one_computes_by_hand(
    make_run: MakeRun, optimizer: str, accumulate: int
) -> None:
    schedule = {"checkpoint_every": 1, "steps": 4, "accumulate": accumulate}
    folder = make_run(schedule=schedule, optimizer={"name": optimizer, "clip": 0.5})
    assert run(folder.path, resume=False) == FINISHED
    before, metrics = files_of(folder), folder.metrics()
    for saved in (0, 2):
        taken = take(folder, saved)
        told = metrics[saved]
        assert (taken.step, taken.loss, taken.learning_rate) == (saved + 1, told["loss"], told["learning_rate"])
        assert taken.gradient_norm == pytest.approx(told["gradient_norm"], rel=1e-6)
        assert taken.scale < 1
        assert len(taken.examples) == 4 * accumulate
        weights = load_file(folder.checkpoint_path(saved + 1) / "model.safetensors")
        assert {block.name for block in taken.blocks} == set(weights)
        for block in taken.blocks:
            assert block_of(weights[block.name], block) == list(block.after)
            for place in range(0, len(block.after), 7):
                lines = update_rule.by_hand(taken, block, place)
                assert lines[-1].value == pytest.approx(block.after[place], rel=1e-6, abs=1e-7)
                values = {line.name: line.value for line in lines}
                for state, name in (("exp_avg", "m"), ("exp_avg_sq", "v"), ("momentum_buffer", "b")):
                    if state in block.state_after:
                        assert values[name] == pytest.approx(block.state_after[state][place], rel=1e-5, abs=1e-12)
    assert files_of(folder) == before


def block_of(tensor: torch.Tensor, block: WeightBlock) -> list[float]:
    flat = tensor.reshape(1, -1) if tensor.ndim < 2 else tensor.reshape(len(tensor), -1)
    rows = len(block.after) // block.width
    values: list[float] = (
        flat[block.row : block.row + rows, block.column : block.column + block.width].flatten().tolist()
    )
    return values


def test_tokens_that_end_within_a_character_are_joined() -> None:
    tokenizer = byte_tokenizer()
    assert token_texts(tokenizer, tokenizer.encode("é中!")) == ["", "é", "", "", "中", "!"]


def test_from_a_shell_too(make_run: MakeRun, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_run(schedule={"steps": 4})
    assert run(folder.path, resume=False) == FINISHED
    capsys.readouterr()

    def said(*arguments: str) -> str:
        assert commands.main([*arguments]) == 0
        return capsys.readouterr().out

    looked = json.loads(said("look", folder.name, "--step", "2", "--most", "3", "--json"))
    assert [example["recorded"] for example in looked["examples"]] == sorted(
        (example["recorded"] for example in looked["examples"]), reverse=True
    )
    assert len(looked["examples"]) == 3
    text = looked["examples"][0]["text"]
    assert " ".join(text.split())[:40] in said("look", folder.name, "--step", "2")
    taken = json.loads(said("step", folder.name, "--from", "0", "--json"))
    followed = taken["followed"]
    assert followed["by_hand"][-1]["value"] == pytest.approx(followed["after"], rel=1e-6)
    assert taken["loss"] == folder.metrics()[0]["loss"]
    assert "transformer.wpe.weight" in said("step", folder.name, "--parameter", "transformer.wpe.weight")
    assert commands.main(["step", folder.name, "--parameter", "none"]) == 2
    assert "not a trained parameter" in capsys.readouterr().err
