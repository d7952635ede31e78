"""The task that talks: a prompt or a conversation in, tokens out as they come, and at the end what it took.

Stopping it keeps what was said. Which token is chosen is ``sampling``'s business, how the model is fed ``decoding``'s.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.generation import beams, sampling
from bigmodel_studio.engine.generation.decoding import Decoder, decode, decoder_of
from bigmodel_studio.engine.generation.detokenizer import Detokeniser, StopStrings
from bigmodel_studio.engine.generation.drafts import DraftModel, PromptLookup, Speculation
from bigmodel_studio.engine.generation.kept_caches import KeptCaches
from bigmodel_studio.engine.generation.processors import FirstToken
from bigmodel_studio.engine.generation.prompts import Prompt, embedded_tokens, prompt_of, room_for
from bigmodel_studio.engine.generation.sampling import Sample, SampledToken, Sampler, SamplerSettings
from bigmodel_studio.engine.generation.sampling_bounds import check_sampling
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import (
    Alternative,
    Done,
    Event,
    FinishReason,
    Generate,
    Generated,
    ModelRef,
    Notice,
    Problem,
    Progress,
    Token,
)


def generate(request: Generate, session: Session) -> Iterator[Event]:
    """Stream ``Token`` after ``Token``; ends with ``Done(Generated)``, also when stopped once the model is there."""
    check_sampling(request.sampling)
    loaded = yield from session.load(request.model)
    refuse_kind(Generate, loaded.facts.name, loaded.facts.kind)
    choice = sampling.settle(request.sampling, loaded.model.generation_config)
    prompt = prompt_of(request, loaded)
    if prompt.system_moved:
        yield Notice(problem=Problem(code="template-no-system", arguments={"model": loaded.facts.name}))
    if prompt.trimmed_turns:
        yield Notice(problem=Problem(code="context-trimmed", arguments={"turns": prompt.trimmed_turns}))
    draft = None
    if request.draft is not None:
        draft = yield from _draft_for(loaded, request.draft, session)
    generation = Generation(request, loaded, prompt, choice, session.kept_caches, draft)
    session.cache_bytes = generation.cache_bytes
    try:
        yield from generation.events()
    except Stopped:
        generation.finish_reason = "cancelled"
    finally:
        session.cache_bytes = None
        generation.keep_caches()
    yield Done(result=generation.result())


def _draft_for(loaded: LoadedModel, ref: ModelRef, session: Session) -> Generator[Event, None, LoadedModel]:
    """Load the model that guesses."""
    draft = yield from session.load_draft(ref)
    if draft.tokenizer is None or loaded.tokenizer is None or not _same_vocabulary(loaded, draft):
        raise StudioError("draft-vocabulary", model=loaded.facts.name, draft=draft.facts.name)
    return draft


def _same_vocabulary(loaded: LoadedModel, draft: LoadedModel) -> bool:
    assert loaded.tokenizer is not None
    assert draft.tokenizer is not None
    same = loaded.tokenizer.get_vocab() == draft.tokenizer.get_vocab()
    return same and embedded_tokens(loaded.model) == embedded_tokens(draft.model)


class Generation:
    """One generation under way: the text so far, how long it took, and why it ended."""

    def __init__(
        self,
        request: Generate,
        loaded: LoadedModel,
        prompt: Prompt,
        choice: SamplerSettings,
        kept: KeptCaches,
        draft: LoadedModel | None = None,
    ) -> None:
        assert loaded.tokenizer is not None
        self.finish_reason: FinishReason = "length"
        self._request, self._loaded, self._prompt, self._choice = request, loaded, prompt, choice
        self._decoder: Decoder | None = None
        self._decoder_name = "transformers"
        self._kept, self._draft = kept, draft
        self._draft_decoder: Decoder | None = None
        self._speculation: Speculation | None = None
        self._cached = 0
        self._ids = list(prompt.ids)
        self._detokeniser = Detokeniser(loaded.tokenizer, prompt.ids[: len(prompt.ids) - len(request.begun_ids)])
        for id_ in request.begun_ids:
            self._detokeniser.push(id_)
        self._beams = request.sampling.beams > 1
        self._stops = StopStrings(request.sampling.stop)
        self._pieces: list[str] = []
        self._started = time.perf_counter()
        self._first = self._last = 0.0
        self._new = 0

    def cache_bytes(self) -> int:
        """Return what it keeps of the tokens so far; a search over beams keeps what cannot be seen from here."""
        decoders = (self._decoder, self._draft_decoder)
        return sum(decoder.cache_bytes for decoder in decoders if decoder is not None)

    def keep_caches(self) -> None:
        """Keep what was fed for the next reply, or give its memory back where the ledger does not bound it."""
        if self._draft_decoder is not None:
            self._draft_decoder.release()
            self._draft_decoder = None
        if self._decoder is None:
            return
        if self._keeps():
            self._kept.keep(self._ids[: self._decoder.length], self._decoder)
        else:
            self._decoder.release()
        self._decoder = None

    def _keeps(self) -> bool:
        """Return whether caches are kept: on the processor, whose memory ``kept_caches`` asks for."""
        return self._loaded.device.type == "cpu"

    def events(self) -> Iterator[Event]:
        """Yield the tokens as they come, ended by an end token, a stop string, the length or the context."""
        ends = end_tokens(self._loaded.model.generation_config) | _end_of(self._loaded.tokenizer)
        most = room_for(self._loaded, self._prompt, self._request.sampling.max_new_tokens)
        with closing(self._steps(most, ends)) as steps:
            for step in steps:
                if isinstance(step, Progress):
                    yield step
                    continue
                last = step[0].id in ends or self._new + 1 == most
                token = self._token(*step, last=last)
                if step[0].id in ends or self._stops.found:
                    self.finish_reason = "stop"
                yield token
                if self._stops.found:
                    return

    def _steps(self, most: int, ends: frozenset[int]) -> Generator[Progress | Sample]:
        loaded, ids, alternatives = self._loaded, self._prompt.ids, self._request.alternatives
        if self._beams:
            if loaded.facts.model.precision != "stored":
                raise StudioError(
                    "precision-beams", model=loaded.facts.name, precision=loaded.facts.model.precision, blame="input"
                )
            yield from beams.search(loaded, ids, self._request.sampling, self._choice, most, ends, alternatives)
            return
        self._decoder_name, decoder = decoder_of(loaded)
        if self._keeps():
            decoder = self._kept.begin(ids, type(decoder)) or decoder
        self._decoder, self._cached = decoder, decoder.length
        for done in decoder.prefill(ids[self._cached :]):
            if self._cached + done < len(ids):
                yield Progress(what="reading-prompt", done=self._cached + done, total=len(ids))
        self._speculation = yield from self._speculating(decoder)
        yield from decode(
            decoder,
            ids,
            self._choice,
            most=most,
            ends=ends,
            alternatives=alternatives,
            speculation=self._speculation,
            rules=[] if self._request.first_id is None else [FirstToken(self._request.first_id)],
            begun=len(self._request.begun_ids),
        )

    def _speculating(self, decoder: Decoder) -> Generator[Progress, None, Speculation | None]:
        """Return what guesses ahead: the draft model, which reads the prompt first, else the text itself."""
        ids = self._prompt.ids
        if self._draft is None:
            return Speculation(PromptLookup(ids)) if decoder.exact else None
        _, small = decoder_of(self._draft)
        self._draft_decoder = small
        for done in small.prefill(ids[:-1]):
            yield Progress(what="reading-prompt", done=done, total=len(ids))
        assert decoder.logits is not None
        return Speculation(DraftModel(small, Sampler(self._choice, decoder.logits.device, 0, ids), ids))

    def _token(self, chosen: SampledToken, others: list[SampledToken], *, last: bool) -> Token:
        # What else it could have been is read in this place, so before this token is.
        alternatives = tuple(
            Alternative(
                id=other.id,
                text=self._detokeniser.peek(other.id),
                logprob=other.logprob,
                processed_logprob=other.processed_logprob,
            )
            for other in others
        )
        text = self._stops.push(self._detokeniser.push(chosen.id))
        if last and not self._stops.found:
            text += self._stops.rest()
        self._pieces.append(text)
        self._ids.append(chosen.id)
        self._new += 1
        self._last = time.perf_counter()
        self._first = self._first or self._last
        return Token(
            id=chosen.id,
            text=text,
            logprob=chosen.logprob,
            processed_logprob=chosen.logprob if chosen.processed_logprob is None else chosen.processed_logprob,
            alternatives=alternatives,
        )

    def result(self) -> Generated:
        # Beam search gives all its tokens at once, at the end: there is no pace after the first one.
        counted, since = (self._new, self._started) if self._beams else (self._new - 1, self._first)
        seconds = self._last - since
        return Generated(
            text="".join(self._pieces) + self._stops.rest(),
            prompt_tokens=len(self._prompt.ids),
            new_tokens=self._new,
            finish_reason=self.finish_reason,
            seed=self._choice.seed,
            time_to_first_token_s=max(0.0, self._first - self._started),
            tokens_per_second=counted / seconds if seconds > 0 and counted > 0 else 0.0,
            decoder=self._decoder_name,
            template=self._prompt.template,
            trimmed_turns=self._prompt.trimmed_turns,
            trimmed_tokens=self._prompt.trimmed_tokens,
            cached_tokens=self._cached,
            drafted_tokens=self._speculation.drafted if self._speculation is not None else 0,
            accepted_tokens=self._speculation.accepted if self._speculation is not None else 0,
        )


def _end_of(tokenizer: Any) -> frozenset[int]:
    """Return the tokenizer's end token: what was trained to close an answer, where a config names only that of
    texts.
    """
    end = getattr(tokenizer, "eos_token_id", None)
    return frozenset() if end is None else frozenset([end])


def end_tokens(generation_config: Any) -> frozenset[int]:
    """Return the ids that end a text, by the model's ``generation_config``: one, several or none."""
    ends = getattr(generation_config, "eos_token_id", None)
    return frozenset() if ends is None else frozenset([ends] if isinstance(ends, int) else ends)
