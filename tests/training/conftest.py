"""A text that a tiny model learns from in seconds, specs of such trainings, and runs in this process or their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, BertTokenizer

from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import (
    DataSpec,
    LaunchSpec,
    ModelSpec,
    OptimizerSpec,
    RunSpec,
    SamplesSpec,
    ScheduleSpec,
    write_spec,
)
from tests.small_models import byte_tokenizer, causal_folders, picture_folder

__all__ = ["causal_folders", "picture_folder"]
WORDS = ["the", "a", "red", "blue", "small", "old", "cat", "dog", "bird", "house"]
WORDS += ["tree", "runs", "sleeps", "sings", "sees", "near", "under"]
TOLD_BY = {"good": ["fine", "lovely", "great"], "bad": ["poor", "awful", "nasty"], "none": ["chair", "lamp"]}
"""Which words tell the class of a text."""


@pytest.fixture(autouse=True)
def torch_as_it_was() -> Iterator[None]:
    """Put back what a run pins for the whole process."""
    threads, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    yield
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(deterministic)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """30 kB of sentences without sense, the same every time."""
    path = tmp_path / "words.txt"
    path.write_text(make_text(30_000), "utf-8")
    return path


@pytest.fixture
def spec(text: Path) -> RunSpec:
    """See ``tiny_spec``."""
    return tiny_spec(text)


@pytest.fixture
def make_run(spec: RunSpec) -> Callable[..., RunFolder]:
    """A new run of the tiny spec, with tables of it changed: ``make_run(schedule={"steps": 3})``."""

    def made(**changes: Any) -> RunFolder:
        return create_run(with_changes(spec, **changes))

    return made


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT body, with a tokenizer of bytes that knows a padding."""
    folder = tmp_path_factory.mktemp("encoder") / "body"
    torch.manual_seed(3)
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        vocab_size=258,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(str(folder))
    tokenizer = byte_tokenizer(None)
    tokenizer.add_special_tokens({"pad_token": "<|pad|>"})
    tokenizer.save_pretrained(str(folder))
    return folder


def write_word_encoder(folder: Path, layers: int) -> Path:
    """Write a random BERT body that reads words, and its tokenizer; returns the folder."""
    known = ["so", "it", "was", *(word for told in TOLD_BY.values() for word in told)]
    vocabulary = {word: number for number, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *known])}
    torch.manual_seed(3)
    config = BertConfig(
        hidden_size=32,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=64,
        vocab_size=len(vocabulary),
        initializer_range=0.2,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(str(folder))
    BertTokenizer(vocab=vocabulary).save_pretrained(str(folder))
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Texts whose class is told by one word."""
    random = np.random.default_rng(0)
    rows = ["text,label"]
    for number in range(240):
        label = list(TOLD_BY)[number % 3]
        words = [*random.choice(["the", "a", "it", "was", "so"], 3), random.choice(TOLD_BY[label])]
        rows.append(f'"{" ".join(map(str, words))}",{label}')
    path = tmp_path / "texts.csv"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


@pytest.fixture
def sentences(tmp_path: Path) -> Path:
    """Sentences in which two words in a row make a place."""
    random = np.random.default_rng(0)
    lines = []
    for _ in range(200):
        lines += [f"{word}\tO" for word in random.choice(["we", "go", "see", "to"], int(random.integers(1, 4)))]
        lines += ["New\tB-place", f"{random.choice(['York', 'Delhi'])}\tI-place", ""]
    path = tmp_path / "sentences.conll"
    path.write_text("\n".join(lines), "utf-8")
    return path


def tiny_spec(text: Path) -> RunSpec:
    """12 updates of two layers, 32 wide, with dropout; evaluated and saved every 4, with the trainer's state each time:
    tests go on from any of them bit for bit.
    """
    return RunSpec(
        name="tiny",
        data=DataSpec(train=(str(text),), evaluation=0.1),
        model=ModelSpec(layers=2, heads=2, width=32, context=32, tokenizer="train:300", dropout=0.1),
        optimizer=OptimizerSpec(learning_rate=3e-3),
        schedule=ScheduleSpec(
            steps=12, batch=4, evaluate_every=4, evaluation_batches=2, checkpoint_every=4, keep_state=0
        ),
        samples=SamplesSpec(prompts=("the cat",), new_tokens=5),
        launch=LaunchSpec(device="cpu", threads=1),
    )


def with_changes(spec: RunSpec, **changes: Any) -> RunSpec:
    """The spec with fields, or fields of its tables, changed."""
    whole = {
        name: msgspec.structs.replace(getattr(spec, name), **value) if isinstance(value, dict) else value
        for name, value in changes.items()
    }
    return msgspec.structs.replace(spec, **whole)


def end_at(run: RunFolder, step: int) -> None:
    """Have a run that was to go on without end finish after this step."""
    spec = run.spec()
    assert spec is not None
    (run.path / "spec.toml").write_text(write_spec(with_changes(spec, schedule={"steps": step})), "utf-8")


def make_text(characters: int, seed: int = 0) -> str:
    random = np.random.default_rng(seed)
    words = random.choice(WORDS, size=characters // 4)
    ends = random.choice([" ", " ", " ", ".\n"], size=len(words))
    return "".join(word + end for word, end in zip(words, ends, strict=True))[:characters]


ENDLESS: dict[str, Any] = {"steps": 10**6, "evaluate_every": 10**6, "checkpoint_every": 10**6}
"""A schedule that no machine comes to the end of while a test looks away."""


def losses(run: RunFolder) -> list[tuple[int, float, float | None]]:
    """What has to be the same bit for bit: the loss and the evaluation loss of every step."""
    return [(record["step"], record["loss"], record.get("evaluation_loss")) for record in run.metrics()]


def wait_for(condition: Callable[[], bool], timeout_s: float = 240.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
