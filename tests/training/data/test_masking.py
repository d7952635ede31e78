"""BERT's data: sentences and documents, pairs, what is hidden and how often; all of it by seed and step alone."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from bigmodel_studio.core.specs.spec import MaskingSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data import sentence_data
from bigmodel_studio.training.data.masking import IGNORED
from bigmodel_studio.training.data.segments import Sentences
from bigmodel_studio.training.data.sentences import MOST_CHARACTERS, documents_in, sentences_of
from bigmodel_studio.training.data.text_files import split_corpus
from bigmodel_studio.training.data.tokenizers import train_wordpiece
from bigmodel_studio.training.models.bert import continuing_tokens, masking_of
from tests.small_models import byte_tokenizer


def quiet(*_: object) -> None:
    pass


def random() -> np.random.Generator:
    return np.random.default_rng(3)


def numbered(documents: list[list[int]]) -> Sentences:
    """Documents of sentences of so many tokens; the tokens of all count up from 0."""
    lengths = [length for document in documents for length in document]
    counts = np.array([0, *np.cumsum([len(document) for document in documents])])
    openings = [n for first, last in itertools.pairwise(counts) for n in range(first, last - 1)]
    return Sentences(
        np.arange(sum(lengths), dtype=np.uint16),
        np.array([0, *np.cumsum(lengths)], dtype=np.uint64),
        counts.astype(np.uint64),
        np.array(openings, dtype=np.uint64),
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("  “Why?” she said.  ", ["“Why?”", "she said."]),
        ("你好。再见！还有", ["你好。", "再见！", "还有"]),
        ("It costs 3.50 a pound", ["It costs 3.50 a pound"]),
        ("", []),
    ],
)
def test_a_line_is_cut_where_a_sentence_ends(line: str, found: list[str]) -> None:
    assert list(sentences_of(line)) == found


def test_a_line_without_an_end_is_cut_at_a_space() -> None:
    parts = list(sentences_of("word " * 1000))
    assert all(len(part) <= MOST_CHARACTERS for part in parts)
    assert " ".join(parts) == ("word " * 1000).strip()
    assert [len(part) for part in sentences_of("x" * 4500)] == [2000, 2000, 500]


@settings(max_examples=50, deadline=None)
@given(lines=st.lists(st.sampled_from(["", "A b. C.", "D"]), max_size=12), cut=st.integers(0, 12))
def test_documents_end_at_blank_lines_wherever_the_chunks_are_cut(lines: list[str], cut: int) -> None:
    def documents(chunks: list[str]) -> list[list[str]]:
        found: list[list[str]] = [[]]
        for part in documents_in(chunks):
            if part is None:
                found.append([])
            else:
                found[-1] += [sentence for _, sentence in part]
        return [document for document in found if document]

    text = [f"{line}\n" for line in lines]
    parts = [part for part in ("".join(text[:cut]), "".join(text[cut:])) if part]
    assert documents(parts) == documents(["".join(text)] if text else [])


def test_pairs_follow_each_other_half_of_the_time_and_else_come_from_another_document() -> None:
    data = numbered([[3, 4, 5, 6], [2, 2, 2], [7], [4, 4, 4, 4, 4]])
    draws, follows, short = random(), 0, 0
    for _ in range(4000):
        opening = int(data.openings[draws.integers(len(data.openings))])
        pair = data.pair(draws, opening, 12)
        first, second = pair.first.tolist(), pair.second.tolist()
        assert first
        assert second
        assert len(first) + len(second) <= 12
        documents = [
            np.searchsorted(data.sentences[data.documents], [part[0]], side="right") for part in (first, second)
        ]
        own, other = (int(each[0]) for each in documents)
        assert (own == other) == pair.follows
        for part in (first, second):
            assert part == list(range(part[0], part[-1] + 1))
        if pair.follows:
            assert second[0] > first[-1]
        follows += pair.follows
        short += len(first) + len(second) < 8
    assert 0.47 < follows / 4000 < 0.53
    assert short > 100  # some are shorter on purpose, others because their document is


def test_a_pair_that_is_not_truncated_follows_without_a_gap() -> None:
    data = numbered([[2] * 10, [3, 3]])
    draws = random()
    pairs = [data.pair(draws, 0, 64) for _ in range(50)]
    assert all(pair.first[-1] + 1 == pair.second[0] for pair in pairs if pair.follows)


def test_of_a_single_document_random_sentences_are_its_own() -> None:
    data = numbered([[3] * 20])
    draws = random()
    assert {data.pair(draws, 2, 12).follows for _ in range(50)} == {True, False}


@pytest.fixture
def tokenizer(text: Path) -> PreTrainedTokenizerBase:
    return train_wordpiece(split_corpus([str(text)], 0.0), 300, 32, quiet)


def test_the_learnt_tokenizer_is_berts(tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    tokenizer.save_pretrained(str(tmp_path / "saved"))
    loaded = transformers.AutoTokenizer.from_pretrained(str(tmp_path / "saved"))
    both = loaded("The CAT", "sleeps.")
    assert loaded.convert_ids_to_tokens(both["input_ids"]) == ["[CLS]", "the", "cat", "[SEP]", "sleeps", ".", "[SEP]"]
    assert both["token_type_ids"] == [0, 0, 0, 0, 1, 1, 1]
    assert len(loaded) <= 300
    assert loaded.convert_ids_to_tokens([0, 1, 2, 3, 4]) == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def test_what_is_on_disk_is_every_sentence_in_order_and_comes_from_the_cache(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "two.txt"
    path.write_text("The cat sleeps. The dog runs.\n\nA bird sings.\n\n\nA tree. A house. Old.\n")
    corpus = split_corpus([str(path)], 0.0)
    made = sentence_data.prepare(corpus, tokenizer, quiet).train
    texts = [
        str(tokenizer.decode(made.tokens[start:end].tolist())) for start, end in itertools.pairwise(made.sentences)
    ]
    assert [text.replace(" .", ".") for text in texts] == [
        "the cat sleeps.", "the dog runs.", "a bird sings.", "a tree.", "a house.", "old.",
    ]  # fmt: skip
    assert made.documents.tolist() == [0, 2, 3, 6]
    assert made.openings.tolist() == [0, 3, 4]
    monkeypatch.setattr(sentence_data, "_make", lambda *_: pytest.fail("made twice"))
    assert np.array_equal(sentence_data.prepare(corpus, tokenizer, quiet).train.tokens, made.tokens)


def test_a_text_without_two_sentences_is_refused(tokenizer: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text("one\n\nanother\n")
    data = sentence_data.prepare(split_corpus([str(path)], 0.0), tokenizer, quiet)
    data.check(pairs=False)
    with pytest.raises(StudioError, match="no two consecutive sentences"):
        data.check(pairs=True)


def test_15_percent_are_chosen_and_of_these_80_10_10(tokenizer: PreTrainedTokenizerBase) -> None:
    masking = masking_of(tokenizer, MaskingSpec())
    draws = random()
    ids = draws.integers(5, len(tokenizer), size=200)
    places = np.arange(1, 199)
    hidden = masked = kept = 0
    for _ in range(500):
        given, labels = masking.hide(draws, ids, places)
        chosen = labels != IGNORED
        assert chosen.sum() == round(0.15 * 198)
        assert not chosen[0]
        assert not chosen[199]
        assert np.array_equal(labels[chosen], ids[chosen])
        assert np.array_equal(given[~chosen], ids[~chosen])
        assert given[chosen].min() >= 4  # [MASK] itself, and no other special token
        hidden += int(chosen.sum())
        masked += int((given[chosen] == masking.mask).sum())
        kept += int((given[chosen] == ids[chosen]).sum())
    assert masked / hidden == pytest.approx(0.8, abs=0.01)
    assert kept / hidden == pytest.approx(0.1, abs=0.01)


def test_every_place_is_chosen_as_often_as_any_other(tokenizer: PreTrainedTokenizerBase) -> None:
    masking, draws = masking_of(tokenizer, MaskingSpec(share=0.2)), random()
    ids = draws.integers(5, len(tokenizer), size=20)
    counts = sum((masking.hide(draws, ids, np.arange(20))[1] != IGNORED).astype(int) for _ in range(5000))
    assert np.all(np.abs(counts / 5000 - 0.2) < 0.03)


def test_whole_words_are_hidden_whole(tokenizer: PreTrainedTokenizerBase) -> None:
    masking, draws = masking_of(tokenizer, MaskingSpec(share=0.3, whole_words=True)), random()
    continues = masking.continues
    assert continues.any()
    assert not continues.all()
    ids = draws.integers(5, len(tokenizer), size=60)
    ids[0] = int(np.flatnonzero(~continues)[5])
    words = np.cumsum(~continues[ids])
    several = 0
    for _ in range(300):
        chosen = masking.hide(draws, ids, np.arange(60))[1] != IGNORED
        assert 1 <= chosen.sum() <= max(18, np.bincount(words).max())
        for word in set(words[chosen]):
            assert chosen[words == word].all()
            several += int((words == word).sum() > 1)
    assert several > 100


def test_a_tokenizer_that_cannot_hide_is_refused_and_other_marks_of_words_are_known() -> None:
    tokenizer = byte_tokenizer()
    with pytest.raises(StudioError, match="no mask token"):
        masking_of(tokenizer, MaskingSpec())
    begins = ~continuing_tokens(tokenizer)
    assert [str(tokenizer.convert_ids_to_tokens(int(n))) for n in np.flatnonzero(begins)] == ["\u010a", "\u0120"]


def test_the_same_text_makes_the_same_vocabulary(tmp_path: Path, shared_assets: Path) -> None:
    """The library's maps are ordered by chance, and its numbers decide between pairs that are as frequent."""
    path = tmp_path / "text.txt"
    path.write_text((shared_assets / "text-tinyshakespeare" / "input.txt").read_text("utf-8")[:200_000], "utf-8")
    corpus = split_corpus([str(path)], 0.0)
    first, *others = (train_wordpiece(corpus, 600, 32, quiet).get_vocab() for _ in range(4))
    assert len(first) == 600
    assert all(other == first for other in others)
