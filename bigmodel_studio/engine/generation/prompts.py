"""From what the user said to the ids that the model is given: a prompt as it is, or a conversation through the model's
chat template, its oldest turns left out where it is longer than the model can see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.generation.literals import Literals
from bigmodel_studio.engine.models.loading import LoadedModel
from bigmodel_studio.engine.templates.conversation import render_continued, render_conversation, takes_system
from bigmodel_studio.protocol import Generate, Turn

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PLAIN_TOKENS = 256
"""The longest continuation where nobody said how long: a model without a chat template seldom ends by itself."""
UNBOUNDED_TOKENS = 8192
"""The longest reply of a model whose context has no end, where nobody said how long."""
REPLY_PART = 16
"""One part in so many of the context is left free for the beginning of a reply."""


class Prompt(NamedTuple):
    """Ids for the model; ``template``: made by its chat template; how many messages and tokens were left out."""

    ids: list[int]
    template: bool = False
    trimmed_turns: int = 0
    trimmed_tokens: int = 0
    system_moved: bool = False
    """The template takes no system message: it stands before the user's first."""


def prompt_of(request: Generate, loaded: LoadedModel) -> Prompt:
    """Return the ids of a request. Raises ``StudioError``: "context-full", "prompt-empty", "prompt-unknown-tokens",
    "reply-tokens-foreign", "template-broken", "template-no-continue", "template-slow", "template-memory",
    "tokenizer-mismatch".
    """
    tokenizer = loaded.tokenizer
    assert tokenizer is not None
    context = loaded.facts.context_length
    plain = Prompt(_encode(tokenizer, request.prompt)) if not request.turns else None
    prompt = plain or _conversation(request, tokenizer, context)
    check_ids((*request.begun_ids, *(() if request.first_id is None else (request.first_id,))), loaded)
    prompt = prompt._replace(ids=[*prompt.ids, *request.begun_ids])
    _check(prompt.ids, request, loaded)
    return prompt


def check_ids(ids: Sequence[int], loaded: LoadedModel) -> None:
    """Refuse ids that the model has no embedding for. Raises ``StudioError`` "reply-tokens-foreign"."""
    if ids and not 0 <= min(ids) <= max(ids) < embedded_tokens(loaded.model):
        raise StudioError("reply-tokens-foreign", model=loaded.facts.name)


def room_for(loaded: LoadedModel, prompt: Prompt, wanted: int | None) -> int:
    """Return how many tokens may be generated; ``wanted`` None: all that the context has room for in a chat with a
    template, else ``PLAIN_TOKENS``. The last one is never fed, so it needs no room in the context.
    """
    context = loaded.facts.context_length
    if context is None:
        return wanted or (UNBOUNDED_TOKENS if prompt.template else PLAIN_TOKENS)
    room = context - len(prompt.ids) + 1
    return room if wanted is None and prompt.template else min(wanted or PLAIN_TOKENS, room)


def embedded_tokens(model: PreTrainedModel) -> int:
    """Return how many ids the model has an embedding for."""
    weight = model.get_input_embeddings().weight
    assert isinstance(weight, torch.Tensor)
    return int(weight.shape[0])


def _encode(tokenizer: PreTrainedTokenizerBase, text: str, *, special: bool = True) -> list[int]:
    ids = list(tokenizer(text, add_special_tokens=special)["input_ids"])
    if special and ids and len(ids) > 1 and ids[-1] == tokenizer.eos_token_id:
        ids.pop()  # some tokenizers close every text, and nothing follows an end
    if not ids and not text and tokenizer.bos_token_id is not None:
        ids = [tokenizer.bos_token_id]
    return ids


def _conversation(request: Generate, tokenizer: PreTrainedTokenizerBase, context: int | None) -> Prompt:
    template = bool(tokenizer.chat_template)
    render = (_continued if request.continue_last else _through_template) if template else _plainly

    def encode(turns: Sequence[Turn]) -> list[int]:
        literals = Literals(tokenizer, [turn.content for turn in turns])
        if not literals.found:
            return _encode(tokenizer, render(tokenizer, turns), special=not template)
        hidden = [Turn(turn.role, literals.hide(turn.content)) for turn in turns]
        return literals.encode(render(tokenizer, hidden), special=not template)

    system = [turn for turn in request.turns[:1] if turn.role == "system"]
    turns = list(request.turns[len(system) :])
    ids = everything = encode([*system, *turns])
    if context is not None:
        least = max(1, context // REPLY_PART)
        answer = min(request.sampling.max_new_tokens or least, least)
        most = _tokens_kept(len(everything), context - answer)
        while len(ids) > most and (shorter := _without_oldest(turns)):
            turns = shorter
            ids = encode([*system, *turns])
    left_out = len(request.turns) - len(system) - len(turns)
    moved = template and not takes_system(tokenizer, _messages([*system, *turns]))
    return Prompt(ids, template, left_out, len(everything) - len(ids), moved)


def _tokens_kept(tokens: int, room: int) -> int:
    """How many tokens of a conversation may stay: all that fit, else less whole quarters of the room.

    The same messages are then left out for several turns, so that a kept cache still begins as the prompt does.
    """
    quarter = max(1, room // 4)
    return tokens - -(-max(0, tokens - room) // quarter) * quarter


def _without_oldest(turns: list[Turn]) -> list[Turn]:
    """Less the oldest message and its answers, so that the user still speaks first; [] where only one would stay."""
    return next((turns[n:] for n in range(1, len(turns)) if turns[n].role == "user"), [])


def _through_template(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> str:
    return render_conversation(tokenizer, _messages(turns))


def _continued(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> str:
    return render_continued(tokenizer, _messages(turns))


def _messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def _plainly(tokenizer: PreTrainedTokenizerBase, turns: Sequence[Turn]) -> str:
    """Return one running text: what the model said follows what it was given; a user's message begins a line."""
    text = ""
    for turn in turns:
        text += turn.content if turn.role == "assistant" or not text else "\n" + turn.content
    return text


def _check(ids: list[int], request: Generate, loaded: LoadedModel) -> None:
    tokenizer, context = loaded.tokenizer, loaded.facts.context_length
    assert tokenizer is not None
    if not ids:
        if not (request.prompt or request.turns):
            raise StudioError("prompt-empty")
        raise StudioError("prompt-unknown-tokens", examples=" ".join(sorted(tokenizer.get_vocab())[:12]))
    vocabulary = embedded_tokens(loaded.model)
    if max(ids) >= vocabulary:
        raise StudioError("tokenizer-mismatch", tokens=len(tokenizer), vocabulary=vocabulary)
    if context is not None and len(ids) > context:
        raise StudioError("context-full", tokens=len(ids), context=context)
