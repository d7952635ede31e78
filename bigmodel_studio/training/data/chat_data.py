"""Conversations as tokens on disk, mapped into memory, with a mark on each token that is learnt.

Of preference pairs two lie one after the other: the one that was chosen, then the one that was rejected.

Made once for the files, a tokenizer with its chat template and a context, and kept in the cache under a hash of these.
A conversation that is longer than the context is cut at its end; where no answer is left then, it is left out.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.core.data.records import place
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.templates.conversation import takes_system
from bigmodel_studio.training.data.cached import Pages, made_whole
from bigmodel_studio.training.data.chat_files import CHAT_SUFFIXES, Chat, Fault, Message, read_chats
from bigmodel_studio.training.data.chat_spans import learnt_tokens, written
from bigmodel_studio.training.data.text_files import Corpus, Part, content_hash, files_of
from bigmodel_studio.training.data.token_data import Say, Tokens, mapped
from bigmodel_studio.training.objectives.preference_files import Pair, read_pairs

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MOST_FAULTS = 20
"""So many are named in the log; all are counted."""
_FILES = {"tokens": "", "learnt": "uint8", "starts": "uint64", "places": "uint32"}


class Spot(NamedTuple):
    """Where something stands: the number of its file, a line, and what there is to be said of it."""

    file: int
    line: int
    reason: str = ""


class Counts(msgspec.Struct):
    """What was found: conversations learnt from and evaluated on, those that were cut, that had no answer within the
    context, that could not be used, and whose system message the template does not take; of each kind the first.
    """

    dtype: str
    train: int = 0
    evaluation: int = 0
    cut: int = 0
    without: int = 0
    faults: int = 0
    moved: int = 0
    cut_at: list[Spot] = msgspec.field(default_factory=list)
    without_at: list[Spot] = msgspec.field(default_factory=list)
    faults_at: list[Spot] = msgspec.field(default_factory=list)
    moved_at: list[Spot] = msgspec.field(default_factory=list)

    def note(self, kind: Literal["cut", "without", "faults", "moved"], spot: Spot) -> None:
        """Count one more of a kind."""
        setattr(self, kind, getattr(self, kind) + 1)
        spots: list[Spot] = getattr(self, f"{kind}_at")
        if len(spots) < MOST_FAULTS:
            spots.append(spot)


class Chats:
    """One part of the data: conversation ``n`` lies in ``tokens`` and ``learnt`` from ``starts[n]`` on; ``places`` has
    of each the number of its file, its line, and how many tokens it has whole.
    """

    def __init__(
        self, tokens: Tokens, learnt: NDArray[np.uint8], starts: NDArray[np.uint64], places: NDArray[np.uint32]
    ) -> None:
        self.tokens, self.learnt, self.starts = tokens, learnt, starts
        self.places = places.reshape(-1, 3)
        self._pages = Pages(tokens, learnt, starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def conversation(self, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return ids and marks, as whole numbers."""
        self._pages.read(3)
        begin, end = int(self.starts[number]), int(self.starts[number + 1])
        return self.tokens[begin:end].astype(np.int64), self.learnt[begin:end].astype(np.int64)


class ChatData:
    """Both parts of a run's data, and the ``files`` by their numbers; ``key`` says what they were made from."""

    def __init__(self, train: Chats, evaluation: Chats, counts: Counts, files: list[str], key: str) -> None:
        self.train, self.evaluation, self.counts, self.files = train, evaluation, counts, files
        self.key = key

    @property
    def faults(self) -> list[Fault]:
        """The first of what could not be used."""
        return [Fault(self.files[spot.file], spot.line, spot.reason) for spot in self.counts.faults_at]


def chat_files(train: Sequence[str], evaluation: float | Sequence[str]) -> Corpus:
    """Return the files of a spec, whole. Raises ``StudioError``: "data-missing", "data-no-text", "data-empty"."""
    parts = [
        [Part(path, 0, path.stat().st_size) for path in files_of(given, CHAT_SUFFIXES)]
        for given in (train, () if isinstance(evaluation, float | int) else evaluation)
    ]
    if not any(part.end for part in parts[0]):
        raise StudioError("data-empty", path=", ".join(train))
    return Corpus(parts[0], parts[1])


def prepare(
    corpus: Corpus,
    share: float,
    tokenizer: PreTrainedTokenizerBase,
    context: int,
    say: Say,
    kind: Kind | None = None,
) -> ChatData:
    """Return the conversations, from the cache or made now; ``share`` of those to learn from are evaluated on instead.

    ``kind`` says what an entry is (None: a chat). Raises ``OSError``, and ``StudioError`` with the kind's ``none``
    where none can be learnt from; nothing half-made is left.
    """
    kind = kind or CHATS
    total = sum(part.end for part in corpus.train + corpus.evaluation)
    content = content_hash(corpus, lambda done: say("reading", done, total))
    backend: Any = tokenizer
    recipe = [content, backend.backend_tokenizer.to_str(), tokenizer.chat_template, context, share]
    recipe += [tokenizer.special_tokens_map]
    key = hashlib.sha256(f"{kind.key} {json.dumps(recipe, default=str)}".encode()).hexdigest()[:32]
    folder = paths.cache() / "chats" / key
    if not (folder / "chats.json").is_file():
        _make(folder, corpus, share, tokenizer, context, lambda done: say("tokenizing", done, total), kind)
    counts = msgspec.json.decode((folder / "chats.json").read_bytes(), type=Counts)
    files = [str(part.path) for part in corpus.train + corpus.evaluation]
    train, evaluation = (_read(folder, part, counts.dtype) for part in ("train", "evaluation"))
    return ChatData(train, evaluation, counts, files, key)


def _read(folder: Path, part: str, dtype: str) -> Chats:
    found: list[Any] = [mapped(folder / f"{part}-{name}.bin", kind or dtype) for name, kind in _FILES.items()]
    return Chats(*found)


def _make(
    folder: Path,
    corpus: Corpus,
    share: float,
    tokenizer: PreTrainedTokenizerBase,
    context: int,
    say: Callable[[int], None],
    kind: Kind,
) -> None:
    counts = Counts(dtype="uint16" if len(tokenizer) <= 65536 else "uint32")
    done, numbers, files = 0, itertools.count(), itertools.count()
    with made_whole(folder, "chats.json") as temporary:
        writers = {name: _Writer(temporary, name, counts.dtype) for name in ("train", "evaluation")}
        try:
            for name, parts in (("train", corpus.train), ("evaluation", corpus.evaluation)):
                for part in parts:
                    file, read = next(files), 0
                    for example in _usable(part, file, counts, kind):
                        for rows in kind.rows(example, file, tokenizer, context, counts):
                            number = next(numbers)
                            # Spread evenly, so that an order in the files does no harm.
                            for_evaluation = name == "train" and int((number + 1) * share) > int(number * share)
                            for row in rows:
                                writers["evaluation" if for_evaluation else name].add(row)
                        texts = (message["content"] for each in example.conversations for message in each)
                        read += sum(len(text.encode()) for text in texts)
                        say(done + min(read, part.end))
                    done += part.end
        finally:
            for writer in writers.values():
                writer.close()
        counts.train, counts.evaluation = (writers[name].count // kind.each for name in ("train", "evaluation"))
        if not counts.train:
            names = [part.path.name for part in corpus.train + corpus.evaluation]
            first = [f"{place(names[spot.file], spot.line)}: {spot.reason}" for spot in counts.faults_at[:1]]
            raise StudioError(
                kind.none,
                path=", ".join(names[: len(corpus.train)]),
                detail=(first or ["no answer lies within the context"])[0],
            )
        (temporary / "chats.json").write_bytes(msgspec.json.encode(counts))


def _usable(part: Part, file: int, counts: Counts, kind: Kind) -> Iterator[Any]:
    whole = part.end >= part.path.stat().st_size
    for found in kind.read(part.path, sys.maxsize if whole else part.end):
        if isinstance(found, Fault):
            counts.note("faults", Spot(file, found.line, found.reason))
        else:
            yield found


class _Row(NamedTuple):
    """Ids and marks of a conversation, cut to the context, and its place as ``Chats`` has it."""

    ids: list[int]
    learnt: list[bool]
    place: tuple[int, int, int]


def _tokens(
    messages: Sequence[Message], spot: Spot, tokenizer: PreTrainedTokenizerBase, context: int, counts: Counts
) -> Iterator[_Row]:
    """Yield what a conversation is through the template, cut to the context; its last token is never read, only
    foretold. What cannot be used is counted.
    """
    try:
        parts = written(tokenizer, messages)
    except ValueError as error:
        counts.note("faults", spot._replace(reason=str(error)))
        return
    if not takes_system(tokenizer, messages):
        counts.note("moved", spot)
    for part in parts:
        ids, learnt = learnt_tokens(tokenizer, part)
        if len(ids) > context + 1:
            counts.note("cut", spot)
        yield _Row(ids[: context + 1], learnt[: context + 1], (spot.file, spot.line, len(ids)))


def _chat_rows(
    chat: Chat, file: int, tokenizer: PreTrainedTokenizerBase, context: int, counts: Counts
) -> Iterator[tuple[_Row, ...]]:
    """Yield what can be learnt from a conversation."""
    spot = Spot(file, chat.line)
    for row in _tokens(chat.messages, spot, tokenizer, context, counts):
        if any(row.learnt[1:]):
            yield (row,)
        else:
            counts.note("without", spot)


def _pair_rows(
    pair: Pair, file: int, tokenizer: PreTrainedTokenizerBase, context: int, counts: Counts
) -> Iterator[tuple[_Row, ...]]:
    """Yield a pair as two rows; none where one of its answers begins past the context, or both are the same in it."""
    spot, faults = Spot(file, pair.line), counts.faults
    made = [list(_tokens(each, spot, tokenizer, context, counts)) for each in pair.conversations]
    if counts.faults > faults:
        return
    if any(len(rows) != 1 for rows in made):
        counts.note("faults", spot._replace(reason="the chat template writes its earlier answers in another way later"))
        return
    rows = (made[0][0], made[1][0])
    if all(any(row.learnt[1:]) for row in rows) and rows[0].ids != rows[1].ids:
        yield rows
    else:
        counts.note("without", spot)


class Kind(NamedTuple):
    """What an entry of a file is: ``read`` finds them, ``rows`` makes groups of ``each`` rows of one; ``key`` names the
    way in which they are kept, ``none`` is the error where there are none, and ``findings`` those of a preview where
    some cannot be used, or have no answer within the context.
    """

    key: str
    each: int
    none: str
    findings: tuple[str, str]
    read: Callable[[Path, int], Iterator[Any]]
    rows: Callable[[Any, int, PreTrainedTokenizerBase, int, Counts], Iterator[tuple[_Row, ...]]]


CHATS = Kind("chats 4", 1, "chat-none", ("preview-chats-unusable", "preview-chats-unanswered"), read_chats, _chat_rows)
PAIRS = Kind(
    "pairs 1", 2, "chat-no-pairs", ("preview-pairs-unusable", "preview-pairs-unanswered"), read_pairs, _pair_rows
)


class _Writer:
    """One part's files, written as conversations come."""

    def __init__(self, folder: Path, part: str, dtype: str) -> None:
        self._files = {name: open(folder / f"{part}-{name}.bin", "wb") for name in _FILES}  # noqa: SIM115
        self._dtype = dtype
        self.count = self._place = 0

    def add(self, row: _Row) -> None:
        self._put("starts", [self._place])
        self._put("tokens", row.ids)
        self._put("learnt", row.learnt)
        self._put("places", row.place)
        self.count, self._place = self.count + 1, self._place + len(row.ids)

    def close(self) -> None:
        self._put("starts", [self._place])
        for stream in self._files.values():
            stream.close()

    def _put(self, name: str, values: Sequence[int]) -> None:
        self._files[name].write(np.asarray(values, dtype=_FILES[name] or self._dtype).tobytes())
