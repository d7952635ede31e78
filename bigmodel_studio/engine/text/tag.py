"""The task that tags the words of texts: each by itself, and as the most probable whole (``core.data.tag_decoding``).

A word's tag is predicted at its first piece, as it is learnt (Devlin et al. 2018, section 5.3).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from bigmodel_studio.core.data import tag_decoding
from bigmodel_studio.core.text.words import words_of
from bigmodel_studio.engine.images.classify import labels_of
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.masked_lm import each, encoded, reader
from bigmodel_studio.protocol import Done, Event, Tagged, TagWords


def tag_words(request: TagWords, session: Session) -> Iterator[Event]:
    """Yield one ``Tagged`` a text; one that is empty or too long carries its error."""
    loaded = yield from session.load(request.model)
    tokenizer = reader(loaded, TagWords)

    def answer(text: str) -> Tagged:
        words = words_of(text)
        given = encoded(loaded, tokenizer, words)
        begins = first_pieces(given.word_ids())
        logits = loaded.model(**given).logits[0, [place for place, _ in begins]]
        return tagged(text, [words[word] for _, word in begins], list(labels_of(loaded.model.config)), logits)

    yield from each(request.texts, answer, lambda text, error: Tagged(text=text, error=error))
    yield Done()


def first_pieces(word_ids: list[int | None]) -> list[tuple[int, int]]:
    """Return where in a text's tokens each word begins: (token, word). A word that no token is made of is left out."""
    previous = [None, *word_ids[:-1]]
    return [
        (place, word)
        for place, (word, before) in enumerate(zip(word_ids, previous, strict=True))
        if word is not None and word != before
    ]


def tagged(text: str, words: list[str], tags: list[str], logits: torch.Tensor) -> Tagged:
    """Return both ways through the lattice that ``logits`` [words, tags] make."""
    lattice: list[list[float]] = logits.float().log_softmax(dim=-1).tolist()
    greedy, viterbi = tag_decoding.greedy(lattice), tag_decoding.viterbi(lattice, tags)
    return Tagged(
        text=text,
        words=tuple(words),
        tags=tuple(tags),
        logprobs=tuple(map(tuple, lattice)),
        greedy=tuple(tags[tag] for tag in greedy),
        greedy_logprob=tag_decoding.total(lattice, greedy),
        viterbi=tuple(tags[tag] for tag in viterbi),
        viterbi_logprob=tag_decoding.total(lattice, viterbi),
    )
