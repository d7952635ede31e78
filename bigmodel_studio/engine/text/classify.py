"""The task that sorts texts, or pairs of texts, into a model's classes."""

from __future__ import annotations

from collections.abc import Iterator

from bigmodel_studio.engine.images.classify import chances, labels, several_classes
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.masked_lm import check_top_k, each, encoded, reader
from bigmodel_studio.protocol import LEAST_PROBABILITY, ClassifyTexts, Done, Event, Label, Problem, TextClassified

Input = tuple[str, ...]


def classify_texts(request: ClassifyTexts, session: Session) -> Iterator[Event]:
    """Yield one ``TextClassified`` for each text or pair; one that is empty or too long carries its error."""
    check_top_k(request.top_k)
    loaded = yield from session.load(request.model)
    tokenizer = reader(loaded, ClassifyTexts)

    def answer(given: Input) -> TextClassified:
        logits = loaded.model(**encoded(loaded, tokenizer, given[0], *given[1:2])).logits[0].float()
        if getattr(loaded.model.config, "problem_type", None) == "regression":
            return _classified(given, values=tuple(logits.tolist()))
        probabilities = chances(logits, loaded)
        if not several_classes(loaded.model.config):
            return _classified(given, tuple(labels(probabilities, loaded, request.top_k)))
        most = max(request.top_k, int((probabilities >= LEAST_PROBABILITY).sum()))
        return _classified(given, tuple(labels(probabilities, loaded, most)), several=True)

    yield from each(request.inputs, answer, lambda given, error: _classified(given, error=error))
    yield Done()


def _classified(
    given: Input,
    predictions: tuple[Label, ...] = (),
    error: Problem | None = None,
    values: tuple[float, ...] = (),
    *,
    several: bool = False,
) -> TextClassified:
    text, second = (*given, "", "")[:2]
    return TextClassified(
        text=text, second=second, predictions=predictions, values=values, several_classes=several, error=error
    )
