"""Texts as a tokenizer's numbers, one after the other in one array, and batches of them padded to the longest."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer, models, normalizers, pre_tokenizers
from transformers.tokenization_utils_base import TruncationStrategy
from transformers.utils.generic import PaddingStrategy

from bigmodel_studio.engine.session import physical_cores
from bigmodel_studio.protocol import Place
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.objectives import CountedExample

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

AT_ONCE = 1000
MOST_WORDS = 1_000_000
"""So many are known at once: some hundred megabytes of a text that has as many."""
THREADS = min(4, physical_cores())


@dataclass(frozen=True)
class Encoded:
    """``ids`` of text n are ``ids[starts[n]:starts[n + 1]]``; ``words`` says for each id which word it belongs to
    (-1: none), where texts came as words, else it is empty. ``lengths`` are those of the whole texts. ``types`` says
    for each id which of two texts it belongs to (0 or 1), where they came as pairs.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    words: NDArray[np.int32]
    lengths: NDArray[np.int64]
    types: NDArray[np.int32] | None = None

    @property
    def cut(self) -> NDArray[np.bool_]:
        """The texts that were longer than they may be."""
        found: NDArray[np.bool_] = self.lengths > np.diff(self.starts)
        return found

    @property
    def cuts(self) -> int:
        """How many those are."""
        return int(self.cut.sum())

    def of(self, number: int) -> NDArray[np.int32]:
        """Return the ids of one text."""
        return self.ids[self.starts[number] : self.starts[number + 1]]

    def words_of(self, number: int) -> NDArray[np.int32]:
        """Return the words of one text's ids."""
        return self.words[self.starts[number] : self.starts[number + 1]]


def encode_texts(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str] | Sequence[Sequence[str]],
    context: int,
    say: Say | None = None,
    *,
    as_words: bool = False,
    seconds: Sequence[str] | None = None,
) -> Encoded:
    """Return texts (or, ``as_words``, sentences of words) with the model's special tokens, cut to ``context``
    tokens; with ``seconds`` each is a pair, of which the longer text is cut first.
    """
    if seconds is not None:
        return _encode_pairs(tokenizer, [str(each) for each in texts], seconds, context, say)
    if not as_words and len(texts) > AT_ONCE and (known := KnownWords.of(tokenizer, context)) is not None:
        return _encode_by_words(tokenizer, [str(each) for each in texts], context, known, say)
    ids: list[NDArray[np.int32]] = []
    words: list[NDArray[np.int32]] = []
    whole: list[int] = []
    added = tokenizer.num_special_tokens_to_add()
    for number, encodings in enumerate(_encodings(tokenizer, texts, context, as_words=as_words), 1):
        for encoding in encodings:
            ids.append(np.array(encoding.ids, dtype=np.int32))
            if as_words:
                words.append(np.array([-1 if w is None else w for w in encoding.word_ids], dtype=np.int32))
            whole.append(len(encoding.ids) + sum(len(rest.ids) - added for rest in encoding.overflowing))
        if say is not None:
            say("tokenizing", min(number * AT_ONCE, len(texts)), len(texts))
    lengths = np.array([0, *map(len, ids)], dtype=np.int64)
    empty = np.zeros(0, dtype=np.int32)
    return Encoded(
        np.concatenate(ids) if ids else empty,
        lengths.cumsum(),
        np.concatenate(words) if words else empty,
        np.array(whole, dtype=np.int64),
    )


def _encodings(
    tokenizer: PreTrainedTokenizerBase,
    texts: Sequence[str] | Sequence[Sequence[str]],
    context: int,
    *,
    as_words: bool,
) -> Iterator[list[Encoding]]:
    """Yield the encodings of ``AT_ONCE`` texts after those of another, as calling the tokenizer makes them.

    The compiled tokenizer is asked itself, by several threads: what transformers makes of each answer would take as
    long as making it. Only so many answers wait as there are threads.
    """
    setting: Any = tokenizer
    backend: Tokenizer = setting.backend_tokenizer
    if len(texts) <= AT_ONCE:
        call: Any = tokenizer
        part = [list(each) if as_words else each for each in texts]
        made = call(part, truncation=True, max_length=context, is_split_into_words=as_words) if part else None
        yield [] if made is None else made.encodings
        return
    setting.set_truncation_and_padding(
        padding_strategy=PaddingStrategy.DO_NOT_PAD,
        truncation_strategy=TruncationStrategy.LONGEST_FIRST,
        max_length=context,
        stride=0,
        pad_to_multiple_of=None,
        padding_side=None,
    )

    def encode(first: int) -> list[Encoding]:
        part: Any = [list(each) if as_words else each for each in texts[first : first + AT_ONCE]]
        # The fast way knows no words.
        return backend.encode_batch(part, is_pretokenized=True) if as_words else backend.encode_batch_fast(part)

    waiting: deque[Future[list[Encoding]]] = deque()
    pool = ThreadPoolExecutor(THREADS, "tokenizing")
    try:
        for first in range(0, len(texts), AT_ONCE):
            waiting.append(pool.submit(encode, first))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


class KnownWords:
    """The tokens of words, each asked of a tokenizer of BERT's kind once: such a text has few words, many times each.

    Its normalizer changes one character at a time, and its words end at white space. So the tokens of a text of
    printable ASCII are the tokens of its words.
    """

    def __init__(self, backend: Tokenizer, first: list[int], last: list[int]) -> None:
        """``first`` and ``last`` are the special tokens around a text."""
        self._backend, self._around = backend, (first, last)
        self._forget()

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase, context: int) -> KnownWords | None:
        """Return them for a tokenizer that takes words apart each by itself; None for another."""
        setting: Any = tokenizer
        backend: Tokenizer = setting.backend_tokenizer
        parts = (type(backend.normalizer), type(backend.pre_tokenizer), type(backend.model))
        if parts != _OF_BERT or setting.truncation_side != "right" or context <= setting.num_special_tokens_to_add():
            return None
        added = [each.content for each in setting.added_tokens_decoder.values()]
        if not all(_is_plain(each) and " " not in each for each in added):
            return None
        backend.no_truncation()
        backend.no_padding()
        whole, inner = backend.encode("a"), backend.encode("a", add_special_tokens=False).ids
        at = (*whole.special_tokens_mask, 0).index(0)
        first, last = whole.ids[:at], whole.ids[at + len(inner) :]
        return cls(backend, first, last) if inner and whole.ids == [*first, *inner, *last] else None

    @property
    def last(self) -> list[int]:
        """The special tokens behind a text."""
        return self._around[1]

    def encode(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return the whole tokens of texts of printable ASCII, special tokens around them."""
        if not texts:
            return []
        if len(self._numbers) > MOST_WORDS:
            self._forget()
        split = [text.split() for text in texts]
        self._learn({word for words in split for word in words if word not in self._numbers})
        number = self._numbers.__getitem__
        counts = np.fromiter((len(words) + 2 for words in split), np.int64, len(split))
        chosen = (each for words in split for each in (0, *map(number, words), 1))
        numbers = np.fromiter(chosen, np.int64, int(counts.sum()))
        starts, tokens = np.frombuffer(self._starts, np.int64), np.frombuffer(self._tokens, np.int32)
        sizes = np.diff(starts)[numbers]
        ends = sizes.cumsum()
        ids = tokens[np.arange(ends[-1]) + np.repeat(starts[numbers] - (ends - sizes), sizes)]
        return np.split(ids, ends[counts.cumsum() - 1][:-1])

    def _forget(self) -> None:
        self._numbers: dict[str, int] = {}
        self._tokens, self._starts = array("i"), array("q", [0])
        for tokens in self._around:
            self._add(tokens)

    def _learn(self, words: set[str]) -> None:
        new = list(words)
        self._backend.no_truncation()
        for word, encoding in zip(new, self._backend.encode_batch_fast(new, add_special_tokens=False), strict=True):
            self._numbers[word] = len(self._starts) - 1
            self._add(encoding.ids)

    def _add(self, tokens: list[int]) -> None:
        self._tokens.extend(tokens)
        self._starts.append(len(self._tokens))


_OF_BERT = (normalizers.BertNormalizer, pre_tokenizers.BertPreTokenizer, models.WordPiece)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _encode_by_words(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], context: int, known: KnownWords, say: Say | None
) -> Encoded:
    """Return texts as ``encode_texts`` does; those that are not printable ASCII are given to the tokenizer whole."""
    ids: list[NDArray[np.int32]] = []
    whole: list[int] = []
    call: Any = tokenizer
    ending = np.array(known.last, dtype=np.int32)
    for first in range(0, len(texts), AT_ONCE):
        part = texts[first : first + AT_ONCE]
        others = [text for text in part if not _is_plain(text)]
        made = call(others, add_special_tokens=True, verbose=False).encodings if others else []
        rest = iter([np.array(each.ids, dtype=np.int32) for each in made])
        plain = iter(known.encode([text for text in part if _is_plain(text)]))
        for text in part:
            row = next(plain if _is_plain(text) else rest)
            whole.append(len(row))
            longer = len(row) > context
            ids.append(np.concatenate([row[: context - len(ending)], ending]) if longer else row)
        if say is not None:
            say("tokenizing", first + len(part), len(texts))
    starts = np.array([0, *map(len, ids)], dtype=np.int64).cumsum()
    return Encoded(np.concatenate(ids), starts, np.zeros(0, dtype=np.int32), np.array(whole, np.int64))


def _encode_pairs(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], seconds: Sequence[str], context: int, say: Say | None
) -> Encoded:
    ids: list[NDArray[np.int32]] = []
    types: list[NDArray[np.int32]] = []
    whole: list[int] = []
    added = tokenizer.num_special_tokens_to_add(pair=True)
    call: Any = tokenizer
    for first in range(0, len(texts), AT_ONCE):
        both = [list(part[first : first + AT_ONCE]) for part in (texts, seconds)]
        alone = [call(part, add_special_tokens=False, verbose=False)["input_ids"] for part in both]
        whole += [len(one) + len(other) + added for one, other in zip(*alone, strict=True)]
        made = call(*both, truncation="longest_first", max_length=context, add_special_tokens=True)
        ids += [np.array(encoding.ids, dtype=np.int32) for encoding in made.encodings]
        types += [np.array(encoding.type_ids, dtype=np.int32) for encoding in made.encodings]
        if say is not None:
            say("tokenizing", min(first + AT_ONCE, len(texts)), len(texts))
    starts = np.array([0, *map(len, ids)], dtype=np.int64).cumsum()
    empty = np.zeros(0, dtype=np.int32)
    flat = [np.concatenate(each) if each else empty for each in (ids, types)]
    return Encoded(flat[0], starts, empty, np.array(whole, np.int64), flat[1])


def encoded_entries(
    encoded: Encoded, tokenizer: PreTrainedTokenizerBase, rows: Iterable[tuple[Place, str, Sequence[str]]]
) -> Iterator[CountedExample]:
    """Yield encoded texts to be counted: of each its place, its text, and its class or its tags."""
    before = np.concatenate(([0], np.cumsum(encoded.ids == tokenizer.unk_token_id)))  # none is None
    strange = np.diff(before[encoded.starts]).tolist()
    facts = zip(rows, encoded.lengths.tolist(), encoded.cut.tolist(), strange, strict=False)
    for (place, text, labels), length, cut, unknown in facts:
        yield CountedExample(place, text, length, labels, cut, unknown)


def padded(encoded: Encoded, numbers: Sequence[int], tokenizer: PreTrainedTokenizerBase) -> dict[str, torch.Tensor]:
    """Return ``input_ids`` and ``attention_mask`` of those texts, int64 [texts, longest]; of pairs ``token_type_ids``
    too.
    """
    rows = [encoded.of(number) for number in numbers]
    longest = max(1, *map(len, rows))
    pad = tokenizer.pad_token_id if isinstance(tokenizer.pad_token_id, int) else 0
    ids = np.full((len(rows), longest), pad, dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    made = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
    if encoded.types is not None:
        types = np.zeros_like(ids)
        for place, number in enumerate(numbers):
            types[place, : len(rows[place])] = encoded.types[encoded.starts[number] : encoded.starts[number + 1]]
        made["token_type_ids"] = torch.from_numpy(types)
    return made
