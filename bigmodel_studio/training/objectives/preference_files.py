"""Preference pairs from JSON, JSONL and Parquet files: a prompt with a chosen and a rejected answer.

Layouts: ``prompt`` (or instruction, question) with ``chosen`` and ``rejected``, each a text or a list of messages, as
TRL and UltraFeedback have them; ``conversations`` with two single messages, as LLaMA-Factory; whole conversations in
``chosen`` and ``rejected`` alone; and Anthropic's HH texts, with turns after ``Human:`` and ``Assistant:``. What cannot
be used is a ``Fault`` with its file and line, and the rest is read on. Nothing here knows tokens.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.training.data.chat_files import (
    READ_ONLY,
    Fault,
    Message,
    asked_of,
    is_learnt,
    make_message,
    message_of,
    read_entries,
    system_of,
    text_of,
)

ANSWERS = ("chosen", "rejected")
_TURN = re.compile(r"(?:^|\n\n)(Human|Assistant):")


class Pair(NamedTuple):
    """Two conversations that differ in what the model says last, and where they stand."""

    chosen: list[Message]
    rejected: list[Message]
    file: str
    line: int

    @property
    def conversations(self) -> tuple[list[Message], ...]:
        """The one that was chosen and the one that was rejected."""
        return self.chosen, self.rejected


def read_pairs(path: Path, most: int = sys.maxsize) -> Iterator[Pair | Fault]:
    """Yield the pairs of a file in order, and faults among them, until ``most`` characters were read.

    Raises ``OSError``.
    """
    for found in read_entries(path, most, lambda entry: iter([pair_of(entry)])):
        if isinstance(found, Fault):
            yield found
        else:
            chosen, rejected = found.value
            yield Pair(chosen, rejected, found.file, found.line)


def pair_of(entry: object) -> tuple[list[Message], list[Message]]:
    """Return the conversations of one entry, the chosen one first; what both begin with is only read.

    Raises ``ValueError`` with the reason where it is no pair.
    """
    if not isinstance(entry, dict):
        raise ValueError("it isn't an object with prompt, chosen and rejected")
    for name in ANSWERS:
        if entry.get(name) is None:
            raise ValueError(f"the field {name} is missing")
    prompt = _prompt(entry)
    chosen, rejected = (_conversation(entry[name], name, prompt) for name in ANSWERS)
    for name, conversation in zip(ANSWERS, (chosen, rejected), strict=True):
        if not conversation[len(prompt) :] or not is_learnt(conversation[-1]):
            raise ValueError(f"its {name} answer is empty")
    if chosen == rejected:
        raise ValueError("its chosen and rejected answers are identical")
    shared = _agreed(chosen, rejected)
    if not shared:
        raise ValueError("it has no prompt: chosen and rejected begin with different messages")
    if not all(any(is_learnt(message) for message in each[shared:]) for each in (chosen, rejected)):
        raise ValueError("one of its answers is only the beginning of the other")
    return _from(chosen, shared), _from(rejected, shared)


def _prompt(entry: Mapping[str, Any]) -> list[Message]:
    """Return the messages before both answers; none where the answers are whole conversations."""
    system = system_of(entry)
    for name in ("messages", "conversations", "conversation", "prompt"):
        if isinstance(entry.get(name), list) and entry[name]:
            return [*system, *(message_of(each, number) for number, each in enumerate(entry[name], 1))]
    asked = asked_of(entry)
    if asked is None:
        return system
    if not asked.strip():
        raise ValueError("its prompt is empty")
    return [*system, make_message("user", asked)]


def _conversation(value: object, name: str, prompt: list[Message]) -> list[Message]:
    """Return the whole conversation of one answer, up to what the model says last."""
    if isinstance(value, str) and not any(message["role"] == "user" for message in prompt) and _TURN.match(value):
        return _up_to_answer([*prompt, *_turns(value)])
    if isinstance(value, str):
        return [*prompt, make_message("assistant", value)]
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not value:
        raise ValueError(f"its {name} isn't text or a list of messages")
    if not all(isinstance(each, dict) for each in value):
        raise ValueError(f"its {name} isn't text or a list of messages")
    if all("role" not in each and "from" not in each for each in value):
        return [*prompt, make_message("assistant", text_of(value, name))]
    messages = [message_of(each, number) for number, each in enumerate(value, 1)]
    # UltraFeedback repeats the prompt in each answer.
    asked = [message for message in prompt if message["role"] != "system"]
    whole = [message for message in messages if message["role"] != "system"]
    if asked and whole[: len(asked)] == asked:
        system = [message for message in messages + prompt if message["role"] == "system"]
        return _up_to_answer([*system[:1], *whole])
    return _up_to_answer([*prompt, *messages])


def _turns(text: str) -> list[Message]:
    """Return the turns of a text with ``Human:`` and ``Assistant:`` before each."""
    marks = list(_TURN.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    roles = {"Human": "user", "Assistant": "assistant"}
    return [make_message(roles[mark[1]], text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]


def _up_to_answer(messages: list[Message]) -> list[Message]:
    last = max((place for place, message in enumerate(messages) if message["role"] == "assistant"), default=-1)
    return messages[: last + 1]


def _agreed(one: list[Message], other: list[Message]) -> int:
    """Return how many messages two conversations begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _from(messages: list[Message], shared: int) -> list[Message]:
    """Return the conversation with its first messages only read."""
    return [{**message, READ_ONLY: "yes"} for message in messages[:shared]] + messages[shared:]
