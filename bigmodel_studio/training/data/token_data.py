"""Text as tokens on disk, mapped into memory: any amount of it in the same few megabytes.

Tokens are made once for a text and a tokenizer, kept in the cache under a hash of both, and read through a memory map.
Batches depend on nothing but the seed and the step, so that a resumed run sees what it would have seen.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data.cached import Pages, made_whole
from bigmodel_studio.training.data.text_files import Corpus, Part, content_hash, read_chunks

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Say = Callable[[str, int, int], None]
"""Told what takes time, how many bytes are done, and of how many; may raise ``StopAsked``."""
Tokens = NDArray[np.uint16] | NDArray[np.uint32]


class TokenData:
    """The tokens of a run: ``train`` and ``evaluation``, each a memory-mapped vector of ids."""

    def __init__(
        self, train: Tokens, evaluation: Tokens, replaced: dict[str, int], chunks: Sequence[Sequence[int]] = ()
    ) -> None:
        """``chunks``: with which token of ``train`` each chunk of text begins, of which part, on which line."""
        self.train = train
        self._chunks = chunks
        self.evaluation = evaluation
        self.replaced = replaced
        """Characters that were not UTF-8 and were read as U+FFFD, by file."""
        self._pages = Pages(train, evaluation)

    def check(self, context: int) -> None:
        """Raise ``StudioError`` "data-too-little" where the training part does not fill one context."""
        if len(self.train) < context + 1:
            raise StudioError("data-too-little", tokens=len(self.train), needed=context + 1, part="training")
        if 0 < len(self.evaluation) < 2:
            raise StudioError("data-too-little", tokens=len(self.evaluation), needed=2, part="evaluation")

    def starts(self, seed: int, step: int, batch: int, context: int) -> NDArray[np.int64]:
        """Return where windows begin: at random places, by a counter-based generator keyed (seed, step)."""
        random = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, step]))
        return random.integers(0, len(self.train) - context, size=batch)

    def batch(self, seed: int, step: int, batch: int, context: int) -> torch.Tensor:
        """Return int64 [batch, context + 1]: the windows that ``starts`` says."""
        self._pages.read(batch)
        return _windows(self.train, self.starts(seed, step, batch, context), context)

    def places(self, starts: Sequence[int], tokenizer: PreTrainedTokenizerBase) -> list[tuple[int, int]]:
        """Return, for tokens, the part of the training corpus that each is of, and its line in it (that of its chunk,
        where a tokenizer leaves line ends out).
        """
        found: dict[int, tuple[int, int]] = {}
        chunk, token, part, line = -1, 0, 0, 0
        for start in sorted(set(starts)):  # so that no text is decoded twice
            number = bisect.bisect_right(self._chunks, start, key=lambda each: each[0]) - 1
            if number != chunk:
                chunk, (token, part, line) = number, self._chunks[number]
            line += str(tokenizer.decode(self.train[token:start].tolist())).count("\n")
            token = start
            found[start] = part, line
        return [found[start] for start in starts]

    def evaluation_batches(self, batches: int, batch: int, context: int) -> Iterator[torch.Tensor]:
        """Yield the same every time: up to ``batches`` of windows that do not overlap, spread over the evaluation
        part.
        """
        context = min(context, len(self.evaluation) - 1)
        if context < 1:
            return
        windows = (len(self.evaluation) - 1) // context
        count = min(windows, batches * batch)
        starts = (np.arange(count, dtype=np.int64) * windows // count) * context
        for first in range(0, count, batch):
            yield _windows(self.evaluation, starts[first : first + batch], context)


def _windows(tokens: Tokens, starts: NDArray[np.int64], context: int) -> torch.Tensor:
    return torch.from_numpy(np.stack([tokens[start : start + context + 1].astype(np.int64) for start in starts]))


def prepare(corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Say) -> TokenData:
    """Return the corpus as tokens, from the cache or made now. Raises ``OSError``; nothing half-made is left in the
    cache.
    """
    total = sum(part.end - part.start for part in corpus.train + corpus.evaluation)
    content = content_hash(corpus, lambda done: say("reading", done, total))
    backend: Any = tokenizer
    rules = backend.backend_tokenizer.to_str()
    key = hashlib.sha256(f"3 {content} {rules} {tokenizer.eos_token_id}".encode()).hexdigest()[:32]
    folder = paths.cache() / "tokens" / key
    if not (folder / "tokens.json").is_file():
        _make(folder, corpus, tokenizer, lambda done: say("tokenizing", done, total))
    facts = json.loads((folder / "tokens.json").read_text("utf-8"))
    return TokenData(
        mapped(folder / "train.bin", facts["dtype"]),
        mapped(folder / "evaluation.bin", facts["dtype"]),
        facts["replaced"],
        facts["chunks"],
    )


def mapped(path: Path, dtype: str) -> Tokens:
    """Return a file of numbers as a memory map; an empty one, which cannot be mapped, as no numbers."""
    if path.stat().st_size == 0:
        return np.zeros(0, dtype=dtype)
    found: Tokens = np.memmap(path, dtype=dtype, mode="r")
    return found


def _make(folder: Path, corpus: Corpus, tokenizer: PreTrainedTokenizerBase, say: Callable[[int], None]) -> None:
    dtype = "uint16" if len(tokenizer) <= 65536 else "uint32"
    done = 0
    chunks: dict[str, list[tuple[int, int, int]]] = {"train": [], "evaluation": []}
    with made_whole(folder, "tokens.json") as temporary:
        for name, parts in (("train", corpus.train), ("evaluation", corpus.evaluation)):
            tokens = 0
            with open(temporary / f"{name}.bin", "wb") as stream:
                for number, line, ids, read in _encode(parts, corpus, tokenizer):
                    stream.write(np.asarray(ids, dtype=dtype).tobytes())
                    chunks[name].append((tokens, number, line))
                    tokens += len(ids)
                    done += read
                    say(done)
        facts = {"dtype": dtype, "replaced": corpus.replaced, "chunks": chunks["train"]}
        (temporary / "tokens.json").write_text(json.dumps(facts), "utf-8")


def _encode(
    parts: list[Part], corpus: Corpus, tokenizer: PreTrainedTokenizerBase
) -> Iterator[tuple[int, int, list[int], int]]:
    """Chunk by chunk: the part that it is of, the line in this on which it begins, ids, and the bytes they came from.

    Every file ends with the end-of-text token if there is one.
    """
    backend: Any = tokenizer
    encode = backend.backend_tokenizer.encode_batch_fast
    end = [] if tokenizer.eos_token_id is None else [int(tokenizer.eos_token_id)]
    for number, part in enumerate(parts):
        line = 1
        for chunk in read_chunks(part, corpus):
            yield number, line, encode([chunk], add_special_tokens=False)[0].ids, len(chunk.encode("utf-8"))
            line += chunk.count("\n")
        yield number, line, end, 0
