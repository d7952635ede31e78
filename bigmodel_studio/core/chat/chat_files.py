"""Chats as files: whole trees in our JSON, the shown path as Markdown or HTML, and other programs' exports read.

What is read comes from anywhere: sizes are bounded, every field is checked, and what does not fit is named by its
place. What is written as HTML has every word of the chat escaped, and loads nothing.
"""

from __future__ import annotations

import html
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from bigmodel_studio.core.chat import kept_tokens
from bigmodel_studio.core.chat.conversation_file import seal_conversation, seal_message
from bigmodel_studio.core.chat.conversation_values import ChatSettings, ReplyFacts, encoded, title_of
from bigmodel_studio.core.chat.conversations import Conversations, add_tokens
from bigmodel_studio.core.chat.kept_tokens import PackedToken
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef, Sampling

FORMAT: Final = "bigmodel-studio-chat"
VERSION = 1
Kind = Literal["json", "md", "html"]
_DEEPEST = 100_000
"""Messages of one chat."""


class ChatMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message of a tree; ``parent`` is the ``id`` of the one before it (None: the first)."""

    id: int
    parent: int | None = None
    role: Literal["user", "assistant"]
    text: str
    model: str = ""
    state: Literal["done", "cancelled", "failed", "interrupted"] = "done"
    facts: ReplyFacts = ReplyFacts()
    tokens: list[PackedToken] = []
    """Of a reply: id, text, log-probability of the raw model and after the processors, and alternatives likewise."""


class ChatTree(msgspec.Struct, frozen=True, kw_only=True):
    """A chat with every version of every message; ``leaf`` is the last message of the path that is shown."""

    format: Literal["bigmodel-studio-chat"] = FORMAT
    version: int = VERSION
    title: str
    system: str = ""
    sampling: Sampling | None = None
    messages: tuple[ChatMessage, ...]
    leaf: int | None = None

    def path(self) -> list[ChatMessage]:
        """Return the messages that are shown, first to last."""
        by_id = {message.id: message for message in self.messages}
        path: list[ChatMessage] = []
        at = by_id.get(self.leaf) if self.leaf is not None else None
        while at is not None and len(path) <= len(by_id):
            path.append(at)
            at = by_id.get(at.parent) if at.parent is not None else None
        return path[::-1]


# ----------------------------------------------------------------------------------------- written


def written(chat: ChatTree, kind: Kind) -> bytes:
    """Return a chat as the contents of a file, in UTF-8."""
    return _WRITERS[kind](chat).encode("utf-8", "replace")


def _as_json(chat: ChatTree) -> str:
    """Return it as JSON that can be read: a line for each message, for its tokens are many numbers."""
    whole = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(chat, messages=())), indent=1).decode()
    lines = ",".join("\n  " + msgspec.json.encode(message).decode() for message in chat.messages)
    return whole.replace('"messages": []', f'"messages": [{lines}\n ]', 1) + "\n"


def _as_markdown(chat: ChatTree) -> str:
    parts = [f"# {chat.title}"]
    if chat.system:
        parts.append("\n".join(f"> {line}".rstrip() for line in chat.system.splitlines()))
    parts += [f"## {_speaker(message)}\n\n{message.text}" for message in chat.path()]
    return "\n\n".join(parts) + "\n"


def _as_html(chat: ChatTree) -> str:
    rows = [f"<h1>{html.escape(chat.title)}</h1>"]
    if chat.system:
        rows.append(f"<blockquote>{html.escape(chat.system)}</blockquote>")
    rows += [
        f"<h2>{html.escape(_speaker(message))}</h2>\n<pre>{html.escape(message.text)}</pre>" for message in chat.path()
    ]
    return _PAGE.format(title=html.escape(chat.title), body="\n".join(rows))


def _speaker(message: ChatMessage) -> str:
    return "User" if message.role == "user" else message.model or "Assistant"


_WRITERS: Mapping[Kind, Callable[[ChatTree], str]] = {"json": _as_json, "md": _as_markdown, "html": _as_html}
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body {{ font: 15px/1.5 sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em }}
h2 {{ font-size: 1em; margin-bottom: 0.2em }} pre {{ font: inherit; white-space: pre-wrap; margin-top: 0 }}</style>
</head><body>
{body}
</body></html>
"""


# ----------------------------------------------------------------------------------------- read


def read(path: Path) -> list[ChatTree]:
    """Return the chats of a file: ours, or an export of ChatGPT, Open WebUI or ShareGPT (JSON or JSON lines).

    Raises ``StudioError``: "chats-unreadable" where it cannot be read, "chats-too-large", "chats-unknown" where it is
    no such file, "chats-broken" with the place of what does not fit.
    """
    try:
        if path.stat().st_size > limits.CHATS_BYTES:
            raise StudioError("chats-too-large", path=str(path), most=limits.CHATS_BYTES >> 20)
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise StudioError("chats-unreadable", path=str(path), detail=error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise StudioError("chats-unknown", path=str(path)) from None
    entries = _entries(text)
    reader = _reader(entries)
    if reader is None:
        raise StudioError("chats-unknown", path=str(path))
    chats = []
    for number, entry in enumerate(entries, 1):
        try:
            chats.append(_sound(reader(entry)))
        except (msgspec.ValidationError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            detail = f"{error}" if isinstance(error, msgspec.ValidationError | ValueError) else "a field is missing"
            raise StudioError("chats-broken", path=str(path), number=number, detail=detail[:200]) from None
    return [chat for chat in chats if chat.messages]


def _entries(text: str) -> list[Any]:
    """Return the objects of a file: of a list, of JSON lines, or the one that it is."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            return [json.loads(line) for line in lines] if len(lines) > 1 else []
        except (ValueError, RecursionError):
            return []
    return whole if isinstance(whole, list) else [whole]


def _reader(entries: Sequence[Any]) -> Callable[[Any], ChatTree] | None:
    """Return what reads these, told from the first of them."""
    first = entries[0] if entries and isinstance(entries[0], dict) else {}
    if first.get("format") == FORMAT:
        return _ours
    if isinstance(first.get("mapping"), dict):
        return _chatgpt
    if isinstance(first.get("chat"), dict):
        return _open_webui
    if isinstance(first.get("conversations"), list):
        return _sharegpt
    return None


def _ours(entry: Any) -> ChatTree:
    if isinstance(entry, dict) and isinstance(entry.get("version"), int) and entry["version"] > VERSION:
        raise ValueError("a newer version of the application wrote it")
    return msgspec.convert(entry, ChatTree)


def _sound(chat: ChatTree) -> ChatTree:
    """Check that the messages are a tree: each parent is there and stands before its children."""
    if len(chat.messages) > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST:,} messages")
    known: set[int] = set()
    for message in chat.messages:
        if message.id in known or (message.parent is not None and message.parent not in known):
            raise ValueError(f"message {message.id} has no place in the tree")
        known.add(message.id)
    if chat.leaf is not None and chat.leaf not in known:
        raise ValueError(f"message {chat.leaf}, the last one shown, is not there")
    return chat


def _chatgpt(entry: Any) -> ChatTree:
    """Read a chat of ChatGPT's ``conversations.json``: nodes by id, each with a parent and perhaps a message."""
    nodes = entry["mapping"]

    def message_of(node: Any) -> tuple[str, str, str]:
        message = node.get("message") or {}
        content = message.get("content") or {}
        parts = [part for part in content.get("parts") or () if isinstance(part, str)]
        role = str((message.get("author") or {}).get("role", ""))
        model = str((message.get("metadata") or {}).get("model_slug") or "")
        return role, "\n".join(parts) or str(content.get("text") or ""), model

    return _tree(
        str(entry.get("title") or ""),
        {key: (node.get("parent"), *message_of(node)) for key, node in nodes.items()},
        entry.get("current_node"),
    )


def _open_webui(entry: Any) -> ChatTree:
    """Read a chat of Open WebUI's export."""
    chat = entry["chat"]
    history = chat["history"]
    nodes = {
        key: (node.get("parentId"), str(node["role"]), str(node.get("content") or ""), str(node.get("model") or ""))
        for key, node in history["messages"].items()
    }
    return _tree(str(entry.get("title") or chat.get("title") or ""), nodes, history.get("currentId"))


def _sharegpt(entry: Any) -> ChatTree:
    """Read a chat of ShareGPT's layout: a list of who and what."""
    roles = {"human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant", "system": "system"}
    nodes: dict[Any, tuple[Any, str, str, str]] = {}
    before = None
    for number, turn in enumerate(entry["conversations"]):
        nodes[number] = (before, roles.get(str(turn["from"]), ""), str(turn["value"]), "")
        before = number
    return _tree(str(entry.get("title") or ""), nodes, before)


def _tree(title: str, nodes: Mapping[Any, tuple[Any, str, str, str]], last: Any) -> ChatTree:
    """Return a chat of nodes (parent, role, text, model) of any other kind of id. What neither a user nor a model said
    is passed over: its children go to its parent; the first system message becomes the system prompt.
    """
    children: dict[Any, list[Any]] = {}
    for key, (parent, *_) in nodes.items():
        children.setdefault(parent if parent in nodes else None, []).append(key)
    messages: list[ChatMessage] = []
    number_of: dict[Any, int | None] = {}
    system = ""
    waiting: list[tuple[Any, int | None]] = [(key, None) for key in reversed(children.get(None, []))]
    while waiting:
        key, parent = waiting.pop()
        _, role, text, model = nodes[key]
        number: int | None = parent
        if role in ("user", "assistant") and text:
            number = len(messages) + 1
            speaker: Literal["user", "assistant"] = "user" if role == "user" else "assistant"
            messages.append(ChatMessage(id=number, parent=parent, role=speaker, text=text, model=model))
        elif role == "system" and text and not system:
            system = text
        number_of[key] = number
        waiting += [(child, number) for child in reversed(children.get(key, []))]
    leaf = number_of.get(last) if last in number_of else (messages[-1].id if messages else None)
    first = next((message.text for message in messages), "")
    return ChatTree(title=title or title_of(first), system=system, messages=tuple(messages), leaf=leaf)


# ----------------------------------------------------------------------------------------- kept


def with_known_models(chats: Sequence[ChatTree], is_here: Callable[[ModelRef], bool]) -> list[ChatTree]:
    """Return chats whose replies name only models that are on this computer; of others the name stays, as text."""
    known: dict[ModelRef, bool] = {}

    def settled(message: ChatMessage) -> ChatMessage:
        ref = message.facts.model
        if ref is None:
            return message
        if ref not in known:
            known[ref] = is_here(ref)
        facts = message.facts if known[ref] else msgspec.structs.replace(message.facts, model=None)
        return msgspec.structs.replace(message, facts=facts)

    return [msgspec.structs.replace(chat, messages=tuple(map(settled, chat.messages))) for chat in chats]


def chat_of(store: Conversations, conversation: int) -> ChatTree:
    """Return a kept conversation as it goes into a file. Raises ``StudioError`` "chat-unknown"."""
    entry = store.get(conversation)
    if entry is None:
        raise StudioError("chat-unknown", number=conversation)
    messages = tuple(
        ChatMessage(
            id=message.id,
            parent=message.parent,
            role=message.role,
            text=message.text,
            model=message.model,
            state="interrupted" if message.state == "streaming" else message.state,
            facts=message.facts,
            tokens=kept_tokens.packed(store.tokens(message.id)) if message.role == "assistant" else [],
        )
        for message in store.messages(conversation)
    )
    sampling = entry.settings.sampling if entry.settings.kept else None
    return ChatTree(
        title=entry.title, system=entry.system, sampling=sampling, messages=messages, leaf=store.leaf(conversation)
    )


def keep(store: Conversations, chat: ChatTree) -> int:
    """Return a new conversation with all that a file's chat has, written at once. Raises ``sqlite3.Error``."""
    now = time.time()
    settings = None if chat.sampling is None else ChatSettings(sampling=chat.sampling)

    def write(db: sqlite3.Connection) -> int:
        made = db.execute(
            "INSERT INTO conversations (id, title, system, created, updated, settings) VALUES (?, ?, ?, ?, ?, ?)",
            (store.next_id("conversations"), chat.title, chat.system, now, now, encoded(settings)),
        ).lastrowid
        assert made is not None
        kept: dict[int | None, int | None] = {None: None}
        for message in chat.messages:
            facts = msgspec.json.encode(message.facts).decode()
            number = db.execute(
                "INSERT INTO messages (id, conversation, parent, role, text, model, state, facts, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    store.next_id("messages"),
                    made,
                    kept[message.parent],
                    message.role,
                    message.text,
                    message.model,
                    message.state,
                    facts,
                    now,
                ),
            ).lastrowid
            assert number is not None
            kept[message.id] = number
            seal_message(db, number)
            add_tokens(db, number, kept_tokens.unpacked(message.tokens))
            db.execute("INSERT INTO unindexed VALUES (?, 0)", (number,))
        model = next((message.model for message in reversed(chat.path()) if message.model), "")
        db.execute("UPDATE conversations SET leaf = ?, model = ? WHERE id = ?", (kept[chat.leaf], model, made))
        seal_conversation(db, made)
        return made

    return store.write(write)
