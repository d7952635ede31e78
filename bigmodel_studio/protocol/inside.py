"""A training looked at closely: the examples of a step, and a single step taken slowly."""

from __future__ import annotations

import msgspec

__all__ = ["NO_CLASS", "LookAtStep", "StepExample", "StepExamples", "StepTaken", "TakeStep", "TokenLoss", "WeightBlock"]

NO_CLASS = "∅"
"""In the place of an example's classes, where it may have several and has none."""


class LookAtStep(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The very examples that update ``step`` of a run learns from, with their losses. Ends with ``Done(StepExamples)``.

    ``run`` is a run's name or folder; ``most`` examples come, those with the largest losses first.
    """

    run: str
    step: int
    most: int = 64


class TakeStep(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One update of a run from its checkpoint after ``checkpoint`` (0: from its start), with all that happens in it.

    Nothing of the run is changed. Ends with ``Done(StepTaken)``.
    """

    run: str
    checkpoint: int = 0


class TokenLoss(msgspec.Struct, frozen=True):
    """A token as text ("" where it ends no character), and the loss on it in nats (None: nothing is learnt from it)."""

    text: str
    loss: float | None = None


class StepExample(msgspec.Struct, frozen=True, kw_only=True):
    """One example: a text as ``tokens``, or a ``picture`` (PNG, as the model sees it) from the file ``source``.

    ``number`` is its place in the batch; ``loss`` is by the weights that were looked with, ``recorded`` what the run
    itself recorded at that step. Of a classifier: the class in the data (``expected``), the predicted one, and its
    ``probability``; several classes have commas between them, and none is ``NO_CLASS``.
    """

    number: int
    loss: float
    recorded: float | None = None
    tokens: tuple[TokenLoss, ...] = ()
    picture: bytes | None = None
    source: str = ""
    expected: str = ""
    predicted: str = ""
    probability: float | None = None


class StepExamples(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The batch of update ``step``: ``count`` examples, of which some are here.

    ``checkpoint``: the losses on tokens are by the weights after this update (0: those at the start); ``exact``:
    these are the weights that update ``step`` itself started from.
    """

    run: str
    step: int
    checkpoint: int
    exact: bool
    count: int
    examples: tuple[StepExample, ...]


class WeightBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A block of one parameter around its largest gradient, seen as a matrix (all axes but the first laid in a row).

    ``row`` and ``column`` are where it begins, ``width`` its columns. Values go row by row: the gradient as the
    optimizer got it, the weights before and after, and the optimizer's state by name, before and after (``before`` is
    empty at the very first step). ``updates`` counts the optimizer's updates of it, this one included.
    """

    name: str
    shape: tuple[int, ...]
    row: int
    column: int
    width: int
    weight_decay: float
    updates: int
    gradient: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    state_before: dict[str, tuple[float, ...]]
    state_after: dict[str, tuple[float, ...]]


class StepTaken(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """One update: its batch's examples and loss, what was done to the gradient, and what became of the weights.

    ``gradient_norm`` is before clipping, ``scale`` what the gradient was multiplied with for it. ``optimizer`` is as
    in a spec; ``momentum`` counts for sgd, the betas and ``epsilon`` for adamw.
    """

    run: str
    step: int
    loss: float
    examples: tuple[StepExample, ...]
    gradient_norm: float
    scale: float
    optimizer: str
    learning_rate: float
    beta1: float
    beta2: float
    epsilon: float
    momentum: float
    blocks: tuple[WeightBlock, ...]
