"""Many texts are encoded as the tokenizer encodes each of them alone, in their order, whoever's turn it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from transformers import BertTokenizer

from bigmodel_studio.training.data import encoded
from bigmodel_studio.training.data.encoded import encode_texts
from tests.small_models import byte_tokenizer
from tests.training.conftest import make_text

CONTEXT = 24


@pytest.mark.parametrize("as_words", [False, True])
def test_many_texts_are_encoded_as_each_alone(monkeypatch: pytest.MonkeyPatch, as_words: bool) -> None:
    monkeypatch.setattr(encoded, "AT_ONCE", 10)
    tokenizer: Any = byte_tokenizer()
    texts = [make_text(3 + number % 40, number).strip() or "a" for number in range(95)]
    given: Any = [text.split() or ["a"] for text in texts] if as_words else texts
    done: list[int] = []
    made = encode_texts(tokenizer, given, CONTEXT, lambda _, count, of: done.append(count), as_words=as_words)
    assert done == [*range(10, 91, 10), 95]
    for number, each in enumerate(given):
        alone = tokenizer(each, truncation=True, max_length=CONTEXT, is_split_into_words=as_words).encodings[0]
        assert made.of(number).tolist() == alone.ids
        assert int(made.lengths[number]) == len(tokenizer(each, is_split_into_words=as_words)["input_ids"])
        if as_words:
            assert made.words_of(number).tolist() == [-1 if word is None else word for word in alone.word_ids]
    assert made.cuts == int(np.count_nonzero(made.lengths > CONTEXT)) > 0


def test_texts_that_share_words_are_encoded_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoded, "AT_ONCE", 10)
    monkeypatch.setattr(encoded, "MOST_WORDS", 20)
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        ".",
        ",",
        "'",
        "the",
        "cat",
        "sat",
        "na",
        "##s",
        "##ive",
        "是",
    ]
    tokenizer: Any = BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)})
    strange = (
        "The CAT's, cats.",
        "",
        "  the   [MASK]  x[SEP]y ",
        "naïve 是是 cat",
        "the\tcat\nsat",
        "cat\x1b\x0bsat\x1cs",
        "x" * 300,
    )
    texts = [f"{strange[number % 7]} {number} " + "the cat sat, " * (number % 5) for number in range(95)]
    assert encoded.KnownWords.of(tokenizer, CONTEXT) is not None
    made = encode_texts(tokenizer, texts, CONTEXT)
    alone = [tokenizer(text, truncation=True, max_length=CONTEXT)["input_ids"] for text in texts]
    assert [made.of(number).tolist() for number in range(95)] == alone
    assert made.lengths.tolist() == [len(tokenizer(text)["input_ids"]) for text in texts]
    assert 0 < made.cuts < 95
