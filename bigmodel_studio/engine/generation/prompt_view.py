"""The task that says what a model would be fed: the prompt of a conversation token by token, and nothing generated."""

from __future__ import annotations

from collections.abc import Iterator

from bigmodel_studio.engine.generation.prompts import prompt_of
from bigmodel_studio.engine.generation.sampling_bounds import check_sampling
from bigmodel_studio.engine.models.kinds import refuse_kind
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.text.token_texts import given_tokens
from bigmodel_studio.protocol import Done, Event, Generate, PromptTokens, ShowPrompt

MOST_TOKENS = 8000
"""Sent at most: the last of the prompt, which is what the reply follows."""


def show_prompt(request: ShowPrompt, session: Session) -> Iterator[Event]:
    """Say the tokens that ``Generate`` would feed; ends with ``Done(PromptTokens)``."""
    check_sampling(request.sampling)
    loaded = yield from session.load(request.model)
    refuse_kind(Generate, loaded.facts.name, loaded.facts.kind)
    asked = Generate(
        model=request.model, turns=request.turns, continue_last=request.continue_last, sampling=request.sampling
    )
    prompt = prompt_of(asked, loaded)
    yield Done(
        result=PromptTokens(
            tokens=given_tokens(loaded.tokenizer, prompt.ids[-MOST_TOKENS:]),
            prompt_tokens=len(prompt.ids),
            template=prompt.template,
            trimmed_turns=prompt.trimmed_turns,
            trimmed_tokens=prompt.trimmed_tokens,
            context_length=loaded.facts.context_length,
        )
    )
