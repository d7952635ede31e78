"""Pairs of texts: read from a second column, tokenised together, learnt, and told by the model that was saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.labelled_texts import read_labelled
from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import spec_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import ClassifyTexts, TextClassified
from bigmodel_studio.training import objectives
from bigmodel_studio.training.loop.run import FINISHED, run
from bigmodel_studio.training.objectives.classify_text import ClassifyText
from tests.training.conftest import TOLD_BY, write_word_encoder


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """The second text alone tells the class; the first has the words of any."""
    random = np.random.default_rng(0)
    every = [word for words in TOLD_BY.values() for word in words]
    rows = ["sentence1\tsentence2\tlabel"]
    for number in range(240):
        label = list(TOLD_BY)[number % 3]
        rows.append(f"so {random.choice(every)}\tit was {random.choice(TOLD_BY[label])}\t{label}")
    path = tmp_path / "pairs.tsv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT body that reads words."""
    return write_word_encoder(tmp_path_factory.mktemp("words") / "body", layers=2)


def raw(table: Path, encoder: Path, **schedule: int) -> dict[str, Any]:
    return {
        "name": "pairs",
        "objective": "classify-text",
        "data": {"train": [str(table)], "evaluation": 0.2, "pair_column": "sentence2"},
        "model": {"base": str(encoder), "context": 32},
        "optimizer": {"learning_rate": 3e-3},
        "schedule": {"steps": 120, "batch": 16, "evaluate_every": 60, "checkpoint_every": 120, **schedule},
        "launch": {"device": "cpu", "threads": 1},
    }


def test_the_second_column_is_read_from_every_table_and_must_be_filled(tmp_path: Path) -> None:
    columns = Columns(pair="hypothesis")
    lines = tmp_path / "a.jsonl"
    lines.write_text(json.dumps({"premise": "It rains a lot", "hypothesis": "It is wet", "label": 1}) + "\n")
    comma = tmp_path / "a.csv"
    comma.write_text("label,premise,hypothesis\nyes,It rains here a lot,It is wet\nno,It rains here a lot,It is dry\n")
    (one,) = read_labelled([str(lines)], Columns(text="premise", pair="hypothesis"))
    assert (one.text, one.second, one.label) == ("It rains a lot", "It is wet", "1")
    both = read_labelled([str(comma)], Columns(text="premise", pair="hypothesis"))
    assert [each.second for each in both] == ["It is wet", "It is dry"]
    comma.write_text("label,premise,hypothesis\nyes,It rains here a lot,\n")
    with pytest.raises(StudioError, match=r"line 2.*it has no second text"):
        read_labelled([str(comma)], Columns(text="premise", pair="hypothesis"))
    comma.write_text("a,label\nx y z w,1\nx y z v,2\n")
    with pytest.raises(StudioError, match="hypothesis"):
        read_labelled([str(comma)], columns)


def test_a_pair_is_tokenised_as_the_tokenizer_does_and_the_longer_text_is_cut(table: Path, words: Path) -> None:
    with open(table, "a", encoding="utf-8") as stream:
        stream.write("it was great\t" + "so " * 40 + "fine\tgood\n")
    objective = objectives.build(resolve_spec(spec_of(raw(table, words), Path("/"))), None, lambda *_: None)
    assert isinstance(objective, ClassifyText)
    tokenizer = AutoTokenizer.from_pretrained(str(words))
    whole = [*objective.train, *objective.evaluation]
    long = next(number for number, each in enumerate(objective.train) if len(each.second) > 100)
    batch = objective._batch(objective.train, objective.encoded, [0, long])
    firsts, seconds = ([getattr(objective.train[n], name) for n in (0, long)] for name in ("text", "second"))
    expected: Any = tokenizer(
        firsts, seconds, truncation="longest_first", max_length=32, padding=True, return_tensors="pt"
    )
    for name in ("input_ids", "attention_mask", "token_type_ids"):
        assert batch[name].tolist() == expected[name].tolist(), name
    assert batch["token_type_ids"].sum() > 0
    assert bool(objective.encoded.cut[long])
    assert not objective.encoded.cut[0]
    assert len(whole) == 241


def test_pairs_are_learnt_and_told_by_the_saved_model(table: Path, words: Path) -> None:
    folder: RunFolder = create_run(spec_of(raw(table, words), Path("/")))
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    assert folder.metrics()[-1]["f1"] >= 0.95
    assert "\t" in folder.samples()[-2]["prompt"]
    pairs = (("so awful", "it was lovely"), ("so lovely", "it was awful"), ("so great", "it was chair"))
    request = ClassifyTexts(model=parse_model(str(folder.checkpoint_path())), inputs=pairs, top_k=1)
    answers = [each for each in run_task(request, Session(threads=1)) if isinstance(each, TextClassified)]
    assert [each.predictions[0].label for each in answers] == ["good", "bad", "none"]
