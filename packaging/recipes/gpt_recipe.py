"""Every number that decides the weights of `starter-gpt`, and where it is trained. Data only: knows no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

from storyteller import SUM_LISTS


@dataclass(frozen=True)
class Cycle:
    """A rise and fall of the rate, up to and with update ``until``; it falls over the last ``cooldown`` of it."""

    until: int
    learning_rate: float
    cooldown: float


@dataclass(frozen=True)
class Phase:
    """A stretch of the training up to and with update ``until``.

    ``shares`` of categories are given where they differ from the storyteller's; ``sum_lists``, ``look_ups`` and
    ``who_lists`` are shares of the documents, ``blur`` of the questions about facts, ``wide`` of those
    about what is outside, ``anyone`` of those about places, ``typed`` of the
    questions that are in small letters and without a mark at their end.
    """

    until: int
    shares: dict[str, float] = field(default_factory=dict)
    sum_lists: float = SUM_LISTS
    look_ups: float = 0.0
    who_lists: float = 0.0
    blur: float = 0.0
    wide: float = 0.0
    anyone: float = 0.0
    typed: float = 0.0


_ALL_ROUND = {
    "colours": 0.16, "places": 0.13, "counting": 0.13, "sums": 0.15, "feelings": 0.13,
    "models": 0.10, "application": 0.10, "itself": 0.05, "outside": 0.04, "chinese": 0.01,
}  # fmt: skip
# What the development questions showed to be weak when the rate had begun to fall.
_AT_THE_END = {
    "colours": 0.12, "places": 0.15, "counting": 0.08, "sums": 0.18, "feelings": 0.12,
    "models": 0.07, "application": 0.08, "itself": 0.08, "outside": 0.11, "chinese": 0.01,
}  # fmt: skip
# Asked who is where, the development pairs were still answered worst: more of what has to be read from the question.
_BINDING = {
    "colours": 0.20, "places": 0.30, "counting": 0.05, "sums": 0.12, "feelings": 0.14,
    "models": 0.05, "application": 0.06, "itself": 0.04, "outside": 0.03, "chinese": 0.01,
}  # fmt: skip
# People type "hello" and not "Hello!".
_AS_TYPED = {
    "colours": 0.15, "places": 0.15, "counting": 0.06, "sums": 0.15, "feelings": 0.12,
    "models": 0.09, "application": 0.09, "itself": 0.13, "outside": 0.05, "chinese": 0.01,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What was chosen. Lengths in tokens, ``steps``, ``warmup`` and ``phases`` in optimizer updates.

    In each cycle the rate rises over ``warmup``, stays, and falls linearly to ``final_share`` of itself. Every
    ``long_every`` steps the rows are as long as the context; the others are short, which costs less.
    """

    seed: int = 1
    vocabulary: int = 1536
    width: int = 160
    layers: int = 6
    heads: int = 5
    context: int = 384
    window: int = 64
    cycles: tuple[Cycle, ...] = (Cycle(6500, 2e-3, 0.35), Cycle(8100, 1.2e-3, 0.75), Cycle(8500, 6e-4, 0.7))
    warmup: int = 150
    final_share: float = 0.03
    short_row: int = 128
    long_every: int = 16
    batch_tokens: int = 3072
    phases: tuple[Phase, ...] = (
        Phase(2000, _ALL_ROUND, 0.08, 0.22, 0.15, 0.3),
        Phase(5250, _ALL_ROUND, 0.05, 0.10, 0.18, 0.4),
        Phase(6500, _AT_THE_END, 0.06, 0.08, 0.18, 0.4, 0.6),
        Phase(8100, _BINDING, 0.05, 0.10, 0.22, 0.4, 0.5, 0.5),
        Phase(1_000_000, _AS_TYPED, 0.05, 0.08, 0.15, 0.4, 0.5, 0.4, 0.35),
    )
    weight_decay: float = 0.1
    beta2: float = 0.98
    clip: float = 1.0
    question_weight: float = 0.1
    story_weight: float = 0.3
    tokenizer_documents: int = 20_000
    evaluate_every: int = 250
    save_every: int = 250

    @property
    def steps(self) -> int:
        return self.cycles[-1].until

    def phase(self, step: int) -> Phase:
        return next(phase for phase in self.phases if step <= phase.until)


@dataclass(frozen=True)
class Machine:
    device: str
    threads: int
    precision: str
