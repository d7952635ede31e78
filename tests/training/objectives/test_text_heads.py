"""Classes of texts and tags of words, learnt by any method on a tiny encoder: the losses of a plain loop, the same bits
after a stop, and models that are loaded as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
import torch.nn.functional as F
from peft import PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    BertModel,
)

from bigmodel_studio.core.data import conlleval
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.rules import check_spec
from bigmodel_studio.core.specs.spec import (
    DataSpec,
    LaunchSpec,
    MethodSpec,
    ModelSpec,
    Objective,
    OptimizerSpec,
    RunSpec,
    SamplesSpec,
    ScheduleSpec,
)
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.optimizer import learning_rate
from bigmodel_studio.training.loop.run import FINISHED, run
from bigmodel_studio.training.objectives.tag import Tag
from tests.training.conftest import TOLD_BY, losses

Make = Callable[..., RunSpec]
FULL = MethodSpec()


@pytest.fixture
def make(encoder: Path, texts: Path, sentences: Path) -> Make:
    """A spec of an objective, by a method."""

    def made(objective: Objective, method: MethodSpec = FULL, steps: int = 12) -> RunSpec:
        data = texts if objective == "classify-text" else sentences
        return RunSpec(
            name=f"{objective}-{method.kind}",
            objective=objective,
            data=DataSpec(train=(str(data),), evaluation=0.2),
            model=ModelSpec(base=str(encoder), context=32),
            method=method,
            optimizer=OptimizerSpec(learning_rate=3e-3, weight_decay=0.01),
            schedule=ScheduleSpec(
                steps=steps, batch=8, evaluate_every=steps // 3, evaluation_batches=50, checkpoint_every=steps // 3
            ),
            samples=SamplesSpec(),
            launch=LaunchSpec(device="cpu", threads=1),
        )

    return made


def finished(spec: RunSpec) -> RunFolder:
    folder = create_run(spec)
    assert run(folder.path, resume=False) == FINISHED, (folder.path / "log.txt").read_text()
    return folder


METHODS = [
    MethodSpec(),
    MethodSpec(kind="lora", rank=4, dropout=0.1),
    MethodSpec(kind="frozen"),
]


@pytest.mark.parametrize("objective", ["classify-text", "tag"])
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.kind)
def test_stopped_and_resumed_it_gives_the_same_bits(make: Make, objective: str, method: MethodSpec) -> None:
    spec = make(objective, method)
    whole = finished(spec)
    before = losses(whole)
    (whole.checkpoint_path(12) / "MANIFEST.json").unlink()  # as a kill while it was saved leaves it
    assert whole.checkpoints()[-1] == 8
    assert run(whole.path, resume=True) == FINISHED
    assert losses(whole) == before


@pytest.mark.parametrize("objective", ["classify-text", "tag"])
def test_the_losses_are_those_of_a_plain_loop(make: Make, encoder: Path, objective: str) -> None:
    spec = make(objective, steps=50)
    ours = [loss for _, loss, _ in losses(finished(spec))]
    built = objectives.build(resolve_spec(spec), None, lambda *_: None)
    auto: Any = AutoModelForSequenceClassification if objective == "classify-text" else AutoModelForTokenClassification
    count = 3
    torch.manual_seed(spec.seed)
    model = auto.from_pretrained(str(encoder), num_labels=count, dtype=torch.float32)
    model.load_state_dict(built.model.state_dict())
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    others = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=3e-3, betas=(0.9, 0.95), eps=1e-8)
    theirs = []
    model.train()
    for step in range(1, 51):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, 3e-3, spec.schedule)
        batch = built.batch(step)
        torch.manual_seed((spec.seed * 0x9E3779B97F4A7C15 + step) % 2**63)
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        flat, labels = logits.reshape(-1, count), batch["labels"].reshape(-1)
        loss = F.cross_entropy(flat, labels, ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        theirs.append(loss.item())
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_classes_are_learnt_and_told(make: Make) -> None:
    folder = finished(make("classify-text", steps=200))
    last = [record for record in folder.metrics() if "accuracy" in record][-1]
    assert last["accuracy"] > 0.9
    assert last["f1"] > 0.9
    *said, scores = [sample for sample in folder.samples() if sample["step"] == 200]
    assert len(said) == 8
    assert {score["label"] for score in scores["classes"]} == set(TOLD_BY)
    assert sum(score["pictures"] for score in scores["classes"]) == 48
    checkpoint = folder.checkpoint_path()
    model = AutoModelForSequenceClassification.from_pretrained(str(checkpoint))
    given = AutoTokenizer.from_pretrained(str(checkpoint))(["it was so awful"], return_tensors="pt")
    assert model.config.id2label[int(model(**given).logits.argmax())] == "bad"


def test_tags_are_learnt_and_counted_as_entities(make: Make) -> None:
    folder = finished(make("tag", steps=120))
    last = [record for record in folder.metrics() if "f1" in record][-1]
    assert last["f1"] > 0.9
    built = objectives.build(resolve_spec(make("tag", steps=120)), folder.checkpoint_path(), lambda *_: None)
    built.model.eval()
    with torch.no_grad():
        found = built.evaluate(built.model, built.evaluation_batches())
    assert found["f1"] == pytest.approx(last["f1"])
    assert conlleval.entities(["O", "B-place", "I-place"]) == [(1, 2, "place")]


def test_a_words_first_piece_alone_carries_its_tag(make: Make) -> None:
    built = objectives.build(resolve_spec(make("tag")), None, lambda *_: None)
    batch = built.batch(1)
    assert batch["labels"].shape == batch["input_ids"].shape
    known = batch["labels"] != -100
    assert isinstance(built, Tag)
    words = sum(len(built.train[number].words) for number in built._drawn(1))
    assert int(known.sum()) == words == built.weight(batch)
    assert not bool((known & (batch["attention_mask"] == 0)).any())


def test_frozen_changes_the_head_alone_and_lora_leaves_its_base(make: Make, encoder: Path) -> None:
    body = BertModel.from_pretrained(str(encoder)).state_dict()
    frozen = AutoModelForSequenceClassification.from_pretrained(
        str(finished(make("classify-text", MethodSpec(kind="frozen"))).checkpoint_path())
    )
    name = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(frozen.bert.state_dict()[name], body[name])
    folder = finished(make("classify-text", MethodSpec(kind="lora", rank=4)))
    assert folder.status().trainable_parameters < 0.3 * folder.status().parameters
    lora = AutoModelForSequenceClassification.from_pretrained(str(folder.checkpoint_path())).bert.state_dict()
    assert not torch.equal(lora[name], body[name])
    assert torch.equal(lora["encoder.layer.0.output.LayerNorm.weight"], body["encoder.layer.0.output.LayerNorm.weight"])


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # peft asks for it
def test_a_decoders_adapter_is_in_its_weights_and_beside_them(causal_folders: dict[str, Path], text: Path) -> None:
    for name in ("gpt2", "llama"):
        base = causal_folders[name]
        spec = RunSpec(
            name=name,
            data=DataSpec(train=(str(text),), evaluation=0.1),
            model=ModelSpec(base=str(base), context=32),
            method=MethodSpec(kind="lora", rank=2),
            optimizer=OptimizerSpec(learning_rate=1e-2),
            schedule=ScheduleSpec(steps=6, batch=4, evaluate_every=6, evaluation_batches=1, checkpoint_every=6),
            launch=LaunchSpec(device="cpu", threads=1),
        )
        checkpoint = finished(spec).checkpoint_path()
        merged = AutoModelForCausalLM.from_pretrained(str(checkpoint))
        plain = AutoModelForCausalLM.from_pretrained(str(base))
        ids = torch.arange(20)[None]
        with torch.no_grad():
            without = plain(ids).logits
            adapted: Any = PeftModel.from_pretrained(plain, str(checkpoint / "adapter"))
            torch.testing.assert_close(merged(ids).logits, adapted(ids).logits, atol=1e-4, rtol=1e-4)
            assert (merged(ids).logits - without).abs().max() > 1e-3


def test_what_cannot_be_is_said(make: Make) -> None:
    spec = make("classify-text", MethodSpec(kind="lora", targets=("nowhere",)))
    folder = create_run(spec)
    assert run(folder.path, resume=False) == 2
    assert "nowhere" in folder.status().message
    assert "query" in folder.status().message
    with pytest.raises(StudioError) as caught:
        check_spec(msgspec.structs.replace(spec, method=MethodSpec(), model=ModelSpec()))
    assert caught.value.problem.code == "base-needed"
    with pytest.raises(StudioError) as caught:
        check_spec(msgspec.structs.replace(spec, method=MethodSpec(kind="lora", rank=0)))
    assert caught.value.problem.arguments["field"] == "method.rank"
