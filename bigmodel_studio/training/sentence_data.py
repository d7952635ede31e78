"""Sentences as tokens on disk, mapped into memory, and the stretches of them that BERT learns from.

Made once for a text and a tokenizer, and kept in the cache under a hash of both. Of each part there are the tokens of
all sentences in a row, where each sentence begins, with which sentence each document begins, and which sentences have
another after them in their document. Nothing here knows what is hidden of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from bigmodel_studio.core import paths
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.training.cached import Pages, made_whole
from bigmodel_studio.training.data import Say, Tokens, mapped
from bigmodel_studio.training.sentences import documents_in
from bigmodel_studio.training.text_files import Corpus, Part, content_hash, read_chunks

Numbers = NDArray[np.uint64]
SHORT_RATIO = 0.1
"""So many examples are of a random, shorter length, as those that a model is asked about are (Devlin's own code)."""
FOLLOWS_RATIO = 0.5
_FILES = ("tokens", "sentences", "documents", "openings")


class Pair(NamedTuple):
    """Tokens of two stretches; ``follows``: the second came after the first in the text."""

    first: Tokens
    second: Tokens
    follows: bool


class Sentences:
    """One part of the data. ``sentences`` and ``documents`` have their end as a last number."""

    def __init__(self, tokens: Tokens, sentences: Numbers, documents: Numbers, openings: Numbers) -> None:
        self.tokens, self.sentences, self.documents, self.openings = tokens, sentences, documents, openings
        self._pages = Pages(tokens, sentences, documents, openings)

    def pair(self, random: np.random.Generator, opening: int, most: int) -> Pair:
        """Two stretches that begin at the sentence ``opening`` (one of ``openings``), of at most ``most`` tokens.

        As Devlin's ``create_pretraining_data``: sentences are taken until they fill the length, and parted at a random
        one; half of the time the second part is from a random place of another document instead.
        """
        self._pages.read(8)  # two stretches, and the search for their documents
        wanted = self._length(random, most)
        starts = self._filling(opening, wanted, least=2)
        parted = int(random.integers(1, len(starts) - 1))
        first = self.tokens[starts[0] : starts[parted]]
        follows = bool(random.random() < FOLLOWS_RATIO)
        if follows:
            second = self.tokens[starts[parted] : starts[-1]]
        else:
            elsewhere = self._filling(self._elsewhere(random, opening), max(1, wanted - len(first)), least=1)
            second = self.tokens[elsewhere[0] : elsewhere[-1]]
        return Pair(*_truncated(random, first, second, most), follows)

    def stretch(self, random: np.random.Generator, opening: int, most: int) -> Tokens:
        """At most ``most`` tokens from the sentence ``opening`` on, past the ends of documents (Liu et al. 2019,
        section 4.2: full sentences).
        """
        self._pages.read(2)
        start = int(self.sentences[opening])
        return self.tokens[start : start + self._length(random, most)]

    def _length(self, random: np.random.Generator, most: int) -> int:
        return most if random.random() >= SHORT_RATIO else int(random.integers(2, most + 1))

    def _filling(self, first: int, wanted: int, least: int) -> NDArray[np.int64]:
        """Where the sentences from ``first`` on begin, and where the last ends: as many as give ``wanted`` tokens,
        ``least`` at least, and none of the next document.
        """
        last = int(self.documents[self._document(first) + 1])
        starts = self.sentences[first : min(last, first + max(least, wanted)) + 1].astype(np.int64)
        enough = int(np.searchsorted(starts, starts[0] + wanted))
        return starts[: max(least, min(enough, len(starts) - 1)) + 1]

    def _document(self, sentence: int) -> int:
        return int(np.searchsorted(self.documents, sentence, side="right")) - 1

    def _elsewhere(self, random: np.random.Generator, sentence: int) -> int:
        """A sentence of another document; of any, where there is only one."""
        begin = end = 0
        if len(self.documents) > 2:
            own = self._document(sentence)
            begin, end = int(self.documents[own]), int(self.documents[own + 1])
        place = int(random.integers(0, len(self.sentences) - 1 - (end - begin)))
        return place if place < begin else place + end - begin


def _truncated(random: np.random.Generator, first: Tokens, second: Tokens, most: int) -> tuple[Tokens, Tokens]:
    """Tokens leave the longer one, each at its front or its back by chance, until both together are ``most``."""
    over = len(first) + len(second) - most
    if over <= 0:
        return first, second
    shorter = min(len(first), len(second), most // 2)
    kept = (most - shorter, shorter) if len(first) > len(second) else (shorter, most - shorter)
    parts = []
    for part, length in zip((first, second), kept, strict=True):
        front = int(random.binomial(len(part) - length, 0.5))
        parts.append(part[front : front + length])
    return parts[0], parts[1]


class SentenceData:
    """Both parts of a run's data; ``replaced`` counts what was not UTF-8, by file."""

    def __init__(self, train: Sentences, evaluation: Sentences, replaced: dict[str, int]) -> None:
        self.train, self.evaluation, self.replaced = train, evaluation, replaced

    def check(self, *, pairs: bool) -> None:
        """Raises ``StudioError`` "data-no-sentences" where there is nothing to learn from."""
        if len(self.train.openings if pairs else self.train.tokens) < 1:
            raise StudioError("data-no-sentences")


def prepare(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Say) -> SentenceData:
    """The corpus as sentences, from the cache or made now. Raises ``OSError``; nothing half-made is left there."""
    total = sum(part.end - part.start for part in corpus.train + corpus.evaluation)
    content = content_hash(corpus, lambda done: say("reading", done, total))
    backend: Any = tokenizer
    key = hashlib.sha256(f"sentences 1 {content} {backend.backend_tokenizer.to_str()}".encode()).hexdigest()[:32]
    folder = paths.cache() / "sentences" / key
    if not (folder / "sentences.json").is_file():
        _make(folder, corpus, tokenizer, lambda done: say("tokenising", done, total))
    facts = json.loads((folder / "sentences.json").read_text("utf-8"))
    return SentenceData(
        _read(folder, "train", facts["dtype"]), _read(folder, "evaluation", facts["dtype"]), facts["replaced"]
    )


def _read(folder: Path, part: str, dtype: str) -> Sentences:
    found: list[Any] = [
        mapped(folder / f"{part}-{name}.bin", dtype if name == "tokens" else "uint64") for name in _FILES
    ]
    return Sentences(*found)


def _make(folder: Path, corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Callable[[int], None]) -> None:
    dtype = "uint16" if len(tokenizer) <= 65536 else "uint32"
    done = 0
    with made_whole(folder, "sentences.json") as temporary:
        for name, parts in (("train", corpus.train), ("evaluation", corpus.evaluation)):
            for read in _write(temporary, name, parts, corpus, tokenizer, dtype):
                done += read
                say(done)
        (temporary / "sentences.json").write_text(json.dumps({"dtype": dtype, "replaced": corpus.replaced}), "utf-8")


def _write(
    folder: Path, name: str, parts: list[Part], corpus: Corpus, tokenizer: PreTrainedTokenizerBase, dtype: str
) -> Iterator[int]:
    """Write one part's four files; yields the bytes read, chunk by chunk, so that memory stays flat."""
    backend: Any = tokenizer
    encode = backend.backend_tokenizer.encode_batch_fast
    tokens = sentences = begun = 0
    files = {file: open(folder / f"{name}-{file}.bin", "wb") for file in _FILES}  # noqa: SIM115 - closed below

    def put(file: str, values: list[int] | NDArray[Any], kind: str = "uint64") -> None:
        files[file].write(np.asarray(values, dtype=kind).tobytes())

    try:
        for part in parts:
            for found in documents_in(_counted(read_chunks(part, corpus), read := [0])):
                if found is not None:
                    rows = [row for each in encode(found, add_special_tokens=False) if (row := each.ids)]
                    lengths = np.array([len(row) for row in rows], dtype=np.int64)
                    put("tokens", np.concatenate([*rows, []]), dtype)
                    put("sentences", tokens + np.cumsum(lengths) - lengths)
                    tokens, sentences = tokens + int(lengths.sum()), sentences + len(rows)
                elif sentences > begun:
                    put("documents", [begun])
                    put("openings", np.arange(begun, sentences - 1))
                    begun = sentences
                yield read.pop()
                read.append(0)
        put("sentences", [tokens])
        put("documents", [sentences])
    finally:
        for stream in files.values():
            stream.close()


def _counted(chunks: Iterator[str], read: list[int]) -> Iterator[str]:
    for chunk in chunks:
        read[-1] += len(chunk.encode("utf-8"))
        yield chunk
