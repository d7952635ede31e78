"""Sentences as tokens on disk, mapped into memory: the ``Sentences`` of a run's two parts.

Made once for a text and a tokenizer, and kept in the cache under a hash of both.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data.cached import Pages, made_whole
from bigmodel_studio.training.data.segments import Numbers, Pair, Sentences, Tokens
from bigmodel_studio.training.data.sentences import documents_in
from bigmodel_studio.training.data.text_files import Corpus, Part, content_hash, read_chunks
from bigmodel_studio.training.data.token_data import Say, mapped

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_FILES = ("tokens", "sentences", "documents", "openings")


class Mapped(Sentences):
    """One part of the data, in memory-mapped files."""

    def __init__(self, tokens: Tokens, sentences: Numbers, documents: Numbers, openings: Numbers) -> None:
        super().__init__(tokens, sentences, documents, openings)
        self._pages = Pages(tokens, sentences, documents, openings)

    def pair(self, random: np.random.Generator, opening: int, most: int) -> Pair:
        self._pages.read(8)  # two stretches, and the search for their documents
        return super().pair(random, opening, most)

    def stretch(self, random: np.random.Generator, opening: int, most: int) -> Tokens:
        self._pages.read(2)
        return super().stretch(random, opening, most)


class SentenceData:
    """Both parts of a run's data; ``replaced`` counts what was not UTF-8, by file.

    ``lines`` are those of the training sentences, ``parts`` the sentences that the parts of its corpus begin with.
    """

    def __init__(
        self,
        train: Sentences,
        evaluation: Sentences,
        replaced: dict[str, int],
        lines: NDArray[np.uint32],
        parts: Sequence[int],
    ) -> None:
        self.train, self.evaluation, self.replaced = train, evaluation, replaced
        self._lines, self._parts = lines, parts

    def place(self, sentence: int) -> tuple[int, int]:
        """Return the part of the training corpus that a sentence is of, and its line in it."""
        return bisect.bisect_right(self._parts, sentence) - 1, int(self._lines[sentence])

    def check(self, *, pairs: bool) -> None:
        """Raise ``StudioError`` "data-no-sentences" where there is nothing to learn from."""
        if len(self.train.openings if pairs else self.train.tokens) < 1:
            raise StudioError("data-no-sentences")


def prepare(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Say) -> SentenceData:
    """Return the corpus as sentences, from the cache or made now. Raises ``OSError``; nothing half-made is left
    there.
    """
    total = sum(part.end - part.start for part in corpus.train + corpus.evaluation)
    content = content_hash(corpus, lambda done: say("reading", done, total))
    backend: Any = tokenizer
    key = hashlib.sha256(f"sentences 2 {content} {backend.backend_tokenizer.to_str()}".encode()).hexdigest()[:32]
    folder = paths.cache() / "sentences" / key
    if not (folder / "sentences.json").is_file():
        _make(folder, corpus, tokenizer, lambda done: say("tokenizing", done, total))
    facts = json.loads((folder / "sentences.json").read_text("utf-8"))
    lines: Any = mapped(folder / "train-lines.bin", "uint32")
    train, evaluation = (_read(folder, part, facts["dtype"]) for part in ("train", "evaluation"))
    return SentenceData(train, evaluation, facts["replaced"], lines, facts["parts"])


def _read(folder: Path, part: str, dtype: str) -> Mapped:
    found: list[Any] = [
        mapped(folder / f"{part}-{name}.bin", dtype if name == "tokens" else "uint64") for name in _FILES
    ]
    return Mapped(*found)


def _make(folder: Path, corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Callable[[int], None]) -> None:
    dtype = "uint16" if len(tokenizer) <= 65536 else "uint32"
    done = 0
    begins: dict[str, list[int]] = {"train": [], "evaluation": []}
    with made_whole(folder, "sentences.json") as temporary:
        for name, parts in (("train", corpus.train), ("evaluation", corpus.evaluation)):
            for read in _write(temporary, name, parts, corpus, tokenizer, dtype, begins[name]):
                done += read
                say(done)
        facts = {"dtype": dtype, "replaced": corpus.replaced, "parts": begins["train"]}
        (temporary / "sentences.json").write_text(json.dumps(facts), "utf-8")


def _write(
    folder: Path,
    name: str,
    parts: list[Part],
    corpus: Corpus,
    tokenizer: PreTrainedTokenizerBase,
    dtype: str,
    begins: list[int],
) -> Iterator[int]:
    """Write one part's files, and into ``begins`` the sentences that the corpus' parts begin with; yields the bytes
    read, chunk by chunk, so that memory stays flat.
    """
    backend: Any = tokenizer
    encode = backend.backend_tokenizer.encode_batch_fast
    tokens = sentences = begun = 0
    files = {file: open(folder / f"{name}-{file}.bin", "wb") for file in (*_FILES, "lines")}  # noqa: SIM115 - closed below

    def put(file: str, values: list[int] | NDArray[Any], kind: str = "uint64") -> None:
        files[file].write(np.asarray(values, dtype=kind).tobytes())

    try:
        for part in parts:
            begins.append(sentences)
            for found in documents_in(_counted(read_chunks(part, corpus), read := [0])):
                if found is not None:
                    made = encode([sentence for _, sentence in found], add_special_tokens=False)
                    rows = [row for each in made if (row := each.ids)]
                    put("lines", [line for (line, _), each in zip(found, made, strict=True) if each.ids], "uint32")
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
