"""Tokenizers from GGUF files, against transformers' own of the same vocabulary and against SentencePiece's rule."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import GemmaTokenizer, GPT2Tokenizer, PreTrainedTokenizerBase, Qwen2Tokenizer

from bigmodel_studio.core.models import gguf_support
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.gguf.pre_tokenizers import PRE_TOKENIZERS
from bigmodel_studio.engine.gguf.tensors import GgufTensors
from bigmodel_studio.engine.gguf.tokenizer import build, vocabulary_of
from tests.gguf_files import written

TEXTS = [
    "Hello world! It's 2026, isn't it? I'LL see you at 12:34:56.",
    "  two  spaces\tand a tab\n\n\nthree lines   ",
    "def f(x):\n    return x[0] + 1000000  # naïve café",
    "Ünïcödé: 你好，世界 — Привет мир 🙂👍🏽",
    "CamelCase and camelCase and SHOUTING and x2y3",
    "e\u0301 is e with an accent",
    "",
]
CORPUS = [*TEXTS, "the quick brown fox jumps over the lazy dog's 123 dogs", "It's what it's; they're there, we've 99"]


def read(tmp_path: Path, metadata: dict[str, Any], architecture: str = "llama") -> PreTrainedTokenizerBase:
    """The tokenizer of a file that holds little else."""
    path = tmp_path / "m.gguf"
    path.write_bytes(written({"general.architecture": architecture} | metadata, {"t": ((4,), 0)}))
    return build(vocabulary_of(GgufTensors(path)), architecture)


def learnt(pre: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """A byte-level vocabulary and its merges, learnt from a few sentences split as ``pre`` says."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[pre].splitter()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(
        CORPUS * 3, trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, show_progress=False)
    )
    merges = [(left, right) for left, right in json.loads(tokenizer.to_str())["model"]["merges"]]
    return tokenizer.get_vocab(), merges


def byte_level(pre: str, ids: dict[str, int], merges: Sequence[tuple[str, str]], **more: Any) -> dict[str, Any]:
    tokens = sorted(ids, key=lambda token: ids[token])
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": [*tokens, "<|im_end|>", "<think>"],
        "tokenizer.ggml.token_type": [1] * len(tokens) + [3, 4],
        "tokenizer.ggml.merges": [" ".join(merge) for merge in merges],
        "tokenizer.ggml.eos_token_id": len(tokens),
        **{f"tokenizer.ggml.{key}": value for key, value in more.items()},
    }


def test_each_way_to_split_that_core_names_is_built_here() -> None:
    assert set(PRE_TOKENIZERS) == gguf_support.PRE_TOKENIZERS


@pytest.mark.parametrize(("pre", "make"), [("gpt-2", GPT2Tokenizer), ("qwen2", Qwen2Tokenizer)])
def test_byte_level_tokens_are_those_of_transformers(
    tmp_path: Path, pre: str, make: Callable[..., PreTrainedTokenizerBase]
) -> None:
    ids, merges = learnt(pre)
    ours = read(tmp_path, byte_level(pre, ids, merges))
    theirs = make(vocab=ids, merges=merges, unk_token=None, eos_token=None, bos_token=None, pad_token=None)
    for text in TEXTS:
        assert ours(text)["input_ids"] == theirs(text)["input_ids"]
        assert ours.decode(ours(text)["input_ids"]) == theirs.decode(theirs(text)["input_ids"])


@pytest.mark.parametrize("pre", PRE_TOKENIZERS)
def test_what_was_encoded_is_decoded(tmp_path: Path, pre: str) -> None:
    ids, merges = learnt(pre)
    tokenizer = read(tmp_path, byte_level(pre, ids, merges, add_bos_token=False))
    assert tokenizer.is_fast
    for text in TEXTS[:-2]:
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert len(tokenizer(TEXTS[0])["input_ids"]) < len(TEXTS[0])  # it merges


@pytest.mark.parametrize(
    ("pre", "text", "parts"),
    [
        ("gpt-2", "abc 12345", ["abc", "Ġ12345"]),
        ("smollm", "abc 12345", ["abc", "Ġ", "1", "2", "3", "4", "5"]),
        ("llama-bpe", "abc 12345", ["abc", "Ġ", "123", "45"]),
        ("qwen2", "abc 123", ["abc", "Ġ", "1", "2", "3"]),
        ("tekken", "camelCase", ["camel", "Case"]),
        ("gpt-4o", "don'T 1234", ["don'T", "Ġ", "123", "4"]),
        ("llama-bpe", "DON'T", ["DON", "'T"]),
        ("gpt-2", "DON'T", ["DON", "'", "T"]),
    ],
)
def test_text_is_split_as_the_file_says(pre: str, text: str, parts: list[str]) -> None:
    split = [part for part, _place in PRE_TOKENIZERS[pre].splitter().pre_tokenize_str(text)]
    assert split == parts


def test_control_tokens_are_found_whole_and_end_replies(tmp_path: Path) -> None:
    ids, merges = learnt("qwen2")
    path = tmp_path / "m.gguf"
    metadata = byte_level("qwen2", ids, merges) | {
        "general.architecture": "qwen2",
        "tokenizer.chat_template": "{% for m in messages %}[{{ m.content }}]<|im_end|>{% endfor %}",
    }
    del metadata["tokenizer.ggml.eos_token_id"]
    path.write_bytes(written(metadata, {"t": ((4,), 0)}))
    vocabulary = vocabulary_of(GgufTensors(path))
    tokenizer = build(vocabulary, "qwen2")
    end, think = len(ids), len(ids) + 1
    assert tokenizer("a<|im_end|>b<think>")["input_ids"] == [ids["a"], end, ids["b"], think]
    assert vocabulary.ends() == (end,)  # by its text: the file doesn't name it
    assert tokenizer.decode([ids["a"], end, think], skip_special_tokens=True) == "a<think>"
    text = tokenizer.apply_chat_template([{"role": "user", "content": "hi"}], tokenize=False)
    assert text == "[hi]<|im_end|>"


def test_a_token_before_the_text_is_added_where_the_file_says_so(tmp_path: Path) -> None:
    ids, merges = learnt("llama-bpe")
    named = {"bos_token_id": len(ids)}
    for pre, more, adds in (
        ("llama-bpe", {}, True),
        ("llama-bpe", {"add_bos_token": False}, False),
        ("qwen2", {}, False),
        ("qwen2", {"add_bos_token": True}, True),
    ):
        tokenizer = read(tmp_path, byte_level(pre, ids, merges, **named, **more))
        assert (tokenizer("a")["input_ids"] == [len(ids), ids["a"]]) is adds
        assert tokenizer("a", add_special_tokens=False)["input_ids"] == [ids["a"]]
    with pytest.raises(StudioError) as caught:
        read(tmp_path, byte_level("qwen2", ids, merges, add_bos_token=True))
    assert caught.value.problem.code == "gguf-tokenizer"


# ---------------------------------------------------------------------------------------------- SentencePiece


def pieces() -> list[str]:
    """A SentencePiece vocabulary: control tokens, bytes, and pieces of a few sentences."""
    source = random.Random(4)
    text = "▁the▁quick▁brown▁fox▁jumps▁over▁the▁lazy▁dogs▁naïve▁hello▁world▁there▁they're"
    letters = sorted(set(text) | set("abcdefghijklmnopqrstuvwxyz'"))
    found = set()
    for _ in range(400):
        start = source.randrange(len(text) - 2)
        found.add(text[start : start + source.randrange(2, 7)])
    grown = set(letters)
    for piece in sorted(found, key=len):  # each can be merged from two that are there
        if any(piece[:cut] in grown and piece[cut:] in grown for cut in range(1, len(piece))):
            grown.add(piece)
    merged = sorted(grown - set(letters), key=lambda piece: (len(piece), piece))
    return ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *merged, *letters]


def sentencepiece(**more: Any) -> dict[str, Any]:
    tokens = pieces()
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0 if n < 259 else -float(n - 259) for n in range(len(tokens))],
        "tokenizer.ggml.token_type": [2, 3, 3, *[6] * 256, *[1] * (len(tokens) - 259)],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        **{f"tokenizer.ggml.{key}": value for key, value in more.items()},
    }


def by_rule(text: str, tokens: list[str]) -> list[int]:
    """SentencePiece's BPE in its plainest form: of all neighbours that make a token, merge those of the best score."""
    ids = {token: number for number, token in enumerate(tokens)}
    parts = list("▁" + text.replace(" ", "▁")) if text else []
    while True:
        pairs = [(ids[a + b], place) for place, (a, b) in enumerate(pairwise(parts)) if a + b in ids]
        if not pairs:
            break
        _best, place = min(pairs)  # scores fall with the ids; of equal ones the leftmost
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    found = []
    for part in parts:
        found += [ids[part]] if part in ids else [3 + byte for byte in part.encode()]
    return found


WORDS = ["the quick brown fox", "hello  world", "they're naïve", " lazy dogs", "dogs over Ωorld 你好", "x\ny", ""]


@pytest.mark.parametrize("text", WORDS)
def test_sentencepiece_merges_the_best_first_and_falls_back_to_bytes(tmp_path: Path, text: str) -> None:
    tokenizer = read(tmp_path, sentencepiece())
    assert tokenizer(text)["input_ids"] == [1, *by_rule(text, pieces())]
    assert tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"]) == text


def test_a_space_is_put_before_the_text_unless_the_file_says_no(tmp_path: Path) -> None:
    tokenizer = read(tmp_path, sentencepiece(add_space_prefix=False, add_bos_token=False))
    ids = tokenizer("the fox")["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids)[0][0] == "t"
    assert tokenizer.decode(ids) == "the fox"
    assert tokenizer.decode(tokenizer(" the")["input_ids"]) == " the"


def test_gemma_is_tokenized_as_transformers_does(tmp_path: Path) -> None:
    """Its runs of spaces stand in the file as such, and its merges follow the order of its tokens."""
    tokens = pieces()
    at = tokens.index("▁the")
    tokens = [*tokens[:at], "  ", *tokens[at:]]
    metadata = sentencepiece(add_space_prefix=False) | {
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [-1000.0] * len(tokens),
        "tokenizer.ggml.token_type": [2, 3, 3, *[6] * 256, *[1] * (len(tokens) - 259)],
    }
    ours = read(tmp_path, metadata, "gemma2")
    spelt = ["▁▁" if token == "  " else token for token in tokens]
    ids = {token: number for number, token in enumerate(spelt)}
    ranks = {token: number for token, number in ids.items() if number >= 259}
    merges = [
        (token[:cut], token[cut:])
        for token in sorted(ranks, key=lambda token: ranks[token])
        for cut in range(1, len(token))
        if token[:cut] in ranks and token[cut:] in ranks
    ]
    make: Any = GemmaTokenizer  # its annotations leave out what it takes
    theirs = make(vocab=ids, merges=merges, bos_token="<s>", eos_token="</s>")
    for text in WORDS:
        assert ours(text, add_special_tokens=False)["input_ids"] == theirs(text, add_special_tokens=False)["input_ids"]


def test_a_vocabulary_without_scores_is_refused(tmp_path: Path) -> None:
    metadata = sentencepiece()
    del metadata["tokenizer.ggml.scores"]
    with pytest.raises(StudioError) as caught:
        read(tmp_path, metadata)
    assert caught.value.problem.code == "gguf-tokenizer"


def test_a_chat_template_beyond_all_bounds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError) as caught:
        read(tmp_path, sentencepiece() | {"tokenizer.chat_template": "x" * 70_000})
    assert caught.value.problem.code == "gguf-tokenizer"
