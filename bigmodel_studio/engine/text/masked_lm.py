"""The tasks of BERT's two heads: the words that are hidden, and whether one sentence follows another (Devlin et al.
2018, section 3.1). And what all tasks of models that read have in common: each text by itself, its fault its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import failed
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.models.loading import FOR_PRE_TRAINING, LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import (
    Candidate,
    Done,
    Event,
    Filled,
    FillMask,
    NextSentencePrediction,
    PredictNextSentence,
    Problem,
    Progress,
    Request,
    TextAnswer,
)

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MASK = "[MASK]"
"""How a hidden word is written in a text, whatever the tokenizer calls it."""
CANDIDATES = 5
Given = TypeVar("Given")


def fill_mask(request: FillMask, session: Session) -> Iterator[Event]:
    """Yield one ``Filled`` a text; one that has nothing hidden, or is too long, carries its error."""
    check_top_k(request.top_k)
    loaded = yield from session.load(request.model)
    tokenizer = _guesser(loaded)

    def answer(text: str) -> Filled:
        return fill(loaded.model, tokenizer, text, loaded.facts.context_length, request.top_k)

    yield from each(request.texts, answer, lambda text, error: Filled(text=text, error=error))
    yield Done()


def predict_next_sentence(request: PredictNextSentence, session: Session) -> Iterator[Event]:
    """Yield one ``NextSentencePrediction`` a pair.

    Raises ``StudioError`` "no-next-sentence" where the model has no head for it.
    """
    loaded = yield from session.load(request.model)
    tokenizer = _guesser(loaded)
    if not loaded.facts.architecture.endswith(FOR_PRE_TRAINING):
        raise StudioError("no-next-sentence", model=loaded.facts.name)

    def answer(pair: tuple[str, str]) -> NextSentencePrediction:
        output = loaded.model(**encoded(loaded, tokenizer, *pair))
        chance = output.seq_relationship_logits[0].float().softmax(-1)[0].item()  # 0: it follows
        return NextSentencePrediction(first=pair[0], second=pair[1], follows=chance)

    yield from each(
        request.pairs, answer, lambda pair, error: NextSentencePrediction(first=pair[0], second=pair[1], error=error)
    )
    yield Done()


def fill(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str, context: int | None, most: int = CANDIDATES
) -> Filled:
    """Return the most probable tokens for each ``[MASK]`` of a text; with an error where there is none or it is too
    long.
    """
    encoded: Any = tokenizer(text.replace(MASK, str(tokenizer.mask_token)), return_tensors="pt")
    ids = encoded["input_ids"].to(model.device)
    places = (ids[0] == tokenizer.mask_token_id).nonzero().flatten().tolist()
    error = _too_long(ids.shape[1], context) or _beyond_vocabulary(ids, tokenizer, model)
    error = error or (None if places else Problem(code="mask-none"))
    if error is not None:
        return Filled(text=text, error=error)
    output: Any = model(input_ids=ids)
    logits = getattr(output, "prediction_logits", None)
    chances = (output.logits if logits is None else logits)[0].float().softmax(-1).cpu()
    filled, masks = text.replace(str(tokenizer.mask_token), MASK), []
    for place in places:
        best = chances[place].topk(min(most, chances.shape[-1]))
        named = [str(tokenizer.decode([token])).strip() for token in best.indices.tolist()]
        masks.append(tuple(map(Candidate, named, best.values.tolist())))
        filled = filled.replace(MASK, named[0], 1)
    return Filled(text=text, filled=filled, masks=tuple(masks))


# ---------------------------------------------------------------------------------------------- for all tasks


def each(
    given: Sequence[Given], answer: Callable[[Given], TextAnswer], refused: Callable[[Given, Problem], TextAnswer]
) -> Iterator[Event]:
    """Yield an answer for each, in order; what cannot be answered is ``refused`` with the reason, and spoils no
    other.
    """
    for number, one in enumerate(given):
        yield Progress(what="reading", done=number, total=len(given))
        try:
            with torch.inference_mode():
                result = answer(one)
        except Exception as error:  # of this text: the next may do
            result = refused(one, failed(error).problem)
        yield result


def encoded(
    loaded: LoadedModel,
    tokenizer: PreTrainedTokenizerBase,
    text: str | list[str],
    second: str | None = None,
    *,
    most: int | None = None,
) -> Any:
    """Return a text (as one, as a pair, or as words) as the model's input, on its device; cut after ``most`` tokens.

    Raises ``StudioError``: "text-empty", "context-full" where it has more tokens than the model can see, and
    "tokenizer-mismatch" where the model has no embedding for one of them.
    """
    if not second:
        check_text(text)
    cut: dict[str, Any] = {} if most is None else {"truncation": True, "max_length": most}
    made: Any = tokenizer(text, second, is_split_into_words=isinstance(text, list), return_tensors="pt", **cut)
    ids = made["input_ids"]
    error = _too_long(ids.shape[1], loaded.facts.context_length) or _beyond_vocabulary(ids, tokenizer, loaded.model)
    if error is not None:
        raise StudioError.of(error)
    return made.to(loaded.device)


def _beyond_vocabulary(ids: torch.Tensor, tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> Problem | None:
    """Return what is wrong where the model has no embedding for one of these tokens."""
    vocabulary = model.config.get_text_config().vocab_size
    if ids.numel() == 0 or int(ids.max()) < vocabulary:
        return None
    return Problem(code="tokenizer-mismatch", arguments={"tokens": len(tokenizer), "vocabulary": vocabulary})


def check_text(text: str | list[str]) -> None:
    """Raise ``StudioError`` "text-empty" where there is no word in it."""
    if not (text.strip() if isinstance(text, str) else text):
        raise StudioError("text-empty")


def reader(loaded: LoadedModel, request: type[Request]) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a model of one of these kinds.

    Raises ``StudioError``: "kind-wrong", with ``others`` to say what to choose, or "tokenizer-missing".
    """
    refuse_kind(request, loaded.facts.name, loaded.facts.kind)
    if loaded.tokenizer is None:
        raise StudioError("tokenizer-missing", model=loaded.facts.name)
    return loaded.tokenizer


def check_top_k(top_k: int) -> None:
    """Raise ``StudioError`` "sampling-invalid" where nothing is asked for."""
    if top_k < 1:
        raise StudioError("sampling-invalid", field="top_k", was=str(top_k), may_be="1 or more")


def _guesser(loaded: LoadedModel) -> PreTrainedTokenizerBase:
    """Return the tokenizer of a model that guesses words. Raises ``StudioError`` "tokenizer-no-mask" too."""
    tokenizer = reader(loaded, FillMask)
    if tokenizer.mask_token_id is None:
        raise StudioError("tokenizer-no-mask")
    return tokenizer


def _too_long(tokens: int, context: int | None) -> Problem | None:
    if context is None or tokens <= context:
        return None
    return Problem(code="context-full", arguments={"tokens": tokens, "context": context})
