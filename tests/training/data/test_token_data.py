"""Text as tokens: nothing is lost, the split is by bytes, batches depend on seed and step alone, memory stays flat."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data import token_data
from bigmodel_studio.training.data.text_files import Corpus, Part, read_chunks, split_corpus
from bigmodel_studio.training.data.tokenizers import train_tokenizer, vocabulary_size
from bigmodel_studio.training.loop.baselines import DENSE_VOCABULARY, baselines
from tests.fork_server import ForkServer
from tests.training.conftest import make_text


def quiet(*_: object) -> None:
    pass


def test_the_last_share_of_the_bytes_is_for_evaluation_cut_at_a_line(text: Path) -> None:
    corpus = split_corpus([str(text)], 0.1)
    train, evaluation = (
        "".join(chunk for part in parts for chunk in read_chunks(part, corpus))
        for parts in (corpus.train, corpus.evaluation)
    )
    whole = text.read_text("utf-8")
    assert train + evaluation == whole
    assert train.endswith("\n")
    assert 0.08 < len(evaluation) / len(whole) <= 0.1


def test_a_folder_gives_its_text_files_in_order_and_evaluation_may_be_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "skip.bin"):
        (tmp_path / name).write_text(name)
    corpus = split_corpus([str(tmp_path)], [str(tmp_path / "b.txt")])
    assert [part.path.name for part in corpus.train] == ["a.md", "b.txt"]
    assert [part.path.name for part in corpus.evaluation] == ["b.txt"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.text(max_size=400))
def test_any_text_goes_through_the_tokenizer_without_loss(tmp_path: Path, text: Path, words: str) -> None:
    tokenizer = train_tokenizer(split_corpus([str(text)], 0.0), 300, 32, quiet)
    ids = tokenizer.encode(words, add_special_tokens=False)
    assert tokenizer.decode(ids) == words
    assert max(ids, default=0) < len(tokenizer) <= 300


def test_what_is_not_utf8_is_replaced_and_counted_under_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("\ufeffna\u00efve \ufffd caf".encode() + b"\xe9 and more\n")
    corpus = Corpus([Part(path, 0, path.stat().st_size)], [])
    assert "".join(read_chunks(corpus.train[0], corpus)) == "na\u00efve \ufffd caf\ufffd and more\n"
    assert corpus.replaced == {str(path): 1}


def test_tokens_are_those_of_the_whole_text_and_come_from_the_cache_the_second_time(
    text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = split_corpus([str(text)], 0.1)
    tokenizer = train_tokenizer(corpus, 300, 32, quiet)
    made = token_data.prepare(corpus, tokenizer, quiet)
    ids = [*made.train[:-1].tolist(), *made.evaluation[:-1].tolist()]
    assert tokenizer.decode(ids) == text.read_text("utf-8")
    assert made.train[-1] == tokenizer.eos_token_id
    assert made.train.dtype == np.uint16
    monkeypatch.setattr(token_data, "_make", lambda *_: pytest.fail("made twice"))
    assert np.array_equal(token_data.prepare(corpus, tokenizer, quiet).train, made.train)


def test_batches_depend_on_seed_and_step_alone_and_are_stretches_of_the_text() -> None:
    tokens = token_data.TokenData(np.arange(1000, dtype=np.uint16), np.arange(100, dtype=np.uint16), {})
    first = tokens.batch(1, 7, 4, 16)
    assert first.shape == (4, 17)
    assert bool((first.diff(dim=1) == 1).all())
    assert bool((tokens.batch(1, 7, 4, 16) == first).all())
    assert not bool((tokens.batch(1, 8, 4, 16) == first).all())
    assert not bool((tokens.batch(2, 7, 4, 16) == first).all())
    starts = {int(start) for step in range(1, 400) for start in tokens.batch(1, step, 4, 16)[:, 0]}
    assert min(starts) < 10
    assert max(starts) > 970


def test_evaluation_windows_cover_the_part_without_overlap_and_are_the_same_every_time() -> None:
    tokens = token_data.TokenData(np.arange(1000, dtype=np.uint16), np.arange(101, dtype=np.uint16), {})
    batches = list(tokens.evaluation_batches(20, 4, 10))
    targets = [int(token) for batch in batches for row in batch for token in row[1:]]
    assert targets == list(range(1, 101))
    short = token_data.TokenData(np.arange(1000, dtype=np.uint16), np.arange(5, dtype=np.uint16), {})
    assert [batch.shape for batch in short.evaluation_batches(20, 4, 10)] == [(1, 5)]


def test_too_little_text_is_said_with_numbers() -> None:
    with pytest.raises(StudioError, match="only 20 tokens; 33 are needed"):
        token_data.TokenData(np.zeros(20, np.uint16), np.zeros(0, np.uint16), {}).check(32)


@pytest.mark.parametrize("name", ["train:", "train:12", "train:many"])
def test_a_tokenizer_that_cannot_be_trained_is_a_mistake_in_the_spec(name: str) -> None:
    with pytest.raises(StudioError, match=r"model\.tokenizer") as caught:
        vocabulary_size(name)
    assert caught.value.problem.arguments["was"] == repr(name)


def test_baselines_equal_a_direct_count_and_the_sparse_way_equals_the_dense(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    walk = np.cumsum(random.integers(-1, 2, size=4000)) % 12
    train, evaluation = walk[:3600].astype(np.uint16), walk[3600:].astype(np.uint16)
    found = baselines(train, evaluation, 12)
    counts = np.bincount(train, minlength=12) + 1
    assert found["unigram"] == pytest.approx(-np.log(counts / counts.sum())[evaluation[1:]].mean())
    # A walk with three ways to go costs at most ln 3, which a count of single tokens cannot know.
    assert found["bigram"] < 1.15 < 2 < found["unigram"]
    assert DENSE_VOCABULARY >= 1024
    monkeypatch.setattr("bigmodel_studio.training.loop.baselines.DENSE_VOCABULARY", 4)
    assert baselines(train, evaluation, 12) == pytest.approx(found)


MEASURE = """
import resource, sys
import numpy as np
from bigmodel_studio.training.data import sentence_data
from bigmodel_studio.training.data import token_data as data
from bigmodel_studio.training.loop.baselines import baselines
from bigmodel_studio.training.data.text_files import split_corpus
from bigmodel_studio.training.data.tokenizers import train_tokenizer, train_wordpiece
quiet = lambda *_: None
def texts(corpus, tokenizer):
    tokens = data.prepare(corpus, tokenizer, quiet)
    for step in range(200):
        tokens.batch(1, step, 8, 128)
    baselines(tokens.train, tokens.evaluation, len(tokenizer))
    return len(tokens.train)
def sentences(corpus, tokenizer):
    made = sentence_data.prepare(corpus, tokenizer, quiet).train
    random = np.random.default_rng(1)
    for opening in random.choice(made.openings, 400):
        made.pair(random, int(opening), 125)
    return len(made.tokens)
use, learn = {"texts": (texts, train_tokenizer), "sentences": (sentences, train_wordpiece)}[sys.argv[3]]
small = split_corpus([sys.argv[1]], 0.1)
tokenizer = learn(small, 512, 32, quiet)
use(small, tokenizer)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = use(split_corpus([sys.argv[2]], 0.1), tokenizer)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, count)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the peak is asked of getrusage")
@pytest.mark.parametrize("kind", ["texts", "sentences"])
def test_memory_stays_flat_on_a_text_ten_times_as_long(tmp_path: Path, kind: str, run_server: ForkServer) -> None:
    small, large = tmp_path / "small.txt", tmp_path / "large.txt"
    paragraph = make_text(1_000_000)
    small.write_text(paragraph)
    with open(large, "w") as stream:
        for number in range(10):
            stream.write(f"chapter {number}\n{paragraph}")
    with open(tmp_path / "answer.txt", "w+b") as answer:
        assert run_server.start([sys.executable, "-c", MEASURE, str(small), str(large), kind], answer).wait() == 0
    grown, tokens = map(int, (tmp_path / "answer.txt").read_text().splitlines()[-1].split())
    assert tokens > 2_000_000
    assert grown < 24_000_000


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", "so it is\n".encode("utf-16"), "data-utf16"),
        ("a.txt.gz", gzip.compress(b"so it is\n" * 100), "data-binary"),
        ("a.txt", b"%PDF-1.7\nso it is", "data-binary"),
        ("train.bin", b"ab\0\1" * 100, "data-binary"),
        ("a.txt", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "data-lfs"),
        ("a.txt", "模型训练数据\n".encode("gb18030") * 9, "data-not-utf8"),
        ("a.txt", "模型训练数据".encode("utf-16-le") * 9, "data-not-utf8"),
        ("a.csv", b"text,label\nso it is,a\n", "data-not-text"),
        ("a.json", b'[{"text": "so it is"}]', "data-not-text"),
    ],
    ids=["utf-16", "gzip", "pdf", "binary", "lfs", "gb18030", "utf-16 without a mark", "table", "json"],
)
def test_files_that_are_no_text_are_refused(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(StudioError) as caught:
        split_corpus([str(tmp_path / name)], 0.1)
    assert caught.value.problem.code == code


def test_of_json_lines_the_text_is_learnt_and_not_the_braces(tmp_path: Path) -> None:
    rows = [{"id": n, "text": f"one {n}", "meta": {"a": 1}} for n in range(50)]
    path = tmp_path / "d.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    corpus = split_corpus([str(path)], 0.1)
    text = "".join(chunk for part in corpus.train + corpus.evaluation for chunk in read_chunks(part, corpus))
    assert text == "".join(f"one {n}\n\n" for n in range(50))
    path.write_text("\n".join(json.dumps({"a": "x", "b": "y"}) for _ in range(5)))
    with pytest.raises(StudioError) as caught:
        split_corpus([str(path)], 0.1)
    assert caught.value.problem.code == "data-column"
    assert split_corpus([str(path)], 0.1, "b").bytes == 5 * len("y\n\n")
