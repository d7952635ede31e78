"""From the messages of a path to the turns that are sent to the engine. It knows neither the store nor a widget."""

from __future__ import annotations

from collections.abc import Sequence

from bigmodel_studio.core.chat.conversation_values import Message
from bigmodel_studio.protocol import Turn

MOST_TURNS = 400
MOST_CHARACTERS = 400_000
"""Of a conversation, what is sent to the engine at most; it leaves out more where the model sees less."""


def turns_of(path: Sequence[Message], system: str, text: str = "") -> tuple[tuple[Turn, ...], int]:
    """Return the newest messages that fit, after the system prompt, and ``text`` as the user's next message; and how
    many messages were left out before them.
    """
    said = [message for message in path if message.text or message.role == "user"]
    characters, first = 0, len(said)
    while first > 0 and characters + len(said[first - 1].text) <= MOST_CHARACTERS:
        first -= 1
        characters += len(said[first].text)
    while 0 < first < len(said) and said[first].role != "user":
        first += 1
    turns = [Turn(message.role, message.text) for message in said[first:]]
    if text.strip():
        turns.append(Turn("user", text))
    if system.strip():
        turns.insert(0, Turn("system", system.strip()))
    return tuple(turns), first
