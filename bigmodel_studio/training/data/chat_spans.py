"""Spans of a chat that are trained on: the answers, as the model's chat template writes them, and nothing else.

Which characters are an answer is found by writing the conversation twice, once up to where the model is to speak and
once with what it said: what the second has more is the answer, with the marks that close it. That needs no template of
a special kind. Some templates write earlier turns differently once others follow (they leave out what was thought, for
one); such a conversation becomes several, each with its last answer alone to be learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.templates.conversation import render_conversation
from bigmodel_studio.training.data.chat_files import READ_ONLY, Message, is_learnt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SIMPLE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'assistant' -%}{{ 'Assistant:\n' + message['content'] + (eos_token or '') + '\n' }}"
    "{%- elif message['role'] == 'system' -%}{{ message['content'] + '\n' }}"
    "{%- else -%}{{ 'User:\n' + message['content'] + '\n' }}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{ 'Assistant:\n' }}{%- endif -%}"
)


class Written(NamedTuple):
    """A conversation as text; ``spans`` are the characters, from and to, that are learnt."""

    text: str
    spans: tuple[tuple[int, int], ...]


def simple_template(tokenizer: PreTrainedTokenizerBase) -> str:
    """Return a chat template for a model that came without: "User:" or "Assistant:" on a line, and on the next what was
    said.

    The end-of-text token closes an answer; a text begins with the start token where the tokenizer puts one before any
    text. A line break before what is said keeps its first word the token that it is at the start of a line.
    """
    ids = list(tokenizer("a")["input_ids"])
    starts = bool(ids) and tokenizer.bos_token_id is not None and ids[0] == tokenizer.bos_token_id
    return ("{{ bos_token }}" if starts else "") + _SIMPLE


def written(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> list[Written]:
    """Return the conversation through the template, with its answers marked.

    Raises ``ValueError`` where the template refuses it, or an answer cannot be told from what is around it.
    """
    answers = [place for place, message in enumerate(messages) if is_learnt(message)]
    whole = _through(tokenizer, messages)
    parts = [_answer(tokenizer, messages[: place + 1]) for place in answers]
    if all(whole.startswith(part.text) for part in parts):
        return [Written(whole, tuple(span for part in parts for span in part.spans))]
    return parts


def learnt_tokens(tokenizer: PreTrainedTokenizerBase, conversation: Written) -> tuple[list[int], list[bool]]:
    """Return ids, and of each whether it is learnt: those that hold a character of an answer."""
    backend: Any = tokenizer
    encoded = backend.backend_tokenizer.encode(conversation.text, add_special_tokens=False)
    spans, number = conversation.spans, 0
    learnt: list[bool] = []
    for begin, end in encoded.offsets:
        while number < len(spans) and spans[number][1] <= begin:
            number += 1
        learnt.append(number < len(spans) and end > max(begin, spans[number][0]))
    return list(encoded.ids), learnt


def _answer(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> Written:
    """Return the conversation up to an answer, which is all that is marked."""
    prompt = _through(tokenizer, messages[:-1], ask=True)
    text = _through(tokenizer, messages)
    # Where the answer begins as the prompt for it ends (some templates ask by opening a thought, and close it in the
    # answer), they agree up to there.
    begin = _agreed(prompt, text)
    content = messages[-1]["content"].strip()
    at = text.rfind(content)
    if at < 0 or at + len(content) < begin or begin == len(text):
        raise ValueError("the chat template writes an answer in a way that cannot be told from what is before it")
    return Written(text, ((begin, len(text)),))


def _agreed(one: str, other: str) -> int:
    """Return how many characters two texts have in common from their start."""
    if other.startswith(one):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _through(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, ask: bool = False) -> str:
    """Return the template's text. One that knows no tools is given what they said as if a user had said it."""
    known = [{name: text for name, text in message.items() if name != READ_ONLY} for message in messages]
    try:
        return _applied(tokenizer, known, ask)
    except ValueError:
        if not any(message["role"] == "tool" for message in known):
            raise
        renamed = [{**message, "role": "user"} if message["role"] == "tool" else message for message in known]
        return _applied(tokenizer, renamed, ask)


def _applied(tokenizer: PreTrainedTokenizerBase, messages: list[dict[str, str]], ask: bool) -> str:
    try:
        return render_conversation(tokenizer, messages, ask=ask)
    except StudioError as error:
        if error.problem.code != "template-broken":
            raise  # one that does not finish would not finish for the next conversation either
        raise ValueError(f"the chat template refuses it: {error.problem.arguments['detail']}") from error
