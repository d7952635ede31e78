"""A token's logits depend on the ids before it alone, bit for bit: not on blocks, other rows or threads."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch

from bigmodel_studio.engine.generation.decoding import step
from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.cache import KeyValues
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.engine.packed.model import PackedModel
from tests.engine.packed.references import logits_of, packed, random_model

Kernel = Callable[..., Any]
IDS = [random.Random(7).randrange(60) for _ in range(150)]


@pytest.fixture(params=[("llama", ops.Q8), ("gpt_neo", ops.Q4_MIN), ("gemma3_text", ops.Q4), ("mistral", None)])
def model(request: pytest.FixtureRequest, kernel: Kernel) -> Any:
    family, kind = request.param
    found = packed(random_model(family, 8), kernel, kind, threads=3, few_threads_bytes=0)
    yield found
    found.close()


@pytest.mark.parametrize("seed", range(6))
def test_prefill_blocks_and_threads_change_no_bit(model: PackedModel, seed: int) -> None:
    draw = random.Random(seed)
    blocks = [draw.choice([1, 2, 3, 5, 8, 13, 31, 64, 100]) for _ in range(12)]
    expected = logits_of(model, IDS, [], threads=1)
    found = logits_of(model, IDS, blocks, threads=draw.choice([1, 2, 3]))
    assert torch.equal(found, expected)


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_other_sequences_change_no_bit(model: PackedModel, seed: int) -> None:
    """Sequences join and leave between steps; each row is what it is alone."""
    draw = random.Random(seed)
    texts = [[draw.randrange(60) for _ in range(draw.randrange(5, 40))] for _ in range(5)]
    alone = [logits_of(model, text, [len(text)]) for text in texts]
    sequences = [model.sequence() for _ in texts]
    while any(sequence.length < len(text) for sequence, text in zip(sequences, texts, strict=True)):
        rows, expected = [], []
        for sequence, text, logits in zip(sequences, texts, alone, strict=True):
            at = sequence.length
            for place in range(at, min(len(text), at + draw.choice([0, 1, 1, 3]))):
                rows.append((sequence, text[place]))
                expected.append(logits[place])
        if rows:
            found = model.feed(rows, range(len(rows)), threads=draw.choice([1, 2, 3]))
            assert torch.equal(found, torch.stack(expected))


def test_forks_and_truncation_change_no_bit(model: PackedModel) -> None:
    whole = logits_of(model, IDS, [100])
    sequence = model.sequence()
    model.feed([(sequence, id_) for id_ in IDS[:100]])
    fork = sequence.fork()
    # The fork writes other tokens into a block that both began with; neither sees the other's.
    model.feed([(fork, 1) for _ in range(20)])
    found = model.feed([(sequence, id_) for id_ in IDS[100:110]], range(10))
    assert torch.equal(found, whole[100:110])
    fork.truncate(70)
    found = model.feed([(fork, id_) for id_ in IDS[70:140]], range(70))
    assert torch.equal(found, whole[70:140])
    sequence.truncate(10)
    found = model.feed([(sequence, id_) for id_ in IDS[10:20]], range(10))
    assert torch.equal(found, whole[10:20])


def test_only_wanted_rows_have_logits(model: PackedModel) -> None:
    whole = logits_of(model, IDS, [100])
    sequence = model.sequence()
    found = model.feed([(sequence, id_) for id_ in IDS[:90]], [3, 89, 40])
    assert torch.equal(found, whole[[3, 89, 40]])


@pytest.mark.parametrize("seed", range(8))
def test_drafts_rollback_and_company_change_no_bit(model: PackedModel, seed: int) -> None:
    """Sequences are fed blocks, single tokens, and drafts that are partly wrong and taken back, in steps that others
    share, on any number of threads; they fork and are cut back. Each row that is fed is what it is alone.
    """
    draw = random.Random(seed)
    texts = [[draw.randrange(60) for _ in range(120)] for _ in range(4)]
    alone = [logits_of(model, text, []) for text in texts]
    sequences = [model.sequence() for _ in texts]
    checked = 0
    for _ in range(60):
        rows: list[tuple[KeyValues, int]] = []
        expected: list[tuple[int, torch.Tensor]] = []
        right: list[int] = []
        for which, text in enumerate(texts):
            if draw.random() < 0.1:
                fork = sequences[which].fork()
                sequences[which].release()
                sequences[which] = fork
            sequence = sequences[which]
            if sequence.length and draw.random() < 0.15:
                sequence.truncate(draw.randrange(sequence.length))
            at = sequence.length
            true = min(draw.choice([0, 1, 1, 2, 7, 20]), len(text) - at)
            wrong = draw.choice([0, 0, 3]) if true else 0
            expected += [(len(rows) + place, alone[which][at + place]) for place in range(true)]
            rows += [(sequence, id_) for id_ in text[at : at + true]]
            rows += [(sequence, draw.randrange(60)) for _ in range(wrong)]
            right.append(at + true)
        if not rows:
            continue
        found = model.feed(rows, range(len(rows)), threads=draw.choice([1, 2, 3]))
        for place, logits in expected:
            assert torch.equal(found[place], logits)
        checked += len(expected)
        for sequence, length in zip(sequences, right, strict=True):
            sequence.truncate(length)
    assert checked > 300


def test_decoders_step_together_as_alone(model: PackedModel) -> None:
    decoders = [PackedDecoder(model) for _ in range(3)]
    for number, decoder in enumerate(decoders):
        list(decoder.prefill(IDS[: 10 + number]))
    step([(decoder, IDS[10 + number]) for number, decoder in enumerate(decoders)])
    whole = logits_of(model, IDS[:13], [])
    for number, decoder in enumerate(decoders):
        assert decoder.logits is not None
        assert torch.equal(decoder.logits, whole[10 + number])
