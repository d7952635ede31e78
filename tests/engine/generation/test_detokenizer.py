"""Text as it becomes readable: pieces that join to the whole, no half characters, no pieces of stop strings."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from bigmodel_studio.engine.generation.detokenizer import BROKEN, Detokeniser, StopStrings, decode
from tests.small_models import byte_tokenizer

BYTES = byte_tokenizer()


@functools.cache
def tokenizer_of(folder: Path) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(folder)
    return tokenizer


def pieces(tokenizer: PreTrainedTokenizerBase, prompt: list[int], new: list[int]) -> list[str]:
    detokeniser = Detokeniser(tokenizer, prompt)
    return [detokeniser.push(id_) for id_ in new]


def text_after(tokenizer: PreTrainedTokenizerBase, prompt: list[int], new: list[int]) -> str:
    return decode(tokenizer, prompt + new)[len(decode(tokenizer, prompt)) :]


@settings(max_examples=80, deadline=None)
@given(prompt=st.text(max_size=30), new=st.text(max_size=40))
def test_every_piece_is_whole_and_together_they_are_the_text(prompt: str, new: str) -> None:
    first, second = BYTES(prompt)["input_ids"], BYTES(new)["input_ids"]
    said = pieces(BYTES, first, second)
    assert "".join(said) == new
    assert BROKEN in new or not any(BROKEN in piece for piece in said)


@settings(max_examples=80, deadline=None)
@given(ids=st.lists(st.integers(0, 256), max_size=40))
def test_any_bytes_at_all_give_what_decoding_gives(ids: list[int]) -> None:
    """Less what was never finished at the very end."""
    assert "".join(pieces(BYTES, [], ids)) == decode(BYTES, ids).rstrip(BROKEN)


def test_a_character_of_four_bytes_is_said_with_its_last() -> None:
    said = pieces(BYTES, BYTES("a")["input_ids"], BYTES("🙂b")["input_ids"])
    assert said == ["", "", "", "🙂", "b"]


@pytest.mark.parametrize("model", ["stories260k-llama/hf", "tokenizer-gpt2"])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_spaces_are_kept_with_real_tokenizers(shared_assets: Path, model: str, data: st.DataObject) -> None:
    tokenizer = tokenizer_of(shared_assets / model)
    words = st.lists(st.sampled_from(["Once", "upon", "  ", " ", "\n", "naïve", "日本", "🙂", ".", "a"]), max_size=12)
    prompt, new = "".join(data.draw(words)), " ".join(data.draw(words))
    first = tokenizer(prompt)["input_ids"]
    second = tokenizer(new, add_special_tokens=False)["input_ids"]
    assert "".join(pieces(tokenizer, first, second)) == text_after(tokenizer, first, second).rstrip(BROKEN)


def test_peek_reads_a_token_in_its_place() -> None:
    detokeniser = Detokeniser(BYTES, BYTES("x")["input_ids"])
    assert detokeniser.peek(BYTES("y")["input_ids"][0]) == "y"
    assert detokeniser.peek(256) == "<|end|>"
    assert BROKEN not in detokeniser.peek(BYTES("é")["input_ids"][0])


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.text("abc", max_size=4), max_size=12), stops=st.lists(st.text("abc", min_size=1), max_size=3))
def test_a_text_ends_before_its_first_stop_string(parts: list[str], stops: list[str]) -> None:
    watcher = StopStrings(tuple(stops))
    shown = ""
    for part in parts:
        shown += watcher.push(part)
        assert not any(stop in shown for stop in stops)
        if watcher.found:
            break
    shown += watcher.rest()
    whole = "".join(parts)
    assert watcher.found == any(stop in whole for stop in stops)
    assert watcher.found or shown == whole
    assert whole.startswith(shown)
