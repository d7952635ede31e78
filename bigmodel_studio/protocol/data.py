"""Data check of a training before it starts: counts, what is wrong, and examples as the model would
see them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from bigmodel_studio.protocol.values import Problem

__all__ = [
    "ClassCount",
    "ClassShare",
    "DataPreview",
    "DataRole",
    "Finding",
    "LookAtData",
    "PartCounts",
    "Place",
    "PreviewExample",
    "PreviewToken",
    "TokenRole",
    "Unit",
]

Unit = Literal["tokens", "words", "pixels"]
DataRole = Literal["training", "evaluation"]
TokenRole = Literal["read", "learnt", "hidden", "swapped", "kept", "added", "rejected"]


class LookAtData(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What the spec ``spec`` (its TOML, paths absolute) would learn from. Ends with ``Done(DataPreview)``.

    ``most`` examples are shown as update ``step`` would see them: another step draws others, and crops, masks and mixes
    anew. With ``counted`` False the counts and findings are left out, which are the same at every step.
    """

    spec: str
    step: int = 1
    most: int = 16
    counted: bool = True


class Place(msgspec.Struct, frozen=True):
    """Where something stands: a file, and the line in it (from 1; 0: the file as a whole)."""

    file: str
    line: int = 0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something about the data that should be known: ``problem`` says it and what may be done.

    ``error``: a run cannot start; ``warning``: what it learns or measures suffers; ``note``: good to know. ``count``
    examples are concerned, and ``places`` are the first of them (of doubles, leaks and contradictions, each after the
    one that it is like).
    """

    problem: Problem
    weight: Literal["error", "warning", "note"]
    count: int = 1
    places: tuple[Place, ...] = ()


class ClassCount(msgspec.Struct, frozen=True):
    """A class (or a tag), and how many examples (or words) have it."""

    label: str
    count: int


class PartCounts(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the data in figures. An example is what the objective says: a text, a conversation, a sentence, a
    picture; of plain text a paragraph.

    ``lengths`` are the counts of examples whose length lies between ``edges`` n and n + 1 (the last edge is included),
    in ``unit`` (of pictures: the shorter side). ``cut`` examples are longer than the model is given; ``doubles`` repeat
    an earlier example of this part exactly.
    """

    role: DataRole
    files: int
    examples: int
    items: int
    """Tokens in all (of plain text with those between paragraphs), or pictures."""
    unit: Unit
    shortest: int
    median: int
    longest: int
    edges: tuple[int, ...]
    lengths: tuple[int, ...]
    cut: int
    doubles: int
    classes: tuple[ClassCount, ...] = ()
    class_counts: tuple[int, ...] = ()
    """Where an example may have several classes: how many examples have none, one, two and so on."""
    bytes: int = 0
    """Of the files that it is from (where a share of them is evaluated on, both parts are from the same)."""


class PreviewToken(msgspec.Struct, frozen=True):
    """A token as the model reads it, and what it has to do with it.

    ``read``: nothing is asked of it; ``learnt``: the model has to say it, or ``answer`` at it; of masked words
    ``hidden`` behind a mask, ``swapped`` for another, or ``kept`` as it was: ``answer`` is what it has to say there.
    ``added`` was put there by the tokenizer or the chat template; ``rejected``: the model learns to say it less.
    """

    text: str
    role: TokenRole = "read"
    answer: str = ""


class ClassShare(msgspec.Struct, frozen=True):
    """A class that an example is learnt as, and to which share."""

    label: str
    share: float = 1.0


class PreviewExample(msgspec.Struct, frozen=True, kw_only=True):
    """One example as the model would see it in the step that was asked for.

    Of a picture ``model_input`` is what the model gets (PNG: cropped, mirrored, mixed) and ``whole`` all of it.
    ``classes`` is what it is learnt as: one class, or, mixed and smoothed, several, the largest share first; all its
    classes, where it may have several; of a pair of masked-lm "follows" or "random". ``length`` is that in the data;
    ``cut``: it is longer than the model is given.
    """

    place: Place
    tokens: tuple[PreviewToken, ...] = ()
    model_input: bytes | None = None
    whole: bytes | None = None
    classes: tuple[ClassShare, ...] = ()
    length: int = 0
    cut: bool = False


class DataPreview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """``parts`` and ``findings`` are empty where they were not asked for. ``all_read`` False: only the first
    ``bytes_read`` bytes of very large data were looked at for them. ``shared`` examples of the evaluation are in the
    training part, exactly (a leak). ``updates_an_epoch``: after so many updates everything was seen once.
    ``several_classes``: an example may have any number of classes.
    """

    objective: str
    step: int
    examples: tuple[PreviewExample, ...]
    parts: tuple[PartCounts, ...] = ()
    findings: tuple[Finding, ...] = ()
    shared: int = 0
    updates_an_epoch: float = 0.0
    all_read: bool = True
    bytes_read: int = 0
    several_classes: bool = False
