"""BERT's pre-training: the losses of transformers' own, metrics of both tasks, and runs that go on bit for bit."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from transformers import BertForMaskedLM, BertForPreTraining

from bigmodel_studio.core.models import shape
from bigmodel_studio.core.models.folder import kind_of, read_config
from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import DataSpec, MaskingSpec, ModelSpec, RunSpec, spec_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.describe import describe
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Describe, Done
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data.masking import IGNORED
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.objectives.masked_lm import MaskedLM
from tests.training.conftest import losses, make_text
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Sentences without sense, in documents of six lines."""
    path = tmp_path / "documents.txt"
    lines = make_text(20_000).splitlines()
    path.write_text("\n".join("\n".join([*lines[at : at + 6], ""]) for at in range(0, len(lines), 6)), "utf-8")
    return path


@pytest.fixture
def spec(spec: RunSpec, text: Path) -> RunSpec:
    """As the tiny spec, a BERT."""
    return msgspec.structs.replace(
        spec,
        objective="masked-lm",
        data=DataSpec(train=(str(text),), evaluation=0.2),
        model=msgspec.structs.replace(spec.model, architecture="bert"),
        samples=msgspec.structs.replace(spec.samples, prompts=("The [MASK] sleeps near the [MASK].",)),
    )


def build(spec: RunSpec) -> MaskedLM:
    made = objectives.build(resolve_spec(spec), None, lambda *_: None)
    assert isinstance(made, MaskedLM)
    return made


def test_a_run_tells_both_tasks_and_makes_a_model_that_is_known(make_run: MakeRun) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    record = folder.metrics()[-1]
    assert record["evaluation_loss"] == pytest.approx(record["masked_loss"] + record["next_sentence_loss"])
    assert 0 <= record["masked_accuracy"] <= 1
    assert 0 <= record["next_sentence_accuracy"] <= 1
    sample = folder.samples()[-1]
    assert [len(mask["candidates"]) for mask in sample["masks"]] == [5, 5]
    first, second = (mask["candidates"][0] for mask in sample["masks"])
    assert sample["text"] == f"The {first['token']} sleeps near the {second['token']}."
    assert first["probability"] >= sample["masks"][0]["candidates"][1]["probability"]
    saved = folder.checkpoint_path(12)
    assert kind_of(read_config(saved)) == "masked-lm"
    (*_, done) = describe(Describe(model=parse_model(str(saved))), Session(threads=1))
    assert isinstance(done, Done)
    described: Any = done.result
    assert described.parameters == folder.status().parameters


def test_losses_are_those_of_transformers_own_in_a_plain_loop(make_run: MakeRun) -> None:
    """``BertForPreTraining`` computes the loss from labels itself; the optimizer and the schedule are written here."""
    changes: dict[str, Any] = {
        "model": {"dropout": 0.0},
        "schedule": {"steps": 50, "warmup": 5, "decay": "linear", "final_share": 0.0, "evaluate_every": 50,
                     "checkpoint_every": 50},
    }  # fmt: skip
    folder = make_run(**changes)
    found = folder.spec()
    assert found is not None
    objective = build(found)
    model, expected = objective.model.train(), []
    matrices, vectors = ([p for p in model.parameters() if (p.ndim > 1) == wide] for wide in (True, False))
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}], betas=(0.9, 0.95)
    )
    for step in range(1, 51):
        for group in optimizer.param_groups:
            group["lr"] = 3e-3 * (step / 5 if step <= 5 else 1 - (step - 5) / 45)
        batch = objective.batch(step)
        loss = model(
            input_ids=batch["input_ids"],
            token_type_ids=batch["token_type_ids"],
            attention_mask=batch["attention_mask"],
            labels=batch["labels"],
            next_sentence_label=batch["next_sentence_label"],
        ).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        expected.append(loss.item())
    assert run(folder.path, resume=False) == FINISHED
    assert [record["loss"] for record in folder.metrics()] == pytest.approx(expected, abs=1e-5)


def test_a_batch_in_parts_has_the_loss_of_the_whole(make_run: MakeRun) -> None:
    whole = make_run(model={"dropout": 0.0}, schedule={"steps": 4, "batch": 8})
    parts = make_run(model={"dropout": 0.0}, schedule={"steps": 4, "batch": 2, "accumulate": 4})
    assert run(whole.path, resume=False) == run(parts.path, resume=False) == FINISHED
    one, two = ([record["loss"] for record in folder.metrics()] for folder in (whole, parts))
    assert one == pytest.approx(two, abs=1e-5)


@pytest.mark.parametrize("step", [1, 6, 11])
def test_stopped_and_resumed_the_rest_is_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    whole, stopped = make_run(), make_run()
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, step)
        assert run(stopped.path, resume=False) == STOPPED
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    assert stopped.samples()[-1]["masks"] == whole.samples()[-1]["masks"]


def test_a_batch_depends_on_seed_and_step_alone_and_no_special_token_is_hidden(spec: RunSpec) -> None:
    objective, again = build(spec), build(spec)
    other = build(msgspec.structs.replace(spec, seed=2))
    batch = objective.batch(3)
    assert all(bool((batch[name] == value).all()) for name, value in again.batch(3).items())
    assert not torch.equal(batch["input_ids"], objective.batch(4)["input_ids"])
    assert not torch.equal(batch["input_ids"][0, :6], other.batch(3)["input_ids"][0, :6])
    for row, segments, attention, labels in zip(
        batch["input_ids"], batch["token_type_ids"], batch["attention_mask"], batch["labels"], strict=True
    ):
        length = int(attention.sum())
        names = objective.tokenizer.convert_ids_to_tokens(row[:length].tolist())
        middle = length - int(segments.sum()) - 1
        assert (names[0], names[middle], names[-1]) == ("[CLS]", "[SEP]", "[SEP]")
        assert labels[[0, middle, length - 1]].tolist() == [IGNORED] * 3
        assert bool((labels[length:] == IGNORED).all())
        assert bool((labels[:length] != IGNORED).any())


def test_the_unigram_baseline_is_counted_and_a_coin_is_tossed_for_pairs(spec: RunSpec) -> None:
    objective = build(spec)
    counts = np.bincount(objective.data.train.tokens, minlength=len(objective.tokenizer)) + 1
    chances = counts / counts.sum()
    hidden = [
        int(label) for batch in objective.evaluation_batches() for label in batch["labels"].flatten() if label >= 0
    ]
    expected = -sum(math.log(chances[label]) for label in hidden) / len(hidden) + math.log(2)
    assert objective.baselines() == {"unigram": pytest.approx(expected)}


def test_a_step_can_be_looked_at_word_by_word(spec: RunSpec) -> None:
    objective = build(spec)
    batch = objective.batch(2)
    model = objective.model.eval()
    with torch.no_grad():
        seen = objective.look(model, batch, [1, 3], 2)
        objective.loss(model, batch)
    assert objective.example_losses is not None
    assert [each.loss for each in seen] == pytest.approx(objective.example_losses[[1, 3]].tolist(), abs=1e-5)
    for each in seen:
        told = [token.loss is not None for token in each.tokens]
        assert told == (batch["labels"][each.number] != IGNORED)[: len(told)].tolist()
        assert "[MASK]" not in "".join(token.text for token in each.tokens)
        assert "".join(token.text for token in each.tokens).startswith(" [CLS] ")


def test_without_the_next_sentence_a_model_is_trained_on_and_guesses_words_alone(make_run: MakeRun) -> None:
    first = make_run(schedule={"steps": 2})
    assert run(first.path, resume=False) == FINISHED
    base = str(first.checkpoint_path(2))
    alone = make_run(model={"base": base}, masking={"next_sentence": False, "whole_words": True}, schedule={"steps": 3})
    assert run(alone.path, resume=False) == FINISHED
    record = alone.metrics()[-1]
    assert record["evaluation_loss"] == record["masked_loss"]
    assert "next_sentence_accuracy" not in record
    assert read_config(alone.checkpoint_path(3))["architectures"] == ["BertForMaskedLM"]
    objective = build(spec_of({"name": "x", "objective": "masked-lm", "data": {"train": [str(_text_of(alone))]},
                               "model": {"base": base}}, Path("/")))  # fmt: skip
    assert isinstance(objective.model, BertForPreTraining)
    with pytest.raises(StudioError, match="no next-sentence head"):
        build(msgspec.structs.replace(_spec_of(alone), masking=MaskingSpec(),
                                      model=ModelSpec(base=str(alone.checkpoint_path(3)))))  # fmt: skip


def test_a_model_that_does_not_guess_words_is_refused(spec: RunSpec, causal_folders: dict[str, Path]) -> None:
    with pytest.raises(StudioError, match="masked"):
        build(msgspec.structs.replace(spec, model=ModelSpec(base=str(causal_folders["gpt2"]))))


@pytest.mark.parametrize("next_sentence", [True, False])
def test_the_count_of_parameters_is_that_of_the_network(spec: RunSpec, next_sentence: bool) -> None:
    made = build(msgspec.structs.replace(spec, masking=MaskingSpec(next_sentence=next_sentence)))
    assert isinstance(made.model, BertForPreTraining if next_sentence else BertForMaskedLM)
    counted = shape.bert_parameters(
        vocabulary=len(made.tokenizer), context=32, width=32, layers=2, next_sentence=next_sentence
    )
    assert counted == sum(parameter.numel() for parameter in made.model.parameters())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"masking": {"share": 0.0}}, r"masking\.share"),
        ({"model": {"context": 4}}, r"model\.context"),
        ({"masking": {"shar": 0.1}}, r"masking\.shar"),
        ({"model": {"architecture": "gpt"}}, "architecture"),
    ],
)
def test_a_spec_that_cannot_be_is_refused_with_the_field(changes: dict[str, Any], words: str) -> None:
    raw = {"name": "x", "objective": "masked-lm", "data": {"train": ["a.txt"]}, **changes}
    with pytest.raises(StudioError, match=words):
        spec_of(raw, Path("/"))


def _spec_of(folder: RunFolder) -> RunSpec:
    found = folder.spec()
    assert found is not None
    return found


def _text_of(folder: RunFolder) -> str:
    return _spec_of(folder).data.train[0]
