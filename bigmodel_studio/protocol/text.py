"""What is asked of models that read text, BERT's first of all, and what they answer."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.values import ModelRef, Problem


class FillMask(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The words that a model would put for each ``[MASK]``. One ``Filled`` a text; ends with ``Done(None)``."""

    model: ModelRef
    texts: tuple[str, ...]
    top_k: int = 5


class TellNext(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Whether the second text of a pair followed the first. A ``NextTold`` each; ends with ``Done(None)``."""

    model: ModelRef
    pairs: tuple[tuple[str, str], ...]


class Candidate(msgspec.Struct, frozen=True):
    """A token that may stand in a place, and how probable the model holds it."""

    token: str
    probability: float


class Filled(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A text with the first candidates put in (``filled``), and for each hidden word its candidates, best first."""

    text: str
    filled: str = ""
    masks: tuple[tuple[Candidate, ...], ...] = ()
    error: Problem | None = None


class NextTold(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How probable the model holds it that ``second`` follows ``first``."""

    first: str
    second: str
    follows: float = 0.0
    error: Problem | None = None
