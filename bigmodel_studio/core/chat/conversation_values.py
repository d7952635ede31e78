"""The values that conversations are made of: a conversation, its settings, a message, what is kept beside a reply.

Also how rows of the file become these. It knows nothing of how the file is opened or written.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from bigmodel_studio.protocol import ModelRef, Problem, Sampling

TITLE_LENGTH = 60
Role = Literal["user", "assistant"]
MessageState = Literal["streaming", "done", "cancelled", "failed", "interrupted"]


class ReplyFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept beside a reply: counts, times in seconds, why it ended, and the problem where it failed."""

    new_tokens: int = 0
    prompt_tokens: int = 0
    tokens_per_second: float = 0.0
    time_to_first_token_s: float = 0.0
    finish_reason: str = ""
    seed: int | None = None
    sampling: Sampling | None = None
    """The settings that were asked for; the seed that was used is beside them."""
    model: ModelRef | None = None
    """The model that wrote it; None where an earlier version kept its name alone, or it is not on this computer."""
    system: str | None = None
    """The system prompt that it was written under; None where an earlier version kept none."""
    template: bool | None = None
    trimmed_turns: int = 0
    trimmed_tokens: int = 0
    drafted_tokens: int = 0
    accepted_tokens: int = 0
    problem: Problem | None = None


class ChatSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the replies to come are made: the model that answers (None: not chosen yet) and how tokens are chosen.

    ``kept``: whether it was ever written; conversations of earlier versions have none.
    """

    model: ModelRef | None = None
    sampling: Sampling = Sampling()
    draft: ModelRef | None = None
    """The smaller model that guesses ahead."""
    kept: bool = False


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list; ``model`` is the name of the last model that answered, ``updated`` seconds since 1970."""

    id: int
    title: str
    model: str
    system: str
    updated: float
    pinned: bool
    settings: ChatSettings = ChatSettings()
    folder: str = ""
    """The name of the folder that it is listed in; empty: none."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; ``parent`` is the one before it (None: the first). It is number ``version`` (from 1) of the
    ``versions`` that stand in its place.
    """

    id: int
    conversation: int
    parent: int | None
    role: Role
    text: str
    model: str
    state: MessageState
    facts: ReplyFacts
    version: int = 1
    versions: int = 1


def title_of(first_words: str) -> str:
    """Return a title from the first line of what was said."""
    line = next((line.strip() for line in first_words.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def conversation_of(row: tuple[Any, ...]) -> Conversation:
    """Return the conversation of a row: id, title, model, system, updated, pinned, settings, folder."""
    number, title, model, system, updated, pinned, settings, folder = row
    return Conversation(
        id=number,
        title=title,
        model=model,
        system=system,
        updated=updated,
        pinned=bool(pinned),
        settings=_settings_of(settings),
        folder=folder,
    )


def encoded(settings: ChatSettings | None) -> str:
    """Return settings as they stand in the file (None: nobody has chosen any)."""
    kept = ChatSettings() if settings is None else msgspec.structs.replace(settings, kept=True)
    return msgspec.json.encode(kept).decode()


def _settings_of(text: str) -> ChatSettings:
    """Return the settings of a conversation, the first ones where this version cannot take them."""
    try:
        return msgspec.json.decode(text, type=ChatSettings)
    except (msgspec.DecodeError, UnicodeError):
        return ChatSettings()


def role_of(word: str) -> Role:
    """Return the role that a row of the file names; what is unknown is taken for the model's."""
    return "user" if word == "user" else "assistant"


def state_of(word: str) -> MessageState:
    """Return the state that a row of the file names; what is unknown is done."""
    return word if word in get_args(MessageState) else "done"  # type: ignore[return-value]


def message_of(row: tuple[Any, ...], versions: list[int]) -> Message:
    """Return the message of a row: id, conversation, parent, role, text, model, state, facts, and whether it is whole.

    ``versions`` are the ids of those that stand in its place.
    """
    number, conversation, parent, role, text, model, state, facts, whole = row
    known = ReplyFacts(problem=Problem(code="message-damaged"))
    if whole:
        known = msgspec.json.decode(facts, type=ReplyFacts)
    return Message(
        id=number,
        conversation=conversation,
        parent=parent,
        role=role_of(role),
        text=text,
        model=model,
        state=state_of(state),
        facts=known,
        version=versions.index(number) + 1 if number in versions else 1,
        versions=len(versions),
    )
