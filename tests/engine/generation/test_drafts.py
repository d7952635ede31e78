"""Drafts change no token, greedy or sampled; they are dropped where they do not pay, and leave the decoder clean."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import msgspec
import pytest
import torch
from torch import Tensor

from bigmodel_studio.engine.generation.decoding import decode
from bigmodel_studio.engine.generation.drafts import DraftModel, PromptLookup, Speculation
from bigmodel_studio.engine.generation.sampling import Sampler, SamplerSettings, settle
from bigmodel_studio.protocol import Sampling

CPU = torch.device("cpu")
VOCABULARY = 9
PROMPT = [1, 2, 3, 4, 1, 2, 3]
NO_ENDS: frozenset[int] = frozenset()


class TableDecoder:
    """A model whose next token depends on the last two by a fixed table of probabilities; a step of ``rows`` takes
    ``1 + cost × (rows - 1)`` seconds of its own clock.
    """

    exact = True

    def __init__(self, seed: int = 0, sharpness: float = 2.0, cost: float = 0.1) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.randn(VOCABULARY, VOCABULARY, VOCABULARY, generator=generator) * sharpness
        self.fed: list[int] = []
        self.now = 0.0
        self.logits: Tensor | None = None
        self._cost = cost

    @property
    def length(self) -> int:
        return len(self.fed)

    @property
    def cache_bytes(self) -> int:
        return 0

    def prefill(self, ids: list[int]) -> Iterator[int]:
        if ids:
            self.verify(ids)
            yield len(ids)

    def step(self, id_: int) -> None:
        self.verify([id_])

    def verify(self, ids: list[int]) -> Tensor:
        rows = []
        for id_ in ids:
            self.fed.append(id_)
            rows.append(self.table[self.fed[-2] if len(self.fed) > 1 else 0, self.fed[-1]])
        self.now += 1 + self._cost * (len(ids) - 1)
        self.logits = rows[-1]
        return torch.stack(rows)

    def trace(self, ids: list[int], names: Collection[str]) -> dict[str, Tensor]:
        raise NotImplementedError

    def truncate(self, length: int) -> None:
        del self.fed[length:]
        self.logits = None

    def fork(self) -> TableDecoder:
        raise NotImplementedError

    def release(self) -> None:
        self.truncate(0)


class RandomDraft:
    """Guesses at random; now and then what is right, where it is given the text."""

    cheap = False

    def __init__(self, seed: int, right: Sequence[int] = (), share: float = 0.0) -> None:
        self._draw, self._right, self._share, self._at = random.Random(seed), list(right), share, 0

    def propose(self, most: int, sampler: Sampler) -> list[int]:
        rest = self._right[self._at : self._at + most]
        guesses = [id_ if self._draw.random() < self._share else self._draw.randrange(VOCABULARY) for id_ in rest]
        return guesses + [self._draw.randrange(VOCABULARY) for _ in range(most - len(guesses))]

    def accept(self, id_: int) -> None:
        self._at += 1

    def release(self) -> None:
        pass


def settings(
    seed: int, *, greedy: bool = False, penalty: float = 1.0, top_k: int = 0, **others: float
) -> SamplerSettings:
    asked = Sampling(greedy=greedy, temperature=1.0, top_p=1.0, top_k=top_k, repetition_penalty=penalty, seed=seed)
    return settle(msgspec.structs.replace(asked, **others), None)


def text(
    decoder: TableDecoder,
    choice: SamplerSettings,
    speculation: Speculation | None = None,
    *,
    most: int = 60,
    ends: frozenset[int] = NO_ENDS,
) -> list[int]:
    list(decoder.prefill(PROMPT))
    steps = decode(decoder, PROMPT, choice, most=most, ends=ends, speculation=speculation)
    return [chosen.id for chosen, _ in steps]


CHOICES = [
    settings(1, greedy=True),
    settings(2, greedy=True, penalty=1.4),
    settings(3),
    settings(4, penalty=1.3, top_k=4),
    settings(5, greedy=True, presence_penalty=0.6, frequency_penalty=0.2),
    settings(6, frequency_penalty=0.4, typical_p=0.8),
]


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("seed", range(4))
def test_the_text_is_the_one_without_drafts(choice: SamplerSettings, seed: int) -> None:
    plain = text(TableDecoder(seed), choice)
    for share in (0.0, 0.5, 0.9, 1.0):
        decoder = TableDecoder(seed)
        speculation = Speculation(RandomDraft(seed, plain, share), lambda: 0.0)
        assert text(decoder, choice, speculation) == plain
        assert decoder.fed == PROMPT + plain[:-1]
        assert 0 < speculation.accepted <= speculation.drafted
    decoder = TableDecoder(seed)
    assert text(decoder, choice, Speculation(PromptLookup(PROMPT), lambda: 0.0)) == plain
    assert decoder.fed == PROMPT + plain[:-1]


def test_sampled_text_keeps_the_distribution_of_the_tables() -> None:
    """The first three tokens of 4,000 texts, against the product of the tables' probabilities (chi-square, p = 0.001).

    Half of the guesses are wrong, so that accepted, rejected and never drafted places all count.
    """
    model = TableDecoder(5, sharpness=1.0)
    probabilities = model.table.softmax(-1)
    likely = [int(model.table[PROMPT[-2], PROMPT[-1]].argmax())] * 3
    counts: Counter[tuple[int, ...]] = Counter()
    texts, drafted, accepted = 4000, 0, 0
    for seed in range(texts):
        decoder = TableDecoder(5, sharpness=1.0)
        speculation = Speculation(RandomDraft(seed, likely, 0.5), lambda: 0.0)
        counts[tuple(text(decoder, settings(seed), speculation, most=3))] += 1
        drafted, accepted = drafted + speculation.drafted, accepted + speculation.accepted
    assert 0.05 < accepted / drafted < 0.95
    before, last = PROMPT[-2], PROMPT[-1]
    first = probabilities[before, last]
    expected = first[:, None, None] * probabilities[last][:, :, None] * probabilities
    observed = torch.zeros(VOCABULARY, VOCABULARY, VOCABULARY)
    for (a, b, c), count in counts.items():
        observed[a, b, c] = count
    # Rare texts together in one class; a test of chi-square wants five of each at least.
    often = expected * texts >= 5
    found = torch.cat((observed[often], observed[~often].sum()[None]))
    wanted = torch.cat((expected[often], expected[~often].sum()[None])) * texts
    freedom = len(found) - 1
    statistic = float(((found - wanted) ** 2 / wanted).sum())
    # Wilson and Hilferty's approximation of the quantile at 0.999.
    assert statistic < freedom * (1 - 2 / (9 * freedom) + 3.09 * (2 / (9 * freedom)) ** 0.5) ** 3


@pytest.mark.parametrize("greedy", [True, False])
def test_a_draft_model_guesses_with_the_same_random_numbers(greedy: bool) -> None:
    choice = settings(8, greedy=greedy)
    plain = text(TableDecoder(3), choice)
    for seed, alike in ((3, True), (4, False)):
        small = TableDecoder(seed)
        draft = DraftModel(small, Sampler(choice, CPU, 0, PROMPT), PROMPT)
        speculation = Speculation(draft, lambda: 0.0)
        assert text(TableDecoder(3), choice, speculation) == plain
        assert speculation.drafted > 0
        assert (speculation.accepted == speculation.drafted) is alike
        draft.release()
        assert small.length == 0


@pytest.mark.parametrize("stop_after", range(1, 20, 3))
def test_a_text_that_is_left_leaves_only_its_tokens_in_the_decoder(stop_after: int) -> None:
    choice = settings(1, greedy=True)
    plain = text(TableDecoder(2), choice)
    decoder = TableDecoder(2)
    list(decoder.prefill(PROMPT))
    speculation = Speculation(RandomDraft(1, plain, 0.8), lambda: 0.0)
    steps = decode(decoder, PROMPT, choice, most=60, ends=NO_ENDS, speculation=speculation)
    taken = [next(steps)[0].id for _ in range(stop_after)]
    steps.close()  # type: ignore[attr-defined]
    assert taken == plain[:stop_after]
    assert (PROMPT + taken)[: decoder.length] == decoder.fed


def test_an_end_among_the_drafts_is_the_last_token() -> None:
    choice = settings(1, greedy=True)
    plain = text(TableDecoder(2), choice)
    end = plain[6]
    decoder = TableDecoder(2)
    found = text(decoder, choice, Speculation(RandomDraft(1, plain, 1.0), lambda: 0.0), ends=frozenset({end}))
    assert found == plain[: plain.index(end) + 1]
    assert (PROMPT + found)[: decoder.length] == decoder.fed


def test_what_followed_the_same_words_is_looked_up() -> None:
    lookup = PromptLookup([5, 6, 7, 8, 9, 1, 5, 6])
    assert lookup.propose(3) == []
    lookup.accept(7)
    assert lookup.propose(3) == [8, 9, 1]
    assert lookup.propose(1) == [8]
    lookup.accept(2)  # something else follows this time, and the latest place counts
    for id_ in (5, 6, 7):
        lookup.accept(id_)
    assert lookup.propose(2) == [2, 5]
    # Longer agreement wins over the latest place.
    lookup = PromptLookup([1, 1, 1, 5, 6, 7, 8, 0, 0, 5, 6, 7, 9, 1, 1, 1, 5, 6, 7])
    assert lookup.propose(1) == [8]


def speculated(cost: float, share: float, *, tokens: int = 300) -> tuple[float, Speculation]:
    """Seconds for each token on the decoder's own clock, of which a plain token takes one."""
    choice = settings(1, greedy=True)
    plain = text(TableDecoder(6), choice, most=tokens)
    decoder = TableDecoder(6, cost=cost)
    speculation = Speculation(RandomDraft(3, plain, share), lambda: decoder.now)
    assert text(decoder, choice, speculation, most=tokens) == plain
    return decoder.now / tokens, speculation


@pytest.mark.parametrize(
    ("cost", "share", "most_s"), [(0.1, 1.0, 0.25), (0.4, 1.0, 0.55), (0.1, 0.0, 1.06), (0.9, 0.5, 1.06)]
)
def test_drafts_are_used_where_they_pay(cost: float, share: float, most_s: float) -> None:
    """``most_s``: on a clock that the decoder moves on by what its steps are said to take."""
    token_s, speculation = speculated(cost, share)
    assert token_s < most_s
    assert (speculation.drafted > 200) is (share == 1.0)


class CheapDraft(RandomDraft):
    """Guesses the token 0 everywhere."""

    cheap = True

    def propose(self, most: int, sampler: Sampler) -> list[int]:
        return [0] * most


def test_a_cheap_draft_that_is_wrong_again_and_again_pauses_twice_as_long_each_time() -> None:
    sampler = Sampler(settings(1), CPU, 0, PROMPT)
    speculation = Speculation(CheapDraft(0), lambda: 0.0)

    def verified_at(ids: list[int]) -> list[int]:
        places = []
        for place, id_ in enumerate(ids):
            if speculation.propose(15, sampler):
                places.append(place)
            speculation.verified()
            speculation.accept(id_)
        return places

    # The third step is plain, for none of one row was measured yet.
    assert verified_at([1] * 140) == [0, 1, 3, 6, 11, 20, 37, 70, 135]
    assert verified_at([0, 1]) == [1]  # it was right in its pause
