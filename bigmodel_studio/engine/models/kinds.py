"""Which kinds of model each task takes, and what each kind needs beside its weights. Imports no task and no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    Classify,
    ClassifyTexts,
    EmbedTexts,
    FillMask,
    Generate,
    ModelKind,
    PredictNextSentence,
    Request,
    Rewrite,
    TagWords,
)

WRITES: frozenset[ModelKind] = frozenset({"causal-lm", "seq2seq"})
READS: frozenset[ModelKind] = WRITES | {"masked-lm"}
"""What is used with a tokenizer."""
MAY_READ: frozenset[ModelKind] = frozenset({"text-classifier", "token-classifier", "encoder"})
"""What is used with one where it has one: an encoder may also be one of pictures or of sounds."""


class Wanted(NamedTuple):
    """The kinds that a task takes, the usual one first, and what to choose instead of another."""

    kinds: tuple[ModelKind, ...]
    others: str


_MASKED = Wanted(("masked-lm",), "Choose a masked language model.")
WANTED: Mapping[type[Request], Wanted] = {
    Generate: Wanted(("causal-lm",), "Choose a text model."),
    Classify: Wanted(("image-classifier",), "Choose an image classifier."),
    FillMask: _MASKED,
    PredictNextSentence: _MASKED,
    ClassifyTexts: Wanted(("text-classifier",), "Choose a text classifier."),
    TagWords: Wanted(("token-classifier",), "Choose a token classifier."),
    EmbedTexts: Wanted(("encoder", "masked-lm", "text-classifier", "token-classifier"), "Choose a text encoder."),
    Rewrite: Wanted(("seq2seq",), "Choose an encoder-decoder such as T5, BART or Marian."),
}
"""By the request; those that take any kind are not in it."""


def refuse_kind(request: type[Request], name: str, kind: ModelKind) -> None:
    """Raise ``StudioError`` "kind-wrong" where the request's task takes no model of that kind, called ``name``."""
    wanted = WANTED.get(request)
    if wanted is not None and kind not in wanted.kinds:
        raise StudioError("kind-wrong", model=name, kind=kind, wanted=wanted.kinds[0], others=wanted.others)
