"""The tasks of BERT's two heads: the words that are hidden, and whether one sentence follows another (Devlin et al.
2018, section 3.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.engine.loading import FOR_PRE_TRAINING, Held
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Candidate, Done, Event, Filled, FillMask, NextTold, Problem, Progress, TellNext

MASK = "[MASK]"
"""How a hidden word is written in a text, whatever the tokenizer calls it."""
CANDIDATES = 5


def fill_mask(request: FillMask, session: Session) -> Iterator[Event]:
    """One ``Filled`` a text; one that has nothing hidden, or is too long, carries its error."""
    if request.top_k < 1:
        raise StudioError("sampling-invalid", field="top_k", was=str(request.top_k), may_be="1 or more")
    held = yield from session.hold(request.model)
    tokenizer = _reader(held)
    for number, text in enumerate(request.texts):
        yield Progress(what="reading", done=number, total=len(request.texts))
        with torch.inference_mode():
            yield fill(held.model, tokenizer, text, held.facts.context_length, request.top_k)
    yield Done()


def tell_next(request: TellNext, session: Session) -> Iterator[Event]:
    """One ``NextTold`` a pair. Raises ``StudioError`` "no-next-sentence" where the model has no head for it."""
    held = yield from session.hold(request.model)
    tokenizer = _reader(held)
    if not held.facts.architecture.endswith(FOR_PRE_TRAINING):
        raise StudioError("no-next-sentence", model=held.facts.name)
    for number, (first, second) in enumerate(request.pairs):
        yield Progress(what="reading", done=number, total=len(request.pairs))
        given: Any = tokenizer(first, second, return_tensors="pt")
        error = _too_long(given["input_ids"].shape[1], held.facts.context_length)
        if error is not None:
            yield NextTold(first=first, second=second, error=error)
            continue
        with torch.inference_mode():
            output: Any = held.model(**given.to(held.device))
        chance = output.seq_relationship_logits[0].float().softmax(-1)[0].item()  # 0: it follows
        yield NextTold(first=first, second=second, follows=chance)
    yield Done()


def fill(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, text: str, context: int | None, most: int = CANDIDATES
) -> Filled:
    """The most probable tokens for each ``[MASK]`` of a text; with an error where there is none or it is too long."""
    encoded: Any = tokenizer(text.replace(MASK, str(tokenizer.mask_token)), return_tensors="pt")
    ids = encoded["input_ids"].to(model.device)
    places = (ids[0] == tokenizer.mask_token_id).nonzero().flatten().tolist()
    error = _too_long(ids.shape[1], context) or (None if places else Problem(code="mask-none"))
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


def _reader(held: Held) -> PreTrainedTokenizerBase:
    """The tokenizer of a model that guesses words. Raises ``StudioError`` "kind-wrong" or "tokenizer-no-mask"."""
    if held.facts.kind != "masked-lm" or held.tokenizer is None:
        others = "Choose a model that fills in masked words."
        name, kind = held.facts.name, held.facts.kind
        raise StudioError("kind-wrong", model=name, kind=kind, wanted="masked-lm", others=others)
    if held.tokenizer.mask_token_id is None:
        raise StudioError("tokenizer-no-mask")
    return held.tokenizer


def _too_long(tokens: int, context: int | None) -> Problem | None:
    if context is None or tokens <= context:
        return None
    return Problem(code="context-full", arguments={"tokens": tokens, "context": context})
