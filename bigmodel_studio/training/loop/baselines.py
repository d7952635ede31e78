"""Losses that a language model must beat to have learnt anything: those of counting tokens, and pairs of tokens.

Both are cross-entropies in nats a token on the evaluation tokens, of models counted on the training tokens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bigmodel_studio.training.data.cached import let_go
from bigmodel_studio.training.data.token_data import Tokens

DENSE_VOCABULARY = 2048
"""Up to here the table of pairs is dense (32 MiB); above, pairs are sorted, and counted over a part of the text."""
MOST_TOKENS = 2_000_000
"""So many are evaluated on, and where the table is sparse counted: memory stays flat on any text."""
CHUNK = 1 << 20
STRENGTHS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)

Counts = NDArray[np.int64]


def baselines(train: Tokens, evaluation: Tokens, vocabulary: int) -> dict[str, float]:
    """Return ``unigram`` and ``bigram``; empty where there are no evaluation tokens.

    Unigram: add-one smoothing. Bigram: each row drawn towards the unigram distribution by a Dirichlet prior,
    p(w|v) = (c(v,w) + k p(w)) / (c(v) + k) (MacKay & Peto 1995, eq. 12), its strength k chosen on the last
    twentieth of the training tokens.
    """
    if len(evaluation) < 2 or len(train) < 40:
        return {}
    evaluation = evaluation[:MOST_TOKENS]
    if vocabulary > DENSE_VOCABULARY:
        train = train[:MOST_TOKENS]
    train_end = len(train) - len(train) // 20
    losses = _bigram(train[:train_end], train[train_end : train_end + MOST_TOKENS], vocabulary, STRENGTHS)
    strength = STRENGTHS[losses.index(min(losses))]
    unigram = token_shares(train, vocabulary)
    loss = float(-np.log(unigram[np.asarray(evaluation[1:], dtype=np.int64)]).mean())
    return {"unigram": loss, "bigram": _bigram(train, evaluation, vocabulary, (strength,))[0]}


def token_shares(tokens: Tokens, vocabulary: int) -> NDArray[np.float64]:
    """Return the share of each token, add-one smoothed."""
    counts = np.ones(vocabulary, dtype=np.int64)
    for first in range(0, len(tokens), CHUNK):
        counts += np.bincount(tokens[first : first + CHUNK], minlength=vocabulary)
        let_go(tokens)
    probabilities: NDArray[np.float64] = counts / counts.sum()
    return probabilities


def _bigram(train: Tokens, test: Tokens, vocabulary: int, strengths: tuple[float, ...]) -> list[float]:
    """Return the cross-entropy on ``test`` for each strength of the prior."""
    unigram = token_shares(train, vocabulary)
    rows = np.zeros(vocabulary, dtype=np.int64)
    for first in range(0, len(train) - 1, CHUNK):
        rows += np.bincount(train[first : min(first + CHUNK, len(train) - 1)], minlength=vocabulary)
        let_go(train)
    now = np.asarray(test[:-1], dtype=np.int64)
    following = np.asarray(test[1:], dtype=np.int64)
    pairs = _pair_counts(train, now * vocabulary + following, vocabulary)
    losses = []
    for strength in strengths:
        probability = (pairs + strength * unigram[following]) / (rows[now] + strength)
        losses.append(float(-np.log(probability).mean()))
    return losses


def _pair_counts(train: Tokens, wanted: Counts, vocabulary: int) -> Counts:
    """Return how often each wanted pair (coded first × vocabulary + second) stands in ``train``."""
    if vocabulary <= DENSE_VOCABULARY:
        table = np.zeros(vocabulary * vocabulary, dtype=np.int64)
        for first in range(0, len(train) - 1, CHUNK):
            chunk = np.asarray(train[first : first + CHUNK + 1], dtype=np.int64)
            table += np.bincount(chunk[:-1] * vocabulary + chunk[1:], minlength=vocabulary * vocabulary)
            let_go(train)
        return table[wanted]
    ids = np.asarray(train, dtype=np.int64)
    codes, counts = np.unique(ids[:-1] * vocabulary + ids[1:], return_counts=True)
    places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[places] == wanted, counts[places], 0)
