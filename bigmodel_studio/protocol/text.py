"""Requests to text models, BERT's first of all, and their answers.

Each answer stands for one text, in the order given, and carries an ``error`` where that text could not be read; the
others are answered all the same.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bigmodel_studio.protocol.values import Label, ModelRef, Problem

__all__ = [
    "LEAST_PROBABILITY",
    "Candidate",
    "ClassifyTexts",
    "EmbedTexts",
    "Embedded",
    "FillMask",
    "Filled",
    "NextSentencePrediction",
    "PredictNextSentence",
    "Rewrite",
    "RewritePurpose",
    "Rewritten",
    "Similarities",
    "TagWords",
    "Tagged",
    "TextAnswer",
    "TextClassified",
]

RewritePurpose = Literal["summarize", "translate"]
LEAST_PROBABILITY = 0.5
"""A text that may have several classes has those that are held to be at least so probable."""


class FillMask(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The words that a model would put for each ``[MASK]``. One ``Filled`` a text; ends with ``Done(None)``."""

    model: ModelRef
    texts: tuple[str, ...]
    top_k: int = 5


class PredictNextSentence(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Whether the second text of a pair followed the first.

    A ``NextSentencePrediction`` each; ends with ``Done(None)``.
    """

    model: ModelRef
    pairs: tuple[tuple[str, str], ...]


class ClassifyTexts(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What each text is, or each pair of texts (``inputs`` hold one or two). A ``TextClassified`` each; ends with
    ``Done(None)``.
    """

    model: ModelRef
    inputs: tuple[tuple[str, ...], ...]
    top_k: int = 5


class TagWords(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What each word of a text is tagged with. One ``Tagged`` a text; ends with ``Done(None)``."""

    model: ModelRef
    texts: tuple[str, ...]


class EmbedTexts(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A vector for each text. One ``Embedded`` each; ends with ``Done(Similarities)``."""

    model: ModelRef
    texts: tuple[str, ...]


class Rewrite(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Each text in other words: a summary, or a translation. A ``Rewritten`` each; ends with ``Done(None)``.

    ``to`` is the language that is translated into, as the model's config calls it ("de"); "" is its first. ``beams``:
    None is what the model's ``generation_config`` says.
    """

    model: ModelRef
    texts: tuple[str, ...]
    purpose: RewritePurpose
    to: str = ""
    max_new_tokens: int = 128
    beams: int | None = None


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


class NextSentencePrediction(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How probable the model holds it that ``second`` follows ``first``."""

    first: str
    second: str
    follows: float = 0.0
    error: Problem | None = None


class TextClassified(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The most probable classes of a text (or of the pair that ``second`` makes it), best first; of a model that was
    trained for numbers (regression) there are no classes, and ``values`` are its numbers.

    ``several_classes``: a text may have any number of them; each has a probability of its own, and those of one half
    and more are all among ``predictions``.
    """

    text: str
    second: str = ""
    predictions: tuple[Label, ...] = ()
    values: tuple[float, ...] = ()
    several_classes: bool = False
    error: Problem | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The classes that the text has: the most probable one, or, of several, those of one half and more."""
        if not self.several_classes:
            return tuple(each.label for each in self.predictions[:1])
        return tuple(each.label for each in self.predictions if each.probability >= LEAST_PROBABILITY)


class Tagged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The words of a text and the tags that the model knows; ``logprobs`` [words, tags] (natural logarithm) are the
    lattice. ``greedy`` has each word's most probable tag, ``viterbi`` is the most probable way through the lattice on
    which every entity begins before it goes on; ``…_logprob`` is the sum along each.
    """

    text: str
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    logprobs: tuple[tuple[float, ...], ...] = ()
    greedy: tuple[str, ...] = ()
    greedy_logprob: float = 0.0
    viterbi: tuple[str, ...] = ()
    viterbi_logprob: float = 0.0
    error: Problem | None = None


class Embedded(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The mean of the model's last hidden states over the text's tokens, of length 1; and how many tokens it has."""

    text: str
    vector: tuple[float, ...] = ()
    tokens: int = 0
    error: Problem | None = None


class Similarities(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The cosine of the angle between each two texts' vectors [texts, texts]; None where one of them has none."""

    cosines: tuple[tuple[float | None, ...], ...]


class Rewritten(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What became of a text. ``prefix`` is the instruction that the model was given, where it was trained with one."""

    text: str
    output: str = ""
    prefix: str = ""
    tokens: int = 0
    error: Problem | None = None


TextAnswer = Filled | NextSentencePrediction | TextClassified | Tagged | Embedded | Rewritten
