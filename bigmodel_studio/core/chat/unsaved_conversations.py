"""Chatting while the file of conversations cannot be written: in memory, and saved once it can be.

The memory begins as a copy of what the file holds. Its new messages and conversations are numbered far above the
file's, so that they go into it under the same numbers later. It knows nothing of what is shown.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bigmodel_studio.core.chat import conversation_file, conversation_recovery

APART = 100_000
_CONVERSATION = "id, title, model, system, leaf, created, updated, pinned, deleted, checksum, settings, folder"
_MESSAGE = "id, conversation, parent, role, text, model, state, facts, created, checksum"


@dataclass(frozen=True)
class Seed:
    """What a memory began with: its conversations, the replies that were on their way, and its first new number."""

    conversations: dict[int, tuple[object, ...]]
    streaming: frozenset[int]
    first: int


def in_memory(path: Path | None, open_file: sqlite3.Connection | None = None) -> tuple[sqlite3.Connection, Seed]:
    """Return a database in memory with what is in ``open_file``, else with what can be read of ``path`` (None:
    nothing).
    """
    db = sqlite3.connect(":memory:")
    conversation_file.register(db)
    if open_file is not None and _copied(open_file, db):
        conversation_file.make_tables(db)
    else:
        conversation_file.make_tables(db)
        if path is not None:
            try:
                found = conversation_recovery.read(path)
            except OSError:
                found = conversation_recovery.Recovered()
            conversation_recovery.write(found, db)
    conversations = {row[0]: row for row in db.execute(f"SELECT {_CONVERSATION} FROM conversations")}
    streaming = frozenset(row[0] for row in db.execute("SELECT id FROM messages WHERE state = 'streaming'"))
    highest = db.execute(
        "SELECT max(coalesce((SELECT max(id) FROM messages), 0), coalesce((SELECT max(id) FROM conversations), 0))"
    ).fetchone()[0]
    return db, Seed(conversations, streaming, highest + APART)


def _copied(source: sqlite3.Connection, target: sqlite3.Connection) -> bool:
    """Copy a database whole; False, and ``target`` empty, where it cannot be read that way."""
    try:
        source.backup(target)
    except sqlite3.Error:
        return False
    return True


def save(memory: sqlite3.Connection, seed: Seed, file: sqlite3.Connection) -> None:
    """Write what is new or changed in ``memory`` into the file, all of it or nothing. Raises ``sqlite3.Error``."""
    changed = [
        row
        for row in memory.execute(f"SELECT {_CONVERSATION} FROM conversations")
        if seed.conversations.get(row[0]) != row
    ]
    messages = [
        row
        for row in memory.execute(f"SELECT {_MESSAGE} FROM messages")
        if row[0] >= seed.first or row[0] in seed.streaming
    ]
    written = {row[0] for row in messages}
    pieces = [row for row in memory.execute("SELECT message, text FROM pieces ORDER BY id") if row[0] in written]
    tokens = [
        row for row in memory.execute("SELECT message, tokens FROM reply_tokens ORDER BY id") if row[0] in written
    ]
    with file:
        file.execute("BEGIN IMMEDIATE")
        file.executemany(f"INSERT OR REPLACE INTO conversations VALUES ({', '.join('?' * 12)})", changed)
        file.executemany(f"INSERT OR REPLACE INTO messages VALUES ({', '.join('?' * 10)})", messages)
        for message in written:
            file.execute("DELETE FROM pieces WHERE message = ?", (message,))
            file.execute("DELETE FROM reply_tokens WHERE message = ?", (message,))
            file.execute("INSERT OR REPLACE INTO unindexed VALUES (?, 0)", (message,))
        file.executemany("INSERT INTO pieces (message, text) VALUES (?, ?)", pieces)
        file.executemany("INSERT INTO reply_tokens (message, tokens) VALUES (?, ?)", tokens)
