"""Beam search, by transformers' own ``generate``: it runs in a thread, so a stop is noticed while it searches.

Its tokens are known only at the end; their log-probabilities are then computed in one pass over the whole text.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, LogitsProcessorList, StoppingCriteria, StoppingCriteriaList

from bigmodel_studio.engine.generation.decoding import score
from bigmodel_studio.engine.generation.sampling import SampledToken, SamplerSettings
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.protocol import Progress, Sampling

_HEARTBEAT_S = 0.2


class Search(StoppingCriteria):
    """One call of ``generate`` that can be watched and stopped; ``found`` is what it returned."""

    def __init__(self) -> None:
        self.wanted = True
        self.steps = 0
        self.found: list[int] = []
        self._error: BaseException | None = None

    def __call__(self, input_ids: torch.Tensor, scores: Any, **kwargs: Any) -> torch.Tensor:
        self.steps += 1
        return torch.full((input_ids.shape[0],), not self.wanted, device=input_ids.device, dtype=torch.bool)

    def under_way(
        self,
        loaded: LoadedModel,
        given: Mapping[str, torch.Tensor],
        config: GenerationConfig,
        penalties: LogitsProcessorList | None = None,
    ) -> Generator[int]:
        """Search; how many steps it is at, several times a second. It stops where the iterator is closed."""
        worker = threading.Thread(target=self._run, args=(loaded, given, config, penalties), name="beam-search")
        worker.start()
        try:
            while worker.is_alive():
                worker.join(_HEARTBEAT_S)
                yield self.steps
        finally:
            self.wanted = False
            worker.join()
        if self._error is not None:
            raise self._error

    def _run(
        self,
        loaded: LoadedModel,
        given: Mapping[str, torch.Tensor],
        config: GenerationConfig,
        penalties: LogitsProcessorList | None,
    ) -> None:
        try:
            search: Any = loaded.model.generate
            with torch.inference_mode():
                found = search(
                    **given,
                    generation_config=config,
                    stopping_criteria=StoppingCriteriaList([self]),
                    logits_processor=penalties,
                )
            self.found = found[0].tolist()
        except BaseException as error:
            self._error = error


class _ReplyPenalty(LogitsProcessor):
    """Presence and frequency penalty of every beam, counted after the prompt."""

    def __init__(self, choice: SamplerSettings, prompt_tokens: int) -> None:
        self._choice, self._prompt_tokens = choice, prompt_tokens

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        new = input_ids[:, self._prompt_tokens :]
        counts = torch.zeros_like(scores).scatter_add_(1, new, torch.ones_like(new, dtype=scores.dtype))
        penalty = self._choice.presence_penalty * (counts > 0) + self._choice.frequency_penalty * counts
        return scores - penalty  # type: ignore[return-value]


def search(
    loaded: LoadedModel,
    ids: list[int],
    sampling: Sampling,
    choice: SamplerSettings,
    most: int,
    ends: frozenset[int],
    alternatives: int,
) -> Iterator[Progress | tuple[SampledToken, list[SampledToken]]]:
    """Yield the most probable of ``sampling.beams`` continuations: progress while it searches, then all its tokens."""
    config = GenerationConfig(
        max_new_tokens=most,
        num_beams=sampling.beams,
        do_sample=False,
        repetition_penalty=choice.repetition_penalty,
        eos_token_id=sorted(ends) or None,
        pad_token_id=min(ends, default=0),
    )
    row = torch.tensor([ids], device=loaded.device)
    given = {"input_ids": row, "attention_mask": torch.ones_like(row)}
    found = Search()
    penalised = bool(choice.presence_penalty or choice.frequency_penalty)
    penalties = LogitsProcessorList([_ReplyPenalty(choice, len(ids))]) if penalised else None
    with closing(found.under_way(loaded, given, config, penalties)) as under_way:
        for steps in under_way:
            yield Progress(what="searching", done=steps, total=most)
    new = _until_end(found.found[len(ids) :], ends)
    for id_, logprobs in zip(new, score(loaded.model, ids, new, loaded.device), strict=True):
        others = logprobs.topk(min(alternatives, logprobs.numel())).indices.tolist() if alternatives else []
        yield _sampled(id_, logprobs), [_sampled(other, logprobs) for other in others]


def _until_end(new: list[int], ends: frozenset[int]) -> list[int]:
    """Without the padding that follows the end."""
    last = next((place for place, id_ in enumerate(new) if id_ in ends), len(new) - 1)
    return new[: last + 1]


def _sampled(id_: int, logprobs: torch.Tensor) -> SampledToken:
    logprob = float(logprobs[id_])
    return SampledToken(id_, logprob, logprob)
