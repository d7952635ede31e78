"""The tasks that score tokens that are there already: a reply as it was generated, or any text.

A decoder is fed all of them and gives logits at every place; each processor of the settings is then applied in turn,
as it was when the token was chosen. Nothing is sampled.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.generation.decoding import Decoder, decoder_of
from bigmodel_studio.engine.generation.detokenizer import Detokeniser
from bigmodel_studio.engine.generation.literals import Literals
from bigmodel_studio.engine.generation.processors import LogitsProcessor
from bigmodel_studio.engine.generation.prompts import check_ids, prompt_of
from bigmodel_studio.engine.generation.sampling import MOST_ALTERNATIVES, processors, settle
from bigmodel_studio.engine.generation.sampling_bounds import check_sampling
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import (
    Done,
    Event,
    Generate,
    Progress,
    Scored,
    ScoredToken,
    ScoreReply,
    ScoreText,
    TokenOption,
)

PIECE = 64
"""Tokens that are fed between two chances to stop."""
WINDOW = 4096
"""Tokens of a text that are read in a row where the model's context has no end."""


class Scorer:
    """Scores tokens one after the other, and keeps what they come to.

    ``begin`` are the ids before the first of them, ``steps`` the processors that changed its logits.
    """

    def __init__(
        self, loaded: LoadedModel, begin: list[int], steps: Sequence[LogitsProcessor] = (), alternatives: int = 0
    ) -> None:
        assert loaded.tokenizer is not None
        self._tokenizer: Any = loaded.tokenizer
        self._detokeniser = Detokeniser(loaded.tokenizer, begin)
        self._special = set(loaded.tokenizer.all_special_ids)
        self._steps = steps
        self._most = min(alternatives, MOST_ALTERNATIVES)
        self._tokens = self._predicted = 0
        self._loss = 0.0

    def unscored(self, id_: int) -> ScoredToken:
        """Return a token that nothing predicts."""
        self._tokens += 1
        return ScoredToken(id=id_, shown=self._name(id_), text=self._detokeniser.push(id_))

    def scored(self, ids: Sequence[int], logits: Tensor) -> Iterator[ScoredToken]:
        """Yield tokens, each chosen from its row of ``logits`` [ids, vocabulary]. Raises ``StudioError``
        "logits-not-finite".
        """
        logprobs = logits.float().log_softmax(dim=-1)
        chosen = torch.tensor(ids, device=logits.device)[:, None]
        own = logprobs.gather(1, chosen)
        entropy = -(logprobs * logprobs.exp()).nansum(dim=-1)
        if bool(own.isnan().any()):
            raise StudioError("logits-not-finite", blame="work")
        ranks = ((logprobs > own).sum(dim=-1) + 1).tolist()
        for row, (id_, logprob) in enumerate(zip(ids, own[:, 0].tolist(), strict=True)):
            options = self._options(id_, logits[row].float(), logprobs[row]) if self._most else ()
            self._tokens += 1
            self._predicted += 1
            self._loss -= logprob
            yield ScoredToken(
                id=id_,
                shown=self._name(id_),
                text=self._detokeniser.push(id_),
                logprob=logprob,
                rank=ranks[row],
                entropy=float(entropy[row]),
                options=options,
            )
            for step in self._steps:
                step.accept(id_)

    def _name(self, id_: int) -> str:
        return str(self._tokenizer.convert_ids_to_tokens(id_)) if id_ in self._special else ""

    def _options(self, id_: int, scores: Tensor, logprobs: Tensor) -> tuple[TokenOption, ...]:
        """Return the most likely tokens of a place, those of the raw model first."""
        columns = [logprobs]
        for step in self._steps:
            scores = step.apply(scores)
            columns.append(scores.log_softmax(dim=-1))
        most = min(self._most, logprobs.numel())
        best = columns[-1].topk(most)
        allowed = zip(best.indices.tolist(), best.values.tolist(), strict=True)
        known = {id_, *logprobs.topk(most).indices.tolist(), *(each for each, value in allowed if math.isfinite(value))}
        told = sorted(known)
        place = torch.tensor(told, device=logprobs.device)
        values = torch.stack([column[place] for column in columns], dim=1).tolist()
        rows = sorted(zip(told, values, strict=True), key=lambda row: -row[1][0])
        return tuple(
            TokenOption(each, self._detokeniser.peek(each), tuple(v if math.isfinite(v) else None for v in row))
            for each, row in rows
        )

    def result(self, *, prompt_tokens: int = 0, left_out: int = 0) -> Scored:
        """Return what the tokens so far come to."""
        loss = self._loss / self._predicted if self._predicted else 0.0
        return Scored(
            columns=("raw", *(step.name for step in self._steps)) if self._most else (),
            tokens=self._tokens,
            predicted=self._predicted,
            loss=loss,
            perplexity=math.exp(loss) if loss < 700 else math.inf,
            prompt_tokens=prompt_tokens,
            left_out=left_out,
        )


def score_reply(request: ScoreReply, session: Session) -> Iterator[Event]:
    """Stream a ``ScoredToken`` for each token of the reply; ends with ``Done(Scored)``. Raises ``StudioError``
    "reply-tokens-foreign" where its tokens are not this model's, and what ``prompt_of`` raises.
    """
    check_sampling(request.sampling)
    loaded = yield from session.load(request.model)
    refuse_kind(Generate, loaded.facts.name, loaded.facts.kind)
    choice = settle(request.sampling, loaded.model.generation_config)
    prompt = prompt_of(Generate(model=request.model, turns=request.turns, sampling=request.sampling), loaded).ids
    ids = list(request.ids) or text_ids(loaded, request.text)
    check_ids(ids, loaded)
    context = loaded.facts.context_length
    room = len(ids) if context is None else context - len(prompt) + 1
    scorer = Scorer(loaded, prompt, processors(choice, prompt), request.alternatives)
    with contextlib.suppress(Stopped):
        yield from _read(loaded, session, scorer, prompt, ids[:room])
    yield Done(result=scorer.result(prompt_tokens=len(prompt), left_out=max(0, len(ids) - room)))


def _read(
    loaded: LoadedModel, session: Session, scorer: Scorer, prompt: list[int], ids: list[int]
) -> Generator[Event, None, None]:
    """Feed the prompt and the reply, beginning with what a kept cache has of them."""
    _, decoder = decoder_of(loaded)
    if decoder.exact:
        decoder = session.kept_caches.begin(prompt) or decoder
    session.cache_bytes = lambda: decoder.cache_bytes
    try:
        for done in decoder.prefill(prompt[decoder.length : -1]):
            yield Progress(what="reading-prompt", done=done, total=len(prompt))
        yield from _places(decoder, scorer, prompt[-1:], ids)
    finally:
        session.cache_bytes = None
        if decoder.exact:
            session.kept_caches.keep([*prompt, *ids][: decoder.length], decoder)
        else:
            decoder.release()


def _places(decoder: Decoder, scorer: Scorer, before: list[int], ids: list[int]) -> Iterator[ScoredToken]:
    """Yield each of ``ids``, scored after ``before``, the one id that comes before them and was not fed yet."""
    fed = [*before, *ids[:-1]]
    for start in range(0, len(ids), PIECE):
        with torch.inference_mode():
            logits = decoder.verify(fed[start : start + PIECE])
            yield from scorer.scored(ids[start : start + PIECE], logits)


def score_text(request: ScoreText, session: Session) -> Iterator[Event]:
    """Stream a ``ScoredToken`` for each token of the text; ends with ``Done(Scored)``. Raises ``StudioError``
    "score-too-short" where there is nothing to predict.
    """
    loaded = yield from session.load(request.model)
    refuse_kind(Generate, loaded.facts.name, loaded.facts.kind)
    assert loaded.tokenizer is not None
    begin = list(loaded.tokenizer("")["input_ids"])[:1]
    ids = text_ids(loaded, request.text)
    if len(begin) + len(ids) < 2:
        raise StudioError("score-too-short")
    check_ids(ids, loaded)
    scorer = Scorer(loaded, begin, alternatives=request.alternatives)
    length = (loaded.facts.context_length or WINDOW) - len(begin)
    try:
        if not begin:
            yield scorer.unscored(ids[0])
        done = 0 if begin else 1
        while done < len(ids):
            start = 0 if done <= 1 else done - length // 2
            window = [*begin, *ids[start : start + length]]
            old = len(begin) + done - start
            _, decoder = decoder_of(loaded)
            try:
                for read in decoder.prefill(window[: old - 1]):
                    yield Progress(what="reading-prompt", done=read, total=old - 1)
                yield from _places(decoder, scorer, window[old - 1 : old], window[old:])
            finally:
                decoder.release()
            done = start + len(window) - len(begin)
    except Stopped:
        pass
    yield Done(result=scorer.result())


def text_ids(loaded: LoadedModel, text: str) -> list[int]:
    """Return the ids of a text, in which nothing is a special token."""
    assert loaded.tokenizer is not None
    literals = Literals(loaded.tokenizer, [text])
    if literals.found:
        return literals.encode(literals.hide(text), special=False)
    return list(loaded.tokenizer(text, add_special_tokens=False)["input_ids"])
