"""Texts that may have several classes: read from lists and separators, learnt with a sigmoid a class, and told by the
model that was saved.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForSequenceClassification

from bigmodel_studio.core.models import library
from bigmodel_studio.core.runs.inside_reader import read_records
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import spec_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import NO_CLASS, ClassifyTexts, TextClassified
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.run import FINISHED, run
from bigmodel_studio.training.objectives.classify_text import ClassifyText
from tests.training.conftest import TOLD_BY, losses, write_word_encoder


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT body that reads words."""
    return write_word_encoder(tmp_path_factory.mktemp("words") / "body", layers=1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Each text has a class for each of its words that tell one: none, one or several."""
    random = np.random.default_rng(0)
    rows = ["text\tlabels"]
    for _ in range(240):
        classes = [label for label in TOLD_BY if random.random() < 0.4]
        told = [str(random.choice(TOLD_BY[label])) for label in classes]
        rows.append(f"it was {' '.join(told)} so\t{';'.join(classes)}")
    path = tmp_path / "several.tsv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def raw(table: Path, encoder: Path, /, **tables: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "name": "several",
        "objective": "classify-text",
        "data": {"train": [str(table)], "evaluation": 0.2, "multi_label": True},
        "model": {"base": str(encoder), "context": 32},
        "optimizer": {"learning_rate": 5e-3},
        "schedule": {"steps": 80, "batch": 16, "evaluate_every": 40, "checkpoint_every": 60},
        "launch": {"device": "cpu", "threads": 1},
    }
    return whole | {name: {**whole[name], **values} if name in whole else values for name, values in tables.items()}


def built(spec: dict[str, Any]) -> ClassifyText:
    objective = objectives.build(resolve_spec(spec_of(spec, Path("/"))), None, lambda *_: None)
    assert isinstance(objective, ClassifyText)
    return objective


def test_several_classes_are_learnt_resumed_and_told_by_the_saved_model(table: Path, words: Path) -> None:
    folder: RunFolder = create_run(spec_of(raw(table, words), Path("/")))
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    before, last = losses(folder), folder.metrics()[-1]
    assert min(last["f1"], last["micro_f1"], last["accuracy"]) >= 0.95
    assert folder.status().best_step == 80
    config = json.loads((folder.checkpoint_path() / "config.json").read_text("utf-8"))
    assert config["problem_type"] == "multi_label_classification"
    (folder.checkpoint_path(80) / "MANIFEST.json").unlink()  # as a kill while it was saved leaves it
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == before

    head, evaluations = read_records(folder.path / "evaluations.jsonl")
    assert head["several"] is True
    wrong = [
        predicted != expected
        for predicted, expected in zip(evaluations[-1]["predicted"], head["expected"], strict=True)
    ]
    assert 1 - np.mean(wrong) == pytest.approx(last["accuracy"])
    assert any(not each for each in head["expected"]), "texts without a class are evaluated on too"

    inputs = (("it was great nasty so",), ("it was so",), ("it was lovely awful lamp so",))
    request = ClassifyTexts(model=library.parse_model(str(folder.checkpoint_path())), inputs=inputs, top_k=1)
    answers = [each for each in run_task(request, Session(threads=1)) if isinstance(each, TextClassified)]
    assert [set(each.chosen) for each in answers] == [{"good", "bad"}, set(), {"good", "bad", "none"}]
    assert sum(each.probability for each in answers[2].predictions) > 2, "each class has a probability of its own"


def test_the_loss_and_its_gradient_are_those_of_transformers(table: Path, words: Path) -> None:
    made = built(raw(table, words))
    batch = made.batch(3)
    made.model.eval()
    theirs: Any = AutoModelForSequenceClassification.from_pretrained(
        str(words), num_labels=3, problem_type="multi_label_classification"
    )
    theirs.load_state_dict(made.model.state_dict())
    theirs.eval()
    loss = made.loss(made.model, batch)
    expected = theirs(**batch).loss
    torch.testing.assert_close(loss, expected)
    loss.backward()  # type: ignore[no-untyped-call]
    expected.backward()
    grads, expected_grads = ([each.grad for each in model.parameters()] for model in (made.model, theirs))
    torch.testing.assert_close(grads, expected_grads)
    assert made.example_losses is not None
    assert made.example_losses.mean().item() == pytest.approx(loss.item())
    told = {
        label: {made.train[n].text for n in range(len(made.train)) if label in made.train[n].labels}
        for label in TOLD_BY
    }
    assert all(set(text.split()) & set(TOLD_BY[label]) for label, texts in told.items() for text in texts)


def test_smoothing_takes_half_of_its_share_from_both(table: Path, words: Path) -> None:
    made = built(raw(table, words, method={"label_smoothing": 0.2}))
    batch, targets = made.batch(1), made.targets
    logits = torch.zeros(len(batch["labels"]), 3).fill_(0.7)
    chance = logits.sigmoid()
    soft = batch["labels"] * 0.8 + 0.1
    expected = -(soft * chance.log() + (1 - soft) * (1 - chance).log()).mean(-1)
    torch.testing.assert_close(targets.losses(logits, batch["labels"], 0.2), expected)
    example = made.shown(batch, [0], 1)[0]
    assert {each.share for each in example.classes} <= {0.9}


def test_an_example_looked_at_has_all_its_classes_or_none(table: Path, words: Path) -> None:
    made = built(raw(table, words, schedule={"batch": 64}))
    made.model.eval()
    batch = made.batch(1)
    looked_at = made.look(made.model, batch, range(64), 1)
    for each, target in zip(looked_at, batch["labels"], strict=True):
        classes = [made.labels[number] for number in target.nonzero().flatten().tolist()]
        assert each.expected == (", ".join(classes) or NO_CLASS)
    assert {NO_CLASS, "bad, good"} <= {each.expected for each in looked_at}
    logits = made._logits(made.model, batch)
    chances = torch.where(logits >= 0, logits.sigmoid(), 1 - logits.sigmoid()).prod(-1)
    assert [each.probability for each in looked_at] == pytest.approx(chances.tolist())


def test_a_class_that_is_not_learnt_is_refused_in_evaluation_by_line(table: Path, words: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("text\tlabels\nit was fine\tgood\nit was odd\tgood;strange\n", "utf-8")
    with pytest.raises(StudioError, match=r"own.tsv, line 3.*the class strange is missing"):
        built(raw(table, words, data={"evaluation": [str(own)]}))
    own.write_text("text\tlabels\nit was fine\tgood\nso it was\t\n", "utf-8")
    made = built(raw(table, words, data={"evaluation": [str(own)]}))
    assert made.targets.tensor(made.evaluation).tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
