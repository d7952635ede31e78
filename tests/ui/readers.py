"""Models that read, and what they would say: for tests of what is shown of it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.protocol import (
    Candidate,
    ClassifyTexts,
    Done,
    Embedded,
    EmbedTexts,
    Event,
    Filled,
    FillMask,
    Label,
    Loaded,
    ModelFacts,
    ModelKind,
    ModelRef,
    NextSentencePrediction,
    PredictNextSentence,
    Problem,
    Progress,
    Request,
    Rewrite,
    Rewritten,
    Similarities,
    Tagged,
    TagWords,
    TextClassified,
)

TAGS = ("O", "B-place", "I-place")
LATTICE = ((0.7, 0.2, 0.1), (0.2, 0.3, 0.5), (0.1, 0.2, 0.7))
"""Probabilities of "in New York": word by word it is O I I."""
KINDS: dict[str, tuple[ModelKind, str]] = {
    "encoder": ("encoder", "BertModel"),
    "bert": ("masked-lm", "BertForPreTraining"),
    "words": ("masked-lm", "BertForMaskedLM"),
    "sorter": ("text-classifier", "BertForSequenceClassification"),
    "writer": ("seq2seq", "T5ForConditionalGeneration"),
    "tagger": ("token-classifier", "BertForTokenClassification"),
}


def ref(name: str) -> ModelRef:
    return ModelRef(source="builtin", id=name)


def record(name: str) -> ModelRecord:
    kind, architecture = KINDS[name]
    return ModelRecord(
        id=name, kind=kind, source="builtin", path="/nowhere", parameters=5_000_000, bytes=20_000_000,
        dtype="float32", name=name, architecture=architecture, ref=ref(name),
    )  # fmt: skip


def answers(request: Request) -> Iterator[Event]:
    """What the models would say."""
    model = getattr(request, "model", ref("bert"))
    yield Progress(what="loading")
    facts = ModelFacts(
        model=model, name=model.id, kind="masked-lm", architecture="X", parameters=1000, weight_bytes=4,
        dtype="float32", device="cpu",
    )  # fmt: skip
    yield Loaded(facts=facts)
    if isinstance(request, FillMask):
        for text in request.texts:
            yield filled(text)
    elif isinstance(request, PredictNextSentence):
        (pair,) = request.pairs
        yield NextSentencePrediction(first=pair[0], second=pair[1], follows=0.9)
    elif isinstance(request, ClassifyTexts):
        for text, *rest in request.inputs:
            yield classified(text, "".join(rest))
    elif isinstance(request, TagWords):
        lattice = tuple(tuple(map(math.log, row)) for row in LATTICE)
        yield Tagged(
            text="in New York", words=("in", "New", "York"), tags=TAGS, logprobs=lattice,
            greedy=("O", "I-place", "I-place"), greedy_logprob=-1.4, viterbi=("O", "B-place", "I-place"),
            viterbi_logprob=-1.92,
        )  # fmt: skip
    elif isinstance(request, EmbedTexts):
        for text in request.texts:
            yield Embedded(text=text, vector=(1.0,), tokens=3)
        yield Done(result=Similarities(cosines=((1.0, 0.69, None), (0.69, 1.0, None), (None, None, None))))
        return
    elif isinstance(request, Rewrite):
        for text in request.texts:
            yield Rewritten(text=text, output=text[:5], prefix="summarize: ", tokens=2)
    yield Done()


def filled(text: str) -> Filled:
    masks = text.count("[MASK]")
    if not masks:
        return Filled(text=text, error=Problem(code="mask-none"))
    candidates = (Candidate("cat", 0.6), Candidate("<b>狗</b>", 0.3))
    return Filled(text=text, filled=text.replace("[MASK]", "cat"), masks=(candidates,) * masks)


def classified(text: str, second: str) -> TextClassified:
    if text == "long":
        return TextClassified(text=text, error=Problem(code="context-full", arguments={"tokens": 900, "context": 512}))
    share = 0.5 + len(text) / 100
    return TextClassified(text=text, second=second, predictions=(Label(f"of {text}", share), Label("b", 1 - share)))
