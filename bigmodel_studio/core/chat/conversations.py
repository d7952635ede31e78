"""Conversations on disk: an SQLite file (WAL) that a kill at any moment leaves whole, with full-text search.

Messages form a tree (``parent``); a conversation's ``leaf`` says which path through it is shown, so that a reply made
again keeps the one before it. A reply is appended to in pieces while it streams and put together at its end. Every
call here is small enough for the window's thread: long texts are indexed for search a chunk at a time
(``index_some``), and the write-ahead log is folded in on opening and closing only. Knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path
from typing import Literal

import msgspec

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import replace
from bigmodel_studio.protocol import Problem

SCHEMA = 1
TITLE_LENGTH = 60
INDEX_CHARACTERS = 2000
"""Indexed in one call of ``index_some``; chunks overlap by a few characters, so that words on their edge are found."""
_OVERLAP = 32
_TRIGRAM = 3

Role = Literal["user", "assistant"]
MessageState = Literal["streaming", "done", "cancelled", "failed", "interrupted"]

_TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL DEFAULT '', system TEXT NOT NULL DEFAULT '',
  leaf INTEGER, created REAL NOT NULL, updated REAL NOT NULL, pinned INTEGER NOT NULL DEFAULT 0, deleted REAL
);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, parent INTEGER, role TEXT NOT NULL, text TEXT NOT NULL,
  model TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, facts TEXT NOT NULL DEFAULT '{}', created REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation);
CREATE TABLE IF NOT EXISTS pieces (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS pieces_of ON pieces (message);
CREATE TABLE IF NOT EXISTS unindexed (message INTEGER PRIMARY KEY, start INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, message UNINDEXED, tokenize = 'trigram');
INSERT INTO words (words, rank) VALUES ('automerge', 2);
INSERT INTO words (words, rank) VALUES ('crisismerge', 64);
"""


class ReplyFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept beside a reply: counts, times in seconds, why it ended, and the problem where it failed."""

    new_tokens: int = 0
    prompt_tokens: int = 0
    tokens_per_second: float = 0.0
    time_to_first_token_s: float = 0.0
    finish_reason: str = ""
    seed: int | None = None
    template: bool | None = None
    trimmed_turns: int = 0
    trimmed_tokens: int = 0
    problem: Problem | None = None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the list; ``model`` is the name of the last model that answered, ``updated`` seconds since 1970."""

    id: int
    title: str
    model: str
    system: str
    updated: float
    pinned: bool


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message; ``parent`` is the one before it (None: the first)."""

    id: int
    conversation: int
    parent: int | None
    role: Role
    text: str
    model: str
    state: MessageState
    facts: ReplyFacts


class Conversations:
    """The file of conversations. ``problem`` says where it was damaged (it was then moved aside and begun anew)."""

    def __init__(self, path: Path | None = None, *, trash_days: float = 7) -> None:
        self.path = path or paths.conversations_file()
        self._trash_days = trash_days
        self.problem: Problem | None = None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = self._opened()
        except sqlite3.DatabaseError:
            aside = self.path.with_name(f"{self.path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{self.path.suffix}")
            replace(self.path, aside)
            for suffix in ("-wal", "-shm"):
                with contextlib.suppress(OSError):
                    self.path.with_name(self.path.name + suffix).unlink()
            self.problem = Problem(code="conversations-damaged", arguments={"path": str(aside)})
            self._db = self._opened()

    def close(self) -> None:
        """Fold the log into the file and close it."""
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    # ------------------------------------------------------------------------------- conversations

    def all(self) -> list[Conversation]:
        """All but the deleted: pinned first, then the newest first."""
        rows = self._db.execute(
            "SELECT id, title, model, system, updated, pinned FROM conversations WHERE deleted IS NULL"
            " ORDER BY pinned DESC, updated DESC, id DESC"
        )
        return [_conversation(row) for row in rows]

    def get(self, conversation: int) -> Conversation | None:
        """One conversation, None where there is none (or it is deleted)."""
        row = self._db.execute(
            "SELECT id, title, model, system, updated, pinned FROM conversations WHERE id = ? AND deleted IS NULL",
            (conversation,),
        ).fetchone()
        return _conversation(row) if row else None

    def begin(self, first_words: str, *, system: str = "") -> int:
        """A new conversation, titled by its first words."""
        now = time.time()
        with self._db:
            return self._insert(
                "INSERT INTO conversations (title, system, created, updated) VALUES (?, ?, ?, ?)",
                (title_of(first_words), system, now, now),
            )

    def rename(self, conversation: int, title: str) -> None:
        """Give it a title; an empty one is not taken."""
        if title.strip():
            self._do("UPDATE conversations SET title = ? WHERE id = ?", (title.strip(), conversation))

    def pin(self, conversation: int, pinned: bool) -> None:
        """Keep it at the top of the list, or not."""
        self._do("UPDATE conversations SET pinned = ? WHERE id = ?", (int(pinned), conversation))

    def set_system(self, conversation: int, system: str) -> None:
        """The system prompt that the conversation goes on with."""
        self._do("UPDATE conversations SET system = ? WHERE id = ?", (system, conversation))

    def delete(self, conversation: int) -> None:
        """Mark it as removed: it goes for good when this file is opened after ``trash_days`` days."""
        self._do("UPDATE conversations SET deleted = ? WHERE id = ?", (time.time(), conversation))

    def search(self, text: str) -> list[Conversation]:
        """The conversations whose title or messages hold every word of ``text``, in the list's order."""
        found: set[int] | None = None
        for word in text.split():
            here = self._holding(word)
            found = here if found is None else found & here
        return [entry for entry in self.all() if found is None or entry.id in found]

    def _holding(self, word: str) -> set[int]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        titles = self._db.execute("SELECT id FROM conversations WHERE title LIKE ? ESCAPE '\\'", (like,))
        found = {int(row[0]) for row in titles}
        if len(word) < _TRIGRAM:  # too short for the index, as most Chinese words are
            rows = self._db.execute("SELECT conversation FROM messages WHERE text LIKE ? ESCAPE '\\'", (like,))
        else:
            rows = self._db.execute(
                "SELECT conversation FROM messages WHERE id IN (SELECT message FROM words WHERE words MATCH ?)",
                ('"' + word.replace('"', '""') + '"',),
            )
        return found | {int(row[0]) for row in rows}

    # ------------------------------------------------------------------------------- messages

    def add(
        self,
        conversation: int,
        role: Role,
        text: str,
        *,
        parent: int | None,
        state: MessageState = "done",
        model: str = "",
    ) -> int:
        """A message behind ``parent``; the conversation shows it from now on. A reply begins "streaming"."""
        now = time.time()
        with self._db:
            message = self._insert(
                "INSERT INTO messages (conversation, parent, role, text, model, state, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (conversation, parent, role, text, model, state, now),
            )
            self._db.execute(
                "UPDATE conversations SET leaf = ?, updated = ?, model = CASE ? WHEN '' THEN model ELSE ? END"
                " WHERE id = ?",
                (message, now, model, model, conversation),
            )
            if state == "done":
                self._db.execute("INSERT INTO unindexed VALUES (?, 0)", (message,))
        return message

    def append(self, message: int, piece: str) -> None:
        """More of a reply that streams; what was appended is there after a kill."""
        if piece:
            self._do("INSERT INTO pieces (message, text) VALUES (?, ?)", (message, piece))

    def finish(self, message: int, text: str, state: MessageState, facts: ReplyFacts, *, model: str = "") -> None:
        """The end of a reply: its whole text, how it ended, what is known of it, and who gave it."""
        with self._db:
            self._db.execute("DELETE FROM pieces WHERE message = ?", (message,))
            self._db.execute(
                "UPDATE messages SET text = ?, state = ?, facts = ?, model = CASE ? WHEN '' THEN model ELSE ? END"
                " WHERE id = ?",
                (text, state, msgspec.json.encode(facts).decode(), model, model, message),
            )
            self._db.execute(
                "UPDATE conversations SET model = ? WHERE ? <> '' AND id ="
                " (SELECT conversation FROM messages WHERE id = ?)",
                (model, model, message),
            )
            self._db.execute("INSERT OR REPLACE INTO unindexed VALUES (?, 0)", (message,))

    def thread(self, conversation: int, *, before: int | None = None, limit: int = 50) -> list[Message]:
        """The last ``limit`` messages of the path that is shown, oldest first (of those before message ``before``).

        A reply that streams comes with what was appended so far.
        """
        last = "SELECT leaf FROM conversations" if before is None else "SELECT parent FROM messages"
        rows = self._db.execute(
            f"WITH RECURSIVE path(id, depth) AS (SELECT ({last} WHERE id = ?), 0 UNION ALL"
            " SELECT m.parent, depth + 1 FROM path JOIN messages m ON m.id = path.id"
            " WHERE m.parent IS NOT NULL AND depth + 1 < ?)"
            " SELECT m.id, m.conversation, m.parent, m.role, m.text || coalesce((SELECT group_concat(text, '') FROM"
            " (SELECT text FROM pieces WHERE message = m.id ORDER BY id)), ''), m.model, m.state, m.facts"
            " FROM path JOIN messages m ON m.id = path.id ORDER BY depth DESC",
            (conversation if before is None else before, limit),
        )
        return [_message(row) for row in rows]

    def show(self, conversation: int, leaf: int | None) -> None:
        """Which message the shown path ends with."""
        self._do("UPDATE conversations SET leaf = ? WHERE id = ?", (leaf, conversation))

    def index_some(self) -> bool:
        """Index at most ``INDEX_CHARACTERS`` of what was said for search; whether there is more to do."""
        row = self._db.execute(
            "SELECT m.id, u.start, substr(m.text, u.start + 1, ?), length(m.text)"
            " FROM unindexed u JOIN messages m ON m.id = u.message LIMIT 1",
            (INDEX_CHARACTERS + _OVERLAP,),
        ).fetchone()
        if row is None:
            return False
        message, start, text, length = row
        with self._db:
            self._db.execute("INSERT INTO words (text, message) VALUES (?, ?)", (text, message))
            start += INDEX_CHARACTERS
            if start < length:
                self._db.execute("UPDATE unindexed SET start = ? WHERE message = ?", (start, message))
            else:
                self._db.execute("DELETE FROM unindexed WHERE message = ?", (message,))
        return True

    # ------------------------------------------------------------------------------- the file

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=0.5)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA wal_autocheckpoint = 0")  # never in the middle of a chat: it waits for the disk
            db.execute("PRAGMA wal_checkpoint(PASSIVE)")
            db.executescript(_TABLES)
            db.execute(f"PRAGMA user_version = {SCHEMA}")
            self._mend(db)
        except BaseException:
            db.close()
            raise
        return db

    def _mend(self, db: sqlite3.Connection) -> None:
        """Put together the replies that were cut off with the process, and empty the old trash."""
        with db:
            for (message,) in db.execute("SELECT id FROM messages WHERE state = 'streaming'").fetchall():
                pieces = db.execute("SELECT text FROM pieces WHERE message = ? ORDER BY id", (message,))
                text = "".join(row[0] for row in pieces)
                db.execute("UPDATE messages SET text = ?, state = 'interrupted' WHERE id = ?", (text, message))
                db.execute("DELETE FROM pieces WHERE message = ?", (message,))
                db.execute("INSERT OR REPLACE INTO unindexed VALUES (?, 0)", (message,))
            old = time.time() - self._trash_days * 86400
            gone = [row[0] for row in db.execute("SELECT id FROM conversations WHERE deleted < ?", (old,))]
            for conversation in gone:
                of_it = "(SELECT id FROM messages WHERE conversation = ?)"
                db.execute(f"DELETE FROM words WHERE message IN {of_it}", (conversation,))
                db.execute(f"DELETE FROM unindexed WHERE message IN {of_it}", (conversation,))
                db.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))
                db.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def _do(self, sql: str, arguments: tuple[object, ...]) -> None:
        with self._db:
            self._db.execute(sql, arguments)

    def _insert(self, sql: str, arguments: tuple[object, ...]) -> int:
        cursor = self._db.execute(sql, arguments)
        if cursor.lastrowid is None:
            raise sqlite3.DatabaseError("no row was made")
        return cursor.lastrowid


def listed(most: int) -> list[tuple[int, str]]:
    """Numbers and titles of the newest conversations, read beside whoever has the file open."""
    try:
        with contextlib.closing(_beside("ro")) as db:
            rows = db.execute(
                "SELECT id, title FROM conversations WHERE deleted IS NULL ORDER BY updated DESC LIMIT ?", (most,)
            )
            return [(int(row[0]), str(row[1])) for row in rows]
    except sqlite3.Error:
        return []  # there is no file yet, or it is not one of ours


def restore(conversation: int) -> None:
    """Undo ``Conversations.delete``, beside whoever has the file open. Raises ``sqlite3.Error``."""
    _mark_removed(conversation, None)


def expire(conversation: int) -> None:
    """Have a removed conversation go for good when the file is opened next. Raises ``sqlite3.Error``."""
    _mark_removed(conversation, 1.0)


def _mark_removed(conversation: int, when: float | None) -> None:
    with contextlib.closing(_beside("rw")) as db, db:
        db.execute("UPDATE conversations SET deleted = ? WHERE id = ? AND deleted IS NOT NULL", (when, conversation))


def _beside(mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{paths.conversations_file().as_uri()}?mode={mode}", uri=True, timeout=0.5)


def title_of(first_words: str) -> str:
    """A title from the first line of what was said."""
    line = next((line.strip() for line in first_words.splitlines() if line.strip()), "")
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


def _conversation(row: tuple[int, str, str, str, float, int]) -> Conversation:
    number, title, model, system, updated, pinned = row
    return Conversation(id=number, title=title, model=model, system=system, updated=updated, pinned=bool(pinned))


def _message(row: tuple[int, int, int | None, str, str, str, str, str]) -> Message:
    number, conversation, parent, role, text, model, state, facts = row
    return msgspec.convert(
        {
            "id": number,
            "conversation": conversation,
            "parent": parent,
            "role": role,
            "text": text,
            "model": model,
            "state": state,
            "facts": msgspec.json.decode(facts),
        },
        Message,
    )
