"""Examples of BERT's pre-training: stretches of a text between special tokens, with words hidden.

Plain: an exported script holds this module as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.training.data.masking import IGNORED, Ids, Masking
from bigmodel_studio.training.data.segments import Sentences

FOLLOWS, RANDOM = 0, 1
"""What the model says of a pair, as ``BertForPreTraining`` numbers it."""


def drawn_openings(random: np.random.Generator, data: Sentences, size: int, *, pairs: bool) -> Iterable[int]:
    """Return the sentences with which ``size`` examples begin."""
    if pairs:
        return [int(place) for place in data.openings[random.integers(0, len(data.openings), size=size)]]
    return [int(place) for place in random.integers(0, len(data.sentences) - 1, size=size)]


def masked_batch(
    random: np.random.Generator,
    data: Sentences,
    openings: Iterable[int],
    masking: Masking,
    context: int,
    *,
    pairs: bool,
) -> dict[str, NDArray[np.int64]]:
    """Return the examples that begin with these sentences, of at most ``context`` tokens.

    ``input_ids``, ``attention_mask`` and ``labels`` are [examples, longest]; for ``pairs`` there are ``token_type_ids``
    and ``next_sentence_label`` [examples], too.
    """
    rows = [masked_example(random, data, opening, masking, context, pairs=pairs) for opening in openings]
    shape = len(rows), max(len(ids) for ids, *_ in rows)
    empty = {"input_ids": masking.padding, "attention_mask": 0, "token_type_ids": 0, "labels": IGNORED}
    batch = {name: np.full(shape, value, dtype=np.int64) for name, value in empty.items()}
    for place, (ids, labels, second, _) in enumerate(rows):
        batch["input_ids"][place, : len(ids)], batch["labels"][place, : len(ids)] = ids, labels
        batch["attention_mask"][place, : len(ids)] = 1
        batch["token_type_ids"][place, second : len(ids)] = 1
    if not pairs:
        del batch["token_type_ids"]
        return batch
    return {**batch, "next_sentence_label": np.array([pair for *_, pair in rows], dtype=np.int64)}


def masked_example(
    random: np.random.Generator, data: Sentences, opening: int, masking: Masking, context: int, *, pairs: bool
) -> tuple[Ids, Ids, int, int]:
    """Return ids with words hidden, what they were, where the second stretch begins, and what is so of the pair."""
    pair = FOLLOWS
    if pairs:
        first, second, follows = data.pair(random, opening, context - 3)
        parts, pair = [first, second], FOLLOWS if follows else RANDOM
    else:
        parts = [data.stretch(random, opening, context - 2)]
    ids = [masking.first]
    for part in parts:
        ids += [*part.tolist(), masking.between]
    whole = np.array(ids, dtype=np.int64)
    begins = 2 + len(parts[0])
    places = np.delete(np.arange(1, len(whole) - 1), [begins - 2] if pairs else [])
    given, labels = masking.hide(random, whole, places)
    return given, labels, begins if pairs else len(whole), pair
